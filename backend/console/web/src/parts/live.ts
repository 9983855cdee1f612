// A region with `data-live="visits customers"` and an id is loaded anew when something changes in those rooms.
//
// One stream for the page tells of changes; it carries no data. A region is refreshed at most every few seconds, not
// while nobody looks, and not while somebody works in it or in a dialog.
import htmx from "htmx.org";

const APART_MS = 3_000;
const due = new Set<string>();
let timer: number | undefined;
let last = 0;

export function followChanges(): void {
  const page = document.documentElement;
  const address = page.dataset["events"];
  if (!address || !document.querySelector("[data-live]")) return;
  const stream = new EventSource(address);
  stream.addEventListener("open", () => (page.dataset["stream"] = "open"));
  stream.addEventListener("error", () => (page.dataset["stream"] = "lost"));
  stream.addEventListener("changed", (event) => note((event as MessageEvent<string>).data.split(" ")));
  addEventListener("pagehide", () => stream.close());
  document.addEventListener("visibilitychange", refreshSoon);
}

function note(rooms: string[]): void {
  for (const region of document.querySelectorAll<HTMLElement>("[data-live][id]")) {
    const wanted = (region.dataset["live"] ?? "").split(" ");
    if (wanted.includes("*") || rooms.includes("*") || rooms.some((room) => wanted.includes(room))) due.add(region.id);
  }
  refreshSoon();
}

function refreshSoon(): void {
  if (due.size > 0) timer ??= window.setTimeout(refresh, Math.max(0, last + APART_MS - performance.now()));
}

// Rows that somebody ticked stay until he has done with them.
const hasChosen = (region: Element): boolean => region.querySelector("input[form=choosing]:checked") !== null;

function refresh(): void {
  timer = undefined;
  last = performance.now();
  if (document.hidden) return; // as soon as somebody looks
  const busy = document.querySelector("dialog[open], :popover-open");
  for (const id of [...due]) {
    const region = document.getElementById(id);
    if (!region) due.delete(id);
    if (!region || busy || region.contains(document.activeElement) || hasChosen(region)) continue;
    due.delete(id);
    const options = { source: region, target: `#${id}`, select: `#${id}`, swap: "outerHTML" } as const;
    void htmx.ajax("get", location.href, options);
  }
  refreshSoon();
}
