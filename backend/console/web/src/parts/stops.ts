// Stops in their order on a map: numbered points, and a line from each to the next. The list beside the map is the truth.
import type { MapView, Spot } from "./map.ts";
import { addLines, addPoints, pointAt, type Line, type PointProperties } from "./map_layers.ts";

export interface Stop extends PointProperties {
  at: Spot;
}

/** The stops that a list names by `data-lon`, `data-lat`, `data-id` and `data-name`; their marks are their places in it. */
export function stopsOf(list: Element | null): Stop[] {
  const rows = [...(list?.querySelectorAll<HTMLElement>(".stop") ?? [])];
  return rows.flatMap(({ dataset }, at): Stop[] => dataset["lon"] === undefined ? [] : [{
    id: dataset["id"] ?? "",
    name: dataset["name"] ?? "",
    mark: dataset["mark"] ?? String(at + 1),
    tone: "brand",
    at: [Number(dataset["lon"]), Number(dataset["lat"])],
  }]);
}

/** The returned function shows other stops. from: where the first line begins. before: another way, dashed below. */
export function addStops(view: MapView): (stops: Stop[], options?: { from?: Spot | undefined; before?: Spot[] }) => void {
  const showBefore = addLines(view, "before", { width: 3 });
  const showWay = addLines(view, "way", { width: 3 });
  const pick = (picked: PointProperties[], at: Spot): void => void view.card(at, namesOf(picked));
  const showPoints = addPoints(view, "stops", { size: "large", apart: true, pick });
  return (stops, { from, before = [] } = {}) => {
    const spots = [...(from ? [from] : []), ...stops.map(({ at }) => at)];
    const start = from ? [pointAt(from, { id: "start", name: "", tone: "plain" })] : [];
    const points = stops.map(({ at, ...properties }) => pointAt(at, properties));
    showPoints({ type: "FeatureCollection", features: [...start, ...points] });
    showWay(lineOf(spots, "brand", false));
    showBefore(lineOf(before, "plain", true));
  };
}

const lineOf = (spots: Spot[], tone: Line["tone"], dashed: boolean): Line[] => (spots.length > 1 ? [{ spots, tone, dashed }] : []);

/** Who is at this spot, by number and name. */
export function namesOf(picked: PointProperties[]): Node {
  const list = document.createElement("ul");
  for (const { mark, name } of picked) {
    const line = document.createElement("li");
    line.textContent = `${mark ?? ""} ${name}`.trim();
    list.append(line);
  }
  return list;
}
