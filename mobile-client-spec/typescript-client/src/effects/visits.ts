// Effects of the commands on visits. The evidence of a check-in is the server's alone: its row comes with the next pull.

import type { Effect, EffectsByName, EffectView } from "../overlay.ts";
import type { Json, JsonObject } from "../wire.ts";
import { textOf, withDefaults } from "./members.ts";

const UNTOUCHED: JsonObject = {
  checked_in_at: null,
  checked_out_at: null,
  cancelled_at: null,
  cancel_reason: "",
  check_in_verdict: null,
  check_out_verdict: null,
};

const plan: Effect = async (view) => {
  const id = textOf(view.payload, "id");
  const customer = await view.row("customer", textOf(view.payload, "customer_id") ?? "");
  if (id === undefined || !customer || (await view.row("visit", id))) return;
  view.show("visit", id, customer.scope, {
    customer_id: customer.id,
    ...withDefaults(view.payload, { site_id: null, rep_id: view.userId, purpose: "", planned_date: null, planned_at: null }),
    ...UNTOUCHED,
    state: "planned",
  });
};

const checkIn: Effect = async (view) => {
  const opened = { state: "open", checked_in_at: view.at };
  const id = textOf(view.payload, "visit_id");
  const visit = id === undefined ? undefined : await view.row("visit", id);
  if (visit) return change(view, ["planned"], opened);
  const customer = await view.row("customer", textOf(view.payload, "customer_id") ?? "");
  if (id === undefined || !customer) return;
  view.show("visit", id, customer.scope, {
    customer_id: customer.id,
    site_id: null,
    rep_id: view.userId,
    purpose: "",
    planned_date: null,
    planned_at: null,
    ...UNTOUCHED,
    ...opened,
  });
};

/** Sets members of the visit that the command names, if it is in one of these states: a row that the server sent may be further. */
async function change(view: EffectView, states: readonly string[], members: JsonObject): Promise<void> {
  const visit = await view.row("visit", textOf(view.payload, "visit_id") ?? "");
  if (visit && states.includes(textOf(visit.data, "state") ?? "")) {
    view.show("visit", visit.id, visit.scope, { ...visit.data, ...members });
  }
}

const checkOut: Effect = (view) => change(view, ["open"], { state: "closed", checked_out_at: view.at });

const cancel: Effect = (view) =>
  change(view, ["planned"], {
    state: "cancelled",
    cancelled_at: view.at,
    cancel_reason: textOf(view.payload, "reason") ?? "",
  });

const log: Effect = async (view) => {
  const id = textOf(view.payload, "id");
  const visit = await view.row("visit", textOf(view.payload, "visit_id") ?? "");
  if (id === undefined || !visit || (await view.row("visit_log", id))) return;
  view.show("visit_log", id, visit.scope, {
    visit_id: visit.id,
    customer_id: visit.data["customer_id"] ?? null,
    author_id: view.userId,
    ...withDefaults(view.payload, { result: "other", note: "" }),
    next_steps: nextSteps(view.payload),
    occurred_at: view.at,
  });
};

/** A log's next steps; one that was recorded before the app's last update names a single step, as schema 1 did. */
function nextSteps(payload: JsonObject): JsonObject[] {
  const { next_steps: given, next_step: text, next_step_date: date } = payload as { [member: string]: Json };
  const steps = Array.isArray(given) ? given : text || date ? [{ text: text ?? "", due_date: date ?? null }] : [];
  return steps.map((step) => withDefaults(step as JsonObject, { text: "", due_date: null }));
}

export const VISIT_EFFECTS: EffectsByName = {
  "visits.plan": plan,
  "visits.check_in": checkIn,
  "visits.check_out": checkOut,
  "visits.cancel": cancel,
  "visits.log": log,
};
