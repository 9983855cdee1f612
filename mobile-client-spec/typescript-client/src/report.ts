// What a sync reports, to the app and to the next start.

import { ClientError, ServerRefusal, tell, Unavailable } from "./errors.ts";
import type { Language } from "./errors.ts";

/**
 * Why a sync did not come to its end. `network`: no answer, a damaged one, or one that is not the server's. `busy`: the server
 * said "later". `sign_in`: only the password helps. `revoked`: the device was revoked. `refused`: the server refused the whole
 * request. `fault`: its answers break the protocol, or the client met a fault of its own. `unsent`: a reset could not send
 * everything, and changed nothing. `paused`: a sync that nobody asked for came too early.
 */
export type SyncError = "network" | "busy" | "sign_in" | "revoked" | "refused" | "fault" | "unsent" | "paused";

/** What a sync did. */
export interface SyncReport {
  /** Everything was sent, and a complete answer was taken. */
  readonly complete: boolean;
  readonly error: SyncError | null;
  /** For people; null when there is nothing to say. */
  readonly message: string | null;
  /** A sync that nobody asks for comes after so many seconds at the earliest. */
  readonly retryAfterS: number;
  /** Requests for commands or rows. */
  readonly requests: number;
  /** Commands that got a verdict. */
  readonly judged: number;
  readonly pages: number;
  readonly rows: number;
  /** Scopes that were asked for whole because their digest differed. */
  readonly repaired: number;
}

/** What a sync counts while it runs. */
export interface Tally {
  requests: number;
  judged: number;
  pages: number;
  rows: number;
  repaired: number;
}

export function newTally(): Tally {
  return { requests: 0, judged: 0, pages: 0, rows: 0, repaired: 0 };
}

/** Which of the reasons an error is. */
export function classify(error: unknown): SyncError {
  if (error instanceof Unavailable) return "busy";
  if (error instanceof ServerRefusal) return error.asksToWipe ? "revoked" : "refused";
  if (!(error instanceof ClientError)) return "fault";
  switch (error.code) {
    case "network.offline":
    case "network.failed":
    case "network.damaged":
    case "network.not_the_server":
      return "network";
    case "network.paused":
      return "paused";
    case "session.none":
    case "session.password_needed":
      return "sign_in";
    case "session.device_revoked":
      return "revoked";
    case "reset.unsent":
      return "unsent";
    default:
      return "fault";
  }
}

/** The report of a sync that ended with `error`, or came to its end where that is null. */
export function report(tally: Tally, error: unknown, retryAfterS: number, language: Language): SyncReport {
  return {
    complete: error === null,
    error: error === null ? null : classify(error),
    message: error === null ? null : tell(error, language),
    retryAfterS,
    ...tally,
  };
}
