// Addresses of the screens, kept behind the # so that every one of them is the same page, which is here without a network.

export type Route =
  | { readonly name: "today" }
  | { readonly name: "customers" }
  | { readonly name: "new-customer" }
  | { readonly name: "customer"; readonly id: string }
  | { readonly name: "edit-customer"; readonly id: string }
  | { readonly name: "plan-visit"; readonly id: string }
  | { readonly name: "visit"; readonly id: string }
  | { readonly name: "log-visit"; readonly id: string }
  | { readonly name: "outbox" }
  | { readonly name: "me" }
  | { readonly name: "sign-in" };

export const ROUTES = {
  today: "#/today",
  customers: "#/customers",
  newCustomer: "#/customers/new",
  customer: (id: string): string => `#/customers/${id}`,
  editCustomer: (id: string): string => `#/customers/${id}/edit`,
  planVisit: (id: string): string => `#/customers/${id}/plan`,
  visit: (id: string): string => `#/visits/${id}`,
  logVisit: (id: string): string => `#/visits/${id}/log`,
  outbox: "#/outbox",
  me: "#/me",
  signIn: "#/sign-in",
} as const;

/** The screen of an address; today's visits for one that nobody knows. */
export function readRoute(hash: string): Route {
  const [place, id, deed] = hash.replace(/^#\/?/, "").split("/");
  switch (place) {
    case "customers":
      if (!id) return { name: "customers" };
      if (id === "new") return { name: "new-customer" };
      if (deed === "edit") return { name: "edit-customer", id };
      return deed === "plan" ? { name: "plan-visit", id } : { name: "customer", id };
    case "visits":
      if (!id) return { name: "today" };
      return deed === "log" ? { name: "log-visit", id } : { name: "visit", id };
    case "outbox":
    case "me":
    case "sign-in":
      return { name: place };
    default:
      return { name: "today" };
  }
}
