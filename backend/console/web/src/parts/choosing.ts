// Rows of a list that are ticked: how many, and all of the page at once. Without scripts the boxes work one by one.

const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>("input[form=choosing]")];

export function countChosen(): void {
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (box.matches("[data-choose-all]")) for (const other of boxes()) other.checked = box.checked;
    show();
  });
  document.addEventListener("htmx:afterSettle", show);
  addEventListener("pageshow", show);
}

function show(): void {
  const all = boxes();
  const chosen = all.filter((box) => box.checked).length;
  const count = document.querySelector<HTMLElement>("[data-count]");
  if (count) {
    count.textContent = chosen > 0 ? String(chosen) : "";
    count.closest("button")?.toggleAttribute("disabled", chosen === 0);
  }
  const whole = document.querySelector<HTMLInputElement>("[data-choose-all]");
  if (!whole) return;
  whole.hidden = false;
  whole.checked = chosen > 0 && chosen === all.length;
  whole.indeterminate = chosen > 0 && chosen < all.length;
}
