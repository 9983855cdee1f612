import assert from "node:assert/strict";
import { test } from "node:test";
import { readPokes } from "../src/pokes.ts";

function streamOf(...chunks: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
}

test("each event is a poke, however it is cut; comments and the pause before a retry are none", async () => {
  let pokes = 0;
  await readPokes(streamOf("retry: 3000\n\n", "event: po", "ke\ndata: {}\n", "\n: still here\n\n", "event: poke\r\ndata: {}\r\n\r\n"), () => pokes++);
  assert.equal(pokes, 2);
});
