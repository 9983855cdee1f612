// The adapter for a browser: it drives page.ts in a headless Chromium, and kills the page where the tool restarts the phone.
//
// node chromium.mjs [FOLDER]. With a folder for the browser's profile the tool may kill the browser itself, at any moment.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Browser, findChromium } from "./browser.ts";
import type { Call, Reply } from "./phone.ts";

const executable = findChromium();
if (!executable) {
  console.error("There is no Chromium in PATH; CHROMIUM=… names one. / PATH 中没有 Chromium，可用 CHROMIUM=… 指定。");
  process.exit(1);
}
const [profile] = process.argv.slice(2);
const script = readFileSync(new URL("page.js", import.meta.url), "utf8");
const browser = await Browser.start(executable, script, profile);

/** Done when there is a page again: a call may overtake the one before, but not a restart. */
let restarted: Promise<unknown> = Promise.resolve();

async function answer(call: Call): Promise<Reply> {
  const isRestart = call.call === "restart";
  const ready = isRestart ? restarted.then(() => browser.restartPage()) : restarted;
  const given = { ...call, may_be_killed: profile !== undefined };
  const turn = ready.then(() => browser.evaluate(`answerCall(${JSON.stringify(JSON.stringify(given))})`));
  if (isRestart) restarted = turn.catch(() => undefined);
  try {
    return JSON.parse(await turn) as Reply;
  } catch (error) {
    return { n: call.n, error: { code: "failed", message: String(error) } };
  }
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  void answer(JSON.parse(line) as Call).then((reply) => process.stdout.write(`${JSON.stringify(reply)}\n`));
});
lines.on("close", () => void browser.end().then(() => process.exit()));
