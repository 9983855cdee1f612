import assert from "node:assert/strict";
import { test } from "node:test";
import { pauseAfter } from "../src/pauses.ts";
import { openPhone, page } from "./scripted.ts";

const BUSY = { status: 503, text: "" };

test("the client's own pause grows from 5 seconds to 15 minutes at most", () => {
  for (const chance of [() => 0, () => 0.5, () => 0.999]) {
    let pause = 0;
    for (let failures = 1; failures < 20; failures++) {
      const next = pauseAfter(failures, pause, chance);
      assert.ok(next >= Math.max(5_000, pause) && next <= 900_000, `${failures}: ${next}`);
      pause = next;
    }
    assert.ok(pause >= 450_000);
  }
});

test("what the server asks for is waited for by syncs that nobody asked for, by uptime", async () => {
  const { client, server, clock } = await openPhone();
  server.answers.push({ ...BUSY, headers: { "retry-after": "30" } });
  assert.deepEqual(await client.sync().then(({ error, retryAfterS }) => ({ error, retryAfterS })), { error: "busy", retryAfterS: 30 });
  const asked = server.requests.length;
  clock.pass(29_000);
  for (const trigger of ["timer", "network"] as const) assert.equal((await client.sync({ trigger })).error, "paused");
  assert.equal(server.requests.length, asked);
  assert.equal((await client.lastReport())?.error, "busy");
  clock.pass(1_000);
  assert.equal((await client.sync({ trigger: "timer" })).complete, true);
});

test("a pause because of a missing network is over when the network returns", async () => {
  const { client, server } = await openPhone();
  server.answers.push(new Error("no route"));
  assert.equal((await client.sync()).error, "network");
  assert.equal((await client.sync({ trigger: "timer" })).error, "paused");
  assert.equal((await client.sync({ trigger: "network" })).complete, true);
});

test("a device that knows that it is offline asks nobody, and its pause does not grow", async () => {
  let isOnline = true;
  const { client, server } = await openPhone({ isOnline: () => isOnline });
  isOnline = false;
  const asked = server.requests.length;
  assert.deepEqual(await client.sync().then(({ error, retryAfterS }) => ({ error, retryAfterS })), { error: "network", retryAfterS: 0 });
  assert.equal(server.requests.length, asked);
});

test("an idle phone stays away as long as it was asked to, recorded work does not", async () => {
  const { client, server } = await openPhone();
  server.answers.push(page({ next_sync_after_s: 600 }));
  assert.equal((await client.sync()).retryAfterS, 600);
  assert.equal((await client.sync({ trigger: "timer" })).error, "paused");
  await client.do("customers.create", { id: client.newId(), name: "New" });
  assert.equal((await client.sync({ trigger: "timer" })).complete, true);
});
