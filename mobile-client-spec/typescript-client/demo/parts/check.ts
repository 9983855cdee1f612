// Checking in and out: saved at once with the position that is at hand, or without one. Nobody waits for a satellite.

import type { JsonObject } from "../../src/index.ts";
import type { App } from "../app.ts";
import { h } from "../dom.ts";
import { icon } from "../icons.ts";
import { ROUTES } from "../router.ts";
import type { Customer, Visit } from "../rows.ts";
import { openDialog } from "./dialog.ts";
import { banner, button } from "./pieces.ts";

/** Beyond so many metres a position is called rough. */
const ROUGH_M = 100;

/** Asks how to check in at a customer; `visit` is the planned one, if there is one. */
export async function askToCheckIn(app: App, customer: Customer, visit?: Visit): Promise<void> {
  const visitId = visit?.id ?? app.client.newId();
  const elsewhere = await openElsewhere(app, customer);
  const hint = elsewhere ? banner("warn", "alert", h("p", {}, app.t("check.elsewhere", { customer: elsewhere }))) : null;
  ask(app, app.t("check.inAt", { customer: customer.name }), app.t("check.in"), hint, async (fix) => {
    if (!(await app.record("visits.check_in", { visit_id: visitId, customer_id: customer.id, fix }))) return;
    app.say(app.t("check.inDone"));
    app.go(ROUTES.visit(visitId));
  });
}

/** Where the user is still checked in, if he is; empty otherwise. It is no reason to refuse him: he may have left without a word. */
async function openElsewhere(app: App, customer: Customer): Promise<string> {
  const open = (await app.rows.visits()).find((visit) => visit.stage === "open" && visit.repId === app.userId && visit.customerId !== customer.id);
  return open ? ((await app.rows.customer(open.customerId))?.name ?? "") : "";
}

/** Asks how to check out of a visit. */
export function askToCheckOut(app: App, customer: string, visit: Visit): void {
  ask(app, app.t("check.outOf", { customer }), app.t("check.out"), null, async (fix) => {
    if (await app.record("visits.check_out", { visit_id: visit.id, fix })) app.say(app.t("check.outDone"));
  });
}

function ask(app: App, title: string, deed: string, hint: HTMLElement | null, save: (fix: JsonObject | null) => Promise<void>): void {
  const end: (() => void)[] = [];
  openDialog(
    title,
    (close) => {
      const finish = (fix: JsonObject | null): void => {
        close();
        void save(fix);
      };
      const place = h("p", { class: "position", role: "status" });
      const without = button(app.t("check.without"), () => finish(null), "quiet");
      const show = (): void => {
        place.replaceChildren(icon("pin"), h("span", {}, describe(app)));
        place.dataset["state"] = app.position.state;
        without.hidden = app.position.state !== "found";
      };
      end.push(app.position.listen(show));
      app.position.start();
      show();
      return [
        hint,
        place,
        h(
          "div",
          { class: "dialog-actions" },
          button(deed, () => finish(app.position.fix()), "primary", "check"),
          without,
          button(app.t("form.cancel"), close, "quiet"),
        ),
      ];
    },
    () => {
      for (const stop of end) stop();
      app.position.stop();
    },
  );
}

function describe(app: App): string {
  const { state, accuracyM } = app.position;
  if (state === "found" && accuracyM !== null) {
    return app.t(accuracyM > ROUGH_M ? "check.coarse" : "check.found", { accuracy: app.format.length(accuracyM) });
  }
  if (state === "denied" || state === "missing") return app.t(`check.${state}`);
  return app.t("check.looking");
}
