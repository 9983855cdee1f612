import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { Keeper } from "../src/keeper.ts";
import { newTally, report } from "../src/report.ts";
import type { SyncReport } from "../src/report.ts";

/** A keeper in a world that the test moves, with a list of the syncs that it asked for. */
function keep(context: TestContext) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const asked: (string | undefined)[] = [];
  const streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  let answer: SyncReport = report(newTally(), null, 0, "en");
  let [isVisible, onVisibility, onNetwork] = [true, () => {}, () => {}];
  const keeper = new Keeper({
    sync: async ({ trigger }) => {
      asked.push(trigger);
      return answer;
    },
    openPokes: async (signal) => {
      let isOpen = true;
      return new ReadableStream<Uint8Array>({
        start(controller) {
          const close = (): void => {
            if (isOpen) controller.close();
            isOpen = false;
          };
          signal.addEventListener("abort", close);
          streams.push(controller);
        },
        cancel: () => void (isOpen = false),
      });
    },
    world: {
      isVisible: () => isVisible,
      listen(visibility, network) {
        [onVisibility, onNetwork] = [visibility, network];
        return () => {};
      },
    },
  });
  context.after(() => keeper.end());
  return {
    keeper,
    asked,
    answerWith: (members: Partial<SyncReport>) => (answer = { ...answer, ...members }),
    poke: () => streams.at(-1)?.enqueue(new TextEncoder().encode("event: poke\ndata: {}\n\n")),
    returnNetwork: () => onNetwork(),
    show(visible: boolean) {
      isVisible = visible;
      onVisibility();
    },
    /** Lets time pass, and what was promised come true. */
    async pass(ms: number) {
      context.mock.timers.tick(ms);
      for (let n = 0; n < 20; n++) await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test("an app syncs at its start, on a poke, after recorded commands, and every quarter of an hour", async (context) => {
  const app = keep(context);
  await app.pass(1_000);
  assert.deepEqual(app.asked, ["timer"]);
  app.poke();
  await app.pass(0);
  await app.pass(0);
  assert.equal(app.asked.length, 2);
  for (let n = 0; n < 5; n++) app.keeper.recorded();
  await app.pass(1_999);
  assert.equal(app.asked.length, 2);
  await app.pass(1);
  assert.equal(app.asked.length, 3);
  await app.pass(15 * 60_000);
  assert.equal(app.asked.length, 4);
});

test("a pause is kept to the second, and the network's return is told apart", async (context) => {
  const app = keep(context);
  app.answerWith({ error: "busy", retryAfterS: 30 });
  await app.pass(1_000);
  await app.pass(29_999);
  assert.equal(app.asked.length, 1);
  await app.pass(1);
  assert.equal(app.asked.length, 2);
  app.returnNetwork();
  await app.pass(0);
  assert.equal(app.asked.at(-1), "network");
});

test("without a session nothing is tried until somebody has signed in; hidden, no pokes are followed", async (context) => {
  const app = keep(context);
  app.answerWith({ error: "sign_in" });
  await app.pass(1_000);
  await app.pass(3_600_000);
  assert.equal(app.asked.length, 1);
  app.answerWith({ error: null });
  app.keeper.signedIn();
  await app.pass(1_000);
  assert.equal(app.asked.length, 2);
  app.show(false);
  assert.throws(() => app.poke(), TypeError, "the stream was left");
  app.show(true);
  await app.pass(0);
  app.poke();
  await app.pass(0);
  await app.pass(0);
  assert.equal(app.asked.length, 3);
});
