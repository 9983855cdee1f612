// A new history of the server (EPO): after a restore, or when its standby took over.

import { resendAll } from "./outbox.ts";
import { recall, remember } from "./remembered.ts";
import { dropScopes } from "./replica.ts";
import type { Transaction } from "./store.ts";
import type { Digest } from "./wire.ts";

/** Stores the epoch. If there was another one, has every command that is kept sent once more (EPO-2), and returns true. */
export async function beginEpoch(transaction: Transaction, epoch: string): Promise<boolean> {
  const before = await recall(transaction, "epoch");
  if (before === epoch) return false;
  remember(transaction, "epoch", epoch);
  if (before === undefined) return false;
  await resendAll(transaction);
  return true;
}

/** Drops the scopes that the first answer of a new epoch does not name: it names all that the user may see (EPO-1). */
export async function dropUnnamed(transaction: Transaction, digests: Readonly<Record<string, Digest>>): Promise<void> {
  await dropScopes(transaction, (scope) => Object.hasOwn(digests, scope.id));
}
