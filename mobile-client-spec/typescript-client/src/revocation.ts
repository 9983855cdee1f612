// A revoked device (SES-7): what it recorded is delivered, then everything that it holds is erased.

import { hasUnsent, resendAll } from "./outbox.ts";
import { recall, remember } from "./remembered.ts";
import type { CommandRecord, TableName, Transaction } from "./store.ts";

const ROW_TABLES: readonly TableName[] = ["server_row", "overlay_row", "scope", "repair"];

/**
 * Notes that the device is to be wiped, and forgets the commands that the server has stored by the answer that said so. Everything
 * else that is kept is to be sent: the server may have been restored, and this phone would not have heard of it (EPO-2).
 */
export async function beginWipe(transaction: Transaction, delivered: readonly CommandRecord[]): Promise<void> {
  if (!(await isWiping(transaction))) await resendAll(transaction);
  remember(transaction, "wipe", true);
  for (const command of delivered) transaction.delete("command", command.seq);
}

/** Whether the device was revoked and not wiped to the end. */
export async function isWiping(transaction: Transaction): Promise<boolean> {
  return (await recall(transaction, "wipe")) === true;
}

/**
 * Erases rows and cursor, the commands that have a verdict, and, if nothing waits to be delivered, all the rest: outbox, tokens and
 * the device's id, with which nobody can sign in again.
 */
export async function erase(transaction: Transaction): Promise<void> {
  for (const table of ROW_TABLES) transaction.clear(table);
  for (const command of await transaction.list("command")) {
    if (command.verdict && !command.resend) transaction.delete("command", command.seq);
  }
  const isHolding = (await transaction.list("command", { by: "live", limit: 1 })).length > 0;
  if (isHolding || (await hasUnsent(transaction))) {
    for (const name of ["cursor", "answer", "epoch", "repaired_rows", "up_to_date_at_ms", "last_report"] as const) remember(transaction, name, undefined);
    return;
  }
  transaction.clear("command");
  transaction.clear("remembered");
}
