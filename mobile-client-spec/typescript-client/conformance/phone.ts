// The client as the conformance tool drives it (../../conformance/README.md): its calls, translated and nothing added.

import {
  BrowserClock,
  ClientError,
  fetchTransport,
  RoundsmanClient,
  ServerRefusal,
} from "../src/index.ts";
import type { Clock, ClockReading, Json, JsonObject, Language, Store, SyncReport } from "../src/index.ts";

/** Opens the store of a name: the one that was there, or, for a phone that is new, an empty one. */
export type StoreOpener = (name: string, isNew: boolean) => Promise<Store>;

/** A call of the tool, with the arguments of its kind. */
export interface Call {
  readonly n: number;
  readonly call: string;
  readonly [argument: string]: unknown;
}

export type Reply = { readonly n: number } & ({ readonly result: unknown } | { readonly error: { readonly code: string; readonly message: string } });

class UnknownCall extends Error {}

export class Phone {
  readonly #name: string;
  readonly #capabilities: readonly string[];
  readonly #openStore: StoreOpener;
  #client: RoundsmanClient | null = null;
  #clocks: ClockReading | null = null;
  #isOnline = true;

  constructor(name: string, capabilities: readonly string[], openStore: StoreOpener) {
    this.#name = name;
    this.#capabilities = capabilities;
    this.#openStore = openStore;
  }

  async answer(call: Call): Promise<Reply> {
    try {
      return { n: call.n, result: (await this.#dispatch(call)) ?? {} };
    } catch (error) {
      return { n: call.n, error: { code: codeOf(error), message: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) } };
    }
  }

  async #dispatch(call: Call): Promise<unknown> {
    switch (call.call) {
      case "hello":
        return this.#introduce(call["may_be_killed"] !== false);
      case "new_phone":
        return this.#start(call, true);
      case "restart":
        return this.#start(call, false);
      case "clock":
        this.#clocks = { at: String(call["at"]), uptime_ms: Number(call["uptime_ms"]), boot_id: String(call["boot_id"]) };
        return {};
      case "network":
        this.#isOnline = call["online"] === true;
        return {};
      case "bye":
        this.#client?.close();
        return {};
      default:
        return this.#use(call);
    }
  }

  #introduce(mayBeKilled: boolean): JsonObject {
    const capabilities = this.#capabilities.filter((name) => name !== "kill" || mayBeKilled);
    return { client: this.#name, version: "0.1.0", capabilities };
  }

  async #start(call: Call, isNew: boolean): Promise<void> {
    this.#client?.close();
    const own = new BrowserClock();
    const clock: Clock = { read: () => this.#clocks ?? own.read() };
    const store = String(call["store"]);
    this.#isOnline = true;
    this.#client = await RoundsmanClient.open({
      server: String(call["server"]),
      store: await this.#openStore(store, isNew),
      storeName: store,
      clock,
      language: () => (call["language"] ?? "en") as Language,
      transport: fetchTransport,
      isOnline: () => this.#isOnline,
    });
  }

  async #use(call: Call): Promise<unknown> {
    const client = this.#client;
    if (!client) throw new Error("new_phone or restart comes first");
    switch (call.call) {
      case "sign_in": {
        const credentials = { company: String(call["company"]), username: String(call["username"]), password: String(call["password"]) };
        const user = await client.signIn(credentials, { name: String(call["device_name"] ?? "conformance") });
        return { user_id: user.id, device_id: (await client.session()).deviceId };
      }
      case "sign_out":
        return client.signOut();
      case "do": {
        const options = { schema: Number(call["schema"] ?? 1), dependsOn: (call["depends_on"] ?? []) as string[] };
        return client.do(String(call["name"]), readNumbers(call["payload"] as Json) as JsonObject, options);
      }
      case "sync":
        return writeReport(await client.sync({ digests: (call["digests"] ?? "sample") as "sample" | "all" }));
      case "reset":
        return writeReport(await client.reset());
      case "dump":
        return dump(client);
      default:
        throw new UnknownCall(call.call);
    }
  }
}

function codeOf(error: unknown): string {
  if (error instanceof UnknownCall) return "unknown_call";
  if (error instanceof ServerRefusal) return "refused";
  if (!(error instanceof ClientError)) return "failed";
  if (error.code.startsWith("payload.")) return "payload_invalid";
  if (error.code.startsWith("network.")) return "network";
  const codes: Record<string, string> = {
    "session.other_user": "other_user",
    "session.device_revoked": "revoked",
    "session.none": "not_signed_in",
    "session.password_needed": "not_signed_in",
  };
  return codes[error.code] ?? "failed";
}

function writeReport(report: SyncReport): JsonObject {
  return { complete: report.complete, error: report.error, retry_after_s: report.retryAfterS, message: report.message };
}

async function dump(client: RoundsmanClient): Promise<unknown> {
  const session = await client.session();
  return {
    signed_in: session.state === "signed_in" || session.state === "revoked",
    user_id: session.user?.id ?? null,
    device_id: session.deviceId,
    rows: await client.rows(),
    pending: (await client.pending()).map(({ id, seq, name, state }) => ({ id, seq, name, state })),
    verdicts: (await client.verdicts()).map(({ id, seq, verdict }) => {
      const { status, code, field, message } = verdict;
      return { id, seq, status, code, field, message };
    }),
    conflicts: (await client.conflicts()).map(({ commandId, field, yours, theirs, kept }) => ({ command_id: commandId, field, yours, theirs, kept })),
    cursor: await client.hasCursor(),
    repairs: await client.repairs(),
  };
}

/** The payload with the numbers in it that JSON cannot carry: `{"$number": "NaN"}`. */
function readNumbers(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(readNumbers);
  if (typeof value["$number"] === "string") return Number(value["$number"]);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, readNumbers(item)]));
}
