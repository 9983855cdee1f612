// A button with `data-copy` puts the value of the field with that id on the clipboard. Where browsers keep pages from the
// clipboard (addresses without https) the text is chosen, so that the keyboard can copy it.

export function copyOnRequest(): void {
  document.documentElement.dataset["scripts"] = "run"; // which shows these buttons
  document.addEventListener("click", (event) => {
    const button = (event.target as Element | null)?.closest<HTMLButtonElement>("button[data-copy]");
    const field = button && document.getElementById(button.dataset["copy"] ?? "");
    if (button && field instanceof HTMLInputElement) void copy(button, field);
  });
}

async function copy(button: HTMLButtonElement, field: HTMLInputElement): Promise<void> {
  field.select();
  if (!navigator.clipboard) return;
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return; // refused by the browser; the text is chosen
  }
  button.textContent = button.dataset["copied"] ?? "";
}
