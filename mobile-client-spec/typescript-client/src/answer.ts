// Reads answers (ANS-1): whole and checked before anything of them is believed.

import { ClientError } from "./errors.ts";
import { readStatus } from "./verdicts.ts";
import type { Conflict, Digest, Json, JsonObject, Page, PushAnswer, Receipt, WireRow } from "./wire.ts";

const TAG = /^[0-9a-f]{16}$/i;

/** The JSON of a body. @throws ClientError `network.damaged` for anything that is not an object. */
export function readBody(text: string): JsonObject {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ClientError("network.not_the_server");
  }
  return object(body);
}

/** The answer to a push. @throws ClientError `network.damaged` if a member is missing that the client needs. */
export function readPushAnswer(body: JsonObject): PushAnswer {
  return {
    receivedAt: instant(body["received_at"]),
    verdicts: list(body["verdicts"]).map(readReceipt),
    acknowledged: integer(body["acknowledged"]),
  };
}

/** A page of an answer with rows. @throws ClientError `network.damaged` if a member is missing that the client needs. */
export function readPage(body: JsonObject): Page {
  const changes = object(body["changes"]);
  const digests = Object.entries(object(body["digests"])).map(([scope, digest]) => [scope, readDigest(digest)] as const);
  return {
    ...readPushAnswer(body),
    epoch: text(body["epoch"]),
    enter: list(changes["enter"]).map(text),
    leave: list(changes["leave"]).map((leave) => text(object(leave)["scope"])),
    rows: list(changes["rows"]).map(readRow),
    complete: truth(body["complete"]),
    cursor: text(body["cursor"]),
    digests: Object.fromEntries(digests),
    nextSyncAfterS: typeof body["next_sync_after_s"] === "number" ? body["next_sync_after_s"] : 0,
  };
}

function readReceipt(value: unknown): Receipt {
  const verdict = object(value);
  return {
    id: text(verdict["id"]),
    status: readStatus(text(verdict["status"])),
    code: optionalText(verdict["code"]),
    field: optionalText(verdict["field"]),
    message: optionalText(verdict["message"]),
    details: verdict["details"] === undefined ? {} : object(verdict["details"]),
    conflicts: verdict["conflicts"] === undefined ? [] : list(verdict["conflicts"]).map(readConflict),
  };
}

function readConflict(value: unknown): Conflict {
  const conflict = object(value);
  return {
    conflict_id: optionalText(conflict["conflict_id"]),
    field: text(conflict["field"]),
    yours: conflict["yours"] ?? null,
    theirs: conflict["theirs"] ?? null,
    kept: text(conflict["kept"]),
  };
}

function readRow(value: unknown): WireRow {
  const row = object(value);
  return {
    scope: text(row["scope"]),
    kind: text(row["kind"]),
    id: text(row["id"]),
    version: integer(row["version"]),
    tag: sixteenDigits(row["tag"]),
    data: row["data"] === null ? null : object(row["data"]),
  };
}

function readDigest(value: unknown): Digest {
  const digest = object(value);
  return { rows: integer(digest["rows"]), sum: sixteenDigits(digest["sum"]).toLowerCase() };
}

function damaged(): ClientError {
  return new ClientError("network.damaged");
}

function object(value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw damaged();
  return value as JsonObject;
}

function list(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw damaged();
  return value;
}

function text(value: Json | undefined): string {
  if (typeof value !== "string") throw damaged();
  return value;
}

function optionalText(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function integer(value: Json | undefined): number {
  if (!Number.isSafeInteger(value)) throw damaged();
  return value as number;
}

function truth(value: Json | undefined): boolean {
  if (typeof value !== "boolean") throw damaged();
  return value;
}

function sixteenDigits(value: Json | undefined): string {
  if (typeof value !== "string" || !TAG.test(value)) throw damaged();
  return value;
}

function instant(value: Json | undefined): number {
  const ms = Date.parse(text(value));
  if (Number.isNaN(ms)) throw damaged();
  return ms;
}
