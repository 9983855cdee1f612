// Runs syncs: one at a time, with a report for each, pauses between those that nobody asked for, and the wipe of a revoked device.

import { ClientError, ServerRefusal, Unavailable } from "./errors.ts";
import type { Lock } from "./lock.ts";
import { hasUnsent } from "./outbox.ts";
import { leftOf, noteFailure } from "./pauses.ts";
import { recall, remember } from "./remembered.ts";
import { classify, newTally, report } from "./report.ts";
import type { SyncReport } from "./report.ts";
import { beginWipe, erase, isWiping } from "./revocation.ts";
import { Exchange, forgetCursor } from "./sync.ts";
import type { SyncParts } from "./sync.ts";
import type { Session } from "./session.ts";
import type { Link } from "./transport.ts";
import type { DigestsWanted } from "./wire.ts";

export type Trigger = "user" | "timer" | "network";

export interface SyncOptions {
  /**
   * `user`: somebody asked for it, and it goes out. `timer` (also for pokes, starts, recorded work) keeps the pauses. `network`: the
   * network is back, so a pause because of its absence is over. `user` if absent.
   */
  readonly trigger?: Trigger;
  /** How many digests to compare; the client chooses where this is absent (DIG-6). */
  readonly digests?: DigestsWanted;
}

/** What the runner is built on. */
export interface RunnerParts extends Omit<SyncParts, "sender"> {
  readonly session: Session;
  readonly link: Link;
  readonly lock: Lock;
  /** Called when a sync begins, and after it. */
  readonly onBegin: () => void;
  readonly onEnd: () => void;
}

export class SyncRunner {
  readonly #parts: RunnerParts;
  /** Syncs that have not begun, by their options: several pokes in a row cause one sync (NET-7). */
  readonly #waiting = new Map<string, Promise<SyncReport>>();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  sync(options: SyncOptions): Promise<SyncReport> {
    const key = `${options.trigger} ${options.digests}`;
    const waiting = this.#waiting.get(key);
    if (waiting) return waiting;
    const turn = this.#parts.lock("sync", () => {
      this.#waiting.delete(key);
      return this.#run(async (exchange) => exchange.run(), options);
    });
    this.#waiting.set(key, turn);
    return turn;
  }

  /** Sends the outbox, and only if that succeeded drops the cursor and pulls everything (STO-5). */
  reset(): Promise<SyncReport> {
    return this.#parts.lock("sync", () =>
      this.#run(async (exchange) => {
        try {
          await exchange.pushAll();
        } catch (error) {
          throw isAboutSession(error) ? error : new ClientError("reset.unsent");
        }
        if (await this.#parts.store.transaction("read", hasUnsent)) throw new ClientError("reset.unsent");
        await this.#parts.store.transaction("write", forgetCursor);
        await exchange.run();
      }, {}),
    );
  }

  /** Wipes a device that was told so outside of a sync: at a sign-in. */
  async wipe(): Promise<void> {
    await this.#parts.lock("sync", () => this.#wipe(null));
    this.#parts.onEnd();
  }

  async #run(work: (exchange: Exchange) => Promise<void>, options: SyncOptions): Promise<SyncReport> {
    const tally = newTally();
    let ended: unknown = null;
    try {
      await this.#keepPauses(options);
      this.#parts.onBegin();
      await this.#finishWipe();
      await work(new Exchange({ ...this.#parts, sender: this.#parts.session }, tally, options.digests ?? null));
    } catch (error) {
      ended = error;
    }
    if (classify(ended) === "revoked" && ended !== null) ended = await this.#wipe(ended);
    const result = await this.#conclude(tally, ended);
    this.#parts.onEnd();
    return result;
  }

  /** Ends a sync that nobody asked for before its time (NET-1 to NET-3). */
  async #keepPauses({ trigger = "user" }: SyncOptions): Promise<void> {
    if (trigger === "user") return;
    const now = this.#parts.clock.read();
    const isTooEarly = await this.#parts.store.transaction("read", async (transaction) => {
      const pause = await recall(transaction, "pause");
      if (leftOf(pause, now) === 0) return false;
      if (pause?.reason === "own") return trigger === "timer";
      // Recorded work may go before the time that an idle phone was asked to wait for.
      return pause?.reason === "asked" || !(await hasUnsent(transaction));
    });
    if (isTooEarly) throw new ClientError("network.paused");
  }

  async #conclude(tally: ReturnType<typeof newTally>, ended: unknown): Promise<SyncReport> {
    const now = this.#parts.clock.read();
    return this.#parts.store.transaction("write", async (transaction) => {
      if (isFailure(ended)) await noteFailure(transaction, retryAfterOf(ended), now);
      const left = leftOf(await recall(transaction, "pause"), now);
      const result = report(tally, ended, Math.ceil(left / 1000), this.#parts.link.language());
      // That it was too early is no news of how things stand.
      if (result.error !== "paused") remember(transaction, "last_report", result);
      return result;
    });
  }

  /** Goes on with the wipe that a start or a failure interrupted. */
  async #finishWipe(): Promise<void> {
    if (await this.#parts.store.transaction("read", isWiping)) throw new ClientError("session.device_revoked");
  }

  /** Delivers what is left of the outbox, then erases (SES-7). What cannot be delivered is kept, and the next sync tries again. */
  async #wipe(revoked: unknown): Promise<unknown> {
    await this.#parts.store.transaction("write", (transaction) => beginWipe(transaction, []));
    let ended = revoked;
    for (;;) {
      const exchange = new Exchange({ ...this.#parts, sender: this.#parts.session.ofRevoked }, newTally(), null);
      try {
        await exchange.pushAll();
        break;
      } catch (error) {
        // The answer that says "revoked" is the receipt: its commands are stored, and are gone from the outbox now.
        if (error instanceof ServerRefusal && error.asksToWipe) continue;
        ended = new ClientError("session.device_revoked");
        break;
      }
    }
    await this.#parts.store.transaction("write", erase);
    this.#parts.onPage();
    return ended;
  }
}

function isAboutSession(error: unknown): boolean {
  return ["sign_in", "revoked"].includes(classify(error));
}

/** Whether a pause follows: not where the session is at fault, nor where no request was tried. */
function isFailure(error: unknown): boolean {
  if (error === null || (error instanceof ClientError && error.code === "network.offline")) return false;
  return ["network", "busy", "refused", "fault"].includes(classify(error));
}

function retryAfterOf(error: unknown): number | null {
  return error instanceof Unavailable || error instanceof ServerRefusal ? error.retryAfterS : null;
}
