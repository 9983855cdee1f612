// What pages draw on a map: points in clusters, lines, areas. Each is shown anew as often as its data change.
import type { Feature, FeatureCollection, LineString, Point, Polygon } from "geojson";
import type { DataDrivenPropertyValueSpecification, GeoJSONSource, MapLayerMouseEvent } from "maplibre-gl";
import type { MapView, Spot } from "./map.ts";

/** What every point has. tone: as of chips. mark: one or two letters within a large point. name: for people. */
export interface PointProperties {
  id: string;
  name: string;
  tone: Tone;
  mark?: string;
}

export type Tone = "good" | "warn" | "bad" | "wait" | "plain" | "brand";
export type Points = FeatureCollection<Point, PointProperties>;

interface PointOptions {
  /** Large points carry a mark and are for people; small ones are for places. */
  size: "large" | "small";
  /** Whether each is shown, however near others are: where every mark counts. */
  apart?: boolean;
  /** Called with the point that was clicked; with all of them where several lie at one spot. */
  pick: (points: PointProperties[], at: Spot) => void;
}

const TONES: Tone[] = ["good", "warn", "bad", "wait", "plain", "brand"];
const FONT = ["sans-serif"];
const NOBODY: FeatureCollection = { type: "FeatureCollection", features: [] };

export const pointAt = (spot: Spot, properties: PointProperties): Feature<Point, PointProperties> =>
  ({ type: "Feature", properties, geometry: { type: "Point", coordinates: spot } });

/** A layer of points; the returned function shows others. data: an address is read by the map's worker. */
export function addPoints(view: MapView, id: string, { size, apart = false, pick }: PointOptions): (data: Points | string) => void {
  const { map, colour } = view;
  let shown: Points | string = NOBODY as Points;
  const large = size === "large";
  const radius = large ? 13 : 5.5;
  view.draw(() => {
    map.addSource(id, { type: "geojson", data: shown, cluster: !apart, clusterRadius: large ? 30 : 44, clusterMaxZoom: 16 });
    map.addLayer({
      id: `${id}-clusters`, type: "circle", source: id, filter: ["has", "point_count"],
      paint: {
        "circle-color": colour(large ? "--map-crowd" : "--map-cluster"),
        "circle-stroke-color": colour("--surface"),
        "circle-stroke-width": 2,
        "circle-radius": ["step", ["get", "point_count"], large ? 16 : 11, 20, 16, 200, 20, 2000, 25],
      },
    });
    map.addLayer({
      id: `${id}-counts`, type: "symbol", source: id, filter: ["has", "point_count"],
      layout: { "text-field": ["get", "point_count_abbreviated"], "text-font": FONT, "text-size": 12, "text-allow-overlap": true },
      paint: { "text-color": colour(large ? "--on-map-crowd" : "--on-map-cluster") },
    });
    map.addLayer({
      id: `${id}-points`, type: "circle", source: id, filter: ["!", ["has", "point_count"]],
      paint: {
        "circle-color": byTone(view, (tone) => (tone === "brand" ? "--brand" : `--${tone}-ink`)),
        "circle-stroke-color": colour("--surface"),
        "circle-stroke-width": large ? 2.5 : 1.5,
        "circle-radius": radius,
      },
    });
    map.addLayer({
      id: `${id}-marks`, type: "symbol", source: id, filter: ["all", ["!", ["has", "point_count"]], ["has", "mark"]],
      layout: { "text-field": ["get", "mark"], "text-font": FONT, "text-size": 11, "text-allow-overlap": true },
      paint: { "text-color": colour("--surface") },
    });
  });
  map.on("click", `${id}-points`, ({ features }) => {
    const [point] = (features ?? []) as unknown as Feature<Point, PointProperties>[];
    if (point) pick([point.properties], point.geometry.coordinates as Spot);
  });
  map.on("click", `${id}-clusters`, (event) => void openCluster(view, id, event, pick));
  for (const layer of [`${id}-points`, `${id}-clusters`]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
  return (data) => {
    shown = data;
    map.getSource<GeoJSONSource>(id)?.setData(data);
  };
}

const MOST_OF_CLUSTER = 30;

/** Goes nearer until the cluster falls apart; where it never does, all of it is picked. */
async function openCluster(view: MapView, id: string, { features }: MapLayerMouseEvent, pick: PointOptions["pick"]): Promise<void> {
  const [cluster] = (features ?? []) as unknown as Feature<Point, { cluster_id: number }>[];
  const source = view.map.getSource<GeoJSONSource>(id);
  if (!cluster || !source) return;
  const at = cluster.geometry.coordinates as Spot;
  const zoom = await source.getClusterExpansionZoom(cluster.properties.cluster_id);
  if (zoom <= 16) {
    view.map.easeTo({ center: at, zoom: zoom + 0.2 });
    return;
  }
  const leaves = await source.getClusterLeaves(cluster.properties.cluster_id, MOST_OF_CLUSTER, 0);
  pick(leaves.map(({ properties }) => properties as PointProperties), at);
}

function byTone(view: MapView, token: (tone: Tone) => string): DataDrivenPropertyValueSpecification<string> {
  const cases = TONES.flatMap((tone) => [tone, view.colour(token(tone))]);
  return ["match", ["get", "tone"], ...cases, view.colour("--ink")] as unknown as DataDrivenPropertyValueSpecification<string>;
}

/** A way on the map. dashed: what was not measured, such as the way over a gap. */
export interface Line {
  spots: Spot[];
  tone: Tone;
  dashed?: boolean;
}

/** A layer of lines; the returned function shows others. */
export function addLines(view: MapView, id: string, { width = 4 } = {}): (lines: Line[]) => void {
  const { map } = view;
  let shown: FeatureCollection = NOBODY;
  view.draw(() => {
    map.addSource(id, { type: "geojson", data: shown });
    for (const dashed of [false, true]) {
      map.addLayer({
        id: `${id}-${dashed ? "dashed" : "whole"}`, type: "line", source: id, filter: ["==", ["get", "dashed"], dashed],
        layout: { "line-cap": "round", "line-join": "round" },
        paint: {
          "line-color": byTone(view, (tone) => (tone === "brand" ? "--brand" : `--${tone}-ink`)),
          "line-width": width,
          ...(dashed ? { "line-dasharray": [1, 2] } : {}),
        },
      });
    }
  });
  return (lines) => {
    const features = lines.map(({ spots, tone, dashed = false }): Feature<LineString> =>
      ({ type: "Feature", properties: { tone, dashed }, geometry: { type: "LineString", coordinates: spots } }));
    shown = { type: "FeatureCollection", features };
    map.getSource<GeoJSONSource>(id)?.setData(shown);
  };
}

/** A circle on the ground, such as a fence or how accurate a fix is. */
export interface Circle {
  at: Spot;
  radius_m: number;
  tone: Tone;
}

const CORNERS = 64;
const M_PER_DEGREE = 111_195;

/** A layer of circles; the returned function shows others. */
export function addCircles(view: MapView, id: string): (circles: Circle[]) => void {
  const { map } = view;
  let shown: FeatureCollection = NOBODY;
  view.draw(() => {
    map.addSource(id, { type: "geojson", data: shown });
    const tone = byTone(view, (name) => (name === "brand" ? "--brand" : `--${name}-ink`));
    map.addLayer({ id: `${id}-ground`, type: "fill", source: id, paint: { "fill-color": tone, "fill-opacity": 0.14 } });
    map.addLayer({ id: `${id}-edge`, type: "line", source: id, paint: { "line-color": tone, "line-width": 1.5 } });
  });
  return (circles) => {
    shown = { type: "FeatureCollection", features: circles.map(outline) };
    map.getSource<GeoJSONSource>(id)?.setData(shown);
  };
}

/** The circle's corners on a sphere small enough to be flat. */
function outline({ at: [lon, lat], radius_m, tone }: Circle): Feature<Polygon> {
  const north = radius_m / M_PER_DEGREE;
  const east = north / Math.cos((lat * Math.PI) / 180);
  const ring = Array.from({ length: CORNERS + 1 }, (_, i): Spot => {
    const turn = (i % CORNERS) * ((2 * Math.PI) / CORNERS);
    return [lon + east * Math.cos(turn), lat + north * Math.sin(turn)];
  });
  return { type: "Feature", properties: { tone }, geometry: { type: "Polygon", coordinates: [ring] } };
}
