// The checks of a store, for a page of a browser: each returns "passed", or what was wrong.

import { IndexedDbStore } from "../src/index.ts";
import { CHECK_NAMES, keepsAllForTheNextStart, runCheck } from "./store-checks.ts";

async function tell(check: Promise<void>): Promise<string> {
  return check.then(
    () => "passed",
    (error: unknown) => String(error),
  );
}

Object.assign(globalThis, {
  runCheck: (name: (typeof CHECK_NAMES)[number]) => tell(runCheck(name, (store) => IndexedDbStore.open(store))),
  keepsAllForTheNextStart: () => tell(keepsAllForTheNextStart((store) => IndexedDbStore.open(store))),
});
