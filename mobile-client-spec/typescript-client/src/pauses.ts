// When the next sync that nobody asked for may come (NET-1 to NET-3), measured by uptime.

import { elapsedMs } from "./clock.ts";
import { recall, remember } from "./remembered.ts";
import type { Pause } from "./remembered.ts";
import type { Transaction } from "./store.ts";
import type { ClockReading } from "./wire.ts";

const SHORTEST_MS = 5_000;
const LONGEST_MS = 15 * 60_000;

/**
 * The client's own pause after so many failures in a row: at least 5 s, twice as long each time, at most 15 minutes, somewhere in
 * the upper half by chance, so that a thousand phones do not come back at once (NET-2). Never shorter than the one before.
 */
export function pauseAfter(failures: number, lastMs: number, chance: () => number = Math.random): number {
  const upper = Math.min(LONGEST_MS, 2 * SHORTEST_MS * 2 ** (failures - 1));
  return Math.max(lastMs, upper / 2 + (chance() * upper) / 2);
}

/** Notes a failure, and the pause that follows from it. */
export async function noteFailure(transaction: Transaction, retryAfterS: number | null, now: ClockReading): Promise<void> {
  const failures = ((await recall(transaction, "failures")) ?? 0) + 1;
  remember(transaction, "failures", failures);
  const before = await recall(transaction, "pause");
  const lastMs = before?.reason === "own" ? before.length_ms : 0;
  const pause = retryAfterS === null ? startPause("own", pauseAfter(failures, lastMs), now) : startPause("asked", retryAfterS * 1000, now);
  remember(transaction, "pause", pause);
}

/** Notes a success; the server may ask an idle phone to stay away for a while. */
export function noteSuccess(transaction: Transaction, nextSyncAfterS: number, now: ClockReading): void {
  remember(transaction, "failures", undefined);
  remember(transaction, "pause", nextSyncAfterS > 0 ? startPause("idle", nextSyncAfterS * 1000, now) : undefined);
}

function startPause(reason: Pause["reason"], length_ms: number, now: ClockReading): Pause {
  return { reason, length_ms, boot_id: now.boot_id, uptime_ms: now.uptime_ms };
}

/**
 * Milliseconds that are left of a pause. After a new boot nobody knows how much of it is over: what the server asked for is waited
 * for once more, the client's own pause begins with its shortest.
 */
export function leftOf(pause: Pause | undefined, now: ClockReading): number {
  if (!pause) return 0;
  const elapsed = elapsedMs(pause, now);
  if (elapsed !== null) return Math.max(0, pause.length_ms - elapsed);
  return pause.reason === "own" ? Math.min(SHORTEST_MS, pause.length_ms) : pause.length_ms;
}
