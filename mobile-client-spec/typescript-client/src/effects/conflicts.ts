// The effects of settling a conflict: the value that lost is put back, or what stands stays.

import type { Effect, EffectsByName } from "../overlay.ts";
import { textOf } from "./members.ts";

const restoreValue: Effect = async (view) => {
  const conflict = await view.row("conflict", textOf(view.payload, "conflict_id") ?? "");
  if (!conflict || conflict.data["state"] !== "open") return;
  view.show("conflict", conflict.id, conflict.scope, { ...conflict.data, state: "restored" });
  const field = textOf(conflict.data, "field");
  const row = await view.row(textOf(conflict.data, "kind") ?? "", textOf(conflict.data, "row_id") ?? "");
  if (!row || field === undefined || !Object.hasOwn(row.data, field)) return;
  const lost = conflict.data["kept"] === "yours" ? "theirs" : "yours";
  view.show(row.kind, row.id, row.scope, { ...row.data, [field]: conflict.data[lost] ?? null });
};

const acceptValue: Effect = async (view) => {
  const conflict = await view.row("conflict", textOf(view.payload, "conflict_id") ?? "");
  if (!conflict || conflict.data["state"] !== "open") return;
  view.show("conflict", conflict.id, conflict.scope, { ...conflict.data, state: "accepted" });
};

export const CONFLICT_EFFECTS: EffectsByName = { "sync.accept_value": acceptValue, "sync.restore_value": restoreValue };
