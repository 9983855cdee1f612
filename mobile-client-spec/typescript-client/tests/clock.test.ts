import assert from "node:assert/strict";
import { test } from "node:test";
import { BrowserClock, writeInstant } from "../src/clock.ts";

test("instants carry the device's own offset and name the same moment", () => {
  const moment = new Date("2026-11-22T08:00:00.123Z");
  const text = writeInstant(moment);
  assert.match(text, /^2026-11-2[123]T\d\d:\d\d:00\.123[+-]\d\d:\d\d$/);
  assert.equal(Date.parse(text), moment.getTime());
});

test("an uptime that missed a sleep, or a clock that was set, ends the boot", () => {
  let [now, uptime] = [1_000_000, 500];
  const clock = new BrowserClock(
    () => now,
    () => uptime,
  );
  const first = clock.read();
  assert.equal(first.uptime_ms, 500);
  now += 60_000;
  uptime += 60_000;
  assert.equal(clock.read().boot_id, first.boot_id);
  now += 3_600_000; // the lid was closed for an hour
  const second = clock.read();
  assert.notEqual(second.boot_id, first.boot_id);
  now -= 7_200_000; // somebody set the clock back
  assert.notEqual(clock.read().boot_id, second.boot_id);
  assert.equal(clock.read().boot_id, clock.read().boot_id);
});
