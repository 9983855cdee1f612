// A durable store in a file, so that a client in Node.js can be killed and started again. For tests: all of it lies in memory too.

import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { MemoryStore } from "../src/stores/memory.ts";
import type { Write } from "../src/stores/memory.ts";

/**
 * Each transaction is one line of a log, on the disk before it is seen. A kill while a line is written leaves a line without its end:
 * that transaction has not happened. Each opening writes the log anew.
 */
export class FileStore extends MemoryStore {
  #log: FileHandle | null = null;

  static async open(folder: string): Promise<FileStore> {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, "store.log");
    const store = new FileStore();
    for (const writes of readLog(path)) store.restore(writes);
    const fresh = await open(`${path}.new`, "w");
    await writeLine(fresh, store.snapshot());
    renameSync(`${path}.new`, path);
    store.#log = fresh;
    return store;
  }

  protected override async persist(writes: readonly Write[]): Promise<void> {
    if (this.#log) await writeLine(this.#log, writes);
  }

  override close(): void {
    super.close();
    void this.#log?.close();
    this.#log = null;
  }
}

function readLog(path: string): Write[][] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  const lines = text.split("\n");
  lines.pop();
  return lines.map((line) => JSON.parse(line) as Write[]);
}

async function writeLine(file: FileHandle, writes: readonly Write[]): Promise<void> {
  await file.write(`${JSON.stringify(writes)}\n`);
  await file.datasync();
}
