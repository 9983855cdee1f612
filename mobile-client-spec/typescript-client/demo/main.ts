// Starts the page: opens the store, keeps it in sync, and shows the screen of the address.

import { IndexedDbStore, RoundsmanClient } from "../src/index.ts";
import { App, presentLanguage } from "./app.ts";
import { h } from "./dom.ts";
import { banner, button } from "./parts/pieces.ts";
import type { Screen } from "./parts/screen.ts";
import { Shell } from "./parts/shell.ts";
import { keepPageOffline } from "./release.ts";
import { readRoute } from "./router.ts";
import { editCustomerScreen, newCustomerScreen, planVisitScreen } from "./screens/customer-forms.ts";
import { customerScreen } from "./screens/customer.ts";
import { customersScreen } from "./screens/customers.ts";
import { logVisitScreen } from "./screens/log-visit.ts";
import { meScreen } from "./screens/me.ts";
import { outboxScreen } from "./screens/outbox.ts";
import { signInPage } from "./screens/sign-in.ts";
import { todayScreen } from "./screens/today.ts";
import { visitScreen } from "./screens/visit.ts";
import { Toasts } from "./parts/toasts.ts";
import { translate } from "./texts.ts";

/** Filled in by tools/build.mjs. */
declare const APP_VERSION: string;

const MINUTE_MS = 60_000;

function openScreen(app: App): Promise<Screen> {
  const route = readRoute(location.hash);
  switch (route.name) {
    case "customers":
      return customersScreen(app);
    case "new-customer":
      return newCustomerScreen(app);
    case "customer":
      return customerScreen(app, route.id);
    case "edit-customer":
      return editCustomerScreen(app, route.id);
    case "plan-visit":
      return planVisitScreen(app, route.id);
    case "visit":
      return visitScreen(app, route.id);
    case "log-visit":
      return logVisitScreen(app, route.id);
    case "outbox":
      return outboxScreen(app);
    case "me":
      return meScreen(app);
    default:
      return todayScreen(app);
  }
}

/** The page: the sign-in, or the screens. */
class Page {
  readonly #root: HTMLElement;
  readonly #app: App;
  readonly #toasts = new Toasts();
  #shell: Shell | null = null;
  #wasRevoked = false;
  #turn = 0;

  constructor(root: HTMLElement, client: RoundsmanClient) {
    this.#root = root;
    this.#app = new App(client, { say: (message) => this.#toasts.say(message), onLanguage: () => void this.#begin() });
    document.body.append(this.#toasts.element);
  }

  async start(): Promise<void> {
    const { client } = this.#app;
    client.onChange((change) => void (change === "session" ? this.#begin() : this.#onChange()));
    addEventListener("hashchange", () => void this.#open({ isNew: true }));
    addEventListener("online", () => void this.#shell?.update());
    addEventListener("offline", () => void this.#shell?.update());
    // Durations, and a day that begins while the app is open.
    setInterval(() => void (document.hidden ? undefined : this.#shell?.update()), MINUTE_MS);
    await this.#begin();
    client.keepInSync();
  }

  async #onChange(): Promise<void> {
    const { user, state } = await this.#app.client.session();
    if (this.#shell && (user === null || state === "revoked")) {
      this.#wasRevoked = true;
      await this.#begin();
    } else {
      await this.#shell?.update();
    }
  }

  /** Shows the sign-in or the app, as the session is. */
  async #begin(): Promise<void> {
    const { client, language } = this.#app;
    document.documentElement.lang = language;
    const { user, state } = await client.session();
    const isOpen = user !== null && (state === "signed_in" || (state === "password_needed" && readRoute(location.hash).name !== "sign-in"));
    this.#shell?.end();
    this.#shell = null;
    if (!isOpen) {
      const page = await signInPage(this.#app, await this.#revocationNotice(state), () => void this.#enter());
      this.#root.replaceChildren(page);
      document.title = `${this.#app.t("signIn.title")} · ${this.#app.t("app.name")}`;
      return;
    }
    this.#app.userId = user.id;
    this.#shell = new Shell(this.#app);
    this.#root.replaceChildren(this.#shell.element);
    await this.#open({ isNew: false });
  }

  async #enter(): Promise<void> {
    this.#wasRevoked = false;
    if (readRoute(location.hash).name === "sign-in") this.#app.go("");
    await this.#begin();
  }

  async #open({ isNew }: { readonly isNew: boolean }): Promise<void> {
    if (!this.#shell || readRoute(location.hash).name === "sign-in") return this.#begin();
    const turn = ++this.#turn;
    const screen = await openScreen(this.#app);
    if (turn !== this.#turn) return; // somebody has gone on while it was being drawn
    this.#shell.show(screen);
    if (!isNew) return;
    scrollTo(0, 0);
    document.getElementById("title")?.focus({ preventScroll: true });
  }

  async #revocationNotice(state: string): Promise<HTMLElement | null> {
    if (state !== "revoked" && !this.#wasRevoked) return null;
    const count = (await this.#app.client.pending()).length;
    const text = count ? this.#app.t("revoked.unsent", { count }) : this.#app.t("revoked.text");
    return banner("bad", "alert", h("h2", {}, this.#app.t("revoked.title")), h("p", {}, text));
  }
}

async function start(root: HTMLElement): Promise<void> {
  keepPageOffline();
  const language = presentLanguage();
  document.documentElement.lang = language;
  try {
    const store = await IndexedDbStore.open("roundsman");
    const device = { name: deviceName(), platform: "web" as const, appVersion: APP_VERSION };
    const client = await RoundsmanClient.open({ server: "", store, storeName: "roundsman", device, language: presentLanguage });
    await new Page(root, client).start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    root.replaceChildren(
      h("main", { class: "sign-in" }, banner("bad", "alert", translate(language, "app.failed", { reason })), button(translate(language, "app.reload"), () => location.reload(), "primary")),
    );
  }
}

/** What the list of devices at the server shows: the browser and its system. */
function deviceName(): string {
  const agent = navigator.userAgent;
  const browser = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox" : /Chrome\//.test(agent) ? "Chrome" : /Safari\//.test(agent) ? "Safari" : "Browser";
  const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : /Windows/.test(agent) ? "Windows" : /Mac/.test(agent) ? "macOS" : /Linux/.test(agent) ? "Linux" : "";
  return [browser, system].filter(Boolean).join(" · ");
}

void start(document.getElementById("app")!);
