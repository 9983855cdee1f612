// What a screen is, and the usual kind of it: one that is drawn anew when something changes.

import type { Child } from "../dom.ts";
import { h, refill } from "../dom.ts";

/** The section of the app to which a screen belongs. */
export type Section = "today" | "customers" | "outbox" | "me";

export interface Screen {
  readonly title: string;
  readonly section: Section;
  /** Where "back" leads; a screen without it is the first of its section. */
  readonly back?: string;
  readonly body: HTMLElement;
  /** Shows what has changed. A form has none: nobody's typing is taken away. */
  readonly update?: () => Promise<void>;
  /** The screen is left. */
  readonly end?: () => void;
}

/** A screen that `draw` fills, at once and after each change. */
export async function liveScreen(
  about: Pick<Screen, "title" | "section" | "back" | "end">,
  draw: () => Promise<readonly Child[]>,
): Promise<Screen> {
  const body = h("div", { class: "screen" });
  let last = 0;
  const update = async (): Promise<void> => {
    const turn = ++last;
    const children = await draw();
    if (turn === last) refill(body, ...children); // a later drawing may have overtaken this one
  };
  await update();
  return { ...about, body, update };
}
