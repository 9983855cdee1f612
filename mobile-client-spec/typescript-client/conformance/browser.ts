// A headless Chromium with one page at a time, driven over the DevTools pipe.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { DevTools } from "./devtools.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const FLAGS = [
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
];

/** The Chromium of this machine: CHROMIUM, or the first in PATH; null if there is none. */
export function findChromium(): string | null {
  const named = process.env["CHROMIUM"];
  if (named) return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export class Browser {
  readonly #process: ChildProcess;
  readonly #devTools: DevTools;
  readonly #profile: string;
  readonly #isKept: boolean;
  readonly #server: Server;
  #page: { readonly target: string; readonly session: string } | null = null;

  /**
   * Starts a browser and opens a page that runs `script`. `profile`: a folder that outlives the browser, so that the next one finds
   * what pages have stored; a temporary one if absent. The browser dies with whoever kills this process's group.
   */
  static async start(executable: string, script: string, profile?: string): Promise<Browser> {
    const browser = new Browser(executable, script, profile);
    await browser.#serve();
    await browser.#openPage();
    return browser;
  }

  private constructor(executable: string, script: string, profile: string | undefined) {
    this.#isKept = profile !== undefined;
    this.#profile = profile ?? mkdtempSync(join(tmpdir(), "roundsman-chromium-"));
    mkdirSync(this.#profile, { recursive: true });
    const flags = [...FLAGS, `--user-data-dir=${this.#profile}`];
    // A group of its own, where it is not to be killed from outside, so that all its processes end together.
    this.#process = spawn(executable, flags, { detached: !this.#isKept, stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    const [, , , output, input] = this.#process.stdio;
    this.#devTools = new DevTools(output as NodeJS.WritableStream, input as NodeJS.ReadableStream);
    // From 127.0.0.1: browsers give locks and storage to secure origins alone, and count that as one.
    this.#server = createServer((request, answer) => {
      const isScript = request.url === "/page.js";
      answer.setHeader("content-type", isScript ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8");
      answer.end(isScript ? script : '<!doctype html><title>Roundsman</title><link rel="icon" href="data:,"><script src="/page.js"></script>');
    });
  }

  /** The page comes from the same port each time: what it stored belongs to its origin. */
  async #serve(): Promise<void> {
    const file = join(this.#profile, "port-of-the-page");
    const port = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    writeFileSync(file, String((this.#server.address() as AddressInfo).port));
  }

  async #openPage(): Promise<void> {
    const { targetId } = await this.#devTools.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.#devTools.call("Target.attachToTarget", { targetId, flatten: true });
    const page = { target: String(targetId), session: String(sessionId) };
    await this.#devTools.call("Page.enable", {}, page.session);
    const loaded = this.#devTools.event("Page.loadEventFired", page.session);
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
    await this.#devTools.call("Page.navigate", { url }, page.session);
    await loaded;
    this.#page = page;
  }

  /** Ends the page's process as a system out of memory would, with no orderly closing, and opens another page. */
  async restartPage(): Promise<void> {
    const old = this.#page;
    if (old) {
      const crashed = this.#devTools.event("Inspector.targetCrashed", old.session);
      void this.#devTools.call("Page.crash", {}, old.session).catch(() => undefined);
      await crashed;
      await this.#devTools.call("Target.closeTarget", { targetId: old.target });
    }
    await this.#openPage();
  }

  /** The text that an expression yields in the page, its promise kept. @throws Error with what it threw instead. */
  async evaluate(expression: string): Promise<string> {
    const parameters = { expression, awaitPromise: true, returnByValue: true };
    const answer = await this.#devTools.call("Runtime.evaluate", parameters, this.#page?.session);
    const value = (answer["result"] as { readonly value?: unknown } | undefined)?.value;
    if (typeof value !== "string") throw new Error(JSON.stringify(answer));
    return value;
  }

  async end(): Promise<void> {
    this.#server.close();
    const { pid } = this.#process;
    if (pid === undefined) return;
    const exited = new Promise((resolve) => this.#process.once("exit", resolve));
    process.kill(this.#isKept ? pid : -pid, "SIGKILL");
    await exited;
    if (!this.#isKept) rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20 });
  }
}
