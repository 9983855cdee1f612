// A client on a store in memory, and a server that answers as the test says.

import { MemoryStore, RoundsmanClient } from "../src/index.ts";
import type { ClientOptions, ClockReading, HttpRequest, JsonObject } from "../src/index.ts";

export const ALICE = "0193a8f2-0000-7000-8000-00000000a11c";
export const SHOP = "0193a8f2-0000-7000-8000-000000005409";

/** A page of an answer; what a test leaves out is empty. */
export function page(members: JsonObject = {}, changes: JsonObject = {}): JsonObject {
  return {
    epoch: "0193a8f2-0000-7000-8000-0000000e70c4",
    received_at: "2026-11-22T08:00:00.000Z",
    verdicts: [],
    changes: { enter: [], leave: [], rows: [], ...changes },
    acknowledged: 0,
    complete: true,
    cursor: "c1",
    digests: {},
    next_sync_after_s: 0,
    ...members,
  };
}

export function row(kind: string, id: string, data: JsonObject | null, scope = SHOP): JsonObject {
  return { scope, kind, id, version: 1, tag: "0000000000000001", data };
}

const SESSION = {
  access_token: "a",
  refresh_token: "r",
  expires_in_s: 900,
  user: { id: ALICE, name: "Alice", roles: ["rep"], org_unit_id: null },
  device: { id: ALICE },
};

/** Clocks that stand still until a test moves them. */
export class HandClock {
  now: ClockReading = { at: "2026-11-22T16:00:00.000+08:00", uptime_ms: 1_000, boot_id: "b1" };

  read(): ClockReading {
    return this.now;
  }

  pass(ms: number): void {
    this.now = { ...this.now, uptime_ms: this.now.uptime_ms + ms };
  }
}

/** What the server answers: a body, another status, or nothing at all. */
export type Answer = JsonObject | { readonly status: number; readonly headers?: Record<string, string>; readonly text: string } | Error;

export class ScriptedServer {
  /** The bodies of the requests about sync, as they came. */
  readonly requests: (JsonObject & { readonly path: string })[] = [];
  readonly answers: Answer[] = [];
  /** What the next sign-ins are answered; with a session where nothing is said. */
  readonly signIns: Exclude<Answer, Error>[] = [];

  readonly transport = async (request: HttpRequest) => {
    const { pathname } = new URL(request.url);
    const body = JSON.parse(request.body) as JsonObject;
    if (pathname === "/api/v1/auth/sign-in") return reply(this.signIns.shift() ?? SESSION);
    if (pathname.startsWith("/api/v1/auth/")) return reply(SESSION);
    this.requests.push({ ...body, path: pathname });
    const answer = this.answers.shift() ?? page();
    if (answer instanceof Error) throw answer;
    return reply(answer);
  };
}

function reply(answer: Exclude<Answer, Error>) {
  const isRaw = typeof answer["text"] === "string" && typeof answer["status"] === "number";
  const { status, headers, text } = isRaw
    ? (answer as { status: number; headers?: Record<string, string>; text: string })
    : { status: 200, headers: {}, text: JSON.stringify(answer) };
  return { status, header: (name: string) => headers?.[name] ?? null, body: text };
}

/** A client that is signed in and holds one customer. */
export async function openPhone(options: Partial<ClientOptions> = {}) {
  const server = new ScriptedServer();
  const clock = new HandClock();
  const client = await RoundsmanClient.open({ server: "http://server", store: new MemoryStore(), clock, transport: server.transport, ...options });
  await client.signIn({ company: "demo", username: "alice", password: "secret" });
  server.answers.push(page({}, { enter: [SHOP], rows: [row("customer", SHOP, { name: "Shop", phone: "111" })] }));
  await client.sync();
  return { client, server, clock };
}
