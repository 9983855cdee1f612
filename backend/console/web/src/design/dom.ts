// Elements, fields and the page's words.

export type Child = Node | string | null | false | undefined;
type Attributes = Record<string, string | number | boolean | ((event: Event) => void)>;
export type Words = (key: string, values?: Record<string, string | number>) => string;

export function words(texts: Record<string, string>): Words {
  return (key, values = {}) =>
    (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

const PATHS: Record<string, string> = {
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  close: "M6 6l12 12M18 6 6 18",
  grip: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
};

export function icon(name: string): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name] ?? "");
  drawing.append(path);
  return drawing;
}

export function iconButton(name: string, label: string, key: string, act: () => void, disabled = false): HTMLButtonElement {
  const options = { type: "button", class: "button icon-only", "aria-label": label, title: label, "data-key": key };
  return el("button", { ...options, disabled, onclick: act }, icon(name));
}

export function button(label: string, key: string, act: () => void, look = "button"): HTMLButtonElement {
  return el("button", { type: "button", class: look, "data-key": key, onclick: act }, label);
}

type InputOptions = { type?: string; inputmode?: string; wide?: boolean; bare?: boolean; placeholder?: string; maxlength?: number };
let fields = 0;

/** A labelled input that tells what was typed at once. bare: its label is for screen readers alone. */
export function input(label: string, key: string, value: string, typed: (value: string) => void, options: InputOptions = {}): HTMLElement {
  const { wide, bare, ...attributes } = options;
  const id = `design-${(fields += 1)}`;
  const control = el("input", {
    class: "input", id, "data-key": key, autocomplete: "off", ...attributes,
    ...(bare ? { "aria-label": label, placeholder: options.placeholder ?? label } : {}),
    oninput: () => typed(control.value),
  });
  control.value = value;
  if (bare) return control;
  return el("div", { class: wide ? "field wide" : "field" }, el("label", { for: id }, label), control);
}

export function select(
  label: string, key: string, options: [string, string][], value: string, chosen: (value: string) => void, bare = false,
): HTMLElement {
  const id = `design-${(fields += 1)}`;
  const control = el("select", {
    class: "input", id, "data-key": key, onchange: () => chosen(control.value), ...(bare ? { "aria-label": label } : {}),
  }, ...options.map(([word, name]) => el("option", { value: word }, name)));
  control.value = value;
  if (bare) return control;
  return el("div", { class: "field wide" }, el("label", { for: id }, label), control);
}

export function check(label: string, key: string, value: boolean, changed: (value: boolean) => void): HTMLElement {
  const control = el("input", { type: "checkbox", "data-key": key, onchange: () => changed(control.checked) });
  control.checked = value;
  return el("label", { class: "check" }, control, ` ${label}`);
}

/** Put the children anew, with the focus where it was, or on what has this key. */
export function refill(place: HTMLElement, children: Child[], key?: string): void {
  const active = document.activeElement;
  const wanted = key ?? (active instanceof HTMLElement && place.contains(active) ? active.dataset["key"] : undefined);
  place.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
  if (wanted) place.querySelector<HTMLElement>(`[data-key="${CSS.escape(wanted)}"]`)?.focus();
}
