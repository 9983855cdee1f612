// The questions as cards, one of them open; moved by dragging and by buttons.
import { conditionBuilder } from "./conditions.ts";
import { details, hints, pair, type Bench } from "./details.ts";
import { button, check, el, icon, iconButton, refill } from "./dom.ts";
import { matrix } from "./matrix.ts";
import { called, duplicate, KINDS, move, newQuestion, put, type Definition, type Question } from "./model.ts";
import type { Fault, Products } from "./server.ts";

export type Cards = { draw: (key?: string) => void; showFault: (fault: Fault | null) => void; showHeads: () => void };

/** place: where the cards go; adding: where the buttons for new ones go. bench.built must draw the cards. */
export function cardsOf(place: HTMLElement, adding: HTMLElement, definition: Definition, bench: Bench, products: Products): Cards {
  const { say, language, published, changed } = bench;
  const list = definition.questions;
  let open: Question | undefined;
  let dragged: number | undefined;

  const title = (question: Question): HTMLElement => {
    const name = called(question.names, language);
    return el("strong", name ? {} : { class: "unnamed" }, name || say("ui.untitled"));
  };
  const take = (event: DragEvent, at: number): void => {
    dragged = at;
    event.dataTransfer?.setData("text/plain", String(at + 1)); // without it Firefox does not begin
  };
  const putAt = (from: number, to: number, key?: string): void => {
    move(list, from, to);
    bench.built(key);
  };

  const head = (question: Question, at: number): HTMLElement => {
    const number = at + 1;
    const isOpen = question === open;
    return el("div", { class: "question-head" },
      el("span", { class: "question-grip", title: say("ui.drag"), draggable: "true", ondragstart: (event) => take(event as DragEvent, at) }, icon("grip")),
      el("button", {
        type: "button", class: "question-open", "data-key": `${question.id}-open`, "aria-expanded": String(isOpen),
        onclick: () => {
          open = isOpen ? undefined : question;
          draw(isOpen ? `${question.id}-open` : `${question.id}-${language}`);
        },
      }, el("span", { class: "question-number" }, `${number}`), title(question),
        question.visible_if ? el("span", { class: "chip wait" }, say("ui.has_condition")) : false,
        question.score ? el("span", { class: "chip good" }, say("ui.score")) : false,
        el("span", { class: "chip" }, say(`type.${question.type}`))),
      iconButton("up", say("ui.up", { number }), `${question.id}-up`, () => putAt(at, at - 1, `${question.id}-up`), at === 0),
      iconButton("down", say("ui.down", { number }), `${question.id}-down`, () => putAt(at, at + 1, `${question.id}-down`), number === list.length));
  };

  const body = (question: Question, at: number): HTMLElement => {
    const key = question.id;
    const special = question.type === "matrix" ? matrix(question, bench, products) : details(question, key, bench);
    return el("div", { class: "question-body" },
      pair(["ui.name_en", "ui.name_zh"], key, question.names, bench),
      check(say("ui.required"), `${key}-required`, Boolean(question.required), (on) => {
        put(question, "required", on || undefined);
        changed();
      }),
      ...special,
      conditionBuilder(question, list.slice(0, at), language, say, changed, bench.built),
      hints(question, key, bench),
      el("div", { class: "design-foot" },
        el("span", { class: "soft small" }, say("ui.key", { id: question.id })),
        el("div", { class: "buttons" },
          button(say("ui.copy"), `${key}-copy`, () => {
            duplicate(definition, published, at);
            open = list[at + 1];
            bench.built(`${open?.id}-${language}`);
          }),
          button(say("ui.remove"), `${key}-remove`, () => {
            list.splice(at, 1);
            open = undefined;
            bench.built(list.length ? `${list[Math.min(at, list.length - 1)]?.id}-open` : "add-text");
          }, "button danger"))));
  };

  const card = (question: Question, at: number): HTMLElement => {
    const element = el("li", {
      class: question === open ? "question open" : "question",
      ondragover: (event) => {
        if (dragged === undefined) return;
        event.preventDefault();
        element.classList.add("over");
      },
      ondragleave: () => element.classList.remove("over"),
      ondrop: (event) => {
        event.preventDefault();
        if (dragged !== undefined && dragged !== at) putAt(dragged, dragged < at ? at - 1 : at);
        dragged = undefined;
      },
    }, head(question, at), el("p", { class: "question-fault notice bad", role: "alert", hidden: true }), question === open && body(question, at));
    return element;
  };

  const draw = (key?: string): void => {
    if (!list.length) {
      const nothing = el("div", { class: "list empty" }, el("h3", {}, say("ui.none")), el("p", { class: "soft" }, say("ui.none_hint")));
      place.replaceChildren(nothing);
      if (key) document.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus();
      return;
    }
    refill(place, [el("ol", { class: "stack", id: "design-cards" }, ...list.map(card))], key);
  };

  adding.replaceChildren(el("span", { class: "label", id: "design-add-label" }, say("ui.add")), ...KINDS.map((type) =>
    button(`+ ${say(`type.${type}`)}`, `add-${type}`, () => {
      open = newQuestion(definition, published, type);
      list.push(open);
      bench.built(`${open.id}-${language}`);
    })));
  adding.setAttribute("role", "group");
  adding.setAttribute("aria-labelledby", "design-add-label");

  const showFault = (fault: Fault | null): void => {
    place.querySelectorAll<HTMLElement>(".question").forEach((element, at) => {
      const wrong = fault?.question === at;
      element.classList.toggle("wrong", wrong);
      const line = element.querySelector<HTMLElement>(".question-fault");
      if (!line) return;
      line.hidden = !wrong;
      const said = wrong ? (fault?.message ?? "") : "";
      if (line.textContent !== said) line.textContent = said;
    });
  };
  const showHeads = (): void => {
    place.querySelectorAll<HTMLElement>(".question-open > strong").forEach((element, at) => {
      const question = list[at];
      if (question) element.replaceWith(title(question));
    });
  };
  return { draw, showFault, showHeads };
}
