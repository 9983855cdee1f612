// Effects that many commands share: editing the fields of a row, and removing it.

import type { Effect, SeenRow } from "../overlay.ts";
import type { Json, JsonObject } from "../wire.ts";
import { editedFields, textOf } from "./members.ts";

/** A row's data with one field set. Most fields are a member of the same name. */
export type SetField = (data: JsonObject, field: string, value: Json) => JsonObject;

export const setMember: SetField = (data, field, value) => ({ ...data, [field]: value });

/** The effect of a command `{id, changes}` on the row of `kind` with that id. */
export function editOf(kind: string, setField: SetField = setMember): Effect {
  return async (view) => {
    const row = await view.row(kind, textOf(view.payload, "id") ?? "");
    if (!row) return;
    let data = row.data;
    for (const [field, value] of editedFields(view.payload)) data = setField(data, field, value);
    view.show(kind, row.id, row.scope, data);
  };
}

/** The effect of a command `{id}` that sets some members of the row. */
export function settingOf(kind: string, members: (at: string) => JsonObject): Effect {
  return async (view) => {
    const row = await view.row(kind, textOf(view.payload, "id") ?? "");
    if (row) view.show(kind, row.id, row.scope, { ...row.data, ...members(view.at) });
  };
}

/** The effect of a command `{id}` that removes the row, and what belongs to it. */
export function removalOf(kind: string, belongings: readonly string[] = []): Effect {
  return async (view) => {
    const row = await view.row(kind, textOf(view.payload, "id") ?? "");
    if (!row) return;
    view.hide(row);
    for (const other of belongings) {
      const isOf = (candidate: SeenRow): boolean => candidate.scope === row.scope;
      for (const part of (await view.rows(other)).filter(isOf)) view.hide(part);
    }
  };
}
