// The map of a rep's day: sites and check-ins under the numbers of the list, and the trail, which can be played.
import { Marker } from "maplibre-gl";
import { openMap, type MapView, type Spot } from "./parts/map.ts";
import { addLines, addPoints, pointAt, type Line, type PointProperties, type Points } from "./parts/map_layers.ts";
import { play, type Trail } from "./parts/playback.ts";
import { namesOf } from "./parts/stops.ts";

type Place = PointProperties & { at: Spot };

interface Day {
  sites: Place[];
  checkIns: Place[];
  trail: Trail | null;
}

const box = document.getElementById("day-map");
const frame = document.getElementById("map");
if (box && frame) void show(frame, JSON.parse(box.dataset["day"] ?? "{}") as Day);

async function show(element: HTMLElement, { sites, checkIns, trail }: Day): Promise<void> {
  const view = await openMap(element);
  if (view) draw(view, sites, checkIns, trail);
  if (trail) follow(view, trail);
}

function draw(view: MapView, sites: Place[], checkIns: Place[], trail: Trail | null): void {
  if (trail) addLines(view, "trail", { width: 4 })(linesOf(trail));
  const stops = (trail?.stops ?? []).map((at, number) => pointAt(at, { id: `stop-${number}`, name: "", tone: "wait" }));
  addPoints(view, "stops", { size: "small", pick: () => undefined })({ type: "FeatureCollection", features: stops });
  const ways = checkIns.flatMap(({ id, at, tone }): Line[] => {
    const site = sites.find((one) => one.id === id);
    return site ? [{ spots: [at, site.at], tone, dashed: true }] : [];
  });
  addLines(view, "ways", { width: 2 })(ways);
  for (const [id, places] of [["sites", sites], ["check-ins", checkIns]] as const) {
    addPoints(view, id, { size: "large", pick: (picked, at) => void view.card(at, namesOf(picked)) })(pointsOf(places));
  }
  view.fit([...sites, ...checkIns].map(({ at }) => at).concat(trail?.spots ?? []), { maxZoom: 16 });
}

const pointsOf = (places: Place[]): Points =>
  ({ type: "FeatureCollection", features: places.map(({ at, ...properties }) => pointAt(at, properties)) });

/** The trail from gap to gap; over a gap nobody knows the way. */
function linesOf({ at_ms, spots, gaps }: Trail): Line[] {
  const lines: Line[] = [];
  for (let i = 1; i < spots.length; i += 1) {
    const middle = ((at_ms[i - 1] ?? 0) + (at_ms[i] ?? 0)) / 2;
    const dashed = gaps.some(([from, to]) => from <= middle && middle <= to);
    const last = lines.at(-1);
    if (last && last.dashed === dashed) last.spots.push(spots[i] as Spot);
    else lines.push({ spots: [spots[i - 1] as Spot, spots[i] as Spot], tone: "brand", dashed });
  }
  return lines;
}

/** The player moves a mark on the map, and a line on the time line. */
function follow(view: MapView | undefined, trail: Trail): void {
  const dot = document.createElement("div");
  dot.className = "trail-now";
  const marker = view && new Marker({ element: dot });
  let isOnMap = false;
  play(trail, (at, inGap) => {
    dot.classList.toggle("in-gap", inGap);
    marker?.setLngLat(at);
    if (view && marker && !isOnMap) isOnMap = Boolean(marker.addTo(view.map));
  });
}
