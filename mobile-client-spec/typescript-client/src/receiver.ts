// Takes the pages of an answer (ANS): each in one transaction, so that a kill at any moment leaves all of a page or nothing.

import { beginEpoch, dropUnnamed } from "./epoch.ts";
import { acknowledge, forgetOld, passHeld } from "./outbox.ts";
import { rebuildOverlay } from "./overlay.ts";
import type { EffectsByName } from "./overlay.ts";
import { noteSuccess } from "./pauses.ts";
import { recall, remember } from "./remembered.ts";
import type { AnswerPosition } from "./remembered.ts";
import { compareDigests, forgetWishes } from "./repair.ts";
import { dropScopes, forgetEntered, Replica } from "./replica.ts";
import type { Transaction } from "./store.ts";
import { storeReceipts, takeVerdictRows } from "./verdicts.ts";
import type { ClockReading, DigestsWanted, Page, PushAnswer } from "./wire.ts";

/** What was asked. */
export interface Asked {
  readonly cursor: string | null;
  readonly repair: readonly string[];
  readonly digests: DigestsWanted;
  /** Commands that had their verdict before an answer was asked for: its rows contain them (SHOW-7). */
  readonly contained: readonly number[];
}

/** What taking a page or a push's answer told. */
export interface Taken {
  readonly judged: number;
  /** The server has a new history since. */
  readonly isNewEpoch: boolean;
}

/** Takes the answer to a push: verdicts alone. What they acknowledge is not in the rows yet (SHOW-3). */
export async function takePushAnswer(transaction: Transaction, answer: PushAnswer, effects: EffectsByName): Promise<Taken> {
  const judged = await storeReceipts(transaction, answer.verdicts, answer.receivedAt);
  await rebuildOverlay(transaction, effects);
  return { judged: judged.length, isNewEpoch: false };
}

/** Takes one page (ANS-3): verdicts, then what left, what entered, and the rows; with the last page what follows from all. */
export async function takePage(transaction: Transaction, page: Page, asked: Asked, now: ClockReading, effects: EffectsByName): Promise<Taken> {
  const judged = await storeReceipts(transaction, page.verdicts, page.receivedAt);
  const isNewEpoch = await beginEpoch(transaction, page.epoch);
  const position = await advance(transaction, page, { ...asked, contained: [...asked.contained, ...judged] }, isNewEpoch);
  await takeRows(transaction, page);
  await forgetWishes(transaction, asked.repair);
  remember(transaction, "cursor", page.cursor);
  remember(transaction, "answer", page.complete ? undefined : position);
  if (page.complete) await finish(transaction, page, position, now);
  await rebuildOverlay(transaction, effects);
  return { judged: judged.length, isNewEpoch };
}

/** Where the answer stands with this page. A new history begins a new answer, whatever was going on. */
async function advance(transaction: Transaction, page: Page, asked: Asked, isNewEpoch: boolean): Promise<AnswerPosition> {
  const before = isNewEpoch || asked.cursor === null ? undefined : await recall(transaction, "answer");
  if (before) return { ...before, pages: before.pages + 1, acknowledged: Math.min(before.acknowledged, page.acknowledged) };
  if (asked.cursor === null) await forgetEntered(transaction);
  const from_null = asked.cursor === null;
  // An answer to `cursor: null` has all rows whatever the epoch: the server does not know that this phone had an older one.
  const { digests, contained } = asked;
  return { pages: 1, from_null, new_epoch: isNewEpoch && !from_null, acknowledged: page.acknowledged, contained, digests };
}

async function takeRows(transaction: Transaction, page: Page): Promise<void> {
  const replica = new Replica(transaction);
  for (const scope of page.leave) await replica.leave(scope);
  for (const scope of page.enter) await replica.enter(scope);
  await replica.apply(page.rows);
  replica.flush();
  await takeVerdictRows(transaction, page.rows, page.receivedAt);
}

async function finish(transaction: Transaction, page: Page, position: AnswerPosition, now: ClockReading): Promise<void> {
  if (position.from_null) {
    await dropScopes(transaction, (scope) => scope.entered);
    transaction.clear("repair");
  } else if (position.new_epoch) await dropUnnamed(transaction, page.digests);
  await compareDigests(transaction, page.digests, position);
  if (position.digests === "all") remember(transaction, "all_digests_at_ms", page.receivedAt);
  const before = (await recall(transaction, "acknowledged")) ?? 0;
  const acknowledged = await passHeld(transaction, position.acknowledged, new Set(position.contained));
  remember(transaction, "acknowledged", acknowledged);
  await acknowledge(transaction, before, acknowledged);
  await forgetOld(transaction, page.receivedAt);
  remember(transaction, "up_to_date_at_ms", page.receivedAt);
  noteSuccess(transaction, page.nextSyncAfterS, now);
}
