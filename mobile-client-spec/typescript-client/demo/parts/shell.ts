// The frame around the screens: headline, sync state, sections, and what the app says in passing.

import type { App } from "../app.ts";
import { h, refill } from "../dom.ts";
import type { IconName } from "../icons.ts";
import { icon, mark } from "../icons.ts";
import { countForUser, listMatters } from "../matters.ts";
import { ROUTES } from "../router.ts";
import { readSyncState } from "../sync-state.ts";
import type { TextKey } from "../texts.ts";
import type { Screen, Section } from "./screen.ts";

const SECTIONS: readonly { readonly section: Section; readonly icon: IconName; readonly text: TextKey; readonly href: string }[] = [
  { section: "today", icon: "today", text: "nav.today", href: ROUTES.today },
  { section: "customers", icon: "customers", text: "nav.customers", href: ROUTES.customers },
  { section: "outbox", icon: "outbox", text: "nav.outbox", href: ROUTES.outbox },
  { section: "me", icon: "me", text: "nav.me", href: ROUTES.me },
];

export class Shell {
  readonly #app: App;
  readonly #head = h("header", { class: "top" });
  readonly #main = h("main", { id: "main", class: "main", tabIndex: -1 });
  readonly #nav = h("nav", { class: "sections" });
  readonly #sync = h("a", { class: "sync-state", href: ROUTES.me });
  readonly element: HTMLElement;
  #screen: Screen | null = null;

  constructor(app: App) {
    this.#app = app;
    const skip = h("button", { type: "button", class: "skip", onclick: () => this.#main.focus() }, app.t("app.skip"));
    this.#nav.setAttribute("aria-label", app.t("nav.label"));
    this.element = h("div", { class: "shell" }, skip, this.#head, this.#nav, this.#main);
  }

  /** Shows a screen in place of the one before. */
  show(screen: Screen): void {
    this.#screen?.end?.();
    this.#screen = screen;
    const title = h("h1", { tabIndex: -1, id: "title" }, screen.title);
    const back = screen.back ? h("a", { class: "back", href: screen.back, "aria-label": this.#app.t("nav.back") }, icon("back")) : null;
    this.#head.replaceChildren(...[back, title, this.#sync].filter((item) => item !== null));
    this.#main.replaceChildren(screen.body);
    document.title = `${screen.title} · ${this.#app.t("app.name")}`;
    void this.#updateFrame();
  }

  /** Shows what has changed, in the frame and on the screen. */
  async update(): Promise<void> {
    await Promise.all([this.#updateFrame(), this.#screen?.update?.()]);
  }

  end(): void {
    this.#screen?.end?.();
    this.#screen = null;
  }

  async #updateFrame(): Promise<void> {
    const [state, matters] = await Promise.all([readSyncState(this.#app), listMatters(this.#app)]);
    this.#sync.className = `sync-state ${state.tone}`;
    this.#sync.replaceChildren(icon(state.icon), h("span", {}, state.text));
    const count = countForUser(matters);
    const brand = h("div", { class: "brand" }, mark(), h("span", {}, this.#app.t("app.name")));
    const links = SECTIONS.map(({ section, icon: name, text, href }) => {
      const isHere = this.#screen?.section === section;
      const badge = section === "outbox" && count ? h("span", { class: "badge", "aria-label": this.#app.t("nav.matters", { count }) }, String(count)) : null;
      return h("a", { class: "section-link", id: `nav-${section}`, href, "aria-current": isHere ? "page" : null }, h("span", { class: "section-icon" }, icon(name), badge), h("span", {}, this.#app.t(text)));
    });
    refill(this.#nav, brand, ...links);
  }
}
