import assert from "node:assert/strict";
import { test } from "node:test";
import { openPhone, page, row, SHOP, ALICE } from "./scripted.ts";

const CONFLICT = "0193a8f2-0000-7000-8000-0000000c04f1";

test("a conflict is shown once, whether it came in a receipt or as a row, and the lost value can be put back", async () => {
  const { client, server } = await openPhone();
  const { id } = await client.do("customers.update", await client.changes("customer", SHOP, { phone: "222" }));
  const conflict = { conflict_id: CONFLICT, field: "phone", yours: "222", theirs: "333", kept: "theirs" };
  const verdict = { id, status: "merged", code: null, field: null, message: null, details: {}, conflicts: [conflict] };
  server.answers.push(page({ verdicts: [verdict], acknowledged: 1 }, { rows: [row("customer", SHOP, { name: "Shop", phone: "333" })] }));
  await client.sync();
  const [fromReceipt, ...others] = await client.conflicts();
  assert.equal(others.length, 0);
  assert.deepEqual([fromReceipt?.conflictId, fromReceipt?.stands, fromReceipt?.lost, fromReceipt?.rowId], [CONFLICT, "333", "222", null]);

  const data = { command_id: id, kind: "customer", row_id: SHOP, field: "phone", yours: "222", theirs: "333", kept: "theirs", state: "open" };
  server.answers.push(page({ acknowledged: 1 }, { enter: [ALICE], rows: [row("conflict", CONFLICT, data, ALICE)] }));
  await client.sync();
  assert.deepEqual((await client.conflicts()).map(({ rowId, state }) => [rowId, state]), [[SHOP, "open"]]);

  await client.do("sync.restore_value", { conflict_id: CONFLICT });
  assert.deepEqual((await client.row("customer", SHOP))?.data["phone"], "222");
  assert.equal((await client.conflicts())[0]?.state, "restored");
});

test("the value that lost is the user's own also where the command was somebody else's", async () => {
  const { client, server } = await openPhone();
  const data = { command_id: CONFLICT, kind: "customer", row_id: SHOP, field: "phone", yours: "444", theirs: "111", kept: "yours", state: "open" };
  server.answers.push(page({}, { enter: [ALICE], rows: [row("conflict", CONFLICT, data, ALICE)] }));
  await client.sync();
  assert.deepEqual((await client.conflicts()).map(({ stands, lost }) => [stands, lost]), [["444", "111"]]);
});

test("a conflict that is accepted is over, and what stands stays", async () => {
  const { client, server } = await openPhone();
  const data = { command_id: CONFLICT, kind: "customer", row_id: SHOP, field: "phone", yours: "222", theirs: "333", kept: "theirs", state: "open" };
  const rows = [row("customer", SHOP, { name: "Shop", phone: "333" }), row("conflict", CONFLICT, data, ALICE)];
  server.answers.push(page({}, { enter: [ALICE], rows }));
  await client.sync();
  await client.do("sync.accept_value", { conflict_id: CONFLICT });
  assert.equal((await client.conflicts())[0]?.state, "accepted");
  assert.equal((await client.row("customer", SHOP))?.data["phone"], "333");
});
