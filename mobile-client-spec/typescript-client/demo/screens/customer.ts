// One customer: what is known, who is there, and what has happened.

import type { App } from "../app.ts";
import type { Child } from "../dom.ts";
import { h } from "../dom.ts";
import { dayOf } from "../format.ts";
import { askToCheckIn } from "../parts/check.ts";
import { conflictCard } from "../parts/conflict-card.ts";
import { icon } from "../icons.ts";
import { button, chip, empty, facts, linkButton, listLink, section, stateChip } from "../parts/pieces.ts";
import type { Screen } from "../parts/screen.ts";
import { liveScreen } from "../parts/screen.ts";
import { evidenceChip, stageChip, whenOf } from "../parts/visit-card.ts";
import { ROUTES } from "../router.ts";
import type { Contact, Customer, Site, Visit } from "../rows.ts";

const SHOWN_VISITS = 20;

export async function customerScreen(app: App, id: string): Promise<Screen> {
  const about = { title: app.t("customers.title"), section: "customers" as const, back: ROUTES.customers };
  return liveScreen(about, async () => {
    const customer = await app.rows.customer(id);
    if (!customer) {
      return [empty("customers", app.t("customer.gone"), app.t("customer.goneLead"), linkButton(app.t("nav.customers"), ROUTES.customers, "primary"))];
    }
    const [contacts, sites, visits, conflicts, owner] = await Promise.all([
      app.rows.contacts(),
      app.rows.sites(),
      app.rows.visits(),
      app.client.conflicts(),
      app.rows.userName(customer.ownerId),
    ]);
    const mine = visits.filter((visit) => visit.customerId === id).sort((a, b) => timeOf(b).localeCompare(timeOf(a)));
    const open = conflicts.filter((conflict) => conflict.rowId === id && conflict.state === "open");
    return [
      head(app, customer, mine),
      ...open.map((conflict) => conflictCard(app, conflict)),
      h(
        "div",
        { class: "columns" },
        h(
          "div",
          {},
          section(app.t("customer.details"), [details(app, customer, owner)]),
          section(app.t("customer.contacts"), [contactList(app, contacts.filter((contact) => contact.customerId === id))]),
          section(app.t("customer.sites"), [siteList([...sites.values()].filter((site) => site.customerId === id))]),
        ),
        h("div", {}, section(app.t("customer.visits"), [await visitList(app, mine)])),
      ),
    ];
  });
}

/** When a visit was or is to be, as text that sorts by time. */
function timeOf(visit: Visit): string {
  return visit.checkedInAt?.toISOString() ?? visit.plannedAt?.toISOString() ?? visit.plannedDate;
}

function head(app: App, customer: Customer, visits: readonly Visit[]): HTMLElement {
  const own = visits.filter((visit) => visit.repId === app.userId);
  const open = own.find((visit) => visit.stage === "open");
  const planned = own.findLast((visit) => visit.stage === "planned" && visit.plannedDate <= dayOf(new Date()));
  const main = open
    ? linkButton(app.t("today.open"), ROUTES.visit(open.id), "primary", "pin")
    : button(app.t("check.in"), () => void askToCheckIn(app, customer, planned), "primary", "pin", { id: "check-in" });
  return h(
    "div",
    { class: "card customer-head" },
    h("h2", {}, customer.name),
    h(
      "div",
      { class: "chips" },
      customer.stage ? chip(app.word("stageOf", customer.stage)) : null,
      customer.customerClass ? chip(app.t("customer.class", { class: customer.customerClass })) : null,
      customer.isOnCreditHold ? chip(app.t("customer.creditHold"), "bad", "alert") : null,
      customer.isArchived ? chip(app.t("customer.archived")) : null,
      stateChip(app, customer.state),
    ),
    h(
      "div",
      { class: "actions" },
      main,
      linkButton(app.t("customer.plan"), ROUTES.planVisit(customer.id), "secondary", "today"),
      linkButton(app.t("customer.edit"), ROUTES.editCustomer(customer.id), "secondary", "edit"),
    ),
  );
}

function details(app: App, customer: Customer, owner: string): HTMLElement {
  return h(
    "div",
    { class: "card" },
    facts(
      [app.t("field.phone"), customer.phone && phoneLink(customer.phone)],
      [app.t("field.address"), customer.address],
      [app.t("field.code"), customer.code],
      [app.t("customer.owner"), owner || app.t("customer.nobody")],
      [app.t("field.notes"), customer.notes && h("span", { class: "prose" }, customer.notes)],
    ),
  );
}

function phoneLink(phone: string): HTMLElement {
  return h("a", { class: "contact-link", href: `tel:${phone.replace(/[^\d+]/g, "")}` }, icon("phone"), phone);
}

function contactList(app: App, contacts: readonly Contact[]): HTMLElement {
  if (!contacts.length) return h("p", { class: "soft" }, app.t("customer.noContacts"));
  const sorted = [...contacts].sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary) || a.name.localeCompare(b.name, app.language));
  return h(
    "ul",
    { class: "card people" },
    ...sorted.map((contact) =>
      h(
        "li",
        {},
        h("p", { class: "line-title" }, contact.name, contact.isPrimary ? chip(app.t("customer.primary")) : null),
        contact.title && h("p", { class: "soft" }, contact.title),
        contact.phone && h("p", {}, phoneLink(contact.phone)),
        contact.email && h("p", {}, h("a", { class: "contact-link", href: `mailto:${contact.email}` }, contact.email)),
      ),
    ),
  );
}

/** Nothing where the customer has no sites. */
function siteList(sites: readonly Site[]): HTMLElement | null {
  if (!sites.length) return null;
  return h("ul", { class: "card people" }, ...sites.map((site) => h("li", {}, h("p", { class: "line-title" }, site.name), site.address && h("p", { class: "soft" }, site.address))));
}

async function visitList(app: App, visits: readonly Visit[]): Promise<Child> {
  if (!visits.length) return empty("today", app.t("customer.noVisits"), app.t("customer.noVisitsLead"));
  const shown = visits.slice(0, SHOWN_VISITS);
  const names = await Promise.all(shown.map(({ repId }) => (repId === app.userId ? "" : app.rows.userName(repId))));
  return h(
    "ul",
    { class: "lines card" },
    ...shown.map((visit, place) =>
      listLink(ROUTES.visit(visit.id), whenOf(app, visit), [visit.purpose, names[place] ?? ""], [
        evidenceChip(app, visit.checkInVerdict),
        stateChip(app, visit.state),
      ], visit.checkInVerdict ? null : stageChip(app, visit)),
    ),
  );
}
