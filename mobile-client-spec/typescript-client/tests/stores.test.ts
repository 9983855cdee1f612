import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Browser, findChromium } from "../conformance/browser.ts";
import { FileStore } from "../conformance/file-store.ts";
import initialise from "sql.js/dist/sql-wasm-inline.js";
import { MemoryStore, SqliteStore } from "../src/index.ts";
import type { SqliteDatabase } from "../src/index.ts";
import { openPhone, page, SHOP } from "./scripted.ts";
import { CHECK_NAMES, keepsAllForTheNextStart, runCheck } from "./store-checks.ts";

const folder = mkdtempSync(join(tmpdir(), "roundsman-stores-"));
after(() => rmSync(folder, { recursive: true }));

const sqlite = await initialise();
const contents = new Map<string, Uint8Array>();

/** SQLite in memory; what is closed is found again under its name. */
function openSqlite(name: string): SqliteDatabase {
  const database = new sqlite.Database(contents.get(name));
  return {
    run: (sql, values) => database.run(sql, values),
    all(sql, values) {
      const statement = database.prepare(sql);
      statement.bind(values);
      const rows = [];
      while (statement.step()) rows.push(statement.getAsObject());
      statement.free();
      return rows;
    },
    close() {
      contents.set(name, database.export());
      database.close();
    },
  };
}

for (const name of CHECK_NAMES) {
  test(`a store in memory ${name}`, () => runCheck(name, async () => new MemoryStore()));
  test(`a store in a file ${name}`, () => runCheck(name, (store) => FileStore.open(join(folder, store))));
}

for (const name of CHECK_NAMES) {
  test(`a store in SQLite ${name}`, () => runCheck(name, async (store) => new SqliteStore(openSqlite(store))));
}

test("a store in SQLite keeps all for the next start", () => keepsAllForTheNextStart(async (store) => new SqliteStore(openSqlite(store))));

test("a client works on SQLite as on any store", async () => {
  const { client, server } = await openPhone({ store: new SqliteStore(openSqlite("client")) });
  await client.do("customers.update", await client.changes("customer", SHOP, { phone: "222" }));
  assert.equal((await client.row("customer", SHOP))?.data["phone"], "222");
  server.answers.push(page({ acknowledged: 1, verdicts: [] }));
  assert.equal((await client.sync()).complete, true);
  assert.equal((await client.pending()).length, 1);
  client.close();
});

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
