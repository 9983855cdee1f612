// Effects of the commands on customers, their contacts and their sites; defaults as commands.md lists them.

import type { Effect, EffectsByName } from "../overlay.ts";
import type { Json, JsonObject } from "../wire.ts";
import { editOf, removalOf, setMember, settingOf } from "./edits.ts";
import { objectOf, textOf, withDefaults } from "./members.ts";

const createCustomer: Effect = async (view) => {
  const id = textOf(view.payload, "id");
  if (id === undefined || (await view.row("customer", id))) return;
  const owner = Object.hasOwn(view.payload, "owner_id") ? (view.payload["owner_id"] ?? null) : view.userId;
  view.show("customer", id, id, {
    ...withDefaults(view.payload, {
      name: "",
      code: null,
      external_id: null,
      customer_class: null,
      stage: "active",
      territory_id: null,
      phone: "",
      address: "",
      notes: "",
      credit_hold: false,
    }),
    owner_id: owner,
    archived_at: null,
    created_at: view.at,
    created_by_id: view.userId,
  });
};

/** A new row of `kind` in the scope of a customer that the user sees. */
function addedOf(kind: string, dataOf: (payload: JsonObject) => JsonObject): Effect {
  return async (view) => {
    const id = textOf(view.payload, "id");
    const customer = await view.row("customer", textOf(view.payload, "customer_id") ?? "");
    if (id === undefined || !customer || (await view.row(kind, id))) return;
    view.show(kind, id, customer.scope, { customer_id: customer.id, ...dataOf(view.payload) });
  };
}

const contactOf = (payload: JsonObject): JsonObject =>
  withDefaults(payload, { name: "", title: "", phone: "", email: "", notes: "", is_primary: false });

const siteOf = (payload: JsonObject): JsonObject => ({
  ...withDefaults(payload, { name: "", address: "", fence_radius_m: 200 }),
  ...placeOf(objectOf(payload, "position") ?? null),
});

/**
 * Where a position is drawn until the server's row comes. A position of another datum is left out: only the server converts
 * (MAP-1), and a point some hundred metres beside the shop misleads more than none.
 */
function placeOf(position: JsonObject | null): JsonObject {
  const isOurs = position !== null && (position["datum"] ?? "WGS-84") === "WGS-84";
  return isOurs ? { lat: position["lat"] ?? null, lon: position["lon"] ?? null } : { lat: null, lon: null };
}

function setSiteField(data: JsonObject, field: string, value: Json): JsonObject {
  if (field !== "position") return setMember(data, field, value);
  return { ...data, ...placeOf(objectOf({ value }, "value") ?? null) };
}

export const CUSTOMER_EFFECTS: EffectsByName = {
  "customers.create": createCustomer,
  "customers.update": editOf("customer"),
  "customers.archive": settingOf("customer", (at) => ({ archived_at: at })),
  "customers.unarchive": settingOf("customer", () => ({ archived_at: null })),
  "customers.delete": removalOf("customer", ["contact", "site"]),
  "customers.add_contact": addedOf("contact", contactOf),
  "customers.update_contact": editOf("contact"),
  "customers.remove_contact": removalOf("contact"),
  "customers.add_site": addedOf("site", siteOf),
  "customers.update_site": editOf("site", setSiteField),
  "customers.remove_site": removalOf("site"),
};
