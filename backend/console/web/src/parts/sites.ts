// Places of customers on a map: thousands in clusters, the card of each a part of its page.
import htmx from "htmx.org";
import type { GeoJSONSource } from "maplibre-gl";
import type { MapView, Spot } from "./map.ts";
import { addPoints, type PointProperties, type Points } from "./map_layers.ts";

const MOST_CARDS = 5;
export const NONE: Points = { type: "FeatureCollection", features: [] };

/** cards: how the addresses of the cards begin; they end in the id of a place. The returned function shows other places. */
export function addSites(view: MapView, cards: string): (data: Points | string) => void {
  return addPoints(view, "sites", { size: "small", pick: (points, at) => void showCards(view, cards, points, at) });
}

/** Opens the cards of places that lie at one spot. */
export async function showCards(view: MapView, cards: string, points: Pick<PointProperties, "id">[], at: Spot): Promise<void> {
  const card = document.createElement("div");
  card.className = "stack";
  document.body.append(card); // htmx works on what is in the document
  for (const { id } of points.slice(0, MOST_CARDS)) {
    const part = document.createElement("div");
    card.append(part);
    await htmx.ajax("get", `${cards}${id}`, { source: part, target: part, swap: "innerHTML", select: "#card" });
  }
  view.card(at, card);
}

/** South-west and north-east of all places, once they are there; nothing where there is none. */
export async function cornersOf(view: MapView): Promise<Spot[]> {
  const bounds = await view.map.getSource<GeoJSONSource>("sites")?.getBounds();
  return bounds && !bounds.isEmpty() ? [bounds.getSouthWest().toArray(), bounds.getNorthEast().toArray()] : [];
}
