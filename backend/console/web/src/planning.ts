// The planning board: a visit that is dragged to another day of its rep is moved there, as the form behind it would do.
import htmx from "htmx.org";
import { showForm } from "./parts/dialogs.ts";
import { say } from "./parts/toasts.ts";

const KIND = "application/x-visit";
let dragged: HTMLAnchorElement | undefined;

const board = (): HTMLElement | null => document.getElementById("planning");
const dayOf = (target: EventTarget | null): HTMLElement | null =>
  (target as Element | null)?.closest?.<HTMLElement>("td[data-day]") ?? null;

/** Whether the visit in hand can be dropped here: on a day of the same rep, not a past one, not where it is. */
function takes(cell: HTMLElement | null): cell is HTMLElement {
  return !!cell && !!dragged && cell.parentElement === dragged.closest("tr") && !cell.matches(".past") && !cell.contains(dragged);
}

document.addEventListener("dragstart", (event) => {
  const card = (event.target as Element | null)?.closest?.<HTMLAnchorElement>("a.visit-card[draggable]");
  if (!card || !event.dataTransfer) return;
  dragged = card;
  card.focus({ preventScroll: true }); // what is worked in is not loaded anew
  card.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData(KIND, card.href);
  for (const cell of card.closest("tr")?.querySelectorAll<HTMLElement>("td[data-day]") ?? []) {
    cell.classList.toggle("drop", takes(cell));
  }
});
document.addEventListener("dragover", (event) => {
  const cell = dayOf(event.target);
  mark(takes(cell) ? cell : null);
  if (takes(cell)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const cell = dayOf(event.target);
  if (!takes(cell) || !dragged) return;
  event.preventDefault();
  void move(dragged, cell);
});
document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = undefined;
  mark(null);
  for (const cell of document.querySelectorAll("td.drop")) cell.classList.remove("drop");
});

function mark(cell: HTMLElement | null): void {
  for (const other of document.querySelectorAll("td.over-me")) other.classList.toggle("over-me", other === cell);
  cell?.classList.add("over-me");
}

/** Sends what the form of the visit would send; the board comes back, or the form with what was refused. */
async function move(card: HTMLAnchorElement, cell: HTMLElement): Promise<void> {
  const form = document.querySelector<HTMLFormElement>("form#drop");
  if (!form) return;
  const body = new FormData(form);
  body.set("planned_date", cell.dataset["day"] ?? "");
  body.set("planned_at", card.dataset["agreed"] ?? "");
  body.set("from", dayOf(card)?.dataset["day"] ?? "");
  cell.querySelector(".plan-here")?.before(card);
  card.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(new URL(card.href).pathname, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const refused = page.querySelector<HTMLElement>("#form");
    if (refused) showForm(refused);
    else if (!answer.ok || !page.getElementById("planning")) throw new Error(answer.statusText);
    const fresh = refused ? await load() : page;
    show(fresh);
    for (const toast of fresh.querySelectorAll<HTMLElement>("#toasts .toast")) say(toast.textContent ?? "", toast.classList.contains("good") ? "good" : "warn");
  } catch {
    say(board()?.dataset["dropped"] ?? "", "bad");
    show(await load());
  }
}

const load = async (): Promise<Document> =>
  new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");

function show(page: Document): void {
  const fresh = page.getElementById("planning");
  if (!fresh) return;
  board()?.replaceWith(fresh);
  htmx.process(fresh);
}
