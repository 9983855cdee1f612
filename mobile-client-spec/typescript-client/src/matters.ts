// What the user is told of his commands: which are pending, what became of them, and where his value lost (VER-1, VER-6).

import { stateOf } from "./outbox.ts";
import type { PendingState } from "./outbox.ts";
import { listSeen } from "./overlay.ts";
import { recall } from "./remembered.ts";
import type { CommandRecord, Held, Transaction } from "./store.ts";
import type { Json, JsonObject, Verdict } from "./wire.ts";

/** A command as the user knows it. */
export interface CommandOfUser {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly payload: JsonObject;
  /** When he recorded it, by the clock of his device. */
  readonly at: string;
}

/** A command that is not settled. */
export interface PendingCommand extends CommandOfUser {
  readonly state: PendingState;
  /** Why it waits, or is held; null for what is merely not sent yet. */
  readonly reason: Held | null;
}

/** A command with the latest word on it. */
export interface JudgedCommand extends CommandOfUser {
  readonly verdict: Verdict;
}

/** Two edits of one field that did not know of each other; the value that was not kept can be put back. */
export interface ConflictOfUser {
  /** What `sync.restore_value` takes; null where the server did not name it. */
  readonly conflictId: string | null;
  readonly commandId: string;
  /** The row; null as long as only the receipt is here. */
  readonly kind: string | null;
  readonly rowId: string | null;
  readonly field: string;
  /** The value of the command, which need not be this user's: he gets the row when his value lost to somebody else's command. */
  readonly yours: Json;
  /** The value that the command found. */
  readonly theirs: Json;
  /** Which of them stands: `yours` or `theirs`. */
  readonly kept: string;
  /** The value that stands, and the one that `sync.restore_value` puts back. */
  readonly stands: Json;
  readonly lost: Json;
  /** `open` until a value was put back. */
  readonly state: string;
}

export async function listPending(transaction: Transaction): Promise<PendingCommand[]> {
  const acknowledged = (await recall(transaction, "acknowledged")) ?? 0;
  const pending: PendingCommand[] = [];
  for (const command of await transaction.list("command", { by: "live" })) {
    const state = stateOf(command, acknowledged);
    if (state) pending.push({ ...ofUser(command), state, reason: command.held ?? whyWaiting(command) });
  }
  return pending;
}

function whyWaiting({ verdict }: CommandRecord): Held | null {
  return verdict?.status === "parked" ? { code: verdict.code ?? "", message: verdict.message ?? "" } : null;
}

export async function listJudged(transaction: Transaction): Promise<JudgedCommand[]> {
  const judged: JudgedCommand[] = [];
  for (const command of await transaction.list("command")) {
    if (command.verdict) judged.push({ ...ofUser(command), verdict: command.verdict });
  }
  return judged;
}

function ofUser({ id, seq, name, payload, at }: CommandRecord): CommandOfUser {
  return { id, seq, name, at, payload: JSON.parse(payload) as JsonObject };
}

function outcome(yours: Json, theirs: Json, kept: string): Pick<ConflictOfUser, "yours" | "theirs" | "kept" | "stands" | "lost"> {
  const [stands, lost] = kept === "yours" ? [yours, theirs] : [theirs, yours];
  return { yours, theirs, kept, stands, lost };
}

/** Conflicts from rows, and from receipts whose rows are not here; each once. */
export async function listConflicts(transaction: Transaction): Promise<ConflictOfUser[]> {
  const conflicts = new Map<string, ConflictOfUser>();
  for (const command of await transaction.list("command")) {
    for (const { conflict_id, field, yours, theirs, kept } of command.verdict?.conflicts ?? []) {
      const place = { commandId: command.id, kind: null, rowId: null, conflictId: conflict_id };
      conflicts.set(`${command.id} ${field}`, { ...place, field, ...outcome(yours, theirs, kept), state: "open" });
    }
  }
  for (const { id, data } of await listSeen(transaction, "conflict")) {
    const text = (member: string): string => String(data[member] ?? "");
    conflicts.set(`${text("command_id")} ${text("field")}`, {
      conflictId: id,
      commandId: text("command_id"),
      kind: text("kind"),
      rowId: text("row_id"),
      field: text("field"),
      ...outcome(data["yours"] ?? null, data["theirs"] ?? null, text("kept")),
      state: text("state"),
    });
  }
  return [...conflicts.values()];
}
