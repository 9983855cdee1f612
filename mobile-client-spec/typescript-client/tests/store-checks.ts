// What every store has to do, checked on each of them: in memory and in a file by Node.js, IndexedDB in a page of Chromium.

import type { Store, Transaction } from "../src/index.ts";

/** Opens the store of a name, as often as a check likes; the same name has the same content. */
export type StoreOpener = (name: string) => Promise<Store>;

function expect(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b}, not ${a}`);
}

const wish = (scope: string) => ({ scope, reason: "digest" as const });
const wishes = (transaction: Transaction) => transaction.list("repair").then((list) => list.map(({ scope }) => scope));
const customer = (id: string, scope: string) => ({ kind: "customer", id, scope, version: 1, tag: "0".repeat(16), data: { id } });

async function keepsNothingOfAFailure(store: Store): Promise<void> {
  await store.transaction("write", async (transaction) => transaction.put("repair", wish("a")));
  let failure: unknown = null;
  try {
    await store.transaction("write", async (transaction) => {
      transaction.clear("repair");
      for (let n = 0; n < 200; n++) transaction.put("server_row", customer(String(n), "s"));
      expect((await transaction.list("server_row")).length, 200);
      throw new Error("killed in the middle of a page");
    });
  } catch (error) {
    failure = error;
  }
  expect(failure instanceof Error && failure.message, "killed in the middle of a page");
  expect(await store.transaction("read", wishes), ["a"]);
  expect(await store.transaction("read", (transaction) => transaction.list("server_row")), []);
}

async function failsWithAWriteThatFails(store: Store): Promise<void> {
  let isRefused = false;
  try {
    await store.transaction("write", async (transaction) => {
      transaction.put("repair", wish("b"));
      const unreadable = {
        get member(): never {
          throw new Error("cannot be stored");
        },
      };
      transaction.put("remembered", { name: "unreadable", value: unreadable });
    });
  } catch {
    isRefused = true;
  }
  expect(isRefused, true);
  expect(await store.transaction("read", wishes), []);
}

async function writesOneAfterAnother(store: Store): Promise<void> {
  const count = (): Promise<void> =>
    store.transaction("write", async (transaction) => {
      const before = (await transaction.get("remembered", "n"))?.value as number | undefined;
      transaction.put("remembered", { name: "n", value: (before ?? 0) + 1 });
    });
  await Promise.all([count(), count(), count()]);
  expect((await store.transaction("read", (transaction) => transaction.get("remembered", "n")))?.value, 3);
}

async function listsByMember(store: Store): Promise<void> {
  await store.transaction("write", async (transaction) => {
    for (const [id, scope] of [["3", "x"], ["1", "x"], ["2", "y"]] as const) transaction.put("server_row", customer(id, scope));
    transaction.delete("server_row", ["customer", "2"]);
    expect((await transaction.list("server_row")).map(({ id }) => id), ["1", "3"]);
    transaction.put("server_row", customer("2", "y"));
  });
  const ids = (where?: Parameters<Transaction["list"]>[1]) =>
    store.transaction("read", async (transaction) => (await transaction.list("server_row", where)).map(({ id }) => id));
  expect(await ids(), ["1", "2", "3"]);
  expect(await ids({ by: "scope", equals: "x" }), ["1", "3"]);
  expect(await ids({ by: "kind", equals: "customer", limit: 2 }), ["1", "2"]);
}

async function findsByNumberAndLeavesOutWhatHasNone(store: Store): Promise<void> {
  const command = { id: "i", name: "n", schema: 1, payload: "{}", at: "", uptime_ms: 0, boot_id: "", depends_on: [] };
  const rest = { verdict: null, is_settled: false, answered_at_ms: null, resend: false, held: null };
  await store.transaction("write", async (transaction) => {
    for (const seq of [1, 2, 3, 10]) transaction.put("command", { ...command, ...rest, id: `i${seq}`, seq, ...(seq === 2 ? {} : { unsent: seq }) });
  });
  const numbers = (where: Parameters<Transaction["list"]>[1]) =>
    store.transaction("read", async (transaction) => (await transaction.list("command", where)).map(({ seq }) => seq));
  expect(await numbers({ by: "unsent" }), [1, 3, 10]);
  expect(await numbers({ by: "unsent", above: 1 }), [3, 10]);
  expect(await numbers({ by: "unsent", above: 1, limit: 1 }), [3]);
  expect(await numbers({ by: "seq", above: 2 }), [3, 10]);
  expect(await numbers({ by: "id", equals: "i10" }), [10]);
}

async function refusesWorkAfterItsEnd(store: Store): Promise<void> {
  store.close();
  let code: unknown = null;
  try {
    await store.transaction("read", wishes);
  } catch (error) {
    code = (error as { readonly code?: unknown }).code;
  }
  expect(code, "client.closed");
}

const CHECKS = {
  keepsNothingOfAFailure,
  failsWithAWriteThatFails,
  writesOneAfterAnother,
  listsByMember,
  findsByNumberAndLeavesOutWhatHasNone,
  refusesWorkAfterItsEnd,
};

/** The names of the checks. */
export const CHECK_NAMES = Object.keys(CHECKS) as (keyof typeof CHECKS)[];

/** Runs one check on an empty store. @throws Error that says what was expected. */
export async function runCheck(name: keyof typeof CHECKS, open: StoreOpener): Promise<void> {
  const store = await open(name);
  try {
    await CHECKS[name](store);
  } finally {
    store.close();
  }
}

/** What a store that is durable does besides: it has everything again after it was opened anew. */
export async function keepsAllForTheNextStart(open: StoreOpener): Promise<void> {
  const first = await open("durable");
  await first.transaction("write", async (transaction) => {
    transaction.put("repair", wish("kept"));
    transaction.put("server_row", customer("界", "s"));
  });
  first.close();
  const second = await open("durable");
  expect(await second.transaction("read", wishes), ["kept"]);
  expect((await second.transaction("read", (transaction) => transaction.get("server_row", ["customer", "界"])))?.data, { id: "界" });
  second.close();
}
