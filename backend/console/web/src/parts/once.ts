// A form is sent once. The server would recognise the second time by its command id; this spares the wait.

export function sendOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post") return;
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    form.setAttribute("aria-busy", "true");
  }, { capture: true });
  document.addEventListener("htmx:afterRequest", (event) => {
    (event.target as Element).removeAttribute("aria-busy");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
  });
}
