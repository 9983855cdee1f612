// The single values that the client remembers, by name (STO-1).

import type { Transaction } from "./store.ts";
import type { DigestsWanted, User } from "./wire.ts";
import type { SyncReport } from "./report.ts";

/** The tokens of a session, with the clock that their age is measured by (SES-5). */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly expires_in_s: number;
  readonly uptime_ms: number;
  readonly boot_id: string;
}

/** Whose store it is (SES-8). */
export interface Owner extends User {
  readonly company: string;
  readonly username: string;
}

/** Where an answer of several pages was interrupted (ANS-8). */
export interface AnswerPosition {
  readonly pages: number;
  /** It began with `cursor: null` (ANS-10). */
  readonly from_null: boolean;
  /** It is the first answer of a new history (EPO-1). */
  readonly new_epoch: boolean;
  /** The lowest of its pages (SHOW-4). */
  readonly acknowledged: number;
  /** Commands that its rows contain whatever `acknowledged` says (SHOW-7); empty where no command is held. */
  readonly contained: readonly number[];
  readonly digests: DigestsWanted;
}

/** When the next sync that nobody asked for may come (NET-1 to NET-3), by uptime. */
export interface Pause {
  readonly boot_id: string;
  readonly uptime_ms: number;
  readonly length_ms: number;
  /** `asked`: the server said so; `own`: after failures; `idle`: it asked idle phones to spread. */
  readonly reason: "asked" | "own" | "idle";
}

/** Every name with the type of its value. */
export interface Remembered {
  device_id: string;
  owner: Owner;
  tokens: Tokens;
  /** The server ended the session: only the password helps (SES-4). */
  password_needed: true;
  last_seq: number;
  cursor: string;
  epoch: string;
  /** The highest number up to which complete answers contain every command (SHOW-3). */
  acknowledged: number;
  answer: AnswerPosition;
  /** The next pull asks for every digest (DIG-4). */
  all_digests_wanted: true;
  /** The server's time of the last complete answer with every digest (DIG-6), milliseconds since 1970. */
  all_digests_at_ms: number;
  /** The server's time of the last complete answer, milliseconds since 1970. */
  up_to_date_at_ms: number;
  /** Rows that repairs found wrong, by kind (DIG-5). */
  repaired_rows: Readonly<Record<string, number>>;
  failures: number;
  pause: Pause;
  /** The device was revoked and is not wiped to the end (SES-7). */
  wipe: true;
  last_report: SyncReport;
}

/** The value remembered under a name; undefined if there is none. */
export async function recall<N extends keyof Remembered>(transaction: Transaction, name: N): Promise<Remembered[N] | undefined> {
  const record = await transaction.get("remembered", name);
  return record?.value as Remembered[N] | undefined;
}

/** Remembers a value under a name; undefined forgets it. */
export function remember<N extends keyof Remembered>(transaction: Transaction, name: N, value: Remembered[N] | undefined): void {
  if (value === undefined) transaction.delete("remembered", name);
  else transaction.put("remembered", { name, value });
}
