// What the user has recorded and what became of it: put in order for the outbox, and in words.

import type { ConflictOfUser, Json, JsonObject, JudgedCommand, PendingCommand } from "../src/index.ts";
import type { App } from "./app.ts";
import { TEXTS } from "./texts.ts";
import type { TextKey } from "./texts.ts";

const READ = "roundsman read refusals";

export interface Matters {
  readonly conflicts: readonly ConflictOfUser[];
  /** Refused, and not read yet. */
  readonly refused: readonly JudgedCommand[];
  readonly waiting: readonly PendingCommand[];
  readonly held: readonly PendingCommand[];
  readonly unsent: readonly PendingCommand[];
  /** Delivered; the next rows contain them. */
  readonly answered: readonly PendingCommand[];
}

export async function listMatters(app: App): Promise<Matters> {
  const [conflicts, verdicts, pending] = await Promise.all([app.client.conflicts(), app.client.verdicts(), app.client.pending()]);
  const read = readRefusals();
  const of = (state: PendingCommand["state"]): PendingCommand[] => pending.filter((command) => command.state === state);
  return {
    conflicts: conflicts.filter(({ state }) => state === "open"),
    refused: verdicts.filter(({ id, verdict }) => verdict.status === "refused" && !read.has(id)).reverse(),
    waiting: of("waiting"),
    held: of("held"),
    unsent: of("unsent"),
    answered: of("answered"),
  };
}

/** How many of them wait for the user himself. */
export function countForUser({ conflicts, refused, held }: Matters): number {
  return conflicts.length + refused.length + held.length;
}

/** The user has read why a command was refused: it is shown no longer on this device. */
export function markRead(id: string): void {
  localStorage.setItem(READ, JSON.stringify([...readRefusals(), id].slice(-500)));
}

function readRefusals(): Set<string> {
  const kept: unknown = JSON.parse(localStorage.getItem(READ) ?? "[]");
  return new Set(Array.isArray(kept) ? kept.map(String) : []);
}

/** A command in a few words, with the customer it is about. */
export async function describe(app: App, name: string, payload: JsonObject): Promise<string> {
  const key = `command.${name}`;
  if (!Object.hasOwn(TEXTS, key)) return name;
  return app.t(key as TextKey, { customer: (await customerOf(app, name, payload)) || app.t("command.unknownCustomer") });
}

/** What an edit was to set, a line for each field; nothing for other commands. */
export function describeChanges(app: App, payload: JsonObject): string[] {
  const { changes } = payload;
  if (typeof changes !== "object" || changes === null || Array.isArray(changes)) return [];
  return Object.entries(changes).map(([field, change]) => app.t("outbox.change", { field: app.word("field", field), value: writeValue(app, (change as JsonObject)["to"] ?? null) }));
}

/** A value of a field as people read it. */
export function writeValue(app: App, value: Json): string {
  if (value === null || value === "") return app.t("conflict.nothing");
  if (typeof value === "boolean") return app.t(value ? "value.yes" : "value.no");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

async function customerOf(app: App, name: string, payload: JsonObject): Promise<string> {
  if (name === "customers.create") return String(payload["name"] ?? "");
  const visitId = payload["visit_id"];
  const visit = typeof visitId === "string" ? await app.rows.visit(visitId) : undefined;
  const id = name === "customers.update" ? payload["id"] : (payload["customer_id"] ?? visit?.customerId);
  return typeof id === "string" ? ((await app.rows.customer(id))?.name ?? "") : "";
}
