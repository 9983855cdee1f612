// The adapter in Node.js: JSON lines over stdin and stdout, rows and commands in a file (tools/conformance.mjs builds it).

import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { FileStore } from "./file-store.ts";
import { Phone } from "./phone.ts";
import type { Call } from "./phone.ts";

const phone = new Phone("roundsman-client (Node.js)", ["clock", "concurrent", "kill", "numbers", "network"], (folder, isNew) => {
  if (isNew) rmSync(folder, { recursive: true, force: true });
  return FileStore.open(folder);
});

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  void phone.answer(JSON.parse(line) as Call).then((reply) => process.stdout.write(`${JSON.stringify(reply)}\n`));
});
lines.on("close", () => process.exit());
