// What a question of each type is made of: limits, choices, points. Measures of a matrix are made of the same.
import { button, check, el, iconButton, input, type Child, type Words } from "./dom.ts";
import { called, canScore, hasChoices, newChoice, put, type Asked, type Choice, type Names, type Question, type Range } from "./model.ts";

export type Bench = {
  say: Words;
  language: keyof Names;
  published: string[];
  /** Something was typed: check, and show it on the phone. */
  changed: () => void;
  /** Something came or went: draw the questions anew, with the focus on what has this key. */
  built: (key?: string) => void;
};

const whole = (text: string): number | undefined => (/^\d+$/.test(text.trim()) ? Number(text) : undefined);
const decimal = (text: string): string | undefined => text.trim() || undefined;

type Limit = "min" | "max" | "unit" | "decimals" | "max_length" | "min_count" | "max_count";
const LIMITS: Record<string, [Limit, string][]> = {
  number: [["unit", "ui.unit"], ["min", "ui.min"], ["max", "ui.max"], ["decimals", "ui.decimals"]],
  date: [["min", "ui.earliest"], ["max", "ui.latest"]],
  text: [["max_length", "ui.max_length"]],
  photo: [["min_count", "ui.min_count"], ["max_count", "ui.max_count"]],
};
const TEXTS = new Set<Limit>(["min", "max", "unit"]);

export function details(asked: Asked, key: string, bench: Bench): Child[] {
  return [
    limits(asked, key, bench),
    hasChoices(asked) && choices(asked, key, bench),
    canScore(asked) && score(asked, key, bench),
  ];
}

function limits(asked: Asked, key: string, { say, changed }: Bench): HTMLElement | false {
  const shown = LIMITS[asked.type];
  if (!shown) return false;
  return el("div", { class: "design-row" }, ...shown.map(([member, label]) => {
    const isText = TEXTS.has(member);
    const kind = asked.type === "date" ? { type: "date" } : { inputmode: member === "unit" ? "text" : isText ? "decimal" : "numeric" };
    return input(say(label), `${key}-${member}`, String(asked[member] ?? ""), (text) => {
      const value = isText ? decimal(text) : whole(text);
      put(asked as Record<Limit, string | number>, member, value);
      changed();
    }, kind);
  }));
}

function choices(asked: Asked, key: string, bench: Bench): HTMLElement {
  const { say, language, published, changed, built } = bench;
  const list = (asked.choices ??= []);
  const points = asked.score?.points;
  const line = (choice: Choice, at: number): HTMLElement => {
    const place = `${key}-c${choice.id}`;
    const name = called(choice.names, language) || String(at + 1);
    const named = (side: keyof Names) =>
      input(say(`ui.choice_${side}`, { number: at + 1 }), `${place}-${side}`, choice.names[side], (text) => {
        choice.names[side] = text;
        changed();
      }, { bare: true });
    return el("li", { class: points ? "design-line scored" : "design-line" },
      named("en"), named("zh"),
      points && input(say("ui.points", { name }), `${place}-points`, String(points[choice.id] ?? 0), (text) => {
        points[choice.id] = whole(text) ?? 0;
        changed();
      }, { bare: true, inputmode: "numeric", placeholder: say("ui.points_short") }),
      iconButton("close", say("ui.remove_part", { name }), `${place}-x`, () => {
        list.splice(at, 1);
        if (points) delete points[choice.id];
        built(`${key}-choice-add`);
      }));
  };
  return el("fieldset", { class: "design-part" },
    el("legend", { class: "visually-hidden" }, say("ui.choices")), el("span", { class: "label", "aria-hidden": "true" }, say("ui.choices")),
    el("ol", { class: "stack" }, ...list.map(line)),
    el("div", {}, button(say("ui.choice_add"), `${key}-choice-add`, () => {
      const choice = newChoice(asked, published);
      list.push(choice);
      if (points) points[choice.id] = 0;
      built(`${key}-c${choice.id}-${language}`);
    })));
}

function score(asked: Asked, key: string, bench: Bench): HTMLElement {
  const { say, changed, built } = bench;
  const part = el("fieldset", { class: "design-part" }, check(say("ui.scored"), `${key}-scored`, Boolean(asked.score), (on) => {
    put(asked, "score", on ? newScore(asked) : undefined);
    built();
  }));
  const rules = asked.score;
  if (!rules) return part;
  const number = (label: string, member: "weight" | "yes" | "no", otherwise: number) =>
    input(say(label), `${key}-${member}`, String(rules[member] ?? otherwise), (text) => {
      rules[member] = whole(text) ?? otherwise;
      changed();
    }, { inputmode: "numeric" });
  part.append(el("div", { class: "design-row" },
    number("ui.weight", "weight", 1),
    ...(asked.type === "boolean" ? [number("ui.points_yes", "yes", 0), number("ui.points_no", "no", 0)] : [])));
  if (asked.type === "number") part.append(...ranges((rules.ranges ??= []), key, bench));
  return part;
}

/** As a beginning: yes is worth ten points, as is every answer of a number, as is the first choice. */
function newScore(asked: Asked): NonNullable<Asked["score"]> {
  if (asked.type === "boolean") return { yes: 10, no: 0 };
  if (asked.type === "number") return { ranges: [{ from: "1", points: 10 }] };
  return { points: Object.fromEntries((asked.choices ?? []).map((choice, at) => [choice.id, at === 0 ? 10 : 0])) };
}

function ranges(list: Range[], key: string, { say, changed, built }: Bench): HTMLElement[] {
  const lines = list.map((range, at) => {
    const name = say("ui.range", { number: at + 1 });
    const limit = (side: "from" | "to") =>
      input(`${name}: ${say(`ui.range_${side}`)}`, `${key}-r${at}-${side}`, range[side] ?? "", (text) => {
        put(range, side, decimal(text));
        changed();
      }, { bare: true, inputmode: "decimal", placeholder: say(`ui.range_${side}`) });
    return el("div", { class: "design-line range" }, limit("from"), limit("to"),
      input(`${name}: ${say("ui.range_points")}`, `${key}-r${at}-points`, String(range.points), (text) => {
        range.points = whole(text) ?? 0;
        changed();
      }, { bare: true, inputmode: "numeric", placeholder: say("ui.range_points") }),
      iconButton("close", say("ui.remove_part", { name }), `${key}-r${at}-x`, () => {
        list.splice(at, 1);
        built(`${key}-range-add`);
      }));
  });
  const add = button(say("ui.range_add"), `${key}-range-add`, () => {
    list.push({ points: 0 });
    built(`${key}-r${list.length - 1}-from`);
  });
  const heads = ["from", "to", "points"].map((side) => el("span", {}, say(`ui.range_${side}`)));
  const captions = el("div", { class: "design-line range heads", "aria-hidden": "true" }, ...heads, el("span"));
  return [...(lines.length ? [captions] : []), ...lines, el("div", {}, add)];
}

/** Both languages of a text side by side. */
export function pair(
  labels: [string, string], key: string, names: Names, { say, changed }: Bench, values?: Record<string, number>,
): HTMLElement {
  const side = (language: keyof Names, label: string) =>
    input(say(label, values), `${key}-${language}`, names[language], (text) => {
      names[language] = text;
      changed();
    });
  return el("div", { class: "design-pair" }, side("en", labels[0]), side("zh", labels[1]));
}

/** A hint that says nothing is left out. */
export function hints(question: Question, key: string, bench: Bench): HTMLElement {
  const hint: Names = { en: question.hint?.en ?? "", zh: question.hint?.zh ?? "" };
  const keep = () => {
    put(question, "hint", hint.en || hint.zh ? hint : undefined);
    bench.changed();
  };
  return pair(["ui.hint_en", "ui.hint_zh"], `${key}-hint`, hint, { ...bench, changed: keep });
}
