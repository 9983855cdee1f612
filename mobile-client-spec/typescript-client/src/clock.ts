// The device's clocks (CLK): the wall clock, the uptime, and a name for the time since the device started.

import { newId } from "./ids.ts";
import type { ClockReading } from "./wire.ts";

/** Reads the clocks. On React Native the values come from the system: README.md says from where. */
export interface Clock {
  read(): ClockReading;
}

/** Milliseconds of uptime since a reading; null when the device was started in between (nobody knows then). */
export function elapsedMs(since: { readonly uptime_ms: number; readonly boot_id: string }, now: ClockReading): number | null {
  return since.boot_id === now.boot_id ? now.uptime_ms - since.uptime_ms : null;
}

/** An instant as RFC 3339 with milliseconds and the device's own offset from UTC. */
export function writeInstant(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
  const two = (value: number): string => String(Math.trunc(value)).padStart(2, "0");
  return `${local}${offset < 0 ? "-" : "+"}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
}

/** By how much wall clock and uptime may drift apart before the uptime is no longer believed. */
const TOLERANCE_MS = 2_000;

/**
 * The clocks of a browser, or of Node.js.
 *
 * A page cannot see the uptime of its device. `performance.now()` counts since the page was loaded, so each load is a boot of
 * its own. It also stands still while the computer sleeps, on some systems, and CLK-3 wants an uptime that counts sleep:
 * an uptime that missed an hour would have the server date a check-in an hour late, and call that exact. So a boot ends here
 * as soon as the wall clock has gone another way than `performance.now()`: after a sleep, or when somebody set the clock.
 * Commands of an ended boot are dated by the offset that the server measured while it lasted, else by the wall clock's claim,
 * marked as unverified. That is less than a phone can say, and it is true.
 */
export class BrowserClock implements Clock {
  readonly #now: () => number;
  readonly #uptime: () => number;
  #bootId = newId();
  #drift: number;

  constructor(now: () => number = Date.now, uptime: () => number = () => performance.now()) {
    this.#now = now;
    this.#uptime = uptime;
    this.#drift = now() - uptime();
  }

  read(): ClockReading {
    const now = this.#now();
    const uptime = this.#uptime();
    const drift = now - uptime;
    if (Math.abs(drift - this.#drift) > TOLERANCE_MS) {
      this.#bootId = newId();
      this.#drift = drift;
    }
    return { at: writeInstant(new Date(now)), uptime_ms: Math.floor(uptime), boot_id: this.#bootId };
  }
}
