// The form as a phone asks it. Which questions are asked, what is missing and the score is what the server says.
import { button, el, type Words } from "./dom.ts";
import { called, type Asked, type Definition, type Names, type Question } from "./model.ts";
import type { Products, Trial } from "./server.ts";

export type Answers = Record<string, unknown>;
export type Preview = { draw: () => void; show: (trial: Trial) => void; speak: (language: keyof Names) => void; answers: Answers };

type Sheet = { say: Words; language: keyof Names; changed: () => void; redraw: () => void };

export function previewOf(
  place: HTMLElement, foot: HTMLElement, definition: Definition, say: Words, first: keyof Names, products: Products, changed: () => void,
): Preview {
  let answers: Answers = {};
  let hidden = new Set<string>();
  let language = first;
  const rows = new Map<string, [string, string][]>();

  const rowsOf = (question: Question): [string, string][] => {
    if (question.product_ids) return question.product_ids.map((id) => [id, products.names[id] ?? say("ui.product_unknown")]);
    const category = question.category_id;
    if (!category) return [];
    if (!rows.has(category)) {
      rows.set(category, []);
      void products.find({ category }).then((found) => {
        rows.set(category, found.map(([id, name]) => [id, name]));
        draw();
      }, () => rows.delete(category));
    }
    return rows.get(category) ?? [];
  };

  const draw = (): void => {
    for (const id of Object.keys(answers)) {
      if (!definition.questions.some((question) => question.id === id)) delete answers[id];
    }
    const sheet: Sheet = { say, language, changed, redraw: draw };
    const asked = definition.questions.map((question) => {
      const name = called(question.names, language) || say("ui.untitled");
      const hint = called(question.hint, language);
      const element = el("fieldset", { class: "asked", "data-question": question.id, hidden: hidden.has(question.id), lang: language === "zh" ? "zh-Hans" : "en" },
        el("legend", { class: "visually-hidden" }, name),
        el("span", { class: "title", "aria-hidden": "true" }, name, question.required ? el("span", { class: "must" }, " *") : false),
        hint ? el("span", { class: "soft small" }, hint) : false,
        question.type === "matrix" ? table(question, rowsOf(question), answers, sheet)
          : control(question, name, answers[question.id], (value) => set(answers, question.id, value), sheet),
        el("p", { class: "small bad notice", role: "alert", hidden: true }));
      return element;
    });
    const scrolled = place.scrollTop;
    place.replaceChildren(...(asked.length ? asked : [el("p", { class: "soft" }, say("ui.preview_none"))]));
    place.scrollTop = scrolled;
  };

  const show = (trial: Trial): void => {
    place.classList.toggle("waits", Boolean(trial.fault));
    if (trial.result) hidden = new Set(trial.result.hidden);
    const missing = new Set((trial.result?.missing ?? []).map(([question]) => question));
    for (const element of place.querySelectorAll<HTMLElement>(".asked")) {
      const id = element.dataset["question"] ?? "";
      element.hidden = hidden.has(id);
      element.classList.toggle("missing", missing.has(id));
      const line = element.querySelector<HTMLElement>(":scope > [role=alert]");
      const wrong = trial.answer_fault?.question?.split(".")[0] === id;
      if (line) {
        line.hidden = !wrong;
        line.textContent = wrong ? (trial.answer_fault?.message ?? "") : "";
      }
    }
    foot.replaceChildren(...footOf(trial, say, () => {
      answers = preview.answers = {};
      draw();
      changed();
    }));
  };
  const speak = (chosen: keyof Names): void => {
    language = chosen;
    draw();
    changed();
  };
  const preview: Preview = { draw, show, speak, answers };
  return preview;
}

function footOf(trial: Trial, say: Words, reset: () => void): Node[] {
  if (trial.fault) return [el("span", { class: "soft small" }, say("ui.stale"))];
  const result = trial.result;
  if (!result) return [button(say("ui.reset"), "reset", reset)];
  const count = result.missing.length;
  const state = count ? el("span", { class: "chip warn" }, say("ui.missing", { count })) : el("span", { class: "chip good" }, say("ui.complete"));
  const score = el("strong", { id: "design-score" }, result.percent === null ? "" : `${say("ui.score")} ${result.percent} %`);
  return [state, score, button(say("ui.reset"), "reset", reset, "button quiet")];
}

function set(answers: Answers, id: string, value: unknown): void {
  if (value === "" || value === null || (Array.isArray(value) && !value.length)) delete answers[id];
  else answers[id] = value;
}

function table(question: Question, rows: [string, string][], answers: Answers, sheet: Sheet): HTMLElement {
  const cells = ((answers[question.id] ??= {}) as Record<string, Answers>);
  return el("div", { class: "stack" }, ...rows.map(([product, name]) =>
    el("div", { class: "product" }, el("strong", {}, name), el("div", { class: "cells" }, ...(question.measures ?? []).map((measure) => {
      const label = called(measure.names, sheet.language) || sheet.say("ui.untitled");
      const row = (cells[product] ??= {});
      return el("div", {}, el("span", { class: "small" }, label, measure.required ? el("span", { class: "must" }, " *") : false),
        control(measure, `${name}: ${label}`, row[measure.id], (value) => set(row, measure.id, value), sheet));
    })))));
}

let groups = 0;

function control(asked: Asked, name: string, value: unknown, keep: (value: unknown) => void, sheet: Sheet): HTMLElement {
  const { say, language, changed, redraw } = sheet;
  const put = (next: unknown): void => {
    keep(next);
    changed();
  };
  const typed = (attributes: Record<string, string>): HTMLInputElement => {
    const field = el("input", { class: "input", "aria-label": name, autocomplete: "off", ...attributes, oninput: () => put(field.value.trim()) });
    field.value = typeof value === "string" ? value : "";
    return field;
  };
  const options = (type: "radio" | "checkbox", choices: [unknown, string][]): HTMLElement => {
    const group = `asked-${(groups += 1)}`;
    const chosen = Array.isArray(value) ? value : [value];
    const boxes: [HTMLInputElement, unknown][] = [];
    const take = () => {
      const on = boxes.filter(([box]) => box.checked).map(([, word]) => word);
      put(type === "radio" ? (on[0] ?? null) : on);
    };
    return el("div", {}, ...choices.map(([word, label]) => {
      const box = el("input", { type, name: group, onchange: take });
      box.checked = chosen.includes(word);
      boxes.push([box, word]);
      return el("label", { class: "option" }, box, label);
    }));
  };
  const picked = (asked.choices ?? []).map((choice, at): [string, string] => [choice.id, called(choice.names, language) || String(at + 1)]);
  switch (asked.type) {
    case "number":
      return el("div", { class: "with-unit" }, typed({ inputmode: "decimal" }), asked.unit ? el("span", { class: "soft" }, asked.unit) : false);
    case "boolean":
      return options("radio", [[true, say("ui.yes")], [false, say("ui.no")]]);
    case "choice":
      return options("radio", picked);
    case "multi_choice":
      return options("checkbox", picked);
    case "date":
      return typed({ type: "date" });
    case "barcode":
      return typed({ placeholder: say("ui.scan") });
    case "photo":
    case "signature": {
      const files = Array.isArray(value) ? value : [];
      const isPhoto = asked.type === "photo";
      const most = isPhoto ? (asked.max_count ?? 10) : 1;
      const act = (next: unknown[]) => () => {
        put(next);
        redraw();
      };
      const done = isPhoto ? say("ui.photos", { count: files.length }) : say("ui.signed");
      return el("div", { class: "buttons" },
        files.length < most && button(say(isPhoto ? "ui.take_photo" : "ui.sign"), "", act([...files, sampleFile()])),
        files.length > 0 && el("span", {}, done), files.length > 0 && button(say("ui.take_back"), "", act(files.slice(0, -1)), "button quiet"));
    }
    default:
      return typed({});
  }
}

/** Stands for a photo or a signature: the preview has no camera, and nothing is kept of it. */
function sampleFile(): Record<string, unknown> {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { id, sha256: hex + hex, bytes: 1, media_type: "image/jpeg" };
}
