// Keeps the page on the device, and offers a new release of it when there is one.

import { presentLanguage } from "./app.ts";
import { h } from "./dom.ts";
import { button } from "./parts/pieces.ts";
import { translate } from "./texts.ts";

/** Registers the service worker. Browsers have it on secure addresses only; elsewhere the app works with a network. */
export function keepPageOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  void register().catch((error: unknown) => console.warn("the page is not kept offline", error));
}

async function register(): Promise<void> {
  const isFirst = navigator.serviceWorker.controller === null;
  const registration = await navigator.serviceWorker.register("service-worker.js");
  const offerWaiting = (): void => {
    if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  };
  offerWaiting();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offerWaiting);
  });
  // The new release has taken over because the user wanted it, in this tab or in another. The first one takes over unnoticed.
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!isFirst) location.reload();
  });
}

function offer(waiting: ServiceWorker): void {
  if (document.getElementById("newer")) return;
  const language = presentLanguage();
  const load = (): void => waiting.postMessage("take over");
  document.body.append(
    h("div", { class: "newer", id: "newer", role: "status" }, h("p", {}, translate(language, "app.newer")), button(translate(language, "app.load"), load, "primary")),
  );
}
