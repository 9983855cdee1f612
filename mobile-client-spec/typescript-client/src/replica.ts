// The replica (ANS-3 to ANS-7, DIG-1): the server's rows, and per scope their digest. One object serves one page.

import { addTag, NOTHING, subtractTag } from "./digest.ts";
import type { RowRecord, ScopeRecord, Transaction } from "./store.ts";
import type { WireRow } from "./wire.ts";

export class Replica {
  readonly #transaction: Transaction;
  /** Scopes that this page touched; null: dropped. */
  readonly #scopes = new Map<string, ScopeRecord | null>();

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  /** Drops the rows of a scope, and the scope (ANS-5). */
  async leave(scope: string): Promise<void> {
    await this.#dropRows(scope);
    this.#scopes.set(scope, null);
  }

  /** Drops the rows of a scope; what follows is all of it (ANS-4). */
  async enter(scope: string): Promise<void> {
    await this.#dropRows(scope);
    this.#scopes.set(scope, { id: scope, rows: 0, sum: NOTHING, entered: true });
  }

  async #dropRows(scope: string): Promise<void> {
    for (const row of await this.#transaction.list("server_row", { by: "scope", equals: scope })) {
      this.#transaction.delete("server_row", [row.kind, row.id]);
    }
  }

  /** Applies rows in their order. */
  async apply(rows: readonly WireRow[]): Promise<void> {
    // Read all at once: one answer of the database after the other would take as long as the page itself.
    const stored = await Promise.all(rows.map((row) => this.#transaction.get("server_row", [row.kind, row.id])));
    const known = new Map<string, RowRecord | undefined>();
    rows.forEach((row, index) => known.set(`${row.kind} ${row.id}`, stored[index]));
    for (const row of rows) {
      const key = `${row.kind} ${row.id}`;
      const before = known.get(key);
      if (row.data) known.set(key, await this.#put({ ...row, data: row.data }, before));
      // The tombstone of a row that has moved to another scope comes before or after the row itself (ANS-6).
      else if (before?.scope === row.scope) {
        await this.#count(before, -1);
        this.#transaction.delete("server_row", [row.kind, row.id]);
        known.set(key, undefined);
      }
    }
  }

  async #put(row: RowRecord, before: RowRecord | undefined): Promise<RowRecord> {
    if (before) await this.#count(before, -1);
    await this.#count(row, +1);
    const { kind, id, scope, version, tag, data } = row;
    const record = { kind, id, scope, version, tag, data };
    this.#transaction.put("server_row", record);
    return record;
  }

  async #count(row: RowRecord, sign: 1 | -1): Promise<void> {
    const scope = (await this.#scope(row.scope)) ?? { id: row.scope, rows: 0, sum: NOTHING, entered: false };
    const sum = sign > 0 ? addTag(scope.sum, row.tag) : subtractTag(scope.sum, row.tag);
    this.#scopes.set(row.scope, { ...scope, rows: scope.rows + sign, sum });
  }

  async #scope(id: string): Promise<ScopeRecord | undefined> {
    if (!this.#scopes.has(id)) this.#scopes.set(id, (await this.#transaction.get("scope", id)) ?? null);
    return this.#scopes.get(id) ?? undefined;
  }

  /** Writes the digests of the scopes that were touched. */
  flush(): void {
    for (const [id, scope] of this.#scopes) {
      if (scope) this.#transaction.put("scope", scope);
      else this.#transaction.delete("scope", id);
    }
    this.#scopes.clear();
  }
}

/** Drops the scopes that fail a test, with their rows. Returns how many. */
export async function dropScopes(transaction: Transaction, isKept: (scope: ScopeRecord) => boolean): Promise<number> {
  const replica = new Replica(transaction);
  const dropped = (await transaction.list("scope")).filter((scope) => !isKept(scope));
  for (const scope of dropped) await replica.leave(scope.id);
  replica.flush();
  return dropped.length;
}

/** Forgets which scopes were announced: an answer to `cursor: null` begins (ANS-10). */
export async function forgetEntered(transaction: Transaction): Promise<void> {
  for (const scope of await transaction.list("scope")) {
    if (scope.entered) transaction.put("scope", { ...scope, entered: false });
  }
}
