// A matrix: which products it asks about, and what about each of them.
import { details, pair, type Bench } from "./details.ts";
import { button, check, el, iconButton, input, select, type Child } from "./dom.ts";
import { called, MEASURED, newMeasure, put, type Kind, type Question } from "./model.ts";
import type { Products } from "./server.ts";

export function matrix(question: Question, bench: Bench, products: Products): Child[] {
  return [source(question, bench, products), measures(question, bench)];
}

function source(question: Question, bench: Bench, products: Products): HTMLElement {
  const { say, built } = bench;
  const key = question.id;
  const byProduct = Boolean(question.product_ids);
  const sources: [string, string][] = [["category", say("ui.by_category")], ["product", say("ui.by_product")]];
  const part = el("fieldset", { class: "design-part" }, select(say("ui.products_of"), `${key}-source`, sources, byProduct ? "product" : "category", (word) => {
    put(question, "product_ids", word === "product" ? [] : undefined);
    put(question, "category_id", undefined);
    built();
  }));
  part.append(...(byProduct ? named(question, bench, products) : [category(question, bench, products)]));
  return part;
}

function category(question: Question, { say, changed }: Bench, products: Products): HTMLElement {
  const options: [string, string][] = [["", say("ui.category_none")], ...products.categories];
  return select(say("ui.category"), `${question.id}-category`, options, question.category_id ?? "", (id) => {
    put(question, "category_id", id || undefined);
    changed();
  });
}

function named(question: Question, { say, built }: Bench, products: Products): HTMLElement[] {
  const ids = question.product_ids ?? [];
  const chosen = el("div", { class: "product-chips" }, ...ids.map((id, at) => {
    const name = products.names[id] ?? say("ui.product_unknown");
    const remove = button(`${name} ×`, `${question.id}-p${at}`, () => {
      ids.splice(at, 1);
      built(`${question.id}-find`);
    });
    remove.setAttribute("aria-label", say("ui.remove_part", { name }));
    return remove;
  }));
  const found = el("div", { class: "product-chips", role: "status" });
  let timer: number | undefined;
  const find = async (text: string): Promise<void> => {
    const matches = text.trim() ? await products.find({ q: text.trim() }) : [];
    const fresh = matches.filter(([id]) => !ids.includes(id));
    found.replaceChildren(...fresh.map(([id, name, code]) => {
      const add = button(`+ ${name} · ${code}`, `${question.id}-add-${id}`, () => {
        ids.push(id);
        built(`${question.id}-find`);
      });
      add.setAttribute("aria-label", say("ui.product_add", { name }));
      return add;
    }));
    if (text.trim() && !fresh.length) found.append(el("span", { class: "soft" }, say("ui.product_none")));
  };
  const search = input(say("ui.product_find"), `${question.id}-find`, "", (text) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void find(text), 250);
  }, { type: "search", wide: true });
  return [chosen, search, found];
}

function measures(question: Question, bench: Bench): HTMLElement {
  const { say, language, published, changed, built } = bench;
  const list = (question.measures ??= []);
  let type: Kind = "number";
  const part = el("fieldset", { class: "design-part" }, el("legend", { class: "visually-hidden" }, say("ui.measures")),
    el("span", { class: "label", "aria-hidden": "true" }, say("ui.measures")));
  list.forEach((measure, at) => {
    const key = `${question.id}-${measure.id}`;
    part.append(el("div", { class: "design-measure" },
      pair(["ui.measure_en", "ui.measure_zh"], key, measure.names, bench, { number: at + 1 }),
      ...details(measure, key, bench).filter((child): child is HTMLElement => child instanceof HTMLElement),
      el("div", { class: "design-foot" },
        check(say("ui.required"), `${key}-required`, Boolean(measure.required), (on) => {
          put(measure, "required", on || undefined);
          changed();
        }),
        el("span", { class: "chip" }, say(`type.${measure.type}`)),
        iconButton("close", say("ui.remove_part", { name: called(measure.names, language) || String(at + 1) }), `${key}-x`, () => {
          list.splice(at, 1);
          built(`${question.id}-measure-add`);
        }))));
  });
  const types = MEASURED.map((kind): [string, string] => [kind, say(`type.${kind}`)]);
  part.append(el("div", { class: "design-row" },
    select(say("ui.measure_type"), `${question.id}-measure-type`, types, type, (kind) => { type = kind as Kind; }),
    button(say("ui.measure_add"), `${question.id}-measure-add`, () => {
      const measure = newMeasure(question, published, type);
      list.push(measure);
      built(`${question.id}-${measure.id}-${language}`);
    })));
  return part;
}
