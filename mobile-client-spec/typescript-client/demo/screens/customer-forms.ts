// Forms about customers: a new one, an edit that names what was seen, and a plan to visit.

import type { App } from "../app.ts";
import { h } from "../dom.ts";
import { dayOf } from "../format.ts";
import { areaField, choiceField, form, textField } from "../parts/fields.ts";
import { empty, linkButton } from "../parts/pieces.ts";
import type { Screen } from "../parts/screen.ts";
import { ROUTES } from "../router.ts";
import type { Customer } from "../rows.ts";

const CLASSES = ["A", "B", "C", "D"];
const STAGES = ["lead", "prospect", "active", "dormant", "lost"];

/** A customer's fields as the commands name them; an empty code or class is none. */
interface CustomerValues {
  readonly [field: string]: string | null;
}

function customerFields(app: App, customer?: Customer) {
  const fields = {
    name: textField(app.t("field.name"), customer?.name ?? "", { attributes: { maxlength: 200, required: true } }),
    code: textField(app.t("field.code"), customer?.code ?? "", { attributes: { maxlength: 64 } }),
    customer_class: choiceField(app.t("field.customer_class"), customer?.customerClass ?? "", [["", app.t("form.none")], ...CLASSES.map((word) => [word, word] as const)]),
    stage: choiceField(app.t("field.stage"), customer?.stage ?? "active", STAGES.map((word) => [word, app.word("stageOf", word)] as const)),
    phone: textField(app.t("field.phone"), customer?.phone ?? "", { attributes: { type: "tel", maxlength: 64 } }),
    address: textField(app.t("field.address"), customer?.address ?? "", { attributes: { maxlength: 500 } }),
    notes: areaField(app.t("field.notes"), customer?.notes ?? "", { attributes: { maxlength: 10_000 } }),
  };
  const read = (): CustomerValues | null => {
    const value = (name: keyof typeof fields): string => fields[name].input.value.trim();
    fields.name.fault(value("name") ? "" : app.t("form.nameMissing"));
    if (!value("name")) return null;
    return {
      name: value("name"),
      code: value("code") || null,
      customer_class: value("customer_class") || null,
      stage: value("stage"),
      phone: value("phone"),
      address: value("address"),
      notes: value("notes"),
    };
  };
  return { boxes: Object.values(fields).map(({ box }) => box), read };
}

export async function newCustomerScreen(app: App): Promise<Screen> {
  const fields = customerFields(app);
  const save = async (): Promise<void> => {
    const values = fields.read();
    const id = app.client.newId();
    if (!values || !(await app.record("customers.create", { id, ...values }))) return;
    app.say(app.t("form.saved"));
    app.go(ROUTES.customer(id));
  };
  return formScreen(app, app.t("form.addTitle"), ROUTES.customers, save, fields.boxes);
}

export async function editCustomerScreen(app: App, id: string): Promise<Screen> {
  const row = await app.client.row("customer", id);
  const customer = await app.rows.customer(id);
  if (!row || !customer) return goneScreen(app);
  const fields = customerFields(app, customer);
  const save = async (): Promise<void> => {
    const values = fields.read();
    if (!values) return;
    const payload = await app.client.changes("customer", id, values, row.data).catch((error: unknown) => {
      app.say(app.explain(error));
      return null;
    });
    if (!payload) return;
    const isChanged = Object.keys(payload.changes).length > 0;
    if (isChanged && !(await app.record("customers.update", payload))) return;
    app.say(app.t(isChanged ? "form.saved" : "form.unchanged"));
    app.go(ROUTES.customer(id));
  };
  return formScreen(app, app.t("form.editTitle"), ROUTES.customer(id), save, fields.boxes, customer.name);
}

export async function planVisitScreen(app: App, id: string): Promise<Screen> {
  const customer = await app.rows.customer(id);
  if (!customer) return goneScreen(app);
  const day = textField(app.t("form.day"), dayOf(new Date()), { attributes: { type: "date", min: dayOf(new Date()), required: true } });
  const purpose = textField(app.t("form.purpose"), "", { attributes: { maxlength: 500 } });
  const save = async (): Promise<void> => {
    day.fault(day.input.value ? "" : app.t("form.dayMissing"));
    if (!day.input.value) return;
    const payload = { id: app.client.newId(), customer_id: id, planned_date: day.input.value, purpose: purpose.input.value.trim() };
    if (!(await app.record("visits.plan", payload))) return;
    app.say(app.t("form.planned"));
    app.go(ROUTES.customer(id));
  };
  return formScreen(app, app.t("form.planTitle"), ROUTES.customer(id), save, [day.box, purpose.box], customer.name);
}

function formScreen(app: App, title: string, back: string, save: () => Promise<void>, boxes: readonly HTMLElement[], about?: string): Screen {
  const body = h(
    "div",
    { class: "screen narrow" },
    about ? h("p", { class: "lead" }, about) : null,
    form(
      save,
      ...boxes,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary" }, app.t("form.save")), linkButton(app.t("form.cancel"), back, "quiet")),
    ),
  );
  return { title, section: "customers", back, body };
}

function goneScreen(app: App): Screen {
  const body = h(
    "div",
    { class: "screen" },
    empty("customers", app.t("customer.gone"), app.t("customer.goneLead"), linkButton(app.t("nav.customers"), ROUTES.customers, "primary")),
  );
  return { title: app.t("customers.title"), section: "customers", back: ROUTES.customers, body };
}
