// The proposed order of a day on the map, over the order that stands.
import { openMap, type Spot } from "./parts/map.ts";
import { addStops, stopsOf } from "./parts/stops.ts";

const element = document.getElementById("map");
const list = document.getElementById("stops");
if (element && list) {
  const stops = stopsOf(list);
  const before = JSON.parse(list.dataset["before"] ?? "[]") as Spot[];
  const from = list.dataset["start"] ? (JSON.parse(list.dataset["start"]) as Spot) : undefined;
  const view = await openMap(element, { spots: [...stops.map(({ at }) => at), ...before] });
  if (view) addStops(view)(stops, { from, before });
}
