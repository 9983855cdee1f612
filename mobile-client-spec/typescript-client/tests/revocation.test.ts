import assert from "node:assert/strict";
import { test } from "node:test";
import { openPhone, page, SHOP } from "./scripted.ts";

const REVOKED = { status: 401, text: JSON.stringify({ error: { code: "accounts.device_revoked", message: "out", field: null, details: { wipe: true } } }) };

test("what the answer to a push said is stored is delivered; the rest follows, then nothing is left", async () => {
  const { client, server } = await openPhone();
  for (let n = 0; n < 150; n++) await client.do("x.y", { n });
  server.answers.push(REVOKED, REVOKED);
  const report = await client.sync();
  assert.equal(report.error, "revoked");
  assert.deepEqual(server.requests.slice(-2).map(({ path, commands }) => [path, (commands as unknown[]).length]), [
    ["/api/v1/sync/push", 100],
    ["/api/v1/sync/push", 50],
  ]);
  assert.deepEqual([await client.rows(), await client.pending(), (await client.session()).deviceId], [[], [], null]);
});

test("what cannot be delivered outlives the rows, and goes up with the next sync", async () => {
  const { client, server } = await openPhone();
  server.answers.push(REVOKED, new Error("no network"));
  await client.do("x.y", {});
  await client.do("x.z", {});
  for (let n = 0; n < 100; n++) await client.do("x.y", { n });
  await client.sync();
  assert.deepEqual(await client.rows(), []);
  assert.equal((await client.pending()).length, 2);
  assert.equal((await client.session()).state, "revoked");
  await assert.rejects(client.do("x.y", {}), { code: "session.device_revoked" });
  server.answers.push(REVOKED);
  assert.equal((await client.sync()).error, "revoked");
  assert.equal((server.requests.at(-1)?.["commands"] as unknown[]).length, 2);
  assert.equal((await client.session()).deviceId, null);
});

test("a device that learns of it at a sign-in erases itself and begins as a new one", async () => {
  const { client, server } = await openPhone();
  const old = (await client.session()).deviceId;
  await client.signOut();
  server.signIns.push(REVOKED);
  const credentials = { company: "demo", username: "alice", password: "secret" };
  await assert.rejects(client.signIn(credentials), { code: "session.device_revoked" });
  assert.equal(await client.row("customer", SHOP), undefined);
  await client.signIn(credentials);
  assert.notEqual((await client.session()).deviceId, old);
});

test("what was judged before goes up once more: the server may have lost it in a restore", async () => {
  const { client, server } = await openPhone();
  const { id } = await client.do("x.y", {});
  const verdict = { id, status: "applied", code: null, field: null, message: null, details: {}, conflicts: [] };
  server.answers.push(page({ verdicts: [verdict], acknowledged: 1 }), REVOKED, REVOKED);
  await client.sync();
  assert.equal((await client.sync()).error, "revoked");
  assert.deepEqual((server.requests.at(-1)?.["commands"] as { id: string }[]).map((command) => command.id), [id]);
});
