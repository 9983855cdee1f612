// Digests and repair (DIG): scopes whose rows are not what the server says are fetched whole, and nothing else.

import { recall, remember } from "./remembered.ts";
import type { AnswerPosition } from "./remembered.ts";
import type { RowRecord, ScopeRecord, Transaction } from "./store.ts";
import type { Digest } from "./wire.ts";

const MOST_SCOPES = 500;

/** Wishes for repair where a digest of a complete answer differs from the phone's own (DIG-2). */
export async function compareDigests(transaction: Transaction, digests: Readonly<Record<string, Digest>>, answer: AnswerPosition): Promise<void> {
  if (answer.digests === "all") remember(transaction, "all_digests_wanted", undefined);
  const named = Object.entries(digests);
  const held = await Promise.all(named.map(([scope]) => transaction.get("scope", scope)));
  const wrong = named.filter(([, digest], index) => !agrees(held[index], digest)).map(([scope]) => scope);
  if (answer.pages > 1 && !answer.new_epoch) {
    // Somebody may have worked between the pages (DIG-4).
    if (wrong.length) remember(transaction, "all_digests_wanted", true);
    return;
  }
  for (const scope of wrong) transaction.put("repair", { scope, reason: answer.new_epoch ? "epoch" : "digest" });
}

function agrees(scope: ScopeRecord | undefined, digest: Digest): boolean {
  return scope !== undefined && scope.rows === digest.rows && scope.sum === digest.sum;
}

/** What the next pull asks to repair: as many as one request may name, without those that this sync has repaired (DIG-3). */
export async function nextRepairs(transaction: Transaction, done: ReadonlySet<string>): Promise<string[]> {
  const wished = (await transaction.list("repair")).map((wish) => wish.scope);
  return wished.filter((scope) => !done.has(scope)).slice(0, MOST_SCOPES);
}

/** The server has the wishes now: its cursor remembers them (ANS-8). */
export async function forgetWishes(transaction: Transaction, scopes: readonly string[]): Promise<void> {
  for (const scope of scopes) transaction.delete("repair", scope);
}

/** The rows of scopes that are about to be repaired because of their digests; those of a new epoch are left out (EPO-4). */
export async function readBefore(transaction: Transaction, scopes: readonly string[]): Promise<Map<string, RowRecord[]>> {
  const before = new Map<string, RowRecord[]>();
  for (const scope of scopes) {
    if ((await transaction.get("repair", scope))?.reason !== "digest") continue;
    before.set(scope, await transaction.list("server_row", { by: "scope", equals: scope }));
  }
  return before;
}

/** Counts by kind the rows that a repair found wrong, missing or too many (DIG-5). */
export async function countRepaired(transaction: Transaction, before: ReadonlyMap<string, readonly RowRecord[]>): Promise<void> {
  const counts = new Map(Object.entries((await recall(transaction, "repaired_rows")) ?? {}));
  for (const [scope, rows] of before) {
    const old = new Map(rows.map((row) => [`${row.kind} ${row.id}`, row]));
    for (const row of await transaction.list("server_row", { by: "scope", equals: scope })) {
      const key = `${row.kind} ${row.id}`;
      if (old.get(key)?.tag === row.tag) old.delete(key);
      else old.set(key, row);
    }
    for (const row of old.values()) counts.set(row.kind, (counts.get(row.kind) ?? 0) + 1);
  }
  if (counts.size) remember(transaction, "repaired_rows", Object.fromEntries(counts));
}
