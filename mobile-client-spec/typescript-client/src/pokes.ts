// Pokes (NET-7): the stream of "pull now" while the app is in the foreground. Carries no data; a lost poke loses nothing.

import type { HttpRequest } from "./transport.ts";

/** Opens a stream of server-sent events. Throws, or returns null, if there is none. */
export type StreamOpener = (request: Omit<HttpRequest, "body">, signal: AbortSignal) => Promise<ReadableStream<Uint8Array> | null>;

/** The server says at least every 20 s that it is still there; a stream that is silent for longer is dead. */
const LONGEST_SILENCE_MS = 65_000;

/** The stream over `fetch`: an EventSource cannot send the token. React Native has no such streams; there a push message does it. */
export const fetchStream: StreamOpener = async (request, signal) => {
  const answer = await fetch(request.url, { headers: { ...request.headers }, redirect: "manual", cache: "no-store", credentials: "omit", signal });
  return answer.ok ? answer.body : null;
};

/** Reads a stream to its end and calls `onPoke` for each event. @throws if the connection breaks, falls silent or is aborted. */
export async function readPokes(stream: ReadableStream<Uint8Array>, onPoke: () => void): Promise<void> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await withoutLongSilence(reader.read());
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).replace(/\r\n?/g, "\n").split("\n\n");
      rest = blocks.pop() ?? "";
      if (blocks.some(isEvent)) onPoke();
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Comments and the pause before the next try are no events. */
function isEvent(block: string): boolean {
  return block.split("\n").some((line) => line.startsWith("event:") || line.startsWith("data:"));
}

async function withoutLongSilence<T>(reading: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the stream of pokes has fallen silent")), LONGEST_SILENCE_MS);
  });
  try {
    return await Promise.race([reading, silence]);
  } finally {
    clearTimeout(timer);
  }
}
