// Where a site is and where somebody says that it is, with the fences around both, and where check-ins were.
import { openMap, type MapView, type Spot } from "./parts/map.ts";
import { addCircles, addLines, addPoints, pointAt, type Tone } from "./parts/map_layers.ts";

interface Drawn {
  proposed: Spot;
  radius: number;
  present: Spot | null;
  present_radius: number | null;
  evidence: { id: string; at: Spot; tone: Tone }[];
}

const M_PER_DEGREE = 111_195;

/** Two corners of the box around a fence. */
function around({ at: [lon, lat], radius_m }: { at: Spot; radius_m: number }): Spot[] {
  const up = radius_m / M_PER_DEGREE;
  const across = up / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  return [[lon - across, lat - up], [lon + across, lat + up]];
}

function draw(view: MapView, { proposed, radius, present, present_radius, evidence }: Drawn): void {
  const fences = [{ at: proposed, radius_m: radius, tone: "brand" as const }];
  const now = present ? [{ at: present, radius_m: present_radius ?? radius, tone: "plain" as const }] : [];
  addCircles(view, "fences")([...now, ...fences]);
  addLines(view, "way", { width: 2 })(present ? [{ spots: [present, proposed], tone: "brand", dashed: true }] : []);
  const ends = [...now, ...fences].map(({ at, tone }) => pointAt(at, { id: tone, name: "", tone }));
  const none = (): void => undefined;
  const seen = evidence.map(({ id, at, tone }) => pointAt(at, { id, name: "", tone }));
  addPoints(view, "evidence", { size: "small", pick: none })({ type: "FeatureCollection", features: seen });
  addPoints(view, "ends", { size: "large", pick: none })({ type: "FeatureCollection", features: ends });
  view.fit([...now, ...fences].flatMap(around), { maxZoom: 17 });
}

const element = document.getElementById("pin-map");
const drawn = document.getElementById("pin")?.dataset["drawn"];
const view = element && drawn ? await openMap(element) : undefined;
if (view && drawn) draw(view, JSON.parse(drawn) as Drawn);
