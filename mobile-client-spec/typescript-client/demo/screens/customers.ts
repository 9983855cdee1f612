// The user's customers, with a search over what is known of them.

import type { App } from "../app.ts";
import { h, refill } from "../dom.ts";
import type { Child } from "../dom.ts";
import { button, chip, empty, linkButton, listLink, stateChip } from "../parts/pieces.ts";
import type { Screen } from "../parts/screen.ts";
import { ROUTES } from "../router.ts";
import type { Customer } from "../rows.ts";
import { notFetched } from "./today.ts";

const PAGE = 50;

/** Customers that have every word of the query somewhere, by name. Archived ones are found, but not listed without a query. */
export function search(customers: Iterable<Customer>, query: string, language: string): Customer[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const plain = (text: string): string => text.replace(/[\s()+-]/g, "");
  const found = [...customers].filter((customer) => {
    if (!words.length) return !customer.isArchived;
    const text = [customer.name, customer.code, customer.address, customer.phone, plain(customer.phone)].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const collator = new Intl.Collator(language, { numeric: true });
  return found.sort((a, b) => collator.compare(a.name, b.name) || a.id.localeCompare(b.id));
}

/** What was searched for last, and how far the list was opened: who comes back from a customer finds it as it was. */
const kept = { query: "", shown: PAGE };

export async function customersScreen(app: App): Promise<Screen> {
  const results = h("div", { class: "results" });
  const input = h("input", {
    type: "search",
    class: "input",
    id: "customer-search",
    autocomplete: "off",
    enterkeyhint: "search",
    "aria-label": app.t("customers.search"),
    placeholder: app.t("customers.search"),
    value: kept.query,
  });
  let customers = await app.rows.customers();
  let isFetched = await app.client.hasCursor();
  const show = (): void => {
    const found = search(customers.values(), kept.query, app.language);
    refill(results, ...list(app, found, customers.size > 0 || isFetched, show));
  };
  input.addEventListener("input", () => {
    Object.assign(kept, { query: input.value, shown: PAGE });
    show();
  });
  show();
  const update = async (): Promise<void> => {
    [customers, isFetched] = await Promise.all([app.rows.customers(), app.client.hasCursor()]);
    show();
  };
  const head = h("div", { class: "search-bar" }, input, linkButton(app.t("customers.add"), ROUTES.newCustomer, "secondary", "plus"));
  return { title: app.t("customers.title"), section: "customers", body: h("div", { class: "screen" }, head, results), update };
}

function list(app: App, found: readonly Customer[], isFetched: boolean, show: () => void): Child[] {
  if (!found.length && kept.query.trim()) {
    return [empty("search", app.t("customers.none", { query: kept.query.trim() }), app.t("customers.noneLead"))];
  }
  if (!found.length) return [isFetched ? empty("customers", app.t("customers.empty"), app.t("customers.emptyLead")) : notFetched(app)];
  const rest = found.length - kept.shown;
  const more = (): void => {
    kept.shown += PAGE;
    show();
  };
  return [
    h("p", { class: "small soft", role: "status" }, app.t("customers.count", { count: app.format.number(found.length) })),
    h("ul", { class: "lines card" }, ...found.slice(0, kept.shown).map((customer) => line(app, customer))),
    rest > 0 && h("div", { class: "actions" }, button(app.t("customers.more", { count: Math.min(rest, PAGE) }), more, "secondary", undefined, { id: "more-customers" })),
  ];
}

function line(app: App, customer: Customer): HTMLElement {
  const details = [customer.address || customer.phone, customer.code];
  const chips = [
    customer.isOnCreditHold ? chip(app.t("customer.creditHold"), "bad") : null,
    customer.isArchived ? chip(app.t("customer.archived")) : null,
    stateChip(app, customer.state),
  ];
  return listLink(ROUTES.customer(customer.id), customer.name, details, chips, customer.customerClass ? chip(customer.customerClass) : null);
}
