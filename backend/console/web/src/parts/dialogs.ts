// A link with `data-dialog` leads to a page with a form. Here the form opens in a dialog above the page instead.
// `data-dialog="#photo"` names another part of the page that is led to.
import htmx from "htmx.org";

const dialog = (): HTMLDialogElement | null => document.querySelector("dialog#dialog");

export function openDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element | null;
    const link = target?.closest<HTMLAnchorElement>("a[data-dialog]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      void open(link);
    } else if (target === dialog() || target?.closest("#dialog [data-close]")) {
      event.preventDefault();
      dialog()?.close();
    }
  });
}

async function open(link: HTMLAnchorElement): Promise<void> {
  const frame = dialog();
  if (!frame) return;
  frame.replaceChildren();
  await htmx.ajax("get", link.href, { source: frame, target: frame, swap: "innerHTML", select: link.dataset["dialog"] || "#form" });
  if (!frame.firstElementChild) return; // refused; a toast says why
  frame.showModal();
  frame.querySelector<HTMLElement>("[data-first]")?.focus(); // on a page of its own the keyboard begins at its top
}

/** Opens a form that the server answered with, most often one with what it refused. */
export function showForm(form: HTMLElement): void {
  const frame = dialog();
  if (!frame) return;
  frame.replaceChildren(form);
  htmx.process(frame);
  if (!frame.open) frame.showModal();
}
