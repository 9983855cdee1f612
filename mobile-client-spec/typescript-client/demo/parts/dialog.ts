// A question over the screen. The browser keeps the focus inside, and closes it by Escape.

import type { Child } from "../dom.ts";
import { h } from "../dom.ts";

let dialogs = 0;

/** Opens a dialog with what `fill` makes; it is given the way to close it. onClose: it was closed, in whatever way. */
export function openDialog(title: string, fill: (close: () => void) => readonly Child[], onClose: () => void = () => undefined): void {
  const id = `dialog-${++dialogs}`;
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": id });
  const close = (): void => dialog.close();
  dialog.append(h("h2", { id }, title), ...(fill(close).filter(Boolean) as Node[]));
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose();
  });
  // A press beside it closes it, too.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) close();
  });
  document.body.append(dialog);
  dialog.showModal();
}
