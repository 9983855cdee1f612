// A route on the map. Where its list can be changed: dragged, moved by Alt and an arrow, numbered anew. Every change is one
// that a button of the form makes, so that the server tells what follows from it.
import { openMap } from "./parts/map.ts";
import { addStops, stopsOf } from "./parts/stops.ts";

const list = (): HTMLElement | null => document.getElementById("stops");
const stopOf = (target: EventTarget | null): HTMLElement | null =>
  (target as Element | null)?.closest?.<HTMLElement>("#stops.editable > .stop") ?? null;
const look = (): void => document.getElementById("look")?.click();

function arrange(): void {
  let dragged: HTMLElement | undefined;
  let began = "";
  const orderNow = (): string => [...(list()?.children ?? [])].map(({ id }) => id).join();
  document.addEventListener("dragstart", (event) => {
    const stop = (event.target as Element | null)?.closest?.(".stop-grip") ? stopOf(event.target) : null;
    if (!stop || !event.dataTransfer) return;
    dragged = stop;
    began = orderNow();
    stop.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", stop.dataset["name"] ?? "");
    event.dataTransfer.setDragImage(stop, 16, 16);
  });
  document.addEventListener("dragover", (event) => {
    const over = stopOf(event.target);
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const box = over.getBoundingClientRect();
    const isUpper = event.clientY < box.top + box.height / 2;
    over[isUpper ? "before" : "after"](dragged);
  });
  document.addEventListener("drop", (event) => {
    if (dragged) event.preventDefault();
  });
  document.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    if (dragged && orderNow() !== began) {
      number();
      look();
    }
    dragged = undefined;
  });
  document.addEventListener("keydown", (event) => {
    const what = event.altKey && { ArrowUp: "up", ArrowDown: "down" }[event.key];
    const stop = what && stopOf(event.target);
    if (!what || !stop) return;
    event.preventDefault();
    document.getElementById(`${what}-${stop.dataset["id"]}`)?.click();
  });
  document.addEventListener("change", ({ target }) => {
    if ((target as Element).matches(".stop-place, .route-editor [name=rep_id]")) look();
  });
}

/** Each place says where its stop now is. */
function number(): void {
  list()?.querySelectorAll<HTMLInputElement>(".stop-place").forEach((place, at) => (place.value = String(at + 1)));
}

const showGrips = (): void => {
  for (const grip of document.querySelectorAll<HTMLElement>(".stop-grip")) grip.hidden = false;
};

async function draw(element: HTMLElement): Promise<void> {
  const view = await openMap(element, { spots: stopsOf(list()).map(({ at }) => at) });
  if (!view) return;
  const show = addStops(view);
  let known = "";
  const renew = (): void => {
    const stops = stopsOf(list());
    show(stops);
    const now = stops.map(({ id }) => id).sort().join();
    if (known && now !== known) view.fit(stops.map(({ at }) => at));
    known = now;
  };
  renew();
  document.addEventListener("htmx:afterSettle", renew);
}

arrange();
showGrips();
document.addEventListener("htmx:afterSettle", showGrips);
const element = document.getElementById("map");
if (element) void draw(element);
