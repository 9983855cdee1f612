// The store's interface (STO): seven tables of records, and transactions that are whole or nothing.
//
// A store knows nothing of the protocol. The browser's is stores/indexeddb.ts; one over SQLite needs a table per name here,
// with the key's columns, the indexed members and the record as JSON (README.md shows it).

import type { ClockReading, JsonObject, Verdict } from "./wire.ts";

/** A command with what became of it; the payload as the JSON text that it was recorded with (REC-4). */
export interface CommandRecord extends ClockReading {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly schema: number;
  readonly payload: string;
  readonly depends_on: readonly string[];
  /** The latest word on it; null: never answered. */
  readonly verdict: Verdict | null;
  /** The verdict came as a row: a receipt that is repeated does not bring the older one back (VER-4). */
  readonly is_settled: boolean;
  /** The server's time of the verdict, milliseconds since 1970. */
  readonly answered_at_ms: number | null;
  /** To be sent once more, after a change of epoch (EPO-2). */
  readonly resend: boolean;
  /** Why the server refused a whole request for this command alone (OUT-6); such a command is skipped. */
  readonly held: Held | null;
  /** The number again while it has to be sent, else absent: the index of the outbox. */
  readonly unsent?: number;
  /** The number again while its effect is shown or it has to be sent, else absent: the index of what is pending. */
  readonly live?: number;
}

/** Why a command is held. */
export interface Held {
  readonly code: string;
  readonly message: string;
}

/** One of the server's rows: the replica. Never holds anything else (SHOW-2). */
export interface RowRecord {
  readonly kind: string;
  readonly id: string;
  readonly scope: string;
  readonly version: number;
  readonly tag: string;
  readonly data: JsonObject;
}

/** A scope that is held, with the digest of its rows (DIG-1). */
export interface ScopeRecord {
  readonly id: string;
  readonly rows: number;
  readonly sum: string;
  /** The answer that is being taken has announced it (ANS-10). */
  readonly entered: boolean;
}

/** What pending commands make of a row; `data` is null where they remove it. */
export interface OverlayRecord {
  readonly kind: string;
  readonly id: string;
  readonly scope: string;
  readonly data: JsonObject | null;
  readonly state: "pending" | "waiting";
}

/** A scope that the next pull shall send whole (DIG-2). */
export interface RepairRecord {
  readonly scope: string;
  readonly reason: "digest" | "epoch";
}

/** Anything else that is remembered, by name: see remembered.ts. */
export interface RememberedRecord {
  readonly name: string;
  readonly value: unknown;
}

/** The tables with their records. */
export interface Tables {
  command: CommandRecord;
  server_row: RowRecord;
  overlay_row: OverlayRecord;
  scope: ScopeRecord;
  repair: RepairRecord;
  remembered: RememberedRecord;
}

export type TableName = keyof Tables;

/** The key of a record: of rows kind and id, of the others one value. */
export type Key<T extends TableName> = T extends "server_row" | "overlay_row" ? readonly [string, string] : T extends "command" ? number : string;

/** The members that make the key of a table, and those that it is searched by. */
export const SCHEMA: { readonly [T in TableName]: { readonly key: string | readonly string[]; readonly indexes: readonly string[] } } = {
  command: { key: "seq", indexes: ["id", "unsent", "live"] },
  server_row: { key: ["kind", "id"], indexes: ["kind", "scope"] },
  overlay_row: { key: ["kind", "id"], indexes: ["kind"] },
  scope: { key: "id", indexes: [] },
  repair: { key: "scope", indexes: [] },
  remembered: { key: "name", indexes: [] },
};

/**
 * Which records of a table, by an indexed member or by a key of one member. Records without that member are left out.
 * `equals`: with this value. `above`: with a greater one. Neither: with any.
 */
export interface Where {
  readonly by: string;
  readonly equals?: string | number;
  readonly above?: number;
  /** At most so many, the lowest first. */
  readonly limit?: number;
}

/** What can be done within a transaction. Reads see what was put before. */
export interface Transaction {
  get<T extends TableName>(table: T, key: Key<T>): Promise<Tables[T] | undefined>;
  /** The records that `where` names in the order of that member, else all in the order of the key. */
  list<T extends TableName>(table: T, where?: Where): Promise<Tables[T][]>;
  /** Done in order with the rest; if it fails, the whole transaction does. */
  put<T extends TableName>(table: T, record: Tables[T]): void;
  delete<T extends TableName>(table: T, key: Key<T>): void;
  clear(table: TableName): void;
}

/** A durable store of one user's rows and commands. */
export interface Store {
  /**
   * Runs `work` in one transaction and returns what it returns, after everything is on the disk. If `work` throws, nothing
   * has happened. `work` awaits nothing but its transaction: IndexedDB ends a transaction that has nothing to do.
   * Transactions that write come one after another.
   */
  transaction<T>(mode: "read" | "write", work: (transaction: Transaction) => Promise<T>): Promise<T>;
  close(): void;
}
