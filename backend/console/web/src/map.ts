// The live map. The list beside it is the truth: people are read from it, as often as it is loaded anew.
import { openMap, type MapView, type Spot } from "./parts/map.ts";
import { addPoints, pointAt, type PointProperties, type Points, type Tone } from "./parts/map_layers.ts";
import { addSites, cornersOf, NONE } from "./parts/sites.ts";

const SITES_APART_MS = 15_000;

const people = (): HTMLElement | null => document.getElementById("people");
const placed = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("#people .person[data-lon]")];
const spotOf = ({ dataset }: HTMLElement): Spot => [Number(dataset["lon"]), Number(dataset["lat"])];

function pointsOf(rows: HTMLElement[]): Points {
  const features = rows.map((row) => pointAt(spotOf(row), {
    id: row.id,
    name: row.dataset["name"] ?? "",
    tone: (row.dataset["tone"] ?? "plain") as Tone,
    mark: row.dataset["mark"] ?? "",
  }));
  return { type: "FeatureCollection", features };
}

/** What the list says of somebody, for a card; several who are at one place stand below each other. */
function cardOf(points: PointProperties[]): Node {
  const card = document.createElement("div");
  card.className = "stack";
  for (const { id } of points) {
    const told = document.querySelector(`#${CSS.escape(id)} .person-card`)?.cloneNode(true) as Element | undefined;
    told?.querySelector("[data-show]")?.remove();
    if (told) card.append(told);
  }
  return card;
}

function follow(view: MapView): void {
  const showSitesAt = addSites(view, `${location.pathname}/sites/`);
  const showPeople = addPoints(view, "people", { size: "large", pick: (points, at) => void view.card(at, cardOf(points)) });
  const box = document.querySelector<HTMLInputElement>("#show-sites");
  let framed = false;
  let address = "";
  let asked = 0;
  const renewSites = (): void => {
    const wanted = box?.checked === false ? "" : (people()?.dataset["sites"] ?? "");
    if (wanted === address && performance.now() - asked < SITES_APART_MS) return;
    [address, asked] = [wanted, performance.now()];
    showSitesAt(wanted ? new URL(wanted, location.href).href : NONE);
  };
  const renew = (): void => {
    for (const button of document.querySelectorAll<HTMLElement>("[data-show]")) button.hidden = false;
    showPeople(pointsOf(placed()));
    renewSites();
  };
  box?.addEventListener("change", renewSites);
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if ((target as Element).id === "people") renew();
  });
  document.addEventListener("change", ({ target }) => {
    if (!(target as Element).closest("#map-filters select")) return;
    document.addEventListener("htmx:afterSettle", () => void frame(view), { once: true });
  });
  document.addEventListener("click", ({ target }) => {
    const row = (target as Element).closest<HTMLElement>("[data-show]")?.closest<HTMLElement>(".person");
    if (!row) return;
    view.map.jumpTo({ center: spotOf(row), zoom: Math.max(view.map.getZoom(), 14) });
    view.card(spotOf(row), cardOf([{ id: row.id, name: "", tone: "plain" }]));
  });
  renew();
  view.draw(() => {
    if (!framed && placed().length === 0) void frame(view);
    framed = true;
  });
}

/** Everybody who is chosen, else all sites. */
async function frame(view: MapView): Promise<void> {
  const spots = placed().map(spotOf);
  view.fit(spots.length > 0 ? spots : await cornersOf(view));
}

const element = document.getElementById("live-map");
const view = element && (await openMap(element, { spots: placed().map(spotOf) }));
if (view) follow(view);
