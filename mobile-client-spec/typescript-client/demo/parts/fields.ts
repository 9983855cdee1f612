// Fields of forms: a label above, the field, and below it what is wrong with it.

import { h } from "../dom.ts";

interface FieldOptions {
  readonly hint?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export interface Field<T extends HTMLElement = HTMLInputElement> {
  readonly box: HTMLElement;
  readonly input: T;
  /** Says what is wrong with the field and goes there; nothing wrong for an empty text. */
  fault(text: string): void;
}

let fields = 0;

function wrap<T extends HTMLElement>(label: string, input: T, hint?: string): Field<T> {
  const id = (input.id ||= `field-${++fields}`);
  const fault = h("p", { class: "field-fault", id: `${id}-fault`, hidden: true });
  const help = hint ? h("p", { class: "field-hint", id: `${id}-hint` }, hint) : null;
  if (help) input.setAttribute("aria-describedby", help.id);
  return {
    input,
    box: h("div", { class: "field" }, h("label", { for: id }, label), input, help, fault),
    fault(text) {
      fault.hidden = text === "";
      fault.textContent = text;
      input.setAttribute("aria-invalid", String(text !== ""));
      input.setAttribute("aria-describedby", text ? fault.id : (help?.id ?? ""));
      if (text) input.focus();
    },
  };
}

export function textField(label: string, value: string, { hint, attributes = {} }: FieldOptions = {}): Field {
  return wrap(label, h("input", { type: "text", class: "input", autocomplete: "off", ...attributes, value }), hint);
}

export function areaField(label: string, value: string, { hint, attributes = {} }: FieldOptions = {}): Field<HTMLTextAreaElement> {
  return wrap(label, h("textarea", { class: "input", rows: 4, ...attributes, value }), hint);
}

/** One of several. options: value and what is shown. */
export function choiceField(label: string, value: string, options: readonly (readonly [value: string, text: string])[]): Field<HTMLSelectElement> {
  const select = h("select", { class: "input" }, ...options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
  return wrap(label, select);
}

export interface Choice {
  readonly box: HTMLElement;
  readonly value: string;
  fault(text: string): void;
}

/** One of a few, all of them in sight. */
export function radioField(label: string, options: readonly (readonly [value: string, text: string])[]): Choice {
  const name = `field-${++fields}`;
  const fault = h("p", { class: "field-fault", hidden: true });
  const inputs = options.map(([value]) => h("input", { type: "radio", name, value }));
  const choices = options.map(([, text], place) => h("label", { class: "choice" }, inputs[place], h("span", {}, text)));
  return {
    box: h("fieldset", { class: "field" }, h("legend", {}, label), h("div", { class: "choices" }, ...choices), fault),
    get value() {
      return inputs.find((input) => input.checked)?.value ?? "";
    },
    fault(text) {
      fault.hidden = text === "";
      fault.textContent = text;
      if (text) inputs[0]?.focus();
    },
  };
}

/** A form. `onSubmit` is not called twice at once. */
export function form(onSubmit: () => Promise<void>, ...children: readonly (HTMLElement | null)[]): HTMLFormElement {
  let isBusy = false;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    try {
      await onSubmit();
    } finally {
      isBusy = false;
    }
  };
  return h("form", { class: "form", novalidate: true, onsubmit: (event: Event) => void submit(event) }, ...children);
}
