// On every page of the console. What a page can do without it, it does without it: links lead, forms are sent.
import htmx from "htmx.org";
import { countChosen } from "./parts/choosing.ts";
import { copyOnRequest } from "./parts/copying.ts";
import { openDialogs } from "./parts/dialogs.ts";
import { keepFiltersShort } from "./parts/filters.ts";
import { followChanges } from "./parts/live.ts";
import { sendOnce } from "./parts/once.ts";
import { showFailures } from "./parts/toasts.ts";

Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false, // the policy lets no script write styles
  historyCacheSize: 0, // nothing of a company stays in the browser's storage
  refreshOnHistoryMiss: true,
  selfRequestsOnly: true,
  scrollIntoViewOnBoost: false,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true }, // a form with what is wrong about it
    { code: "...", swap: false, error: true },
  ],
});
countChosen();
copyOnRequest();
openDialogs();
keepFiltersShort();
followChanges();
sendOnce();
showFailures();
