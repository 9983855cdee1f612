// What the app says in passing: below the screen, read out by screen readers, gone after a while.

import { h } from "../dom.ts";

const SHOWN_MS = 5_000;

export class Toasts {
  readonly element = h("div", { class: "toasts", role: "status", "aria-live": "polite" });

  say(message: string): void {
    const toast = h("p", { class: "toast" }, message);
    this.element.replaceChildren(toast);
    setTimeout(() => toast.remove(), SHOWN_MS);
  }
}
