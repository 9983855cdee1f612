// The choice of the language, each named in itself.

import type { App } from "../app.ts";
import { h } from "../dom.ts";
import { LANGUAGES } from "../texts.ts";

export function languageSwitch(app: App): HTMLElement {
  return h(
    "div",
    { class: "languages", role: "group", "aria-label": app.t("app.language") },
    ...LANGUAGES.map(({ code, name }) =>
      h(
        "button",
        { type: "button", id: `language-${code}`, class: "language", lang: code, "aria-pressed": String(code === app.language), onclick: () => (app.language = code) },
        name,
      ),
    ),
  );
}
