// The adapter for a browser: it drives page.ts in a headless Chromium over the DevTools protocol, and kills the page where the
// tool restarts the phone. CHROMIUM names the browser; its profile lies in a temporary folder.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { DevTools } from "./devtools.ts";
import type { Call, Reply } from "./phone.ts";

const profile = mkdtempSync(join(tmpdir(), "roundsman-chromium-"));
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--remote-debugging-pipe",
  `--user-data-dir=${profile}`,
];
const browser = spawn(process.env["CHROMIUM"] ?? "chromium", flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const devTools = new DevTools(browser.stdio[3] as NodeJS.WritableStream, browser.stdio[4] as NodeJS.ReadableStream);

function end(): void {
  browser.kill("SIGKILL");
  browser.once("exit", () => {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    process.exit();
  });
}

/** The page and its script, from 127.0.0.1: browsers give locks and storage to secure origins alone, and count that as one. */
async function servePage(): Promise<string> {
  const script = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "page.js"));
  const server = createServer((request, answer) => {
    const isScript = request.url === "/page.js";
    answer.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    answer.end(isScript ? script : '<!doctype html><title>conformance</title><script src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The page that runs now, as the DevTools know it. */
let page: { readonly target: string; readonly session: string } | null = null;

async function openPage(url: string): Promise<void> {
  const { targetId } = await devTools.call("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await devTools.call("Target.attachToTarget", { targetId, flatten: true });
  page = { target: String(targetId), session: String(sessionId) };
  await devTools.call("Page.enable", {}, page.session);
  const loaded = devTools.event("Page.loadEventFired", page.session);
  await devTools.call("Page.navigate", { url }, page.session);
  await loaded;
}

/** Ends the page's process as a system out of memory would, with no orderly closing, and opens another. */
async function restartPage(url: string): Promise<void> {
  const old = page;
  if (old) {
    const crashed = devTools.event("Inspector.targetCrashed", old.session);
    void devTools.call("Page.crash", {}, old.session).catch(() => undefined);
    await crashed;
    await devTools.call("Target.closeTarget", { targetId: old.target });
  }
  await openPage(url);
}

async function ask(call: Call): Promise<Reply> {
  const session = page?.session;
  const expression = `answerCall(${JSON.stringify(JSON.stringify(call))})`;
  const answer = await devTools.call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true }, session);
  const value = (answer["result"] as { value?: unknown } | undefined)?.value;
  if (typeof value !== "string") throw new Error(JSON.stringify(answer));
  return JSON.parse(value) as Reply;
}

const url = await servePage();
await openPage(url);
let last: Promise<unknown> = Promise.resolve();

function answer(call: Call): Promise<Reply> {
  // A call overtakes the one before, but not a restart: there is no page until that is done.
  const ready = last;
  const turn = ready.then(async () => {
    if (call.call === "restart") await restartPage(url);
    return ask(call);
  });
  if (call.call === "restart") last = turn.catch(() => undefined);
  return turn.catch((error: unknown) => ({ n: call.n, error: { code: "failed", message: String(error) } }));
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  void answer(JSON.parse(line) as Call).then((reply) => process.stdout.write(`${JSON.stringify(reply)}\n`));
});
lines.on("close", end);
