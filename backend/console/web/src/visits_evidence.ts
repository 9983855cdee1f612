// The map of one check-in: where the phone was and how sure of it, the sites with their fences, the way between.
import { openMap, type MapView, type Spot } from "./parts/map.ts";
import { addCircles, addLines, addPoints, pointAt } from "./parts/map_layers.ts";
import type { Tone } from "./parts/map_layers.ts";

interface Evidence {
  fix: { at: Spot; accuracy_m: number | null; tone: Tone } | null;
  sites: { id: string; name: string; at: Spot; radius_m: number; nearest: boolean }[];
  before: { at: Spot; name: string } | null;
}

const M_PER_DEGREE = 111_195;
const box = document.getElementById("evidence-map");
const frame = document.getElementById("map");
if (box && frame) void show(frame, JSON.parse(box.dataset["evidence"] ?? "{}") as Evidence);

async function show(element: HTMLElement, { fix, sites, before }: Evidence): Promise<void> {
  const view = await openMap(element);
  if (!view) return;
  const nearest = sites.find((site) => site.nearest);
  const accuracy = fix?.accuracy_m ? [{ at: fix.at, radius_m: fix.accuracy_m, tone: fix.tone }] : [];
  addCircles(view, "circles")([...sites.map(({ at, radius_m }) => ({ at, radius_m, tone: "plain" as const })), ...accuracy]);
  const ways = [];
  if (fix && nearest) ways.push({ spots: [fix.at, nearest.at], tone: fix.tone, dashed: true });
  if (fix && before) ways.push({ spots: [before.at, fix.at], tone: "wait" as const, dashed: true });
  addLines(view, "ways", { width: 3 })(ways);
  const points = sites.map(({ id, name, at }) => pointAt(at, { id, name, tone: "plain" }));
  if (before) points.push(pointAt(before.at, { id: "before", name: before.name, tone: "wait" }));
  if (fix) points.push(pointAt(fix.at, { id: "fix", name: element.getAttribute("aria-label") ?? "", tone: fix.tone }));
  addPoints(view, "points", { size: "small", pick: () => undefined })({ type: "FeatureCollection", features: points });
  fitAll(view, fix, nearest ? [nearest] : sites);
}

/** The circles as well, not their middles alone. */
function fitAll(view: MapView, fix: Evidence["fix"], sites: Evidence["sites"]): void {
  const circles = [...sites, ...(fix ? [{ at: fix.at, radius_m: fix.accuracy_m ?? 0 }] : [])];
  const corners = circles.flatMap(({ at: [lon, lat], radius_m }): Spot[] => {
    const north = radius_m / M_PER_DEGREE;
    const east = north / Math.cos((lat * Math.PI) / 180);
    return [[lon - east, lat - north], [lon + east, lat + north]];
  });
  view.fit(corners, { maxZoom: 17 });
}
