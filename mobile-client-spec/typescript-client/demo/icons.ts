// The page's line icons, 24 by 24, drawn with the colour of the text beside them. They say nothing that the text does not.

const PATHS = {
  today: "M8 3v4M16 3v4M4 9h16M6 5h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM9 14.5l2 2 4-4",
  customers: "M4 20V10l8-6 8 6v10ZM10 20v-6h4v6",
  outbox: "M4 13h4l2 3h4l2-3h4M4 13v5a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-5M12 4v8M9 7l3-3 3 3",
  me: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM5 20a7 7 0 0 1 14 0",
  back: "M15 5l-7 7 7 7",
  forward: "M9 5l7 7-7 7",
  pin: "M12 21s7-6.1 7-11a7 7 0 1 0-14 0c0 4.900 7 11 7 11ZM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  plus: "M12 5v14M5 12h14",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4",
  check: "M5 12.500l4.500 4.500L19 7.500",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.500 2",
  cloud: "M7 19a4.500 4.500 0 0 1-.5-9 6 6 0 0 1 11.500 1.500A3.800 3.800 0 0 1 17.500 19ZM9.500 14.500l2 2 3.500-3.500",
  offline: "M7 19a4.500 4.500 0 0 1-.5-9M9.800 6.200A6 6 0 0 1 18 11.500a3.800 3.800 0 0 1 2.300 5.600M16 19H7M4 4l16 16",
  sync: "M20 6v5h-5M4 18v-5h5M18.500 11A7 7 0 0 0 6 8.500M5.500 13A7 7 0 0 0 18 15.500",
  alert: "M12 4l9 16H3ZM12 10v4M12 17v.1",
  phone: "M6 4h3l2 5-2.500 1.500a11 11 0 0 0 5 5L15 13l5 2v3a2 2 0 0 1-2 2A15 15 0 0 1 4 6a2 2 0 0 1 2-2Z",
  edit: "M4 20l1-4L16.500 4.500a2.100 2.100 0 0 1 3 3L8 19ZM14.500 6.500l3 3",
  person: "M12 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM6 19a6 6 0 0 1 12 0",
  note: "M6 4h9l4 4v12H6ZM9 12h7M9 16h5",
  leave: "M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M15 8l4 4-4 4M19 12H9",
  close: "M6 6l12 12M18 6L6 18",
} as const;

/** The app's mark, as on its icon: a pin with a tick. */
export function mark(): HTMLElement {
  const frame = document.createElement("span");
  frame.className = "mark";
  frame.append(shape("0 0 100 100", "M50 92 25.600 60.900a31 31 0 1 1 48.800 0Z", "mark-pin"));
  frame.firstElementChild?.append(pathOf("m36.900 42.400 9.500 9 17.300-18.500", "mark-tick"));
  return frame;
}

export type IconName = keyof typeof PATHS;

/** An icon, hidden from screen readers. */
export function icon(name: IconName): SVGSVGElement {
  return shape("0 0 24 24", PATHS[name], "icon");
}

const SVG = "http://www.w3.org/2000/svg";

function shape(viewBox: string, path: string, className: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.append(pathOf(path));
  return svg;
}

function pathOf(path: string, className?: string): SVGPathElement {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("d", path);
  if (className) element.setAttribute("class", className);
  return element;
}
