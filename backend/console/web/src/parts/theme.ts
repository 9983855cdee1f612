// What is drawn by a script takes its colours from the style sheet, and is drawn anew when those change.

/** Whether the page is dark: as its reader chose, else as his machine is. */
export const isDark = (): boolean => {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
};

/** A drawing knows nothing of `var()`: a probe reads what the style sheet makes of a token within the element. */
export function colourOf(element: HTMLElement): (token: string) => string {
  return (token) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${token})`;
    element.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
}

/** Calls when the page turns dark or light. */
export function whenColoursChange(draw: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
