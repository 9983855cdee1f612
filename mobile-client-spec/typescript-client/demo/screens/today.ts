// Today's visits: where the user is, what is planned, what is done.

import type { App } from "../app.ts";
import type { Child } from "../dom.ts";
import { h } from "../dom.ts";
import { dayOf } from "../format.ts";
import { empty, linkButton, section } from "../parts/pieces.ts";
import type { Screen } from "../parts/screen.ts";
import { liveScreen } from "../parts/screen.ts";
import { visitCard } from "../parts/visit-card.ts";
import { ROUTES } from "../router.ts";
import type { Visit } from "../rows.ts";

/** The user's visits that matter on a day, by what is to be done with them. */
export function sortVisits(visits: readonly Visit[], userId: string, day: string): { open: Visit[]; planned: Visit[]; done: Visit[] } {
  const own = visits.filter((visit) => visit.repId === userId);
  const isOn = (date: Date | null): boolean => date !== null && dayOf(date) === day;
  // As the day was proposed; appointments where nobody proposed one; the overdue first.
  const place = (visit: Visit): string =>
    [visit.plannedDate, String(visit.sequence ?? 9999).padStart(4, "0"), visit.plannedAt?.toISOString() ?? "~"].join(" ");
  return {
    open: own.filter((visit) => visit.stage === "open").sort((a, b) => Number(b.checkedInAt) - Number(a.checkedInAt)),
    planned: own
      .filter((visit) => visit.stage === "planned" && visit.plannedDate <= day)
      .sort((a, b) => (place(a) < place(b) ? -1 : 1)),
    done: own
      .filter((visit) => (visit.stage === "closed" && isOn(visit.checkedOutAt)) || (visit.stage === "cancelled" && !visit.isWithdrawn && isOn(visit.cancelledAt)))
      .sort((a, b) => Number(b.checkedOutAt ?? b.cancelledAt) - Number(a.checkedOutAt ?? a.cancelledAt)),
  };
}

export async function todayScreen(app: App): Promise<Screen> {
  const draw = async (): Promise<readonly Child[]> => {
    const [visits, customers, sites, isFetched] = await Promise.all([app.rows.visits(), app.rows.customers(), app.rows.sites(), app.client.hasCursor()]);
    const now = new Date();
    const { open, planned, done } = sortVisits(visits, app.userId, dayOf(now));
    const cards = (list: readonly Visit[]): Child[] => {
      const made = list.map((visit) => visitCard(app, visit, customers.get(visit.customerId), sites.get(visit.siteId)));
      return made.length ? [h("div", { class: "cards" }, ...made)] : [];
    };
    const headline = h("p", { class: "lead" }, app.format.fullDay(now));
    if (!customers.size && !isFetched) return [headline, notFetched(app)];
    if (!open.length && !planned.length && !done.length) {
      return [headline, empty("today", app.t("today.empty"), app.t("today.emptyLead"), linkButton(app.t("today.choose"), ROUTES.customers, "primary", "customers"))];
    }
    return [
      headline,
      section(app.t("today.open"), cards(open)),
      section(app.t("today.planned"), cards(planned)),
      section(app.t("today.done"), cards(done)),
      h("div", { class: "actions wide" }, linkButton(app.t("today.adHoc"), ROUTES.customers, "secondary", "plus")),
    ];
  };
  return liveScreen({ title: app.t("today.title"), section: "today" }, draw);
}

/** What stands here before the first sync has brought anything. */
export function notFetched(app: App): HTMLElement {
  if (app.client.isSyncing) return empty("sync", app.t("sync.first"), app.t("sync.firstLead"));
  return empty("offline", app.t("sync.never"), app.t("sync.neverLead"), linkButton(app.t("sync.state"), ROUTES.me, "secondary", "sync"));
}
