// Keeps the page's own files, so that it opens without a network. It leaves the API alone: what the app knows offline is in its
// store, and a request that is sent is the protocol's business.

/** The page's files, relative to it; the empty one is the page itself. Filled in by tools/build.mjs. */
declare const FILES: readonly string[];
/** Changes whenever a file does. */
declare const RELEASE: string;

const worker = globalThis as unknown as ServiceWorkerGlobalScope;
const CACHE = `roundsman-app-${RELEASE}`;
const HOME = new URL("./", worker.location.href).href;

worker.addEventListener("install", (event) => {
  event.waitUntil(keepFiles());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

worker.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET" || !url.startsWith(HOME)) return;
  event.respondWith(mode === "navigate" ? answer(HOME, event.request) : answer(event.request, event.request));
});

/** The page asks the new release to take over: the user has agreed to load it. */
worker.addEventListener("message", (event) => {
  if (event.data === "take over") void worker.skipWaiting();
});

/** All files of this release, or none: half a release would not start. */
async function keepFiles(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((file) => new Request(new URL(file, HOME), { cache: "no-cache" })));
}

async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith("roundsman-app-") && name !== CACHE) await caches.delete(name);
  }
  await worker.clients.claim();
}

async function answer(wanted: string | Request, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
}
