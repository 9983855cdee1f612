import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "../src/stores/memory.ts";

const repair = (scope: string) => ({ scope, reason: "digest" as const });

test("a transaction that fails has done nothing", async () => {
  const store = new MemoryStore();
  await store.transaction("write", async (transaction) => transaction.put("repair", repair("a")));
  const failed = store.transaction("write", async (transaction) => {
    transaction.clear("repair");
    transaction.put("repair", repair("b"));
    assert.deepEqual(await transaction.list("repair"), [repair("b")]);
    throw new Error("in the middle");
  });
  await assert.rejects(failed, /in the middle/);
  assert.deepEqual(await store.transaction("read", (transaction) => transaction.list("repair")), [repair("a")]);
});

test("transactions that write come one after another", async () => {
  const store = new MemoryStore();
  const count = (): Promise<void> =>
    store.transaction("write", async (transaction) => {
      const value = (await transaction.get("remembered", "n"))?.value as number | undefined;
      await Promise.resolve();
      transaction.put("remembered", { name: "n", value: (value ?? 0) + 1 });
    });
  await Promise.all([count(), count(), count()]);
  const record = await store.transaction("read", (transaction) => transaction.get("remembered", "n"));
  assert.equal(record?.value, 3);
});

test("a list has only the records with the member, in its order", async () => {
  const store = new MemoryStore();
  await store.transaction("write", async (transaction) => {
    for (const [id, scope] of [["3", "x"], ["1", "x"], ["2", "y"]] as const) {
      transaction.put("server_row", { kind: "customer", id, scope, version: 1, tag: "0".repeat(16), data: {} });
    }
  });
  const ids = await store.transaction("read", async (transaction) => ({
    all: (await transaction.list("server_row")).map((row) => row.id),
    ofX: (await transaction.list("server_row", { by: "scope", equals: "x" })).map((row) => row.id),
    one: (await transaction.list("server_row", { by: "kind", equals: "customer", limit: 1 })).map((row) => row.id),
  }));
  assert.deepEqual(ids, { all: ["1", "2", "3"], ofX: ["1", "3"], one: ["1"] });
});
