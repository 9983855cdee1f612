// The map that needs nobody: land, borders of countries, lines between the provinces of China, and their names.
//
// Land and countries are Natural Earth's 1:50,000,000 (public domain) as world-atlas packs it; provinces are those that
// ECharts 4.9.0 carried (Apache-2.0). Lines are for finding one's way, not for saying where a border is.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { feature, mesh } from "topojson-client";

const NAMED_BY_PROVINCE = new Set(["158", "344", "446"]);
const PROVINCES = {
  110000: "Beijing", 120000: "Tianjin", 130000: "Hebei", 140000: "Shanxi", 150000: "Inner Mongolia", 210000: "Liaoning",
  220000: "Jilin", 230000: "Heilongjiang", 310000: "Shanghai", 320000: "Jiangsu", 330000: "Zhejiang", 340000: "Anhui",
  350000: "Fujian", 360000: "Jiangxi", 370000: "Shandong", 410000: "Henan", 420000: "Hubei", 430000: "Hunan",
  440000: "Guangdong", 450000: "Guangxi", 460000: "Hainan", 500000: "Chongqing", 510000: "Sichuan", 520000: "Guizhou",
  530000: "Yunnan", 540000: "Tibet", 610000: "Shaanxi", 620000: "Gansu", 630000: "Qinghai", 640000: "Ningxia",
  650000: "Xinjiang", 710000: "Taiwan", 810000: "Hong Kong", 820000: "Macau",
};

/** The outlines as GeoJSON. packages: the folder with the npm packages. Each feature's `kind` is land, country,
 * province or place; places have names in both languages and `of`, what they are the name of. */
export function makeOutlines(packages) {
  const read = (...path) => JSON.parse(readFileSync(join(packages, ...path), "utf8"));
  const land = read("world-atlas", "land-50m.json");
  const world = read("world-atlas", "countries-50m.json");
  const china = read("echarts-of-provinces", "map", "json", "china.json");
  const countries = feature(world, world.objects.countries).features;
  return {
    type: "FeatureCollection",
    features: [
      ...feature(land, land.objects.land).features.map(({ geometry }) => shape("land", geometry)),
      shape("country", mesh(world, world.objects.countries, (a, b) => a !== b)),
      shape("province", { type: "MultiLineString", coordinates: sharedLines(china.features.flatMap(ringsOf)) }),
      ...countries.flatMap(countryName),
      ...china.features.map(({ properties }) => place("province", properties.cp, PROVINCES[properties.id], properties.name)),
    ],
  };
}

const round = (value) => Math.round(value * 100) / 100; // a kilometre; their scale tells no more
const shorten = (position) => (typeof position[0] === "number" ? position.map(round) : withoutTwins(position.map(shorten)));
const withoutTwins = (line) =>
  typeof line[0]?.[0] !== "number" ? line : line.filter(([x, y], i) => i === 0 || i === line.length - 1 || x !== line[i - 1][0] || y !== line[i - 1][1]);
const shape = (kind, { type, coordinates }) => ({
  type: "Feature", properties: { kind }, geometry: { type, coordinates: shorten(coordinates) },
});
const place = (of, coordinates, en, zh) => ({
  type: "Feature", properties: { kind: "place", of, en, zh }, geometry: { type: "Point", coordinates: shorten(coordinates) },
});

/** The name of a country in the middle of its largest part; what has no code goes without. */
function countryName({ id, geometry }) {
  const region = id && new Intl.Locale(`und-${id}`).region;
  if (!region || NAMED_BY_PROVINCE.has(id)) return [];
  const rings = geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map(([outer]) => outer);
  const [{ middle }] = rings.map(weigh).sort((a, b) => b.area - a.area);
  const named = (language) => new Intl.DisplayNames(language, { type: "region" }).of(region);
  return [place("country", middle, named("en"), named("zh-Hans"))];
}

/** Area and centre of a ring, both in degrees: good enough to place a word. */
function weigh(ring) {
  let area = 0, x = 0, y = 0;
  for (let i = 1; i < ring.length; i++) {
    const [[x0, y0], [x1, y1]] = [ring[i - 1], ring[i]];
    const part = x0 * y1 - x1 * y0;
    area += part;
    x += (x0 + x1) * part;
    y += (y0 + y1) * part;
  }
  return { area: Math.abs(area), middle: [x / (3 * area), y / (3 * area)] };
}

/** The rings of a province. ECharts packs each corner as its way from the one before, two characters, 1/1024 degree. */
function ringsOf({ geometry: { type, coordinates, encodeOffsets } }) {
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  const offsets = type === "Polygon" ? [encodeOffsets] : encodeOffsets;
  return polygons.flatMap((rings, i) => rings.map((ring, j) => unpack(ring, offsets[i][j])));
}

function unpack(ring, [x, y]) {
  const step = (at) => {
    const code = ring.charCodeAt(at) - 64;
    return (code >> 1) ^ -(code & 1);
  };
  const corners = [];
  for (let at = 0; at < ring.length; at += 2) corners.push([((x += step(at)) / 1024), ((y += step(at + 1)) / 1024)]);
  return corners;
}

/** The lines that two rings share, each once: borders between provinces without the coast, which is the land's. */
function sharedLines(rings) {
  const times = new Map();
  const name = (a, b) => [String(a), String(b)].sort().join(" ");
  const edges = (ring) => ring.slice(1).map((corner, i) => [ring[i], corner]);
  for (const [a, b] of rings.flatMap(edges)) times.set(name(a, b), (times.get(name(a, b)) ?? 0) + 1);
  const lines = [];
  for (const ring of rings) {
    let line;
    for (const [a, b] of edges(ring)) {
      if (times.get(name(a, b)) === 2) {
        times.set(name(a, b), 0);
        if (line) line.push(b);
        else lines.push((line = [a, b]));
      } else line = undefined;
    }
  }
  return lines;
}
