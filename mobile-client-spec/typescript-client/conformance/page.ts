// The client in a page of a browser, on IndexedDB, for the adapter chromium.ts: it calls `answerCall` with each call as JSON.

import { IndexedDbStore } from "../src/index.ts";
import { Phone } from "./phone.ts";
import type { Call } from "./phone.ts";

function erase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

const phone = new Phone("roundsman-client (browser)", ["clock", "concurrent", "kill", "numbers", "network"], async (name, isNew) => {
  if (isNew) await erase(name);
  return IndexedDbStore.open(name);
});

Object.assign(globalThis, { answerCall: async (call: string) => JSON.stringify(await phone.answer(JSON.parse(call) as Call)) });
