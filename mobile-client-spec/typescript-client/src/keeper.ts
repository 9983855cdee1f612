// Keeps an app in sync by itself (NET-7, NET-8): at its start, in the foreground, after each recorded command, on a poke, when the
// network returns, and from time to time.

import { pauseAfter } from "./pauses.ts";
import { readPokes } from "./pokes.ts";
import type { SyncReport } from "./report.ts";
import type { SyncOptions } from "./runner.ts";

/** Recorded commands gather for so long before they are sent. */
const GATHERED_MS = 2_000;
/** In the foreground the first poke comes at once, and causes the sync; without one it comes after so long. */
const POKED_WITHIN_MS = 1_000;
/** Without any reason, once in so long. */
const INTERVAL_MS = 15 * 60_000;

/** What tells the keeper of the world. The browser's own events by default: see `browserWorld`. */
export interface World {
  /** Whether the user looks at the app. */
  isVisible(): boolean;
  /** Calls back when that changes, or when the network returned. Returns what ends it. */
  listen(onVisibility: () => void, onNetwork: () => void): () => void;
}

export interface KeeperParts {
  readonly sync: (options: SyncOptions) => Promise<SyncReport>;
  /** Opens the stream of pokes; null where that cannot be had just now. */
  readonly openPokes: (signal: AbortSignal) => Promise<ReadableStream<Uint8Array> | null>;
  readonly world: World;
}

export class Keeper {
  readonly #parts: KeeperParts;
  readonly #endWorld: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = Infinity;
  #stream: AbortController | null = null;
  #isEnded = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#endWorld = parts.world.listen(
      () => this.#onVisibility(),
      () => this.#onNetwork(),
    );
    this.#onVisibility();
    if (!parts.world.isVisible()) this.#syncIn(0);
  }

  /** A command was recorded. */
  recorded(): void {
    this.#syncIn(GATHERED_MS);
  }

  /** There are tokens again: what had stopped for want of them goes on. */
  signedIn(): void {
    this.#onVisibility();
  }

  end(): void {
    this.#isEnded = true;
    this.#endWorld();
    clearTimeout(this.#timer);
    this.#stream?.abort();
  }

  #onVisibility(): void {
    this.#stream?.abort();
    this.#stream = null;
    if (!this.#parts.world.isVisible()) return;
    this.#syncIn(POKED_WITHIN_MS);
    this.#stream = new AbortController();
    void this.#followPokes(this.#stream.signal);
  }

  /** The network returned: nothing waits out a pause of the time without it, nor a stream that hangs on the old network. */
  #onNetwork(): void {
    this.#onVisibility();
    void this.#sync("network");
  }

  /** A sync in so many milliseconds, or earlier where one is due before. */
  #syncIn(ms: number): void {
    const dueAt = performance.now() + ms;
    if (this.#isEnded || dueAt >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => void this.#sync("timer"), ms);
  }

  async #sync(trigger: "timer" | "network"): Promise<void> {
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
    const { retryAfterS, error } = await this.#parts.sync({ trigger });
    if (error === "sign_in" || error === "revoked") return;
    this.#syncIn(retryAfterS > 0 ? retryAfterS * 1000 : INTERVAL_MS);
  }

  /** Follows one stream after another. Each begins with a poke: what changed while there was none is pulled then. */
  async #followPokes(signal: AbortSignal): Promise<void> {
    for (let failures = 0, pause = 0; !signal.aborted; ) {
      try {
        const stream = await this.#parts.openPokes(signal);
        if (!stream) throw new Error("there is no stream");
        failures = 0;
        await readPokes(stream, () => this.#syncIn(0));
      } catch {
        // The sync that runs beside it tells the user what is wrong; here it is only tried again.
      }
      pause = pauseAfter(++failures, failures === 1 ? 0 : pause);
      await sleep(pause, signal);
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A browser's events; elsewhere the app is always visible, and calls `sync` itself when its network returns. */
export const browserWorld: World = {
  isVisible: () => typeof document === "undefined" || !document.hidden,
  listen(onVisibility, onNetwork) {
    if (typeof document === "undefined") return () => undefined;
    document.addEventListener("visibilitychange", onVisibility);
    globalThis.addEventListener("online", onNetwork);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      globalThis.removeEventListener("online", onNetwork);
    };
  },
};
