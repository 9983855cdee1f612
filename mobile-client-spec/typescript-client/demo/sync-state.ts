// How the sync stands, in a word and in a sentence.

import type { SyncReport } from "../src/index.ts";
import type { App } from "./app.ts";
import type { IconName } from "./icons.ts";
import type { Tone } from "./parts/pieces.ts";

export interface SyncState {
  readonly text: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

/** What is wrong with the last sync, for the user; null where nothing is. */
export function problemOf(report: SyncReport | null): string | null {
  // A sync that nobody asked for and that came too early is no fault of anybody's.
  if (!report || report.complete || report.error === "paused") return null;
  return report.message;
}

/** Whether the server was out of reach, as far as anybody knows. */
export function isCutOff(report: SyncReport | null): boolean {
  return !navigator.onLine || report?.error === "network";
}

export async function readSyncState(app: App): Promise<SyncState> {
  const [session, report, upToDateAt, pending] = await Promise.all([app.client.session(), app.client.lastReport(), app.client.upToDateAt(), app.client.pending()]);
  const count = pending.filter(({ state }) => state === "unsent").length;
  if (session.state === "password_needed") return { text: app.t("sync.signIn"), tone: "bad", icon: "alert" };
  if (isCutOff(report)) return { text: count ? app.t("sync.offlineUnsent", { count }) : app.t("sync.offline"), tone: "warn", icon: "offline" };
  if (app.client.isSyncing) return { text: app.t("sync.running"), tone: "plain", icon: "sync" };
  if (problemOf(report)) return { text: app.t("sync.problem"), tone: "bad", icon: "alert" };
  if (count) return { text: app.t("sync.unsent", { count }), tone: "warn", icon: "outbox" };
  if (!upToDateAt) return { text: app.t("sync.never"), tone: "plain", icon: "cloud" };
  return { text: app.t("sync.doneAt", { time: app.format.moment(upToDateAt) }), tone: "good", icon: "cloud" };
}
