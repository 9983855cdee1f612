// What the user sees (SHOW): the server's rows with the effects of pending commands on top, kept apart from them.

import { isShown } from "./outbox.ts";
import { recall } from "./remembered.ts";
import type { CommandRecord, OverlayRecord, Transaction } from "./store.ts";
import type { JsonObject } from "./wire.ts";

/**
 * How a row is shown. `synced`: as the server sent it. `pending`: with the effect of a command that was not judged, or not
 * contained in the rows yet. `waiting`: with the effect of one that is parked or held.
 */
export type RowState = "synced" | "pending" | "waiting";

/** A row as the user sees it. */
export interface SeenRow {
  readonly kind: string;
  readonly id: string;
  readonly scope: string;
  readonly data: JsonObject;
  readonly state: RowState;
}

/** What an effect knows of the command, and what it can do to what the user sees. */
export interface EffectView {
  readonly command: CommandRecord;
  readonly payload: JsonObject;
  /** When it was recorded, written as the server writes instants in rows. */
  readonly at: string;
  /** Who recorded it. */
  readonly userId: string | null;
  /** A row as earlier commands left it; undefined if it is not to be seen. */
  row(kind: string, id: string): Promise<SeenRow | undefined>;
  /** The rows of a kind as earlier commands left them. */
  rows(kind: string): Promise<SeenRow[]>;
  /** Shows a row with these members: a new one, or another in its place. */
  show(kind: string, id: string, scope: string, data: JsonObject): void;
  /** Shows a row no longer. */
  hide(row: SeenRow): void;
}

/**
 * What a command will do to the rows, as far as a phone can tell. Leaves a row alone that the user does not see: the scope of a
 * row may have left since (SHOW-5), and a row that the command makes may have come from the server already.
 */
export type Effect = (view: EffectView) => Promise<void>;

/** Effects by the command's name; a command without one changes nothing on the screen until it is judged. */
export type EffectsByName = Readonly<Record<string, Effect | undefined>>;

/** Computes every effect anew over the rows as they are now (SHOW-1). */
export async function rebuildOverlay(transaction: Transaction, effects: EffectsByName): Promise<void> {
  transaction.clear("overlay_row");
  const acknowledged = (await recall(transaction, "acknowledged")) ?? 0;
  const live = await transaction.list("command", { by: "live" });
  if (!live.length) return;
  const shown = live.filter((command) => isShown(command, acknowledged));
  const overlay = new Overlay(transaction, await userOf(transaction));
  for (const command of shown) await overlay.play(command, effects);
  overlay.flush();
}

/** Adds the effect of a command that was just recorded. */
export async function showCommand(transaction: Transaction, command: CommandRecord, effects: EffectsByName): Promise<void> {
  const overlay = new Overlay(transaction, await userOf(transaction));
  await overlay.play(command, effects);
  overlay.flush();
}

async function userOf(transaction: Transaction): Promise<string | null> {
  return (await recall(transaction, "owner"))?.id ?? null;
}

class Overlay {
  readonly #transaction: Transaction;
  readonly #userId: string | null;
  /** Overlay rows that were read or shown, by kind and id; null: there is none. */
  readonly #rows = new Map<string, OverlayRecord | null>();

  constructor(transaction: Transaction, userId: string | null) {
    this.#transaction = transaction;
    this.#userId = userId;
  }

  async play(command: CommandRecord, effects: EffectsByName): Promise<void> {
    const effect = Object.hasOwn(effects, command.name) ? effects[command.name] : undefined;
    if (!effect) return;
    const view = new View(this, command, JSON.parse(command.payload) as JsonObject, this.#userId);
    try {
      await effect(view);
    } catch (error) {
      // A payload that the effect does not understand shows nothing; it must not keep the command from being recorded and sent.
      console.warn(`The effect of ${command.name} failed`, error);
    }
  }

  async get(kind: string, id: string): Promise<SeenRow | undefined> {
    const over = await this.#over(kind, id);
    if (over) return seen(over);
    const row = await this.#transaction.get("server_row", [kind, id]);
    return row && { kind, id, scope: row.scope, data: row.data, state: "synced" };
  }

  async #over(kind: string, id: string): Promise<OverlayRecord | null> {
    const key = `${kind} ${id}`;
    let over = this.#rows.get(key);
    if (over === undefined) {
      over = (await this.#transaction.get("overlay_row", [kind, id])) ?? null;
      this.#rows.set(key, over);
    }
    return over;
  }

  async list(kind: string): Promise<SeenRow[]> {
    this.flush();
    return listSeen(this.#transaction, kind);
  }

  put(record: OverlayRecord): void {
    const before = this.#rows.get(`${record.kind} ${record.id}`);
    const state = before?.state === "waiting" ? "waiting" : record.state;
    this.#rows.set(`${record.kind} ${record.id}`, { ...record, state });
  }

  flush(): void {
    for (const row of this.#rows.values()) if (row) this.#transaction.put("overlay_row", row);
  }
}

class View implements EffectView {
  readonly command: CommandRecord;
  readonly payload: JsonObject;
  readonly at: string;
  readonly userId: string | null;
  readonly #overlay: Overlay;

  constructor(overlay: Overlay, command: CommandRecord, payload: JsonObject, userId: string | null) {
    this.command = command;
    this.payload = payload;
    this.at = new Date(command.at).toISOString();
    this.userId = userId;
    this.#overlay = overlay;
  }

  row(kind: string, id: string): Promise<SeenRow | undefined> {
    return this.#overlay.get(kind, id);
  }

  rows(kind: string): Promise<SeenRow[]> {
    return this.#overlay.list(kind);
  }

  show(kind: string, id: string, scope: string, data: JsonObject): void {
    this.#overlay.put({ kind, id, scope, data, state: this.#state() });
  }

  hide(row: SeenRow): void {
    this.#overlay.put({ kind: row.kind, id: row.id, scope: row.scope, data: null, state: this.#state() });
  }

  #state(): "pending" | "waiting" {
    return this.command.held || this.command.verdict?.status === "parked" ? "waiting" : "pending";
  }
}

function seen(row: OverlayRecord): SeenRow | undefined {
  return row.data ? { kind: row.kind, id: row.id, scope: row.scope, data: row.data, state: row.state } : undefined;
}

/** A row as the user sees it; undefined if he does not. */
export async function readSeen(transaction: Transaction, kind: string, id: string): Promise<SeenRow | undefined> {
  const over = await transaction.get("overlay_row", [kind, id]);
  if (over) return seen(over);
  const row = await transaction.get("server_row", [kind, id]);
  return row && { kind, id, scope: row.scope, data: row.data, state: "synced" };
}

/** The rows of a kind, or of all kinds, as the user sees them: by kind and id. */
export async function listSeen(transaction: Transaction, kind: string | null): Promise<SeenRow[]> {
  const where = kind === null ? undefined : { by: "kind", equals: kind };
  const rows = new Map<string, SeenRow | undefined>();
  for (const row of await transaction.list("server_row", where)) {
    rows.set(`${row.kind} ${row.id}`, { kind: row.kind, id: row.id, scope: row.scope, data: row.data, state: "synced" });
  }
  for (const over of await transaction.list("overlay_row", where)) rows.set(`${over.kind} ${over.id}`, seen(over));
  const visible = [...rows.values()].filter((row) => row !== undefined);
  return visible.sort((a, b) => compare(a.kind, b.kind) || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
