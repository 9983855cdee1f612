// A map in an element that `{% map_frame %}` made. Whoever draws on it does so in `view.draw`, which is called anew when the
// page turns dark or light; positions come from the server, already placed to fit the basemap.
import { AttributionControl, Map, NavigationControl, Popup, ScaleControl, setWorkerUrl } from "maplibre-gl";
import type { LngLatBoundsLike, LngLatLike } from "maplibre-gl";
import { type Basemap, styleOf } from "./basemap.ts";
import { colourOf, isDark, whenColoursChange } from "./theme.ts";

interface Frame {
  basemap: Basemap;
  worker: string;
  language: "en" | "zh";
  words: Record<string, string>;
}

/** [longitude, latitude] in degrees, as the server placed it. */
export type Spot = [number, number];

export interface MapView {
  map: Map;
  /** A colour of the style sheet as it is now, by the name of its token. */
  colour: (token: string) => string;
  /** Draws once the map is there, and anew whenever its colours have changed. */
  draw: (paint: () => void) => void;
  /** Shows all of these; nothing moves where there are none. */
  fit: (spots: Spot[], options?: { maxZoom?: number }) => void;
  /** Opens a card at a spot, in place of the one before. */
  card: (at: LngLatLike, content: Node) => Popup;
  word: (name: string) => string;
}

const CHINA: LngLatBoundsLike = [[73, 17], [136, 54]];
const PADDING = 48;

/** A browser without WebGL says so in the frame and gets no view; the list beside the map has everything.
 * spots: what is shown at first; fitting later costs a frame. */
export async function openMap(element: HTMLElement, { spots = [] as Spot[] } = {}): Promise<MapView | undefined> {
  const frame = JSON.parse(element.dataset["map"] ?? "{}") as Frame;
  const word = (name: string): string => frame.words[name] ?? name;
  const colour = colourOf(element);
  const style = () => {
    element.toggleAttribute("data-dark", isDark());
    return styleOf(frame.basemap, frame.language, isDark(), colour);
  };
  const nearest = frame.basemap.kind === "outlines" ? 12 : 15;
  setWorkerUrl(new URL(frame.worker, location.href).href);
  let map: Map;
  try {
    map = new Map({
      container: element,
      style: await style(),
      bounds: boundsOf(spots) ?? CHINA,
      fitBoundsOptions: { padding: PADDING, maxZoom: nearest },
      attributionControl: false,
      cooperativeGestures: element.hasAttribute("data-cooperative"),
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      fadeDuration: 0,
      maxZoom: 19,
      locale: mapWords(word),
    });
  } catch {
    tell(element, word("unavailable"));
    return undefined;
  }
  map.keyboard.disableRotation();
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.addControl(new AttributionControl({ compact: true }), "bottom-right");
  map.on("error", () => tell(element, word("incomplete")));
  element.dataset["state"] = "loading";
  map.once("render", () => performance.mark("map"));
  map.once("idle", () => (element.dataset["state"] = "ready"));
  return followTheme({ map, colour, word }, style, nearest);
}

/** The view, drawn anew when the page turns dark or light. nearest: how near it goes by itself. */
function followTheme(parts: Pick<MapView, "map" | "colour" | "word">, style: () => ReturnType<typeof styleOf>, nearest: number): MapView {
  const { map } = parts;
  const painters: (() => void)[] = [];
  let loaded = false;
  map.on("style.load", () => {
    loaded = true;
    for (const paint of painters) paint();
  });
  whenColoursChange(async () => {
    loaded = false;
    map.setStyle(await style(), { diff: false });
  });
  let open: Popup | undefined;
  return {
    ...parts,
    draw: (paint) => {
      painters.push(paint);
      if (loaded) paint();
    },
    fit: (spots, { maxZoom = nearest } = {}) => {
      const bounds = boundsOf(spots);
      if (bounds) map.fitBounds(bounds, { padding: PADDING, maxZoom, animate: false });
    },
    card: (at, content) => {
      open?.remove();
      open = new Popup({ maxWidth: "20rem", className: "map-card", offset: 12 }).setLngLat(at).setDOMContent(content).addTo(map);
      return open;
    },
  };
}

/** South-west and north-east of some spots; undefined without any. */
function boundsOf(spots: Spot[]): [Spot, Spot] | undefined {
  const [first] = spots;
  if (!first) return undefined;
  return [
    spots.reduce(([x, y], [lon, lat]) => [Math.min(x, lon), Math.min(y, lat)], first),
    spots.reduce(([x, y], [lon, lat]) => [Math.max(x, lon), Math.max(y, lat)], first),
  ];
}

function tell(element: HTMLElement, text: string): void {
  let notice = element.querySelector<HTMLElement>(".map-notice");
  if (!notice) {
    notice = document.createElement("p");
    notice.className = "map-notice notice warn";
    notice.setAttribute("role", "status");
    element.append(notice);
  }
  notice.textContent = text;
}

const mapWords = (word: (name: string) => string): Record<string, string> => ({
  "AttributionControl.ToggleAttribution": word("attribution"),
  "Map.Title": word("title"),
  "NavigationControl.ZoomIn": word("zoom_in"),
  "NavigationControl.ZoomOut": word("zoom_out"),
  "Popup.Close": word("close"),
  "CooperativeGesturesHandler.WindowsHelpText": word("wheel_windows"),
  "CooperativeGesturesHandler.MacHelpText": word("wheel_mac"),
  "CooperativeGesturesHandler.MobileHelpText": word("two_fingers"),
  "ScaleControl.Meters": "m",
  "ScaleControl.Kilometers": "km",
});
