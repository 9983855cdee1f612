// A store in memory, for tests, and as the base of stores that write somewhere else.

import { ClientError } from "../errors.ts";
import { SCHEMA } from "../store.ts";
import type { Key, Store, TableName, Tables, Transaction, Where } from "../store.ts";

type Row = Record<string, unknown>;

/** One write of a transaction. */
export type Write =
  | { readonly op: "put"; readonly table: TableName; readonly record: Row }
  | { readonly op: "delete"; readonly table: TableName; readonly key: unknown }
  | { readonly op: "clear"; readonly table: TableName };

type Content = Record<TableName, Map<string, Row>>;

function empty(): Content {
  return { command: new Map(), server_row: new Map(), overlay_row: new Map(), scope: new Map(), repair: new Map(), remembered: new Map() };
}

export class MemoryStore implements Store {
  #content = empty();
  #isClosed = false;
  #last: Promise<unknown> = Promise.resolve();

  transaction<T>(mode: "read" | "write", work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#run(mode, work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run<T>(mode: "read" | "write", work: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new ClientError("client.closed");
    const transaction = new MemoryTransaction(this.#content, mode);
    const result = await work(transaction);
    if (transaction.writes.length) {
      await this.persist(transaction.writes);
      this.#content = transaction.content;
    }
    return result;
  }

  /** Applies writes that were made durable before. */
  protected restore(writes: readonly Write[]): void {
    for (const write of writes) applyWrite(this.#content, write);
  }

  /** The whole content as writes. */
  protected snapshot(): Write[] {
    const tables = Object.keys(this.#content) as TableName[];
    return tables.flatMap((table) => [...this.#content[table].values()].map((record): Write => ({ op: "put", table, record })));
  }

  /** Makes the writes of a transaction durable, before anybody sees them. In memory there is nothing to do. */
  protected async persist(_writes: readonly Write[]): Promise<void> {}

  close(): void {
    this.#isClosed = true;
  }
}

function applyWrite(content: Content, write: Write): void {
  const table = content[write.table];
  if (write.op === "put") table.set(keyOf(write.table, write.record), write.record);
  else if (write.op === "delete") table.delete(JSON.stringify(write.key));
  else table.clear();
}

function keyOf(table: TableName, record: Row): string {
  const { key } = SCHEMA[table];
  return JSON.stringify(typeof key === "string" ? record[key] : key.map((member) => record[member]));
}

class MemoryTransaction implements Transaction {
  /** The tables as this transaction sees them: a table is copied when it is written to. */
  readonly content: Content;
  readonly writes: Write[] = [];
  readonly #isWritable: boolean;
  readonly #copied = new Set<TableName>();

  constructor(content: Content, mode: "read" | "write") {
    this.content = { ...content };
    this.#isWritable = mode === "write";
  }

  async get<T extends TableName>(table: T, key: Key<T>): Promise<Tables[T] | undefined> {
    return structuredClone(this.content[table].get(JSON.stringify(key))) as Tables[T] | undefined;
  }

  async list<T extends TableName>(table: T, where?: Where): Promise<Tables[T][]> {
    const { key } = SCHEMA[table];
    const members = [where?.by ?? key, key].flat();
    const found = [...this.content[table].values()].filter((record) => !where || matches(record[where.by], where));
    found.sort((a, b) => compareBy(members, a, b));
    return structuredClone(found.slice(0, where?.limit)) as unknown[] as Tables[T][];
  }

  put<T extends TableName>(table: T, record: Tables[T]): void {
    this.#write({ op: "put", table, record: structuredClone(record) as unknown as Row });
  }

  delete<T extends TableName>(table: T, key: Key<T>): void {
    this.#write({ op: "delete", table, key });
  }

  clear(table: TableName): void {
    this.#write({ op: "clear", table });
  }

  #write(write: Write): void {
    if (!this.#isWritable) throw new TypeError("this transaction only reads");
    if (!this.#copied.has(write.table)) {
      this.content[write.table] = new Map(this.content[write.table]);
      this.#copied.add(write.table);
    }
    applyWrite(this.content, write);
    this.writes.push(write);
  }
}

function matches(value: unknown, { equals, above }: Where): boolean {
  if (value === undefined) return false;
  if (equals !== undefined) return value === equals;
  return above === undefined || (typeof value === "number" && value > above);
}

function compareBy(members: readonly string[], a: Row, b: Row): number {
  for (const member of members) {
    const [x, y] = [a[member] as string | number, b[member] as string | number];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
