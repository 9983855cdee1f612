// A store over SQLite, for React Native and wherever else there is one (STO-2).

import { ClientError } from "../errors.ts";
import { SCHEMA } from "../store.ts";
import type { Key, Store, TableName, Tables, Transaction, Where } from "../store.ts";

export type SqliteValue = string | number | null;

/** What the store needs of a library for SQLite: calls that return when they are done. README.md shows it for some. */
export interface SqliteDatabase {
  run(sql: string, values: readonly SqliteValue[]): void;
  /** The rows of a query, with their columns by name. */
  all(sql: string, values: readonly SqliteValue[]): Record<string, SqliteValue>[];
  close(): void;
}

const TABLES = Object.keys(SCHEMA) as TableName[];

/** A record is kept as JSON, beside the members that it is found by. */
export class SqliteStore implements Store {
  readonly #database: SqliteDatabase;
  #isClosed = false;
  #isBusy = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(database: SqliteDatabase) {
    this.#database = database;
    // FULL: with NORMAL a command that the user saw recorded can be lost when the battery dies.
    database.all("pragma journal_mode = wal", []);
    database.all("pragma synchronous = full", []);
    for (const table of TABLES) this.#create(table);
  }

  #create(table: TableName): void {
    const { key, indexes } = SCHEMA[table];
    const keys = [key].flat();
    const columns = [...new Set([...keys, ...indexes])].map((member) => `"${member}"${keys.includes(member) ? " not null" : ""}`);
    const primary = `primary key (${keys.map((member) => `"${member}"`).join(", ")})`;
    this.#database.run(`create table if not exists "${table}" (${columns.join(", ")}, record text not null, ${primary}) without rowid`, []);
    for (const member of indexes) {
      this.#database.run(`create index if not exists "${table}_${member}" on "${table}" ("${member}") where "${member}" is not null`, []);
    }
  }

  transaction<T>(mode: "read" | "write", work: (transaction: Transaction) => Promise<T>): Promise<T> {
    // There is one connection, so one transaction at a time.
    const turn = this.#last.then(() => this.#run(mode, work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run<T>(mode: "read" | "write", work: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new ClientError("client.closed");
    this.#database.run(mode === "write" ? "begin immediate" : "begin", []);
    this.#isBusy = true;
    try {
      const result = await work(new SqliteTransaction(this.#database));
      this.#database.run("commit", []);
      return result;
    } catch (error) {
      this.#database.run("rollback", []);
      throw error;
    } finally {
      this.#isBusy = false;
      if (this.#isClosed) this.#database.close();
    }
  }

  /** Closes the database, after the transaction that is going on. */
  close(): void {
    if (!this.#isClosed && !this.#isBusy) this.#database.close();
    this.#isClosed = true;
  }
}

class SqliteTransaction implements Transaction {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async get<T extends TableName>(table: T, key: Key<T>): Promise<Tables[T] | undefined> {
    const [row] = this.#database.all(`select record from "${table}" where ${isKey(table)}`, keyValues(key));
    return row && readRecord<T>(row);
  }

  async list<T extends TableName>(table: T, where?: Where): Promise<Tables[T][]> {
    const keys = [SCHEMA[table].key].flat();
    const order = [...new Set(where ? [where.by, ...keys] : keys)].map((member) => `"${member}"`).join(", ");
    const { sql, values } = where ? conditionOf(where) : { sql: "true", values: [] };
    const rows = this.#database.all(`select record from "${table}" where ${sql} order by ${order} limit ?`, [...values, where?.limit ?? -1]);
    return rows.map((row) => readRecord<T>(row));
  }

  put<T extends TableName>(table: T, record: Tables[T]): void {
    const { key, indexes } = SCHEMA[table];
    const members = [...new Set([key, indexes].flat())];
    const columns = members.map((member) => `"${member}"`).join(", ");
    const places = members.map(() => "?").join(", ");
    const values = members.map((member) => ((record as unknown as Record<string, SqliteValue | undefined>)[member] ?? null));
    this.#database.run(`insert or replace into "${table}" (${columns}, record) values (${places}, ?)`, [...values, JSON.stringify(record)]);
  }

  delete<T extends TableName>(table: T, key: Key<T>): void {
    this.#database.run(`delete from "${table}" where ${isKey(table)}`, keyValues(key));
  }

  clear(table: TableName): void {
    this.#database.run(`delete from "${table}"`, []);
  }
}

function isKey(table: TableName): string {
  return [SCHEMA[table].key].flat().map((member) => `"${member}" = ?`).join(" and ");
}

function keyValues(key: string | number | readonly string[]): SqliteValue[] {
  return typeof key === "object" ? [...key] : [key];
}

function conditionOf({ by, equals, above }: Where): { readonly sql: string; readonly values: SqliteValue[] } {
  if (equals !== undefined) return { sql: `"${by}" = ?`, values: [equals] };
  return above === undefined ? { sql: `"${by}" is not null`, values: [] } : { sql: `"${by}" > ?`, values: [above] };
}

function readRecord<T extends TableName>(row: Record<string, SqliteValue>): Tables[T] {
  return JSON.parse(String(row["record"])) as Tables[T];
}
