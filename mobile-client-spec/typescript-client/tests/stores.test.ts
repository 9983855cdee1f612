import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Browser, findChromium } from "../conformance/browser.ts";
import { FileStore } from "../conformance/file-store.ts";
import { MemoryStore } from "../src/index.ts";
import { CHECK_NAMES, keepsAllForTheNextStart, runCheck } from "./store-checks.ts";

const folder = mkdtempSync(join(tmpdir(), "roundsman-stores-"));
after(() => rmSync(folder, { recursive: true }));

for (const name of CHECK_NAMES) {
  test(`a store in memory ${name}`, () => runCheck(name, async () => new MemoryStore()));
  test(`a store in a file ${name}`, () => runCheck(name, (store) => FileStore.open(join(folder, store))));
}

test("a store in a file keeps all for the next start", () => keepsAllForTheNextStart((store) => FileStore.open(join(folder, store))));

test("a line that was cut by a kill has not happened", async () => {
  const path = join(folder, "cut");
  const store = await FileStore.open(path);
  await store.transaction("write", async (transaction) => transaction.put("repair", { scope: "whole", reason: "digest" }));
  store.close();
  appendFileSync(join(path, "store.log"), '[{"op":"put","table":"repair","record":{"scope":"cu');
  const again = await FileStore.open(path);
  assert.deepEqual(await again.transaction("read", (transaction) => transaction.list("repair")), [{ scope: "whole", reason: "digest" }]);
  again.close();
});

const executable = findChromium();
test("IndexedDB in Chromium", { skip: executable === null && "there is no Chromium in PATH" }, async (context) => {
  const browser = await Browser.start(executable ?? "", readFileSync(new URL("stores.page.js", import.meta.url), "utf8"));
  try {
    for (const name of CHECK_NAMES) {
      await context.test(name, async () => assert.equal(await browser.evaluate(`runCheck("${name}")`), "passed"));
    }
    await context.test("keepsAllForTheNextStart", async () => assert.equal(await browser.evaluate("keepsAllForTheNextStart()"), "passed"));
  } finally {
    await browser.end();
  }
});
