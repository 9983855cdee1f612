// The client's face: all that an app needs. Each part is explained where it is done; README.md maps the rules to modules.

import { writeChanges } from "./changes.ts";
import type { EditPayload } from "./changes.ts";
import { BrowserClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { EFFECTS } from "./effects/index.ts";
import { ClientError, ServerRefusal } from "./errors.ts";
import type { Language } from "./errors.ts";
import { newId } from "./ids.ts";
import { browserWorld, Keeper } from "./keeper.ts";
import type { World } from "./keeper.ts";
import { deviceLock } from "./lock.ts";
import type { Lock } from "./lock.ts";
import { listConflicts, listJudged, listPending } from "./matters.ts";
import type { ConflictOfUser, JudgedCommand, PendingCommand } from "./matters.ts";
import { News } from "./news.ts";
import type { Change } from "./news.ts";
import { releaseHeld } from "./outbox.ts";
import { listSeen, readSeen, rebuildOverlay } from "./overlay.ts";
import type { EffectsByName, SeenRow } from "./overlay.ts";
import { fetchStream } from "./pokes.ts";
import type { StreamOpener } from "./pokes.ts";
import { record, writePayload } from "./record.ts";
import type { Recorded } from "./record.ts";
import { recall } from "./remembered.ts";
import type { SyncReport } from "./report.ts";
import { isWiping } from "./revocation.ts";
import { SyncRunner } from "./runner.ts";
import type { SyncOptions } from "./runner.ts";
import { Session } from "./session.ts";
import type { Credentials, DeviceDescription } from "./session.ts";
import type { Store, Transaction } from "./store.ts";
import { fetchTransport } from "./transport.ts";
import type { Link, Transport } from "./transport.ts";
import type { JsonObject, User } from "./wire.ts";

/** What a client is made of. Only `server` and `store` have no default. */
export interface ClientOptions {
  /** The server's address without a slash at the end; empty for the one that the page came from. */
  readonly server: string;
  readonly store: Store;
  /** Names the store among those of this origin: what tabs have in common (OUT-2). */
  readonly storeName?: string;
  readonly device?: DeviceDescription;
  readonly clock?: Clock;
  readonly transport?: Transport;
  /** Opens the stream of pokes (NET-7). */
  readonly openStream?: StreamOpener;
  readonly lock?: Lock;
  /** The language in which the server's messages come. */
  readonly language?: () => Language;
  /** Whether the device has a network; where it has none, no request is tried. */
  readonly isOnline?: () => boolean;
  /** Effects of further commands, beside those of `EFFECTS`. */
  readonly effects?: EffectsByName;
  /** The size of a page in bytes that the server is asked for. */
  readonly maxBytes?: number;
}

/** Whether work can be sent. `password_needed`: the server ended the session, and only the password helps (SES-4). */
export type SessionState = "signed_in" | "password_needed" | "signed_out" | "revoked";

/** Who is signed in, on which device. */
export interface SessionInfo {
  readonly state: SessionState;
  /** Whose rows and commands are here; null before the first sign-in. */
  readonly user: User | null;
  readonly username: string | null;
  readonly company: string | null;
  readonly deviceId: string | null;
}

/** How a command is recorded. */
export interface DoOptions {
  /** The version of the payload as this app writes it (COM-3); 1 if absent. */
  readonly schema?: number;
  readonly dependsOn?: readonly string[];
}

/** An offline client of Roundsman. */
export class RoundsmanClient {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #effects: EffectsByName;
  readonly #device: DeviceDescription;
  readonly #session: Session;
  readonly #runner: SyncRunner;
  readonly #news: News;
  readonly #openPokes: (signal: AbortSignal) => Promise<ReadableStream<Uint8Array> | null>;
  #keeper: Keeper | null = null;
  #isSyncing = false;

  /** Opens a client on its store. What a start has to do is done: held commands are tried again (OUT-6). */
  static async open(options: ClientOptions): Promise<RoundsmanClient> {
    const client = new RoundsmanClient(options);
    await client.#write(async (transaction) => {
      await releaseHeld(transaction);
      await rebuildOverlay(transaction, client.#effects);
    });
    return client;
  }

  private constructor(options: ClientOptions) {
    const name = options.storeName ?? "roundsman";
    const link: Link = {
      server: options.server.replace(/\/+$/, ""),
      transport: options.transport ?? fetchTransport,
      language: options.language ?? (() => "en"),
      isOnline: options.isOnline ?? (() => typeof navigator === "undefined" || navigator.onLine !== false),
    };
    const lock = options.lock ?? deviceLock(name);
    this.#store = options.store;
    this.#clock = options.clock ?? new BrowserClock();
    this.#effects = { ...EFFECTS, ...options.effects };
    this.#device = options.device ?? { name: "Web", platform: "web", appVersion: "" };
    this.#news = new News(name);
    this.#session = new Session({ store: this.#store, link, clock: this.#clock, lock });
    const openStream = options.openStream ?? fetchStream;
    this.#openPokes = async (signal) => {
      const headers = { accept: "text/event-stream", authorization: `Bearer ${await this.#session.accessToken()}` };
      return openStream({ method: "GET", url: `${link.server}/api/v1/sync/events`, headers }, signal);
    };
    this.#runner = new SyncRunner({
      store: this.#store,
      session: this.#session,
      clock: this.#clock,
      effects: this.#effects,
      maxBytes: options.maxBytes ?? 1024 * 1024,
      link,
      lock,
      onPage: () => this.#news.tell("rows"),
      onBegin: () => this.#turn(true),
      onEnd: () => this.#turn(false),
    });
  }

  /**
   * Signs in. A device that was revoked in the meantime erases itself, and can sign in as a new one if nothing was left to deliver.
   *
   * @throws ServerRefusal if the server says no; ClientError where it cannot be asked (`network.…`), the store is another's
   *   (`session.other_user`) or the device was revoked (`session.device_revoked`).
   */
  async signIn(credentials: Credentials, device: Partial<DeviceDescription> = {}): Promise<User> {
    const user = await this.#session.signIn(credentials, { ...this.#device, ...device }).catch(async (error: unknown) => {
      if (!(error instanceof ServerRefusal) || !error.asksToWipe) throw error;
      await this.#runner.wipe();
      throw new ClientError("session.device_revoked");
    });
    this.#news.tell("session");
    this.#keeper?.signedIn();
    return user;
  }

  /** Forgets the tokens; rows and outbox stay (SES-9). */
  async signOut(): Promise<void> {
    await this.#session.signOut();
    this.#news.tell("session");
  }

  async session(): Promise<SessionInfo> {
    return this.#read(async (transaction) => {
      const owner = await recall(transaction, "owner");
      const isSignedIn = (await recall(transaction, "tokens")) !== undefined;
      const isPasswordNeeded = (await recall(transaction, "password_needed")) === true;
      const open = isSignedIn ? "signed_in" : isPasswordNeeded ? "password_needed" : "signed_out";
      return {
        state: (await isWiping(transaction)) ? "revoked" : open,
        user: owner ? { id: owner.id, name: owner.name, roles: owner.roles } : null,
        username: owner?.username ?? null,
        company: owner?.company ?? null,
        deviceId: (await recall(transaction, "device_id")) ?? null,
      };
    });
  }

  /** A new id for a row that a command makes (REC-3). */
  newId(): string {
    return newId();
  }

  /**
   * Records a command: it is on the disk when this returns, and its effect is shown (REC). Needs neither network nor session.
   *
   * @throws ClientError `payload.…` for what could not be sent; `session.none` where nobody ever signed in.
   */
  async do(name: string, payload: JsonObject, options: DoOptions = {}): Promise<Recorded> {
    const intent = { name, payload, schema: options.schema ?? 1, dependsOn: options.dependsOn ?? [] };
    const text = writePayload(intent);
    const clocks = this.#clock.read();
    const recorded = await this.#write(async (transaction) => {
      if (await isWiping(transaction)) throw new ClientError("session.device_revoked");
      if (!(await recall(transaction, "owner"))) throw new ClientError("session.none");
      return record(transaction, intent, text, clocks, this.#effects);
    });
    this.#news.tell("rows");
    this.#keeper?.recorded();
    return recorded;
  }

  /**
   * The payload of an edit: each field of `values` that is another than the user saw, with both values (REC-7). `seen`: what he
   * saw, where the form was opened a while ago; otherwise the row as it is shown now.
   *
   * @throws ClientError `row.not_found`, `row.no_such_field`.
   */
  async changes(kind: string, id: string, values: JsonObject, seen: JsonObject = {}): Promise<EditPayload> {
    const row = await this.row(kind, id);
    if (!row) throw new ClientError("row.not_found");
    return writeChanges(row, values, seen);
  }

  /** Pushes and pulls. Never throws for what the network or the server does: the report says it. */
  async sync(options: SyncOptions = {}): Promise<SyncReport> {
    return this.#runner.sync(options);
  }

  /**
   * Syncs by itself from now on: at once, in the foreground, after each recorded command, on pokes, when the network returns and from
   * time to time (NET-7, NET-8). Returns what ends that.
   */
  keepInSync(world: World = browserWorld): () => void {
    this.#keeper?.end();
    const keeper = new Keeper({ sync: (options) => this.sync(options), openPokes: this.#openPokes, world });
    this.#keeper = keeper;
    return () => keeper.end();
  }

  /** Whether this tab is syncing just now; `onChange` tells of it as `sync`. */
  get isSyncing(): boolean {
    return this.#isSyncing;
  }

  #turn(isSyncing: boolean): void {
    this.#isSyncing = isSyncing;
    this.#news.tell("sync");
  }

  /** Fetches everything anew, after everything was sent (STO-5). */
  async reset(): Promise<SyncReport> {
    return this.#runner.reset();
  }

  /** The rows of a kind as the user sees them, by id; of every kind where none is named. */
  async rows(kind?: string): Promise<SeenRow[]> {
    return this.#read((transaction) => listSeen(transaction, kind ?? null));
  }

  /** A row as the user sees it. */
  async row(kind: string, id: string): Promise<SeenRow | undefined> {
    return this.#read((transaction) => readSeen(transaction, kind, id));
  }

  /** Every command that has a verdict and is kept, by number. */
  async verdicts(): Promise<JudgedCommand[]> {
    return this.#read(listJudged);
  }

  /** Every command that is not settled, by number. */
  async pending(): Promise<PendingCommand[]> {
    return this.#read(listPending);
  }

  async conflicts(): Promise<ConflictOfUser[]> {
    return this.#read(listConflicts);
  }

  /** Rows that repairs found wrong since the store was made, by kind (DIG-5). */
  async repairs(): Promise<Readonly<Record<string, number>>> {
    return (await this.#read((transaction) => recall(transaction, "repaired_rows"))) ?? {};
  }

  /** Whether the server's cursor is here: something was pulled. */
  async hasCursor(): Promise<boolean> {
    return (await this.#read((transaction) => recall(transaction, "cursor"))) !== undefined;
  }

  /** When the last complete answer came, by the server's time; null if none ever did. */
  async upToDateAt(): Promise<Date | null> {
    const ms = await this.#read((transaction) => recall(transaction, "up_to_date_at_ms"));
    return ms === undefined ? null : new Date(ms);
  }

  /** What the last sync reported, of whichever tab or start; null before the first. */
  async lastReport(): Promise<SyncReport | null> {
    return (await this.#read((transaction) => recall(transaction, "last_report"))) ?? null;
  }

  /** Calls `listener` after each change, also of other tabs. Returns what ends that. */
  onChange(listener: (change: Change) => void): () => void {
    return this.#news.listen(listener);
  }

  /** Listens no longer, and closes the store. */
  close(): void {
    this.#keeper?.end();
    this.#news.close();
    this.#store.close();
  }

  #read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#store.transaction("read", work);
  }

  #write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#store.transaction("write", work);
  }
}
