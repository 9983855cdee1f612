// The small pieces that screens are made of.

import type { RowState } from "../../src/index.ts";
import type { App } from "../app.ts";
import type { Child } from "../dom.ts";
import { h } from "../dom.ts";
import type { IconName } from "../icons.ts";
import { icon } from "../icons.ts";

export type Tone = "plain" | "good" | "warn" | "bad" | "wait";

/** A word or two on a coloured ground. */
export function chip(text: string, tone: Tone = "plain", name?: IconName): HTMLElement {
  return h("span", { class: `chip ${tone}` }, name && icon(name), text);
}

/** Says of a row that it shows work that the server has not settled; nothing for any other. */
export function stateChip(app: App, state: RowState): HTMLElement | null {
  if (state === "synced") return null;
  return state === "pending" ? chip(app.t("state.pending"), "warn", "clock") : chip(app.t("state.waiting"), "wait", "clock");
}

export type ButtonLook = "primary" | "secondary" | "quiet" | "danger";

/** A button that does something. `attributes`: such as an id, by which it keeps the focus when the screen is drawn anew. */
export function button(text: string, onPress: () => void, look: ButtonLook = "secondary", name?: IconName, attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", class: `button ${look}`, onclick: onPress, ...attributes }, name && icon(name), h("span", {}, text));
}

/** A link that looks like a button. */
export function linkButton(text: string, href: string, look: ButtonLook = "secondary", name?: IconName): HTMLAnchorElement {
  return h("a", { class: `button ${look}`, href }, name && icon(name), h("span", {}, text));
}

/** A part of a screen with its headline; nothing where it has no content. */
export function section(title: string, children: readonly Child[], attributes = {}): HTMLElement | null {
  if (!children.some(Boolean)) return null;
  return h("section", { class: "section", ...attributes }, h("h2", {}, title), ...children);
}

/** What to say, and what to do, where there is nothing to show. */
export function empty(name: IconName, title: string, lead: string, ...actions: readonly Child[]): HTMLElement {
  return h(
    "div",
    { class: "empty" },
    h("span", { class: "empty-mark" }, icon(name)),
    h("p", { class: "empty-title" }, title),
    h("p", { class: "soft" }, lead),
    ...actions,
  );
}

/** Something that needs to be read. */
export function banner(tone: Tone, name: IconName, ...children: readonly Child[]): HTMLElement {
  return h("div", { class: `banner ${tone}` }, icon(name), h("div", { class: "banner-text" }, ...children));
}

/** Names and values below each other. */
export function facts(...pairs: readonly (readonly [name: string, value: Child] | null)[]): HTMLElement {
  const rows = pairs.filter((pair) => pair !== null && pair[1]);
  return h("dl", { class: "facts" }, ...rows.map((pair) => h("div", {}, h("dt", {}, pair![0]), h("dd", {}, pair![1]))));
}

/** A line that leads to another screen. chips: below the text. end: a word at its end. */
export function listLink(href: string, title: Child, details: readonly Child[], chips: readonly Child[] = [], end: Child = null): HTMLElement {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "line", href },
      h(
        "span",
        { class: "line-text" },
        h("span", { class: "line-title" }, title),
        ...details.map((item) => item && h("span", { class: "line-detail" }, item)),
        chips.some(Boolean) ? h("span", { class: "chips" }, ...chips) : null,
      ),
      h("span", { class: "line-end" }, end, icon("forward")),
    ),
  );
}
