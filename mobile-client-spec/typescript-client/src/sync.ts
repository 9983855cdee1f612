// The course of a sync: push, pull, repair, until there is nothing left to say, or to the first failure.

import { readPage, readPushAnswer } from "./answer.ts";
import type { Clock } from "./clock.ts";
import { ClientError, ServerRefusal } from "./errors.ts";
import { hold, listBehindHeld, nextBatch, toWire } from "./outbox.ts";
import type { EffectsByName } from "./overlay.ts";
import { takePage, takePushAnswer } from "./receiver.ts";
import type { Asked, Taken } from "./receiver.ts";
import { recall, remember } from "./remembered.ts";
import { countRepaired, nextRepairs, readBefore } from "./repair.ts";
import type { Tally } from "./report.ts";
import { beginWipe } from "./revocation.ts";
import type { Sender } from "./session.ts";
import type { CommandRecord, RowRecord, Store, Transaction } from "./store.ts";
import type { DigestsWanted, JsonObject, Page } from "./wire.ts";

const DAY_MS = 24 * 3600 * 1000;

/** What a sync is built on. */
export interface SyncParts {
  readonly store: Store;
  readonly sender: Sender;
  readonly clock: Clock;
  readonly effects: EffectsByName;
  /** The size of a page in bytes that the server is asked for. */
  readonly maxBytes: number;
  /** Called after each transaction that changed what the user sees. */
  readonly onPage: () => void;
}

/** One sync. Made anew for each. */
export class Exchange {
  readonly #parts: SyncParts;
  readonly #tally: Tally;
  /** How many digests the app wants; null leaves it to the client (DIG-6). */
  readonly #digests: DigestsWanted | null;
  /** Scopes that this sync has asked to repair (DIG-3). */
  readonly #repaired = new Set<string>();
  /** The highest number that this sync has sent: what got no verdict is sent again by the next one, not in a circle. */
  #sent = 0;

  constructor(parts: SyncParts, tally: Tally, digests: DigestsWanted | null) {
    this.#parts = parts;
    this.#tally = tally;
    this.#digests = digests;
  }

  /** Pushes and pulls until nothing is left. @throws what ended it. */
  async run(): Promise<void> {
    let epochs = 0;
    do {
      const last = await this.#pushBacklog();
      if (await this.#pull(last)) {
        // Everything is sent once more, but not for a server that finds a new history with each answer.
        if (++epochs > 1) throw new ClientError("answer.stuck");
        this.#sent = 0;
      }
    } while (await this.#read((transaction) => this.#isUnfinished(transaction)));
  }

  /** Pushes all that is recorded, without pulling. @throws what ended it. */
  async pushAll(): Promise<void> {
    for (let batch = await this.#nextBatch(); batch.length; batch = await this.#nextBatch()) await this.#deliver(batch);
  }

  async #isUnfinished(transaction: Transaction): Promise<boolean> {
    if ((await nextRepairs(transaction, this.#repaired)).length) return true;
    return (await nextBatch(transaction, this.#sent)).length > 0;
  }

  /** Pushes all but the last batch, or all of it before an interrupted answer goes on (OUT-8). Returns what was left. */
  async #pushBacklog(): Promise<CommandRecord[]> {
    for (;;) {
      const batch = await this.#nextBatch();
      const last = batch.at(-1);
      if (!last) return [];
      const isLast = await this.#read(async (transaction) => {
        const isInterrupted = (await recall(transaction, "answer")) !== undefined;
        return !isInterrupted && (await nextBatch(transaction, last.seq)).length === 0;
      });
      if (isLast) return batch;
      await this.#deliver(batch);
    }
  }

  #nextBatch(): Promise<CommandRecord[]> {
    return this.#read((transaction) => nextBatch(transaction, this.#sent));
  }

  /** Pushes commands. A request that is refused as a whole is divided until the guilty command stands alone: it is held (OUT-6). */
  async #deliver(batch: readonly CommandRecord[]): Promise<void> {
    try {
      await this.#push(batch);
    } catch (error) {
      if (!isRefusedForContent(error)) throw error;
      await this.#divide(batch, error);
    }
    this.#sent = Math.max(this.#sent, batch.at(-1)?.seq ?? 0);
  }

  async #divide(batch: readonly CommandRecord[], refusal: ServerRefusal): Promise<void> {
    const [first] = batch;
    if (first && batch.length === 1) {
      await this.#write((transaction) => hold(transaction, first.seq, { code: refusal.code, message: refusal.message }));
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    await this.#deliver(batch.slice(0, middle));
    await this.#deliver(batch.slice(middle));
  }

  async #push(batch: readonly CommandRecord[]): Promise<void> {
    const answer = readPushAnswer(await this.#post("/api/v1/sync/push", batch, {}));
    const taken = await this.#write((transaction) => takePushAnswer(transaction, answer, this.#parts.effects));
    this.#tally.judged += taken.judged;
  }

  /** Takes an answer from its first page, or from where it was interrupted, to its end. Returns whether the epoch is new. */
  async #pull(batch: readonly CommandRecord[]): Promise<boolean> {
    let commands = batch;
    let before: ReadonlyMap<string, readonly RowRecord[]> = new Map();
    for (;;) {
      const asked = await this.#read((transaction) => this.#ask(transaction));
      if (asked.repair.length) before = await this.#read((transaction) => readBefore(transaction, asked.repair));
      const page = await this.#askForPage(asked, commands);
      if (page === "cursor invalid") continue;
      if (page === "commands refused") {
        commands = [];
        continue;
      }
      const taken = await this.#take(page, asked);
      this.#sent = Math.max(this.#sent, commands.at(-1)?.seq ?? 0);
      commands = [];
      if (taken.isNewEpoch && page.complete) return true;
      if (!page.complete) continue;
      await this.#write((transaction) => countRepaired(transaction, before));
      return false;
    }
  }

  /** What the next request asks for: the next page of an interrupted answer (ANS-8), or news since the last one. */
  async #ask(transaction: Transaction): Promise<Asked> {
    const cursor = (await recall(transaction, "cursor")) ?? null;
    const position = await recall(transaction, "answer");
    if (cursor !== null && position) return { cursor, repair: [], digests: position.digests, contained: [] };
    const repair = cursor === null ? [] : await nextRepairs(transaction, this.#repaired);
    const [digests, contained] = [await this.#chooseDigests(transaction, cursor), await listBehindHeld(transaction)];
    return { cursor, repair, digests, contained };
  }

  async #chooseDigests(transaction: Transaction, cursor: string | null): Promise<DigestsWanted> {
    if (await recall(transaction, "all_digests_wanted")) return "all";
    if (this.#digests !== null) return this.#digests;
    const sinceAll = ((await recall(transaction, "up_to_date_at_ms")) ?? 0) - ((await recall(transaction, "all_digests_at_ms")) ?? 0);
    return cursor !== null && sinceAll >= DAY_MS && isUnmetered() ? "all" : "sample";
  }

  async #askForPage(asked: Asked, commands: readonly CommandRecord[]): Promise<Page | "cursor invalid" | "commands refused"> {
    const { cursor, repair, digests } = asked;
    let body: JsonObject;
    try {
      const path = commands.length ? "/api/v1/sync" : "/api/v1/sync/pull";
      body = await this.#post(path, commands, { cursor, repair: [...repair], digests, max_bytes: this.#parts.maxBytes });
    } catch (error) {
      if (error instanceof ServerRefusal && error.code === "sync.cursor_invalid" && cursor !== null) {
        await this.#write(forgetCursor);
        return "cursor invalid";
      }
      if (!commands.length || !isRefusedForContent(error)) throw error;
      await this.#deliver(commands);
      return "commands refused";
    }
    const page = readPage(body);
    if (!page.complete && page.cursor === cursor) throw new ClientError("answer.stuck");
    return page;
  }

  async #take(page: Page, asked: Asked): Promise<Taken> {
    const now = this.#parts.clock.read();
    const taken = await this.#write((transaction) => takePage(transaction, page, asked, now, this.#parts.effects));
    for (const scope of asked.repair) this.#repaired.add(scope);
    this.#tally.repaired += asked.repair.length;
    this.#tally.judged += taken.judged;
    this.#tally.pages += 1;
    this.#tally.rows += page.rows.length;
    return taken;
  }

  async #post(path: string, commands: readonly CommandRecord[], members: JsonObject): Promise<JsonObject> {
    this.#tally.requests += 1;
    const sent = commands.map((command) => ({ ...toWire(command), depends_on: [...command.depends_on] }));
    const writeBody = (): JsonObject => ({ schema: 1, clock: { ...this.#parts.clock.read() }, ...(sent.length ? { commands: sent } : {}), ...members });
    try {
      return await this.#parts.sender.post(path, writeBody);
    } catch (error) {
      if (error instanceof ServerRefusal && error.asksToWipe) await this.#write((transaction) => beginWipe(transaction, commands));
      throw error;
    }
  }

  #read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#parts.store.transaction("read", work);
  }

  async #write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const result = await this.#parts.store.transaction("write", work);
    this.#parts.onPage();
    return result;
  }
}

/** Has the next pull ask for everything; the rows stay until the server's replace them (ANS-10, ANS-11). */
export async function forgetCursor(transaction: Transaction): Promise<void> {
  remember(transaction, "cursor", undefined);
  remember(transaction, "answer", undefined);
}

/** A refusal of a whole request that one of its commands is to blame for (OUT-6). */
function isRefusedForContent(error: unknown): error is ServerRefusal {
  if (!(error instanceof ServerRefusal) || ![400, 413, 422].includes(error.status)) return false;
  return error.code !== "sync.cursor_invalid" && error.code !== "sync.protocol_unknown";
}

/** Whether the network costs nothing by the byte, as far as the browser tells. */
function isUnmetered(): boolean {
  if (typeof navigator === "undefined") return true;
  const connection = (navigator as { readonly connection?: { readonly type?: string; readonly saveData?: boolean } }).connection;
  return !connection || (connection.saveData !== true && connection.type !== "cellular");
}
