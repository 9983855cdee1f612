// A region with `data-live="visits customers"` and an id is loaded anew when something changes in those rooms.
//
// One stream for the page tells of changes; it carries no data. A region is refreshed at most every few seconds
// (`data-apart`: so many milliseconds), not while nobody looks, and not while somebody works in it or in a dialog. What
// tells how old something is comes anew by itself (`data-renew`: every so many seconds).
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
  for (const { id, dataset } of document.querySelectorAll<HTMLElement>("[data-renew][id]")) {
    setInterval(() => {
      due.add(id);
      refreshSoon();
    }, 1_000 * Number(dataset["renew"]));
  }
}

function note(rooms: string[]): void {
  for (const region of document.querySelectorAll<HTMLElement>("[data-live][id]")) {
    const wanted = (region.dataset["live"] ?? "").split(" ");
    if (wanted.includes("*") || rooms.includes("*") || rooms.some((room) => wanted.includes(room))) due.add(region.id);
  }
  refreshSoon();
}

function refreshSoon(): void {
  if (due.size === 0) return;
  const apart = Math.min(...[...due].map((id) => Number(document.getElementById(id)?.dataset["apart"] ?? APART_MS)));
  timer ??= window.setTimeout(refresh, Math.max(0, last + apart - performance.now()));
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
