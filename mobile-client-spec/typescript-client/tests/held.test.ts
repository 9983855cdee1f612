import assert from "node:assert/strict";
import { test } from "node:test";
import { openPhone, page, row, SHOP } from "./scripted.ts";

const receipt = (id: string) => ({ id, status: "applied", code: null, field: null, message: null, details: {}, conflicts: [] });
const refusal = { status: 422, text: JSON.stringify({ error: { code: "core.invalid_input", message: "no", field: "commands.0", details: {} } }) };

test("what was applied behind a held command does not lie over the rows for ever", async () => {
  const { client, server } = await openPhone();
  await client.do("x.broken", {});
  const edit = await client.do("customers.update", await client.changes("customer", SHOP, { phone: "222" }));
  const pushed = (id: string) => ({ received_at: "2026-11-22T08:00:00.000Z", verdicts: [receipt(id)], acknowledged: 0 });
  // The request of both, the push of both, then each alone.
  server.answers.push(refusal, refusal, refusal, pushed(edit.id), page({}, { rows: [row("customer", SHOP, { name: "Shop", phone: "222" })] }));
  assert.equal((await client.sync()).complete, true);
  assert.deepEqual((await client.pending()).map(({ name, state }) => [name, state]), [["x.broken", "held"]]);
  server.answers.push(page({}, { rows: [row("customer", SHOP, { name: "Shop", phone: "333" })] }));
  await client.sync();
  assert.deepEqual((await client.row("customer", SHOP))?.data, { name: "Shop", phone: "333" });
  assert.equal((await client.row("customer", SHOP))?.state, "synced");
});

test("without a held command nothing but `acknowledged` ends an effect", async () => {
  const { client, server } = await openPhone();
  const edit = await client.do("customers.update", await client.changes("customer", SHOP, { phone: "222" }));
  server.answers.push(page({ verdicts: [receipt(edit.id)], acknowledged: 0 }));
  await client.sync();
  await client.sync();
  assert.deepEqual((await client.pending()).map(({ state }) => state), ["answered"]);
  server.answers.push(page({ acknowledged: 1 }));
  await client.sync();
  assert.deepEqual(await client.pending(), []);
});

test("a refusal that no command is to blame for holds none", async () => {
  const { client, server } = await openPhone();
  await client.do("x.y", {});
  server.answers.push({ status: 400, text: JSON.stringify({ error: { code: "sync.protocol_unknown", message: "old", field: null, details: {} } }) });
  assert.equal((await client.sync()).error, "refused");
  assert.deepEqual((await client.pending()).map(({ state }) => state), ["unsent"]);
});
