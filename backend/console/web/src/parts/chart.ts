// A chart in an element that `{% chart_frame %}` made. It is a picture: the table beside it has the same numbers, and is
// what keyboards and screen readers use.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { colourOf, whenColoursChange } from "./theme.ts";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

type Tone = "good" | "warn" | "bad" | "wait" | "plain";

/** Bars of one chart stand on each other; what is measured in percent has an axis of its own, from 0 to 100. */
interface Series {
  name: string;
  tone: Tone;
  shape: "bar" | "line";
  unit: "" | "%";
  values: (number | null)[];
}

/** lies: its bars run from left to right, one below the other. links: where each place of the chart leads. */
interface Frame {
  lies: boolean;
  labels: string[];
  links: string[];
  series: Series[];
}

interface Drawn {
  element: HTMLElement;
  chart: EChartsType;
  draw: (animated: boolean) => void;
}

const TOKENS: Record<Tone, string> = {
  good: "--brand", warn: "--warn-ink", bad: "--bad-ink", wait: "--wait-ink", plain: "--edge",
};
const BAR_PX = 30;
const AROUND_BARS_PX = 84;
const drawn = new Set<Drawn>();
const sizes = new ResizeObserver(fit);

/** Draws every chart of the page that is not drawn yet, and lets go of those that have left it. */
export function drawCharts(): void {
  for (const one of drawn) {
    if (one.element.isConnected) continue;
    sizes.unobserve(one.element);
    one.chart.dispose();
    drawn.delete(one);
  }
  const known = new Set([...drawn].map(({ element }) => element));
  const still = known.size > 0 || matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const element of document.querySelectorAll<HTMLElement>("[data-chart]")) {
    if (!known.has(element)) open(element, !still);
  }
}

whenColoursChange(redraw);
matchMedia("print").addEventListener("change", redraw); // paper is light, and as wide as it is

function redraw(): void {
  for (const { chart, draw } of drawn) {
    chart.resize();
    draw(false);
  }
}

/** Those whose frame is wider or narrower than they were drawn. */
function fit(): void {
  for (const { element, chart, draw } of drawn) {
    if (element.clientWidth === chart.getWidth()) continue;
    chart.resize();
    draw(false);
  }
}

function open(element: HTMLElement, animated: boolean): void {
  const frame = JSON.parse(element.dataset["chart"] ?? "{}") as Frame;
  if (frame.lies) element.style.height = `${frame.labels.length * BAR_PX + AROUND_BARS_PX}px`;
  const chart = init(element, null, { renderer: "svg" });
  chart.on("finished", () => void (element.dataset["state"] = "ready"));
  chart.on("click", ({ dataIndex }) => {
    const link = frame.links[dataIndex ?? -1];
    if (link) location.assign(link);
  });
  const one = { element, chart, draw: (moves: boolean) => chart.setOption(optionOf(frame, element, moves), { notMerge: true }) };
  drawn.add(one);
  one.draw(animated);
  sizes.observe(element);
}

function optionOf(frame: Frame, element: HTMLElement, animation: boolean): Record<string, unknown> {
  const colour = colourOf(element);
  const ink = { color: colour("--soft"), fontFamily: getComputedStyle(element).fontFamily, fontSize: 12 };
  const places = {
    type: "category",
    data: frame.labels,
    inverse: frame.lies,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colour("--line") } },
    axisLabel: { ...ink, ...(frame.lies ? { width: Math.min(180, element.clientWidth / 3), overflow: "truncate" } : { hideOverlap: true }) },
  };
  const units = [...new Set(frame.series.map(({ unit }) => unit))];
  const measures = units.map((unit, place) => ({
    type: "value",
    min: 0,
    ...(unit === "%" ? { max: 100 } : { minInterval: 1 }),
    axisLabel: { ...ink, formatter: `{value}${unit && ` ${unit}`}`, hideOverlap: true },
    splitLine: { show: place === 0, lineStyle: { color: colour("--line") } },
  }));
  const [xAxis, yAxis] = frame.lies ? [measures, places] : [places, measures];
  return {
    animation,
    animationDuration: 400,
    textStyle: ink,
    grid: { left: 4, right: 12, top: 12, bottom: 44 },
    legend: { bottom: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: ink, selectedMode: false },
    tooltip: tooltipOf(frame, colour),
    xAxis,
    yAxis,
    series: frame.series.map((one) => seriesOf(one, frame, units.indexOf(one.unit), colour)),
  };
}

function seriesOf(one: Series, frame: Frame, axis: number, colour: (token: string) => string): Record<string, unknown> {
  const own = colour(TOKENS[one.tone]);
  const shared = {
    name: one.name,
    type: one.shape,
    data: one.values,
    [frame.lies ? "xAxisIndex" : "yAxisIndex"]: axis,
    itemStyle: { color: own },
    cursor: frame.links.length > 0 ? "pointer" : "default",
  };
  if (one.shape === "line") return { ...shared, symbol: "circle", symbolSize: 7, lineStyle: { color: own, width: 2.5 }, z: 3 };
  return { ...shared, stack: one.unit || "counts", barMaxWidth: frame.lies ? 16 : 36 };
}

/** All numbers of the place under the pointer, in elements of their own: the policy lets no text bring styles. */
function tooltipOf(frame: Frame, colour: (token: string) => string): Record<string, unknown> {
  return {
    trigger: "axis",
    axisPointer: { type: "shadow", shadowStyle: { color: colour("--ink"), opacity: 0.06 } },
    confine: true,
    className: "chart-tip",
    backgroundColor: colour("--raised"),
    borderColor: colour("--line"),
    textStyle: { color: colour("--ink") },
    formatter: (points: { dataIndex: number }[]): HTMLElement => {
      const place = points[0]?.dataIndex ?? 0;
      const box = document.createElement("div");
      const title = document.createElement("strong");
      title.textContent = frame.labels[place] ?? "";
      box.append(title, ...frame.series.map((one) => lineOf(one, place)));
      return box;
    },
  };
}

function lineOf({ name, tone, unit, values }: Series, place: number): HTMLElement {
  const line = document.createElement("div");
  const value = document.createElement("span");
  line.className = `chart-line ${tone}-mark`;
  line.textContent = name;
  value.className = "number";
  value.textContent = values[place] === null ? "–" : `${values[place]}${unit && ` ${unit}`}`;
  line.append(value);
  return line;
}
