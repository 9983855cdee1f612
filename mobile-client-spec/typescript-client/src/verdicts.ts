// Verdicts (VER): from receipts, which may be repeated, and later from rows of the kind `verdict`, which have the last word.

import { place } from "./outbox.ts";
import { recall } from "./remembered.ts";
import type { CommandRecord, Transaction } from "./store.ts";
import type { JsonObject, Receipt, Verdict, VerdictStatus, WireRow } from "./wire.ts";

/** The kind of the rows that carry verdicts. */
export const VERDICT_KIND = "verdict";

/** A status as this client treats it: one that it does not know is `parked` (VER-7). */
export function readStatus(status: string): VerdictStatus {
  return status === "applied" || status === "merged" || status === "refused" ? status : "parked";
}

/** Stores the receipts of a push. Returns the numbers of the commands that had been waiting for them. */
export async function storeReceipts(transaction: Transaction, receipts: readonly Receipt[], receivedAt: number): Promise<number[]> {
  const acknowledged = (await recall(transaction, "acknowledged")) ?? 0;
  const judged: number[] = [];
  for (const { id, ...verdict } of receipts) {
    const command = await findCommand(transaction, id);
    if (!command) continue;
    if (command.unsent !== undefined) judged.push(command.seq);
    transaction.put("command", place(await judge(transaction, command, verdict, receivedAt), acknowledged));
  }
  return judged;
}

async function judge(transaction: Transaction, command: CommandRecord, verdict: Verdict, receivedAt: number): Promise<CommandRecord> {
  // A settlement has the last word (VER-4), but for a command that is judged again in a new history, where its row is gone.
  const isFinal = command.is_settled && (!command.resend || (await transaction.get("server_row", [VERDICT_KIND, command.id])) !== undefined);
  if (isFinal) return { ...command, resend: false, held: null };
  return { ...command, verdict, is_settled: false, answered_at_ms: receivedAt, resend: false, held: null };
}

/** Takes the verdicts that came as rows: they replace what the phone had. */
export async function takeVerdictRows(transaction: Transaction, rows: readonly WireRow[], receivedAt: number): Promise<void> {
  const acknowledged = (await recall(transaction, "acknowledged")) ?? 0;
  for (const row of rows) {
    if (row.kind !== VERDICT_KIND || !row.data) continue;
    const command = await findCommand(transaction, row.id);
    // A row that is no settlement says less than the receipt, which has the conflicts: that is asked for again where it was lost.
    if (!command || (!command.verdict && !row.data["settled_at"])) continue;
    const verdict = readVerdictRow(row.data, command.verdict);
    const answered = { answered_at_ms: command.answered_at_ms ?? receivedAt };
    transaction.put("command", place({ ...command, ...answered, verdict, is_settled: true }, acknowledged));
  }
}

function readVerdictRow(data: JsonObject, before: Verdict | null): Verdict {
  const text = (member: string): string | null => (typeof data[member] === "string" ? data[member] : null);
  const details = data["details"];
  return {
    status: readStatus(text("status") ?? ""),
    code: text("code"),
    field: text("field"),
    message: text("message"),
    details: typeof details === "object" && details !== null && !Array.isArray(details) ? details : {},
    conflicts: before?.conflicts ?? [],
  };
}

/** The command of this device with an id, if it is kept. */
export async function findCommand(transaction: Transaction, id: string): Promise<CommandRecord | undefined> {
  return (await transaction.list("command", { by: "id", equals: id, limit: 1 }))[0];
}
