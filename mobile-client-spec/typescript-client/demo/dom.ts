// Makes elements. Text always becomes a text node, so nothing that a person wrote is ever read as markup.

export type Child = Node | string | null | undefined | false;

/** Attributes by name, properties (`value`, `checked`, `disabled`, …) and listeners (`onclick`, …) of an element. */
export interface Attributes {
  readonly [name: string]: unknown;
}

const PROPERTIES = new Set(["value", "checked", "disabled", "required", "hidden", "open", "selected", "readOnly", "tabIndex"]);

/** An element. `class` may be a list with blanks between; what is null, undefined or false is left out. */
export function h<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Attributes = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...present(children));
  return element;
}

function set(element: HTMLElement, name: string, value: unknown): void {
  if (typeof value === "function") {
    element.addEventListener(name.slice(2), value as EventListener);
  } else if (PROPERTIES.has(name)) {
    Object.assign(element, { [name]: value });
  } else if (value === true) {
    element.setAttribute(name, "");
  } else if (value !== null && value !== undefined && value !== false) {
    element.setAttribute(name, String(value));
  }
}

function present(children: readonly (Child | readonly Child[])[]): (Node | string)[] {
  return children.flat().filter((child): child is Node | string => child !== null && child !== undefined && child !== false);
}

/**
 * Puts new content into an element. Who was working with the keyboard goes on where he was: the element of the same id, or
 * else the same place among those that can be focused.
 */
export function refill(element: HTMLElement, ...children: readonly Child[]): void {
  const focused = document.activeElement;
  const isInside = focused !== element && element.contains(focused);
  const id = isInside ? focused?.id : "";
  const place = isInside ? focusable(element).indexOf(focused as HTMLElement) : -1;
  element.replaceChildren(...present(children));
  if (!isInside) return;
  const next = (id && document.getElementById(id)) || focusable(element)[Math.min(place, focusable(element).length - 1)];
  next?.focus({ preventScroll: true });
}

function focusable(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary")];
}
