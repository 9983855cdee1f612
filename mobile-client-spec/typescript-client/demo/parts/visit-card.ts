// A visit as a card: who, where, when, how far it has come, and what can be done next.

import type { App } from "../app.ts";
import type { Child } from "../dom.ts";
import { h } from "../dom.ts";
import { dayOf } from "../format.ts";
import { icon } from "../icons.ts";
import { ROUTES } from "../router.ts";
import type { Customer, Site, Visit } from "../rows.ts";
import { askToCheckIn, askToCheckOut } from "./check.ts";
import type { Tone } from "./pieces.ts";
import { button, chip, linkButton, stateChip } from "./pieces.ts";

const STAGE_TONES: Readonly<Record<string, Tone>> = { planned: "plain", open: "good", closed: "good", cancelled: "bad" };

export function stageChip(app: App, visit: Visit): HTMLElement {
  return chip(app.word("stage", visit.stage), STAGE_TONES[visit.stage] ?? "plain");
}

/** What the position at a check-in or check-out was worth, once the server has judged it. */
export function evidenceChip(app: App, verdict: string): HTMLElement | null {
  if (!verdict) return null;
  return verdict === "verified" ? chip(app.word("evidence", verdict), "good", "check") : chip(app.word("evidence", verdict), "warn", "pin");
}

/** When the visit was or is to be. */
export function whenOf(app: App, visit: Visit): string {
  const { format } = app;
  if (visit.checkedInAt && visit.checkedOutAt) return `${format.moment(visit.checkedInAt)} – ${format.time(visit.checkedOutAt)}`;
  if (visit.checkedInAt) return app.t("visit.since", { time: format.time(visit.checkedInAt), duration: format.since(visit.checkedInAt) });
  if (visit.plannedAt) return format.moment(visit.plannedAt);
  return visit.plannedDate ? format.day(visit.plannedDate) : app.t("visit.unplanned");
}

/** What can be done with the user's own visit. */
export function visitActions(app: App, visit: Visit, customer: Customer | undefined): HTMLElement[] {
  if (visit.repId !== app.userId || !customer) return [];
  if (visit.stage === "planned") {
    return [button(app.t("check.in"), () => void askToCheckIn(app, customer, visit), "primary", "pin", { id: `in-${visit.id}` })];
  }
  if (visit.stage !== "open") return [];
  return [
    button(app.t("check.out"), () => askToCheckOut(app, customer.name, visit), "primary", "leave", { id: `out-${visit.id}` }),
    linkButton(app.t("log.action"), ROUTES.logVisit(visit.id), "secondary", "note"),
  ];
}

export function visitCard(app: App, visit: Visit, customer: Customer | undefined, site: Site | undefined): HTMLElement {
  const isLate = visit.stage === "planned" && visit.plannedDate < dayOf(new Date());
  const place = site?.address || customer?.address || "";
  const line = (name: "clock" | "pin" | "note", text: Child): Child => text && h("p", { class: "card-line" }, icon(name), h("span", {}, text));
  return h(
    "article",
    { class: `card visit ${visit.stage}` },
    h(
      "div",
      { class: "card-head" },
      h("h3", {}, h("a", { href: ROUTES.visit(visit.id) }, customer?.name || app.t("command.unknownCustomer"))),
      h(
        "div",
        { class: "chips" },
        isLate ? chip(app.t("today.late"), "bad") : null,
        visit.stage === "cancelled" ? stageChip(app, visit) : null,
        evidenceChip(app, visit.checkInVerdict),
        stateChip(app, visit.state),
      ),
    ),
    line("clock", whenOf(app, visit)),
    line("pin", place),
    line("note", visit.purpose),
    h("div", { class: "actions" }, ...visitActions(app, visit, customer)),
  );
}
