// What lies under everything on a map: the operator's tiles, or the outlines that need nobody.
import type { FilterSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { addProtocol } from "maplibre-gl";

/** kind: of what lies at the addresses. dark tiles are the operator's business; raster ones are dimmed. */
export interface Basemap {
  kind: "outlines" | "raster" | "style" | "pmtiles";
  addresses: string[];
  attribution: string;
}

export type Colour = (token: string) => string;

const FONT = ["sans-serif"];

/** The style to begin with; `dark`: for a dark page. */
export async function styleOf(basemap: Basemap, language: "en" | "zh", dark: boolean, colour: Colour): Promise<StyleSpecification | string> {
  const [first = ""] = basemap.addresses;
  if (basemap.kind === "style") return first;
  if (basemap.kind === "raster") return rasterStyle(basemap.addresses, basemap.attribution, dark, colour);
  if (basemap.kind === "pmtiles") return pmtilesStyle(first, basemap.attribution, language, dark, colour);
  return outlinesStyle(first, language, colour);
}

function rasterStyle(tiles: string[], attribution: string, dark: boolean, colour: Colour): StyleSpecification {
  const dimmed = { "raster-brightness-max": 0.7, "raster-saturation": -0.35 };
  return {
    version: 8,
    sources: { basemap: { type: "raster", tiles, tileSize: 256, attribution } },
    layers: [ground(colour), { id: "basemap", type: "raster", source: "basemap", paint: dark ? dimmed : {} }],
  };
}

const ground = (colour: Colour): LayerSpecification =>
  ({ id: "ground", type: "background", paint: { "background-color": colour("--map-water") } });

/** A file of tiles on our own server, of which the pages read parts. Vector tiles are taken for Protomaps' schema. */
async function pmtilesStyle(address: string, attribution: string, language: "en" | "zh", dark: boolean, colour: Colour): Promise<StyleSpecification> {
  const { PMTiles, Protocol, TileType } = await import("pmtiles");
  const protocol = new Protocol();
  const file = new PMTiles(new URL(address, location.href).href);
  protocol.add(file);
  addProtocol("pmtiles", protocol.tile); // in place of the one before
  const header = await file.getHeader();
  const url = `pmtiles://${file.source.getKey()}`;
  if (header.tileType !== TileType.Mvt) {
    const style = rasterStyle([], attribution, dark, colour);
    return { ...style, sources: { basemap: { type: "raster", url, tileSize: 256, attribution } } };
  }
  const { layers, namedFlavor } = await import("@protomaps/basemaps");
  const drawn = layers("basemap", namedFlavor(dark ? "dark" : "light"), { lang: language === "zh" ? "zh-Hans" : "en" });
  return { version: 8, sources: { basemap: { type: "vector", url, attribution } }, layers: drawn.map(withoutPictures) };
}

/** No fonts and pictures are fetched: words are drawn with the fonts of the machine, signs are left out. */
function withoutPictures(layer: LayerSpecification): LayerSpecification {
  if (layer.type !== "symbol") return layer;
  const { "icon-image": _, ...layout } = layer.layout ?? {};
  return { ...layer, layout: { ...layout, "text-font": FONT } };
}

function outlinesStyle(address: string, language: "en" | "zh", colour: Colour): StyleSpecification {
  const of = (kind: string): FilterSpecification => ["==", ["get", "kind"], kind];
  const names = (what: string, minzoom: number, size: number): LayerSpecification => ({
    id: `names-${what}`,
    type: "symbol",
    source: "outlines",
    minzoom,
    filter: ["all", of("place"), ["==", ["get", "of"], what]] as unknown as FilterSpecification,
    layout: { "text-field": ["get", language], "text-font": FONT, "text-size": size, "text-max-width": 8 },
    paint: { "text-color": colour("--map-name"), "text-halo-color": colour("--map-land"), "text-halo-width": 1.25 },
  });
  return {
    version: 8,
    sources: { outlines: { type: "geojson", data: new URL(address, location.href).href, attribution: "Natural Earth", tolerance: 0.2 } },
    layers: [
      ground(colour),
      { id: "land", type: "fill", source: "outlines", filter: of("land"), paint: { "fill-color": colour("--map-land"), "fill-outline-color": colour("--map-line") } },
      { id: "provinces", type: "line", source: "outlines", minzoom: 2.5, filter: of("province"), paint: { "line-color": colour("--map-line"), "line-width": 0.75, "line-dasharray": [3, 2] } },
      { id: "countries", type: "line", source: "outlines", filter: of("country"), paint: { "line-color": colour("--map-line"), "line-width": 1.25 } },
      names("country", 1.5, 12),
      names("province", 3.5, 11),
    ],
  };
}
