// What happened, in a corner: the server's word after a form, or that a request failed.

const GONE_AFTER_MS = 8_000;

export function showFailures(): void {
  const corner = document.getElementById("toasts");
  if (!corner) return;
  for (const toast of corner.querySelectorAll(".toast")) fade(toast);
  corner.addEventListener("click", (event) => (event.target as Element).closest(".toast")?.remove());
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const { xhr } = (event as CustomEvent<{ xhr?: XMLHttpRequest }>).detail;
      if (xhr?.status === 401) {
        location.reload(); // which leads to the sign-in and back
        return;
      }
      say(corner.dataset["failed"] ?? "", "bad");
    });
  }
  document.addEventListener("htmx:beforeSwap", (event) => keepWhatIsShown((event as CustomEvent<Swap>).detail));
}

interface Swap {
  xhr: XMLHttpRequest;
  shouldSwap: boolean;
}

/** What the address cannot mean is refused with a page of its own, not with the part that was asked for: say why, and let
 * the reader go on from what he sees. */
function keepWhatIsShown(swap: Swap): void {
  if (swap.xhr.status !== 422) return;
  const refused = new DOMParser().parseFromString(swap.xhr.responseText, "text/html").querySelector("main.gate h1");
  if (!refused) return;
  swap.shouldSwap = false;
  say(refused.textContent ?? "", "warn");
}

/** Says something in the corner. */
export function say(text: string, tone: "good" | "warn" | "bad"): void {
  const toast = document.createElement("p");
  toast.className = `toast ${tone}`;
  toast.textContent = text;
  document.getElementById("toasts")?.append(toast);
  fade(toast);
}

function fade(toast: Element): void {
  setTimeout(() => toast.remove(), GONE_AFTER_MS);
}
