// The rows that the page shows, read from what the client has. Members that are missing or of another type are empty: a newer
// server may send more than this page knows, and an effect may not show all.

import type { JsonObject, RoundsmanClient, RowState, SeenRow } from "../src/index.ts";

export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly customerClass: string;
  readonly stage: string;
  readonly ownerId: string;
  readonly phone: string;
  readonly address: string;
  readonly notes: string;
  readonly isOnCreditHold: boolean;
  readonly isArchived: boolean;
  readonly state: RowState;
}

export interface Contact {
  readonly customerId: string;
  readonly name: string;
  readonly title: string;
  readonly phone: string;
  readonly email: string;
  readonly isPrimary: boolean;
}

export interface Site {
  readonly id: string;
  readonly customerId: string;
  readonly name: string;
  readonly address: string;
}

export interface Visit {
  readonly id: string;
  readonly customerId: string;
  readonly siteId: string;
  readonly repId: string;
  /** planned, open, closed, cancelled. */
  readonly stage: string;
  readonly purpose: string;
  /** A day, `YYYY-MM-DD`; empty for a visit that nobody planned. */
  readonly plannedDate: string;
  readonly plannedAt: Date | null;
  readonly checkedInAt: Date | null;
  readonly checkedOutAt: Date | null;
  readonly cancelledAt: Date | null;
  readonly cancelReason: string;
  /** A plan that was withdrawn because it was fulfilled otherwise, or is no longer due; nobody cancelled it. */
  readonly isWithdrawn: boolean;
  /** The place in a proposed order of the day; null for a visit without one. */
  readonly sequence: number | null;
  readonly checkInVerdict: string;
  readonly checkOutVerdict: string;
  readonly state: RowState;
}

/** What a phone's position at a check-in or check-out was worth. */
export interface Evidence {
  readonly visitId: string;
  readonly direction: string;
  readonly distanceM: number | null;
  readonly accuracyM: number | null;
}

export interface NextStep {
  readonly text: string;
  readonly dueDate: string;
}

export interface VisitLog {
  readonly id: string;
  readonly visitId: string;
  readonly authorId: string;
  readonly result: string;
  readonly note: string;
  readonly nextSteps: readonly NextStep[];
  readonly at: Date | null;
  readonly state: RowState;
}

const text = (data: JsonObject, name: string): string => (typeof data[name] === "string" ? data[name] : "");
const number = (data: JsonObject, name: string): number | null => (typeof data[name] === "number" ? data[name] : null);

function instant(data: JsonObject, name: string): Date | null {
  const at = new Date(text(data, name));
  return Number.isNaN(at.getTime()) ? null : at;
}

function customerOf({ id, data, state }: SeenRow): Customer {
  return {
    id,
    state,
    name: text(data, "name"),
    code: text(data, "code"),
    customerClass: text(data, "customer_class"),
    stage: text(data, "stage"),
    ownerId: text(data, "owner_id"),
    phone: text(data, "phone"),
    address: text(data, "address"),
    notes: text(data, "notes"),
    isOnCreditHold: data["credit_hold"] === true,
    isArchived: text(data, "archived_at") !== "",
  };
}

function contactOf({ data }: SeenRow): Contact {
  return {
    customerId: text(data, "customer_id"),
    name: text(data, "name"),
    title: text(data, "title"),
    phone: text(data, "phone"),
    email: text(data, "email"),
    isPrimary: data["is_primary"] === true,
  };
}

function siteOf({ id, data }: SeenRow): Site {
  return { id, customerId: text(data, "customer_id"), name: text(data, "name"), address: text(data, "address") };
}

function visitOf({ id, data, state }: SeenRow): Visit {
  return {
    id,
    state,
    customerId: text(data, "customer_id"),
    siteId: text(data, "site_id"),
    repId: text(data, "rep_id"),
    stage: text(data, "state"),
    purpose: text(data, "purpose"),
    plannedDate: text(data, "planned_date"),
    plannedAt: instant(data, "planned_at"),
    checkedInAt: instant(data, "checked_in_at"),
    checkedOutAt: instant(data, "checked_out_at"),
    cancelledAt: instant(data, "cancelled_at"),
    cancelReason: text(data, "cancel_reason"),
    isWithdrawn: text(data, "withdrawn") !== "",
    sequence: number(data, "sequence"),
    checkInVerdict: text(data, "check_in_verdict"),
    checkOutVerdict: text(data, "check_out_verdict"),
  };
}

function evidenceOf({ data }: SeenRow): Evidence {
  return {
    visitId: text(data, "visit_id"),
    direction: text(data, "direction"),
    distanceM: number(data, "distance_m"),
    accuracyM: number(data, "accuracy_m"),
  };
}

function logOf({ id, data, state }: SeenRow): VisitLog {
  const steps = Array.isArray(data["next_steps"]) ? data["next_steps"] : [];
  return {
    id,
    state,
    visitId: text(data, "visit_id"),
    authorId: text(data, "author_id"),
    result: text(data, "result"),
    note: text(data, "note"),
    nextSteps: steps.map((step) => ({ text: text(step as JsonObject, "text"), dueDate: text(step as JsonObject, "due_date") })),
    at: instant(data, "occurred_at"),
  };
}

/** Reads rows of a client by kind. */
export class Rows {
  readonly #client: RoundsmanClient;

  constructor(client: RoundsmanClient) {
    this.#client = client;
  }

  async customers(): Promise<Map<string, Customer>> {
    return byId((await this.#client.rows("customer")).map(customerOf));
  }

  async customer(id: string): Promise<Customer | undefined> {
    const row = await this.#client.row("customer", id);
    return row && customerOf(row);
  }

  async contacts(): Promise<Contact[]> {
    return (await this.#client.rows("contact")).map(contactOf);
  }

  async sites(): Promise<Map<string, Site>> {
    return byId((await this.#client.rows("site")).map(siteOf));
  }

  async visits(): Promise<Visit[]> {
    return (await this.#client.rows("visit")).map(visitOf);
  }

  async visit(id: string): Promise<Visit | undefined> {
    const row = await this.#client.row("visit", id);
    return row && visitOf(row);
  }

  async evidence(): Promise<Evidence[]> {
    return (await this.#client.rows("check_in")).map(evidenceOf);
  }

  async logs(): Promise<VisitLog[]> {
    return (await this.#client.rows("visit_log")).map(logOf);
  }

  /** The name of a user; empty for one that is not here. */
  async userName(id: string): Promise<string> {
    const row = await this.#client.row("user", id);
    return row ? text(row.data, "name") : "";
  }
}

function byId<T extends { readonly id: string }>(rows: readonly T[]): Map<string, T> {
  return new Map(rows.map((row) => [row.id, row]));
}
