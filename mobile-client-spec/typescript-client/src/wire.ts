// What travels between phone and server (openapi.json), as far as a phone needs it.
//
// Members have the names that they have on the wire. Members that are not named here are ignored (COM-1).

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [member: string]: Json };

/** A JSON object, such as a row's data or a command's payload. */
export type JsonObject = { [member: string]: Json };

/** What the device's clocks read at one moment (CLK-1). */
export interface ClockReading {
  /** The wall clock, RFC 3339 with its offset from UTC. */
  readonly at: string;
  /** Milliseconds since the device started, deep sleep included. */
  readonly uptime_ms: number;
  /** Names the time since the device started; a new start has a new one. */
  readonly boot_id: string;
}

/** One thing that the user did, as it is sent. */
export interface CommandOnWire extends ClockReading {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly schema: number;
  readonly payload: JsonObject;
  readonly depends_on: readonly string[];
}

/** What the server made of a command. An unknown status counts as `parked` (VER-7). */
export type VerdictStatus = "applied" | "merged" | "refused" | "parked";

/** One field on which two edits did not know of each other. */
export interface Conflict {
  readonly conflict_id: string | null;
  readonly field: string;
  readonly yours: Json;
  readonly theirs: Json;
  readonly kept: string;
}

/** The server's word on one command. */
export interface Verdict {
  readonly status: VerdictStatus;
  readonly code: string | null;
  readonly field: string | null;
  /** For people, in the language of `Accept-Language`. */
  readonly message: string | null;
  readonly details: JsonObject;
  readonly conflicts: readonly Conflict[];
}

/** A verdict as an answer brings it. */
export interface Receipt extends Verdict {
  readonly id: string;
}

/** A row as the server publishes it; `data` is null for a tombstone. */
export interface WireRow {
  readonly scope: string;
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  /** 16 hex digits. */
  readonly tag: string;
  readonly data: JsonObject | null;
}

/** Number of live rows of a scope, and the sum of their tags modulo 2^64 as 16 hex digits. */
export interface Digest {
  readonly rows: number;
  readonly sum: string;
}

/** How many scopes' digests an answer shall bring. */
export type DigestsWanted = "none" | "sample" | "all";

/** The answer to `/sync/push`. */
export interface PushAnswer {
  /** The server's time, milliseconds since 1970. */
  readonly receivedAt: number;
  readonly verdicts: readonly Receipt[];
  readonly acknowledged: number;
}

/** One page of an answer to `/sync` or `/sync/pull`. */
export interface Page extends PushAnswer {
  readonly epoch: string;
  readonly enter: readonly string[];
  readonly leave: readonly string[];
  readonly rows: readonly WireRow[];
  readonly complete: boolean;
  readonly cursor: string;
  readonly digests: Readonly<Record<string, Digest>>;
  readonly nextSyncAfterS: number;
}

/** Who signed in. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
}
