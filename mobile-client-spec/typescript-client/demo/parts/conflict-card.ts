// Two edits of one field that did not know of each other: both values, which one stands, and a way to take the other.

import type { ConflictOfUser, Json } from "../../src/index.ts";
import type { App } from "../app.ts";
import { h } from "../dom.ts";
import { icon } from "../icons.ts";
import { writeValue } from "../matters.ts";
import { button, chip } from "./pieces.ts";

/** about: whose field it is, where the screen does not say so. */
export function conflictCard(app: App, conflict: ConflictOfUser, about?: string): HTMLElement {
  const field = app.word("field", conflict.field);
  const { conflictId } = conflict;
  const value = (label: string, shown: Json, stands: boolean): HTMLElement =>
    h("div", { class: `conflict-value${stands ? " stands" : ""}` }, h("dt", {}, label, stands ? chip(app.t("conflict.stands"), "good", "check") : null), h("dd", {}, writeValue(app, shown)));
  const restore = async (): Promise<void> => {
    if (conflictId && (await app.record("sync.restore_value", { conflict_id: conflictId }))) app.say(app.t("conflict.restored"));
  };
  const action = app.t(conflict.kept === "yours" ? "conflict.useTheirs" : "conflict.useYours");
  return h(
    "article",
    { class: "card conflict" },
    h("h3", {}, icon("alert"), about ? `${field} · ${about}` : `${app.t("outbox.conflicts")}: ${field}`),
    h(
      "dl",
      { class: "conflict-values" },
      value(app.t("conflict.yours"), conflict.yours, conflict.kept === "yours"),
      value(app.t("conflict.theirs"), conflict.theirs, conflict.kept !== "yours"),
    ),
    conflictId ? h("div", { class: "actions" }, button(action, () => void restore(), "secondary", "sync", { id: `restore-${conflictId}` })) : null,
  );
}
