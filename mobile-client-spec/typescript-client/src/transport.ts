// Requests over HTTP: one at a time goes out, one answer or one error comes back (NET-1, NET-4 to NET-6, ANS-1).

import { readBody } from "./answer.ts";
import { ClientError, ServerRefusal, Unavailable } from "./errors.ts";
import type { Language } from "./errors.ts";
import type { JsonObject } from "./wire.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** The whole address. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  /** 0 for a redirect that the browser does not tell more of. */
  readonly status: number;
  /** Names in lower case. */
  header(name: string): string | null;
  readonly body: string;
}

/** Sends one request. Throws anything if no answer came, or not all of it; never follows a redirect. */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>;

/** How long a request may take before it counts as lost: a page of a megabyte over a weak network. */
const LONGEST_MS = 120_000;

/**
 * The transport over `fetch`, which offers compression by itself (NET-4).
 *
 * React Native's `fetch` follows redirects whatever it is told; README.md says what to use there.
 */
export const fetchTransport: Transport = async (request) => {
  const abortion = new AbortController();
  const timer = setTimeout(() => abortion.abort(), LONGEST_MS);
  try {
    const answer = await fetch(request.url, {
      method: request.method,
      headers: { ...request.headers },
      ...(request.method === "POST" ? { body: request.body } : {}),
      redirect: "manual",
      cache: "no-store",
      credentials: "omit",
      signal: abortion.signal,
    });
    return { status: answer.status, header: (name) => answer.headers.get(name), body: await answer.text() };
  } finally {
    clearTimeout(timer);
  }
};

/** A server's address with the ways to send, and in which language it shall answer. */
export interface Link {
  /** Without a slash at the end; empty for the server that the page came from. */
  readonly server: string;
  readonly transport: Transport;
  readonly language: () => Language;
  /** Whether the device has a network at all; where it has none, no request is tried. */
  readonly isOnline: () => boolean;
}

/**
 * Posts JSON. Returns the JSON of a 2xx.
 *
 * @throws ServerRefusal for a typed 4xx; Unavailable for 408, 425, 429, 5xx; ClientError for the rest.
 */
export async function post(link: Link, path: string, body: JsonObject, token: string | null): Promise<JsonObject> {
  if (!link.isOnline()) throw new ClientError("network.offline");
  const answer = await send(link, path, body, token);
  if (answer.status === 0 || (answer.status >= 300 && answer.status < 400)) throw new ClientError("network.redirected");
  if (answer.status === 204) return {};
  if (answer.status < 300) return readBody(answer.body);
  throw readRefusal(answer);
}

async function send(link: Link, path: string, body: JsonObject, token: string | null): Promise<HttpAnswer> {
  const headers: Record<string, string> = {
    accept: "application/json",
    "accept-language": link.language(),
    "content-type": "application/json",
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  try {
    return await link.transport({ method: "POST", url: `${link.server}${path}`, headers, body: JSON.stringify(body) });
  } catch (error) {
    if (error instanceof ClientError) throw error;
    throw new ClientError("network.failed");
  }
}

function readRefusal(answer: HttpAnswer): Error {
  const retryAfterS = readRetryAfter(answer);
  const refusal = readTypedError(answer, retryAfterS);
  if ([408, 425, 429].includes(answer.status) || answer.status >= 500) return new Unavailable(answer.status, retryAfterS, refusal);
  return refusal ?? new ClientError("network.not_the_server");
}

function readTypedError(answer: HttpAnswer, retryAfterS: number | null): ServerRefusal | null {
  try {
    const error = readBody(answer.body)["error"];
    if (typeof error !== "object" || error === null || Array.isArray(error)) return null;
    const { code, message, field, details } = error;
    if (typeof code !== "string") return null;
    const known = {
      code,
      message: typeof message === "string" ? message : code,
      field: typeof field === "string" ? field : null,
      details: typeof details === "object" && details !== null && !Array.isArray(details) ? details : {},
    };
    return new ServerRefusal(answer.status, known, retryAfterS);
  } catch {
    return null;
  }
}

/** Seconds after `Retry-After`, which may also be a date: then counted from the answer's own `Date`, not from the phone's clock. */
function readRetryAfter(answer: HttpAnswer): number | null {
  const value = answer.header("retry-after")?.trim();
  if (!value) return null;
  if (/^\d+$/.test(value)) return Number(value);
  const seconds = (Date.parse(value) - Date.parse(answer.header("date") ?? "")) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}
