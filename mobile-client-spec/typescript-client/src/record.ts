// Recording (REC): what the user did becomes a command on the disk, with its number and its clocks, before anything else.

import { ClientError } from "./errors.ts";
import { newId } from "./ids.ts";
import { showCommand } from "./overlay.ts";
import type { EffectsByName } from "./overlay.ts";
import { place } from "./outbox.ts";
import { recall, remember } from "./remembered.ts";
import type { CommandRecord, Transaction } from "./store.ts";
import type { ClockReading, Json, JsonObject } from "./wire.ts";

const MOST_PAYLOAD_BYTES = 256 * 1024;
const MOST_LEVELS = 64;
const MOST_DEPENDENCIES = 100;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What the app says of a command; the rest is added when it is recorded. */
export interface Intent {
  readonly name: string;
  readonly payload: JsonObject;
  /** The version of the payload as this app writes it (COM-3). */
  readonly schema: number;
  /** Ids of earlier commands without which this one makes no sense (REC-8). */
  readonly dependsOn: readonly string[];
}

/** A recorded command's id and number. */
export interface Recorded {
  readonly id: string;
  readonly seq: number;
}

/**
 * The payload as the JSON text that is stored and sent.
 *
 * @throws ClientError where it could not be sent (REC-6); no number is taken then.
 */
export function writePayload(intent: Intent): string {
  if (intent.dependsOn.length > MOST_DEPENDENCIES || !intent.dependsOn.every((id) => UUID.test(id))) {
    throw new ClientError("payload.depends_on_invalid", { limit: MOST_DEPENDENCIES });
  }
  checkValue(intent.payload, "payload", 1);
  const text = JSON.stringify(intent.payload);
  if (new TextEncoder().encode(text).length > MOST_PAYLOAD_BYTES) throw new ClientError("payload.too_large", { limit: MOST_PAYLOAD_BYTES });
  return text;
}

function checkValue(value: Json, member: string, level: number): void {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "string") return checkText(value, member);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new ClientError("payload.number_invalid", { member });
    return;
  }
  if (level > MOST_LEVELS) throw new ClientError("payload.too_deep", { limit: MOST_LEVELS });
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkValue(item, `${member}[${index}]`, level + 1);
    return;
  }
  if (!isPlainObject(value)) throw new ClientError("payload.not_json", { member });
  for (const [name, item] of Object.entries(value)) {
    checkText(name, member);
    checkValue(item, `${member}.${name}`, level + 1);
  }
}

/** False for what JSON.stringify would write as something else: a Date, a Map, undefined, a function. */
function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function checkText(text: string, member: string): void {
  // With the flag u a pair of surrogates is one character, so only half of one matches.
  if (/[\0\ud800-\udfff]/u.test(text)) throw new ClientError("payload.text_invalid", { member: member.slice(0, 100) });
}

/** Stores a command with the next number, and its effect on what the user sees. */
export async function record(transaction: Transaction, intent: Intent, payload: string, clocks: ClockReading, effects: EffectsByName): Promise<Recorded> {
  const seq = ((await recall(transaction, "last_seq")) ?? 0) + 1;
  const command: CommandRecord = place(
    {
      seq,
      id: newId(),
      name: intent.name,
      schema: intent.schema,
      payload,
      at: clocks.at,
      uptime_ms: clocks.uptime_ms,
      boot_id: clocks.boot_id,
      depends_on: [...intent.dependsOn],
      verdict: null,
      is_settled: false,
      answered_at_ms: null,
      resend: false,
      held: null,
    },
    (await recall(transaction, "acknowledged")) ?? 0,
  );
  transaction.put("command", command);
  remember(transaction, "last_seq", seq);
  await showCommand(transaction, command, effects);
  return { id: command.id, seq };
}
