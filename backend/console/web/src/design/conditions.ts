// When a question is asked: rules that all hold, or one at least. What the builder cannot say it leaves as it is.
import { check, el, iconButton, input, select, button, type Words } from "./dom.ts";
import { called, hasChoices, put, type Condition, type Names, type Question } from "./model.ts";

type Rule = { question: string; sign: string; value: string | boolean | undefined };
type Rules = { join: "all" | "any"; rules: Rule[] };

const COMPARED = ["equals", "gt", "gte", "lt", "lte"];

function toRule(condition: Condition): Rule | null {
  const inner = condition.op === "not" ? condition.of?.[0] : condition;
  const negated = condition.op === "not";
  if (!inner?.question || (negated && !["answered", "equals"].includes(inner.op))) return null;
  if (inner.op !== "answered" && !COMPARED.includes(inner.op)) return null;
  return { question: inner.question, sign: negated ? `not_${inner.op}` : inner.op, value: inner.value ?? undefined };
}

/** The rules that the builder shows, or null where it cannot say the condition. */
export function readRules(condition: Condition): Rules | null {
  const joined = condition.op === "all" || condition.op === "any";
  const rules = (joined ? (condition.of ?? []) : [condition]).map(toRule);
  if (rules.some((rule) => rule === null)) return null;
  return { join: condition.op === "any" ? "any" : "all", rules: rules as Rule[] };
}

export function writeRules({ join, rules }: Rules): Condition | undefined {
  const conditions = rules.map(({ question, sign, value }): Condition => {
    const op = sign.replace("not_", "");
    const leaf: Condition = op === "answered" ? { op, question } : { op, question, value: value ?? "" };
    return sign.startsWith("not_") ? { op: "not", of: [leaf] } : leaf;
  });
  return conditions.length > 1 ? { op: join, of: conditions } : conditions[0];
}

function signsOf(question: Question | undefined): string[] {
  const type = question?.type ?? "text";
  const known = ["answered", "not_answered"];
  if (["photo", "signature", "matrix"].includes(type)) return known;
  const same = ["equals", "not_equals"];
  return type === "number" || type === "date" ? [...same, "gt", "gte", "lt", "lte", ...known] : [...same, ...known];
}

function newRule(question: Question): Rule {
  const sign = signsOf(question)[0] ?? "answered";
  return { question: question.id, sign, value: firstValue(question) };
}

function firstValue(question: Question): string | boolean | undefined {
  if (question.type === "boolean") return true;
  return hasChoices(question) ? (question.choices?.[0]?.id ?? "") : "";
}

/** The builder. before: the questions that may be looked at. changed: something to be checked; built: drawn anew. */
export function conditionBuilder(
  question: Question, before: Question[], language: keyof Names, say: Words, changed: () => void, built: (key?: string) => void,
): HTMLElement {
  const key = `${question.id}-if`;
  const last = before.at(-1);
  if (!last) return el("p", { class: "soft small" }, say("ui.rule_first"));
  const part = el("fieldset", { class: "design-part" });
  part.append(check(say("ui.conditional"), key, Boolean(question.visible_if), (on) => {
    put(question, "visible_if", on ? writeRules({ join: "all", rules: [newRule(last)] }) : undefined);
    built();
  }));
  if (!question.visible_if) return part;
  const found = readRules(question.visible_if);
  if (!found) {
    part.append(el("p", { class: "soft small" }, say("ui.rule_complex")));
    return part;
  }
  const write = () => put(question, "visible_if", writeRules(found));
  if (found.rules.length > 1) {
    const joins: [string, string][] = [["all", say("ui.join_all")], ["any", say("ui.join_any")]];
    part.append(select(say("ui.join"), `${key}-join`, joins, found.join, (join) => {
      found.join = join === "any" ? "any" : "all";
      write();
      changed();
    }, true));
  }
  found.rules.forEach((rule, number) => {
    part.append(ruleLine(rule, number, { key, before, language, say, write, changed, built, remove: () => {
      found.rules.splice(number, 1);
      write();
      built(key);
    } }));
  });
  part.append(el("div", {}, button(say("ui.rule_add"), `${key}-add`, () => {
    found.rules.push(newRule(last));
    write();
    built();
  })));
  return part;
}

type Line = {
  key: string; before: Question[]; language: keyof Names; say: Words;
  write: () => void; changed: () => void; built: (key?: string) => void; remove: () => void;
};

function ruleLine(rule: Rule, number: number, line: Line): HTMLElement {
  const { key, before, language, say, write, changed, built } = line;
  const other = before.find((one) => one.id === rule.question);
  const name = say("ui.rule", { number: number + 1 });
  const questions = before.map((one, at): [string, string] => [one.id, `${at + 1}. ${called(one.names, language) || say("ui.untitled")}`]);
  if (!other) questions.push([rule.question, "–"]);
  const parts = [
    select(`${name}: ${say("ui.rule_question")}`, `${key}-q${number}`, questions, rule.question, (id) => {
      const chosen = before.find((one) => one.id === id);
      if (chosen) Object.assign(rule, newRule(chosen));
      write();
      built();
    }, true),
    select(`${name}: ${say("ui.rule_sign")}`, `${key}-s${number}`,
      signsOf(other).map((sign): [string, string] => [sign, say(`sign.${sign}`)]), rule.sign, (sign) => {
        rule.sign = sign;
        if (!sign.endsWith("answered") && rule.value === undefined && other) rule.value = firstValue(other);
        write();
        built();
      }, true),
    rule.sign.endsWith("answered") ? el("span") : valueField(rule, other, `${name}: ${say("ui.rule_value")}`, `${key}-v${number}`, language, say, () => {
      write();
      changed();
    }),
    iconButton("close", say("ui.remove_part", { name }), `${key}-x${number}`, line.remove),
  ];
  return el("div", { class: "design-line rule" }, ...parts);
}

function valueField(
  rule: Rule, other: Question | undefined, label: string, key: string, language: keyof Names, say: Words, done: () => void,
): HTMLElement {
  const set = (value: string | boolean) => {
    rule.value = value;
    done();
  };
  if (other?.type === "boolean") {
    const options: [string, string][] = [["true", say("ui.yes")], ["false", say("ui.no")]];
    return select(label, key, options, String(rule.value), (value) => set(value === "true"), true);
  }
  if (other && hasChoices(other)) {
    const options = (other.choices ?? []).map((choice, at): [string, string] => [choice.id, called(choice.names, language) || String(at + 1)]);
    return select(label, key, options, String(rule.value ?? ""), set, true);
  }
  const kinds = other?.type === "number" ? { inputmode: "decimal" } : other?.type === "date" ? { type: "date" } : {};
  return input(label, key, String(rule.value ?? ""), set, { bare: true, placeholder: say("ui.rule_value"), ...kinds });
}
