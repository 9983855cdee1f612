import assert from "node:assert/strict";
import { test } from "node:test";
import { openPhone, page, row, SHOP, ALICE } from "./scripted.ts";

const receipt = (id: string, status: string) => ({ id, seq: 1, status, code: null, field: null, message: null, details: {}, conflicts: [] });

test("an edit names what the user saw, pending edits included", async () => {
  const { client } = await openPhone();
  await client.do("customers.update", await client.changes("customer", SHOP, { phone: "222", name: "Shop" }));
  const edit = await client.changes("customer", SHOP, { phone: "333" });
  assert.deepEqual(edit.changes, { phone: { from: "222", to: "333" } });
  await assert.rejects(client.changes("customer", SHOP, { colour: "red" }), { code: "row.no_such_field" });
});

test("an edit of a form that was opened earlier names what stood in it then", async () => {
  const { client } = await openPhone();
  const edit = await client.changes("customer", SHOP, { phone: "333" }, { phone: "000" });
  assert.deepEqual(edit.changes, { phone: { from: "000", to: "333" } });
});

test("a new customer has the server's defaults, and can be visited before the server knows it", async () => {
  const { client } = await openPhone();
  const [shop, visit] = [client.newId(), client.newId()];
  await client.do("customers.create", { id: shop, name: "New" });
  await client.do("visits.check_in", { visit_id: visit, customer_id: shop, fix: null });
  await client.do("visits.check_out", { visit_id: visit, fix: null });
  const customer = await client.row("customer", shop);
  assert.equal(customer?.data["stage"], "active");
  assert.equal(customer?.data["owner_id"], ALICE);
  assert.equal(customer?.data["created_at"], "2026-11-22T08:00:00.000Z");
  const closed = await client.row("visit", visit);
  assert.equal(closed?.data["state"], "closed");
  assert.equal(closed?.scope, shop);
  assert.equal(closed?.state, "pending");
});

test("pending edits lie on top of what the office changed meanwhile, and are gone when they are refused", async () => {
  const { client, server } = await openPhone();
  const { id } = await client.do("customers.update", await client.changes("customer", SHOP, { phone: "222" }));
  server.answers.push(page({}, { rows: [row("customer", SHOP, { name: "Renamed", phone: "444" })] }));
  await client.sync();
  assert.deepEqual((await client.row("customer", SHOP))?.data, { name: "Renamed", phone: "222" });
  server.answers.push(page({ verdicts: [receipt(id, "refused")] }));
  await client.sync();
  assert.deepEqual(await client.row("customer", SHOP), {
    kind: "customer",
    id: SHOP,
    scope: SHOP,
    data: { name: "Renamed", phone: "444" },
    state: "synced",
  });
});

test("nothing is shown of a scope that has left, also not what was pending in it", async () => {
  const { client, server } = await openPhone();
  await client.do("visits.plan", { id: client.newId(), customer_id: SHOP, planned_date: "2026-11-23" });
  assert.equal((await client.rows("visit")).length, 1);
  server.answers.push(page({}, { leave: [{ scope: SHOP, reason: "reassigned" }] }));
  await client.sync();
  assert.deepEqual(await client.rows(), []);
  assert.equal((await client.pending()).length, 1);
});

test("an app adds the effects of its own commands", async () => {
  const { client } = await openPhone({
    effects: {
      "orders.place": async (view) => view.show("order", String(view.payload["id"]), SHOP, { lines: view.payload["lines"] ?? [] }),
    },
  });
  await client.do("orders.place", { id: "o1", lines: [1, 2] });
  assert.deepEqual((await client.row("order", "o1"))?.data, { lines: [1, 2] });
});

test("an effect that fails keeps no command from being recorded and sent", async (context) => {
  const warn = context.mock.method(console, "warn", () => undefined);
  const broken = async (): Promise<void> => Promise.reject(new Error("broken"));
  const { client, server } = await openPhone({ effects: { "orders.place": broken } });
  const { id } = await client.do("orders.place", { id: "o1" });
  server.answers.push(page({ verdicts: [receipt(id, "applied")], acknowledged: 1 }));
  assert.equal((await client.sync()).complete, true);
  assert.deepEqual(await client.pending(), []);
  assert.ok(warn.mock.callCount() > 0);
});
