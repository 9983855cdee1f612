// The store of a browser: IndexedDB.

import { ClientError } from "../errors.ts";
import { SCHEMA } from "../store.ts";
import type { Key, Store, TableName, Tables, Transaction, Where } from "../store.ts";

const VERSION = 1;
const TABLES = Object.keys(SCHEMA) as TableName[];

/**
 * A store in an IndexedDB database of that name.
 *
 * Writing transactions are `strict`: their promise is kept when the disk has them, not when the system has promised to write
 * (REC-1). The browser is asked to keep the data also when the disk is nearly full; it may refuse, and the app works on.
 */
export class IndexedDbStore implements Store {
  readonly #database: IDBDatabase;
  #isClosed = false;

  static async open(name = "roundsman"): Promise<IndexedDbStore> {
    if (typeof navigator !== "undefined" && navigator.storage?.persist) void navigator.storage.persist().catch(() => false);
    return new IndexedDbStore(await openDatabase(name));
  }

  private constructor(database: IDBDatabase) {
    this.#database = database;
    // Another tab has a newer version of the app, and waits until this one lets go.
    database.onversionchange = () => this.close();
    database.onclose = () => {
      this.#isClosed = true;
    };
  }

  async transaction<T>(mode: "read" | "write", work: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new ClientError("client.closed");
    const inner = this.#database.transaction(TABLES, mode === "write" ? "readwrite" : "readonly", { durability: "strict" });
    const ended = end(inner);
    try {
      const result = await work(new IndexedDbTransaction(inner));
      await ended;
      return result;
    } catch (error) {
      abort(inner);
      // The transaction's own error says why a write failed; a request that was cut off by it says only that it was.
      throw inner.error ?? error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#database.close();
  }
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = () => {
    for (const table of TABLES) {
      const { key, indexes } = SCHEMA[table];
      const store = request.result.createObjectStore(table, { keyPath: typeof key === "string" ? key : [...key] });
      for (const member of indexes) store.createIndex(member, member);
    }
  };
  return result(request);
}

/** Kept when the transaction is on the disk, broken when it was rolled back. */
function end(transaction: IDBTransaction): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("rolled back", "AbortError"));
  });
  // Whoever waits for it hears of it; nobody does when the work itself has failed.
  ended.catch(() => undefined);
  return ended;
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

class IndexedDbTransaction implements Transaction {
  readonly #inner: IDBTransaction;

  constructor(inner: IDBTransaction) {
    this.#inner = inner;
  }

  async get<T extends TableName>(table: T, key: Key<T>): Promise<Tables[T] | undefined> {
    return result(this.#inner.objectStore(table).get(key as IDBValidKey)) as Promise<Tables[T] | undefined>;
  }

  async list<T extends TableName>(table: T, where?: Where): Promise<Tables[T][]> {
    const store = this.#inner.objectStore(table);
    const source = where && where.by !== SCHEMA[table].key ? store.index(where.by) : store;
    return result(source.getAll(where && rangeOf(where), where?.limit)) as Promise<Tables[T][]>;
  }

  put<T extends TableName>(table: T, record: Tables[T]): void {
    this.#inner.objectStore(table).put(record);
  }

  delete<T extends TableName>(table: T, key: Key<T>): void {
    this.#inner.objectStore(table).delete(key as IDBValidKey);
  }

  clear(table: TableName): void {
    this.#inner.objectStore(table).clear();
  }
}

function rangeOf({ equals, above }: Where): IDBKeyRange | undefined {
  if (equals !== undefined) return IDBKeyRange.only(equals);
  return above === undefined ? undefined : IDBKeyRange.lowerBound(above, true);
}
