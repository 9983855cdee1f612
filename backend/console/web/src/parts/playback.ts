// Plays a trail: a slider over its time, a button, a speed. Who watches is told where the rep was at each moment.
import type { Spot } from "./map.ts";

/** Points in the order of time, Unix ms; between two of them somebody goes straight on. */
export interface Trail {
  at_ms: number[];
  spots: Spot[];
  gaps: [number, number][];
  stops: Spot[];
}

type Watch = (at: Spot, inGap: boolean) => void;

const control = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

export function play(trail: Trail, watch: Watch): void {
  const player = control<HTMLElement>("player");
  const button = control<HTMLButtonElement>("play");
  const slider = control<HTMLInputElement>("moment");
  const first = trail.at_ms[0] ?? 0;
  const last = trail.at_ms.at(-1) ?? first;
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: player.dataset["zone"] });
  let running: number | undefined;

  const show = (ms: number): void => {
    const inGap = trail.gaps.some(([from, to]) => from < ms && ms < to);
    const text = clock.format(ms) + (inGap ? ` · ${player.dataset["inGap"]}` : "");
    control<HTMLOutputElement>("moment-text").textContent = text;
    slider.setAttribute("aria-valuetext", text);
    movePlayhead(ms);
    watch(spotAt(trail, ms), inGap);
  };
  const stop = (): void => {
    if (running !== undefined) cancelAnimationFrame(running);
    running = undefined;
    button.textContent = button.dataset["play"] ?? "";
  };
  const run = (): void => {
    if (Number(slider.value) >= last) slider.value = String(first);
    let ms = Number(slider.value);
    let before = performance.now();
    const step = (now: number): void => {
      ms = Math.min(last, ms + (now - before) * Number(control<HTMLSelectElement>("speed").value));
      before = now;
      slider.value = String(ms);
      show(ms);
      if (ms >= last) stop();
      else running = requestAnimationFrame(step);
    };
    button.textContent = button.dataset["pause"] ?? "";
    running = requestAnimationFrame(step);
  };

  slider.min = String(first);
  slider.max = String(last);
  slider.value = String(first);
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  button.addEventListener("click", () => (running === undefined ? run() : stop()));
  player.hidden = false;
  show(first);
}

/** Where somebody was: between the two points around the moment. */
export function spotAt({ at_ms, spots }: Trail, ms: number): Spot {
  let low = 0;
  let high = at_ms.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((at_ms[middle] ?? 0) <= ms) low = middle;
    else high = middle - 1;
  }
  const [lon, lat] = spots[low] as Spot;
  const [toLon, toLat] = spots[Math.min(low + 1, spots.length - 1)] as Spot;
  const from = at_ms[low] ?? 0;
  const long = (at_ms[low + 1] ?? from) - from;
  const share = long > 0 ? Math.min(1, Math.max(0, (ms - from) / long)) : 0;
  return [lon + (toLon - lon) * share, lat + (toLat - lat) * share];
}

function movePlayhead(ms: number): void {
  const head = document.getElementById("playhead");
  const lanes = head?.closest<SVGElement>(".lanes");
  if (!head || !lanes) return;
  const begin = Number(lanes.dataset["begin"]);
  const share = (ms - begin) / (Number(lanes.dataset["end"]) - begin);
  const x = `${(100 * Math.min(1, Math.max(0, share))).toFixed(3)}%`;
  head.setAttribute("x1", x);
  head.setAttribute("x2", x);
  head.setAttribute("visibility", "visible");
}
