// What became of the user's work: what needs him, what waits, what is still to be sent.

import type { JudgedCommand, PendingCommand } from "../../src/index.ts";
import type { App } from "../app.ts";
import type { Child } from "../dom.ts";
import { h } from "../dom.ts";
import { describe, describeChanges, listMatters, markRead } from "../matters.ts";
import { conflictCard } from "../parts/conflict-card.ts";
import { button, empty, section } from "../parts/pieces.ts";
import type { Screen } from "../parts/screen.ts";
import { liveScreen } from "../parts/screen.ts";

export async function outboxScreen(app: App): Promise<Screen> {
  const screen: Screen = await liveScreen({ title: app.t("outbox.title"), section: "outbox" }, async () => {
    const matters = await listMatters(app);
    const conflicts = await Promise.all(
      matters.conflicts.map(async (conflict) => conflictCard(app, conflict, (await nameOf(app, conflict.kind, conflict.rowId)) || app.t("outbox.conflicts"))),
    );
    const refused = await Promise.all(matters.refused.map((command) => refusedCard(app, command, () => void screen.update?.())));
    const parts = [
      section(app.t("outbox.conflicts"), conflicts),
      section(app.t("outbox.refused"), refused),
      section(app.t("outbox.held"), await commandList(app, matters.held, app.t("outbox.heldLead"))),
      section(app.t("outbox.waiting"), await commandList(app, matters.waiting, app.t("outbox.waitingLead"))),
      section(app.t("outbox.unsent"), await commandList(app, matters.unsent)),
      section(app.t("outbox.answered"), await commandList(app, matters.answered)),
    ].filter(Boolean);
    return parts.length ? parts : [empty("outbox", app.t("outbox.empty"), app.t("outbox.emptyLead"))];
  });
  return screen;
}

async function nameOf(app: App, kind: string | null, id: string | null): Promise<string> {
  const row = kind && id ? await app.client.row(kind, id) : undefined;
  return typeof row?.data["name"] === "string" ? row.data["name"] : "";
}

async function refusedCard(app: App, command: JudgedCommand, redraw: () => void): Promise<HTMLElement> {
  const { verdict } = command;
  const dismiss = (): void => {
    markRead(command.id);
    redraw();
  };
  return h(
    "article",
    { class: "card refused" },
    h("h3", {}, await describe(app, command.name, command.payload)),
    ...describeChanges(app, command.payload).map((line) => h("p", { class: "soft" }, line)),
    h("p", {}, verdict.message || verdict.code || ""),
    h("p", { class: "small soft" }, [app.t("outbox.recordedAt", { time: app.format.moment(new Date(command.at)) }), app.t("outbox.code", { code: verdict.code ?? "" })].join(" · ")),
    h("div", { class: "actions" }, button(app.t("outbox.dismiss"), dismiss, "secondary", "check", { id: `read-${command.id}` })),
  );
}

async function commandList(app: App, commands: readonly PendingCommand[], lead?: string): Promise<Child[]> {
  if (!commands.length) return [];
  const lines = commands.map(async (command) =>
    h(
      "li",
      {},
      h("p", { class: "line-title" }, await describe(app, command.name, command.payload)),
      ...describeChanges(app, command.payload).map((line) => h("p", { class: "soft" }, line)),
      command.reason ? h("p", {}, command.reason.message || command.reason.code) : null,
      h("p", { class: "small soft" }, app.t("outbox.recordedAt", { time: app.format.moment(new Date(command.at)) })),
    ),
  );
  return [lead && h("p", { class: "soft" }, lead), h("ul", { class: "card people" }, ...(await Promise.all(lines)))];
}
