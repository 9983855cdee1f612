// A list on a map: all that its filters leave. The list beside it is the truth, and has the address of the places.
import { openMap, type MapView, type Spot } from "./parts/map.ts";
import { addSites, cornersOf, showCards } from "./parts/sites.ts";

const APART_MS = 15_000;

const list = (): HTMLElement | null => document.getElementById("list");
const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("#list [data-lon]")];
const spotOf = ({ dataset }: HTMLElement): Spot => [Number(dataset["lon"]), Number(dataset["lat"])];

function follow(view: MapView): void {
  const cards = list()?.dataset["cards"] ?? "";
  const showSites = addSites(view, cards);
  let shown = "";
  let asked = 0;
  const renew = (): void => {
    for (const button of document.querySelectorAll<HTMLElement>("#list [data-show]")) button.hidden = false;
    const wanted = list()?.dataset["places"] ?? "";
    const isOther = wanted !== shown;
    if (!isOther && performance.now() - asked < APART_MS) return;
    [shown, asked] = [wanted, performance.now()];
    showSites(new URL(wanted, location.href).href);
    if (isOther) view.draw(once(() => void frame(view)));
  };
  renew();
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if ((target as Element).id === "list") renew();
  });
  document.addEventListener("click", ({ target }) => {
    const row = (target as Element).closest<HTMLElement>("#list [data-show]")?.closest<HTMLElement>("[data-lon]");
    if (!row) return;
    view.map.jumpTo({ center: spotOf(row), zoom: Math.max(view.map.getZoom(), 14) });
    void showCards(view, cards, [{ id: row.dataset["place"] ?? "" }], spotOf(row));
  });
}

/** Where everything can be seen. */
async function frame(view: MapView): Promise<void> {
  view.fit(await cornersOf(view));
}

/** The map draws anew when its colours change; it need not move then. */
function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

const element = document.getElementById("list-map");
const view = element && (await openMap(element, { spots: rows().map(spotOf) }));
if (view) follow(view);
