// The outbox (OUT): commands from their recording until 30 days after their verdict.

import { recall } from "./remembered.ts";
import type { CommandRecord, Held, Transaction } from "./store.ts";
import type { CommandOnWire, JsonObject } from "./wire.ts";

const MOST_COMMANDS = 100;
const MOST_BYTES = 512 * 1024;
const KEPT_MS = 30 * 24 * 3600 * 1000;

/**
 * What the user is told of a command that is not settled. `unsent`: no verdict, or due to be sent once more. `answered`: applied
 * or merged, but no complete answer contains it yet. `waiting`: parked, a person decides. `held`: the server refuses every
 * request with it.
 */
export type PendingState = "unsent" | "answered" | "waiting" | "held";

/** The state of a command; null for one that is settled: refused, or contained in the rows. */
export function stateOf(command: CommandRecord, acknowledged: number): PendingState | null {
  if (command.held) return "held";
  if (!command.verdict || command.resend) return "unsent";
  if (command.verdict.status === "parked") return "waiting";
  if (command.verdict.status === "refused") return null;
  return command.seq > acknowledged ? "answered" : null;
}

/** Whether what the command does is shown over the server's rows (SHOW-1, SHOW-3, VER-2, VER-3). */
export function isShown(command: CommandRecord, acknowledged: number): boolean {
  if (!command.verdict || command.verdict.status === "parked") return true;
  return command.verdict.status !== "refused" && command.seq > acknowledged;
}

/** The record with the members that it is found by, as its state has them. */
export function place(command: CommandRecord, acknowledged: number): CommandRecord {
  const { unsent: _unsent, live: _live, ...rest } = command;
  const state = stateOf(command, acknowledged);
  return {
    ...rest,
    ...(state === "unsent" ? { unsent: command.seq } : {}),
    ...(state !== null ? { live: command.seq } : {}),
  };
}

/** A command as it is sent, equal each time (REC-4). */
export function toWire(command: CommandRecord): CommandOnWire {
  const { id, seq, name, schema, at, uptime_ms, boot_id, depends_on } = command;
  return { id, seq, name, schema, payload: JSON.parse(command.payload) as JsonObject, at, uptime_ms, boot_id, depends_on };
}

/** The next commands to send with numbers above `above`, as many as one request should hold (OUT-1, OUT-3). */
export async function nextBatch(transaction: Transaction, above: number): Promise<CommandRecord[]> {
  const batch: CommandRecord[] = [];
  let bytes = 0;
  for (const command of await transaction.list("command", { by: "unsent", above, limit: MOST_COMMANDS })) {
    bytes += new TextEncoder().encode(command.payload).length + 500;
    if (batch.length && bytes > MOST_BYTES) break;
    batch.push(command);
  }
  return batch;
}

/** Sets a command aside that the server refuses whole requests for (OUT-6). */
export async function hold(transaction: Transaction, seq: number, reason: Held): Promise<void> {
  const command = await transaction.get("command", seq);
  if (command) transaction.put("command", place({ ...command, held: reason }, await acknowledgedIn(transaction)));
}

/** Commands with a verdict behind one that is held, which a pull that is asked for now contains; empty where none is held. */
export async function listBehindHeld(transaction: Transaction): Promise<number[]> {
  const live = await transaction.list("command", { by: "live" });
  if (!live.some((command) => command.held)) return [];
  return live.filter((command) => command.verdict && !command.resend).map((command) => command.seq);
}

/**
 * The highest number up to which every command is contained in the rows, or held. A held command has no verdict, so the server's
 * `acknowledged` would stand still before it for good, and with it the effects of all that was applied since (SHOW-7).
 */
export async function passHeld(transaction: Transaction, acknowledged: number, contained: ReadonlySet<number>): Promise<number> {
  const before = await acknowledgedIn(transaction);
  let [passed, isBehindHeld] = [acknowledged, false];
  for (const { seq, held, verdict, resend } of await transaction.list("command", { by: "seq", above: acknowledged })) {
    const isContained = verdict !== null && !resend && (contained.has(seq) || seq <= before);
    if (seq !== passed + 1 || !(held || (isBehindHeld && isContained))) break;
    if (held) isBehindHeld = true;
    passed = seq;
  }
  return passed;
}

/** Has held commands tried again: the app was started anew, or updated (OUT-6). */
export async function releaseHeld(transaction: Transaction): Promise<void> {
  const acknowledged = await acknowledgedIn(transaction);
  for (const command of await transaction.list("command", { by: "live" })) {
    if (command.held) transaction.put("command", place({ ...command, held: null }, acknowledged));
  }
}

/** Has every command that is kept sent once more (EPO-2). */
export async function resendAll(transaction: Transaction): Promise<void> {
  const acknowledged = await acknowledgedIn(transaction);
  for (const command of await transaction.list("command")) {
    if (command.verdict) transaction.put("command", place({ ...command, resend: true }, acknowledged));
  }
}

/** Places the commands anew whose effects a new `acknowledged` takes off the overlay, or brings back to it (SHOW-3, EPO-3). */
export async function acknowledge(transaction: Transaction, before: number, now: number): Promise<void> {
  const concerned = now < before ? await transaction.list("command", { by: "seq", above: now }) : await transaction.list("command", { by: "live" });
  for (const command of concerned) transaction.put("command", place(command, now));
}

/** Forgets commands 30 days after their verdict by the server's time, unless they are parked or shown (OUT-7). */
export async function forgetOld(transaction: Transaction, receivedAt: number): Promise<void> {
  for (const command of await transaction.list("command")) {
    const isOld = command.answered_at_ms !== null && command.answered_at_ms < receivedAt - KEPT_MS;
    if (isOld && command.live === undefined) transaction.delete("command", command.seq);
  }
}

/** Whether anything has to be sent. */
export async function hasUnsent(transaction: Transaction): Promise<boolean> {
  return (await transaction.list("command", { by: "unsent", limit: 1 })).length > 0;
}

async function acknowledgedIn(transaction: Transaction): Promise<number> {
  return (await recall(transaction, "acknowledged")) ?? 0;
}
