// One visit: its course with the evidence, what was written down, and what can be done.

import type { App } from "../app.ts";
import type { Child } from "../dom.ts";
import { h } from "../dom.ts";
import { icon } from "../icons.ts";
import { openDialog } from "../parts/dialog.ts";
import { form, textField } from "../parts/fields.ts";
import { button, chip, empty, linkButton, section, stateChip } from "../parts/pieces.ts";
import type { Screen } from "../parts/screen.ts";
import { liveScreen } from "../parts/screen.ts";
import { evidenceChip, stageChip, visitActions, whenOf } from "../parts/visit-card.ts";
import { ROUTES } from "../router.ts";
import type { Evidence, Visit, VisitLog } from "../rows.ts";

export async function visitScreen(app: App, id: string): Promise<Screen> {
  return liveScreen({ title: app.t("visit.title"), section: "today", back: ROUTES.today }, async () => {
    const visit = await app.rows.visit(id);
    if (!visit) return [empty("today", app.t("visit.gone"), app.t("visit.goneLead"), linkButton(app.t("nav.today"), ROUTES.today, "primary"))];
    const [customer, evidence, logs, rep] = await Promise.all([
      app.rows.customer(visit.customerId),
      app.rows.evidence(),
      app.rows.logs(),
      app.rows.userName(visit.repId),
    ]);
    const own = evidence.filter((item) => item.visitId === id);
    const written = logs.filter((log) => log.visitId === id).sort((a, b) => Number(b.at) - Number(a.at));
    const isOwn = visit.repId === app.userId;
    return [
      h(
        "div",
        { class: "card visit-head" },
        h("h2", {}, customer ? h("a", { href: ROUTES.customer(customer.id) }, customer.name) : app.t("command.unknownCustomer")),
        h("p", { class: "soft" }, whenOf(app, visit), isOwn || !rep ? null : ` · ${app.t("visit.by", { name: rep })}`),
        h("div", { class: "chips" }, stageChip(app, visit), stateChip(app, visit.state)),
        h("div", { class: "actions" }, ...visitActions(app, visit, customer), ...furtherActions(app, visit, isOwn)),
      ),
      section(app.t("visit.course"), [course(app, visit, own)]),
      section(app.t("visit.logs"), written.length ? written.map((log) => logCard(app, log)) : [h("p", { class: "soft" }, app.t("visit.noLogs"))]),
    ];
  });
}

function furtherActions(app: App, visit: Visit, isOwn: boolean): HTMLElement[] {
  if (!isOwn) return [];
  if (visit.stage === "planned") return [button(app.t("visit.cancel"), () => askToCancel(app, visit), "quiet", "close", { id: `cancel-${visit.id}` })];
  return visit.stage === "closed" ? [linkButton(app.t("log.action"), ROUTES.logVisit(visit.id), "secondary", "note")] : [];
}

function course(app: App, visit: Visit, evidence: readonly Evidence[]): HTMLElement {
  const of = (direction: string): Evidence | undefined => evidence.find((item) => item.direction === direction);
  const steps: Child[] = [
    visit.plannedDate ? step(app, "today", app.t("visit.plannedFor", { day: app.format.day(visit.plannedDate) }), visit.purpose) : null,
    visit.checkedInAt && step(app, "pin", app.t("visit.checkedIn"), app.format.moment(visit.checkedInAt), visit.checkInVerdict, of("in")),
    visit.checkedOutAt && step(app, "leave", app.t("visit.checkedOut"), app.format.moment(visit.checkedOutAt), visit.checkOutVerdict, of("out")),
    visit.cancelledAt && step(app, "close", app.t("visit.cancelled"), [app.format.moment(visit.cancelledAt), visit.cancelReason].filter(Boolean).join(" · ")),
  ];
  return h("ol", { class: "course" }, ...steps);
}

/** A step of the course. verdict: what the evidence is worth; empty as long as the server has not judged it. */
function step(app: App, name: Parameters<typeof icon>[0], title: string, detail: string, verdict?: string, evidence?: Evidence): HTMLElement {
  const measured = [
    evidence?.distanceM != null ? app.t("visit.distance", { distance: app.format.length(evidence.distanceM) }) : null,
    evidence?.accuracyM != null ? app.t("visit.accuracy", { accuracy: app.format.length(evidence.accuracyM) }) : null,
  ].filter((text) => text !== null);
  const judgement = verdict === undefined ? null : verdict ? evidenceChip(app, verdict) : chip(app.t("visit.judgedLater"), "warn", "clock");
  return h(
    "li",
    {},
    h("span", { class: "course-mark" }, icon(name)),
    h(
      "div",
      {},
      h("p", { class: "course-title" }, title),
      detail ? h("p", { class: "soft" }, detail) : null,
      judgement && h("div", { class: "chips" }, judgement),
      measured.length ? h("p", { class: "small soft" }, measured.join(" · ")) : null,
    ),
  );
}

export function logCard(app: App, log: VisitLog): HTMLElement {
  const steps = log.nextSteps.map(({ text, dueDate }) =>
    h("li", {}, text, dueDate ? h("span", { class: "soft" }, `${text ? " · " : ""}${app.t("log.dueOn", { day: app.format.day(dueDate) })}`) : null),
  );
  return h(
    "article",
    { class: "card" },
    h("div", { class: "card-head" }, h("h3", {}, app.word("result", log.result)), h("div", { class: "chips" }, stateChip(app, log.state))),
    log.at && h("p", { class: "small soft" }, app.format.moment(log.at)),
    log.note && h("p", { class: "prose" }, log.note),
    steps.length ? h("div", {}, h("h4", {}, app.t("log.steps")), h("ul", { class: "steps" }, ...steps)) : null,
  );
}

function askToCancel(app: App, visit: Visit): void {
  openDialog(app.t("visit.cancelAsk"), (close) => {
    const reason = textField(app.t("visit.cancelReason"), "", { attributes: { maxlength: 500 } });
    return [
      form(
        async () => {
          close();
          if (await app.record("visits.cancel", { visit_id: visit.id, reason: reason.input.value.trim() })) app.say(app.t("visit.cancelDone"));
        },
        reason.box,
        h(
          "div",
          { class: "dialog-actions" },
          h("button", { type: "submit", class: "button danger" }, app.t("visit.cancel")),
          button(app.t("nav.back"), close, "quiet"),
        ),
      ),
    ];
  });
}
