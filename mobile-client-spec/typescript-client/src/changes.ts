// The payload of an edit (REC-7): per field the value that the user saw, and the new one.

import { ClientError } from "./errors.ts";
import type { SeenRow } from "./overlay.ts";
import type { Json, JsonObject } from "./wire.ts";

/** `{id, changes}` as the edit commands take it. */
export interface EditPayload extends JsonObject {
  readonly id: string;
  readonly changes: { [field: string]: { from: Json; to: Json } };
}

/**
 * Names each field whose new value is another than the user saw.
 *
 * @throws ClientError `row.no_such_field` for a field that the row does not have.
 */
export function writeChanges(row: SeenRow, values: JsonObject, seen: JsonObject): EditPayload {
  const changes: EditPayload["changes"] = {};
  for (const [field, to] of Object.entries(values)) {
    const from = field in seen ? (seen[field] ?? null) : valueOf(row, field);
    if (!isEqual(from, to)) changes[field] = { from, to };
  }
  return { id: row.id, changes };
}

/** A field's value as the user sees it. A site's position is edited as one field, and published as two. */
function valueOf(row: SeenRow, field: string): Json {
  if (row.kind === "site" && field === "position") {
    const { lat, lon } = row.data;
    return typeof lat === "number" && typeof lon === "number" ? { lat, lon, datum: "WGS-84" } : null;
  }
  const value = row.data[field];
  if (value === undefined) throw new ClientError("row.no_such_field", { field });
  return value;
}

/** Whether two JSON values are the same, in whatever order their members stand. */
export function isEqual(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => isEqual(item, b[index] ?? null));
  }
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isEqual(a[name] ?? null, b[name] ?? null));
}
