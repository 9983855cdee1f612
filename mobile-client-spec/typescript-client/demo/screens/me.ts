// The user, his device, and how the sync stands.

import type { App } from "../app.ts";
import { h } from "../dom.ts";
import type { Child } from "../dom.ts";
import { banner, button, facts, section } from "../parts/pieces.ts";
import { languageSwitch } from "../parts/language-switch.ts";
import type { Screen } from "../parts/screen.ts";
import { liveScreen } from "../parts/screen.ts";
import { isCutOff, problemOf } from "../sync-state.ts";

/** Filled in by tools/build.mjs. */
declare const APP_VERSION: string;

export async function meScreen(app: App): Promise<Screen> {
  return liveScreen({ title: app.t("me.title"), section: "me" }, async () => {
    const [session, report, upToDateAt, pending, repairs, rows] = await Promise.all([
      app.client.session(),
      app.client.lastReport(),
      app.client.upToDateAt(),
      app.client.pending(),
      app.client.repairs(),
      app.client.rows(),
    ]);
    const problem = problemOf(report);
    const repaired = Object.values(repairs).reduce((sum, count) => sum + count, 0);
    const unsent = pending.filter(({ state }) => state === "unsent").length;
    const isBusy = app.client.isSyncing;
    return [
      h("div", { class: "card me-head" }, h("span", { class: "avatar", "aria-hidden": "true" }, initials(session.user?.name ?? "")), h("div", {}, h("h2", {}, session.user?.name || session.username), h("p", { class: "soft" }, session.company))),
      problem && banner("warn", isCutOff(report) ? "offline" : "alert", h("p", {}, problem), report?.retryAfterS ? h("p", { class: "small" }, app.t("sync.retry", { duration: duration(app, report.retryAfterS) })) : null),
      section(app.t("me.sync"), [
        h(
          "div",
          { class: "card" },
          facts(
            [app.t("sync.state"), app.t(isBusy ? "sync.running" : isCutOff(report) ? "sync.offline" : problem ? "sync.problem" : "sync.done")],
            [app.t("sync.last"), upToDateAt ? app.format.moment(upToDateAt) : app.t("sync.lastNever")],
            [app.t("sync.unsentLabel"), app.format.number(unsent)],
            [app.t("sync.rows"), app.format.number(rows.length)],
            repaired ? [app.t("sync.repaired"), app.format.number(repaired)] : null,
          ),
          h(
            "div",
            { class: "actions" },
            button(app.t(isBusy ? "sync.running" : "sync.now"), () => void app.client.sync({ trigger: "user" }), "primary", "sync", { id: "sync-now", disabled: isBusy }),
            button(app.t("me.reset"), () => void reset(app), "quiet", undefined, { id: "fetch-anew", disabled: isBusy }),
          ),
          h("p", { class: "small soft" }, app.t("me.resetLead")),
        ),
      ]),
      section(app.t("me.account"), [account(app, session)]),
    ];
  });
}

function account(app: App, session: { readonly user: { readonly roles: readonly string[] } | null; readonly username: string | null; readonly company: string | null; readonly deviceId: string | null }): Child {
  return h(
    "div",
    { class: "card" },
    facts(
      [app.t("signIn.username"), session.username],
      [app.t("me.company"), session.company],
      [app.t("me.roles"), session.user?.roles.map((role) => app.word("role", role)).join(", ")],
      [app.t("me.device"), session.deviceId && h("code", {}, session.deviceId)],
      [app.t("me.version"), APP_VERSION],
    ),
    languageSwitch(app),
    h("div", { class: "actions" }, button(app.t("me.signOut"), () => void app.client.signOut(), "danger", "leave", { id: "sign-out" })),
    h("p", { class: "small soft" }, app.t("me.signOutLead")),
  );
}

async function reset(app: App): Promise<void> {
  const report = await app.client.reset();
  app.say(report.complete ? app.t("me.resetDone") : (report.message ?? app.t("sync.problem")));
}

function duration(app: App, seconds: number): string {
  return seconds < 60 ? app.t("sync.soon") : app.t("duration.minutes", { minutes: Math.ceil(seconds / 60) });
}

/** The first letters of a name; of a Chinese one its last two characters. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const han = words.find((word) => /\p{Script=Han}/u.test(word));
  if (han) return [...han].slice(-2).join("");
  return words.slice(0, 2).map((word) => [...word][0]?.toUpperCase() ?? "").join("");
}
