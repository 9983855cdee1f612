// Reads members of payloads and rows, for the effects.

import type { Json, JsonObject } from "../wire.ts";

/** A member that is a text; undefined otherwise. */
export function textOf(object: JsonObject, member: string): string | undefined {
  const value = object[member];
  return typeof value === "string" ? value : undefined;
}

/** A member that is an object; undefined otherwise. */
export function objectOf(object: JsonObject, member: string): JsonObject | undefined {
  const value = object[member];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}

/** The members that `defaults` names, with its value where the payload leaves them out (SHOW-6). */
export function withDefaults(payload: JsonObject, defaults: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(defaults).map(([member, standard]) => [member, payload[member] ?? standard]));
}

/** What an edit's `changes` set: per field the value after `to`. */
export function editedFields(payload: JsonObject): Map<string, Json> {
  const fields = new Map<string, Json>();
  for (const [field, change] of Object.entries(objectOf(payload, "changes") ?? {})) {
    if (typeof change === "object" && change !== null && !Array.isArray(change) && "to" in change) fields.set(field, change["to"] ?? null);
  }
  return fields;
}
