// Writing a visit down: result, note, and what is to be done next.

import type { App } from "../app.ts";
import { h } from "../dom.ts";
import { areaField, form, radioField, textField } from "../parts/fields.ts";
import type { Field } from "../parts/fields.ts";
import { button, empty, linkButton } from "../parts/pieces.ts";
import type { Screen } from "../parts/screen.ts";
import { ROUTES } from "../router.ts";

const RESULTS = ["ordered", "interested", "not_interested", "follow_up", "closed", "absent", "other"];
const MOST_STEPS = 10;

export async function logVisitScreen(app: App, visitId: string): Promise<Screen> {
  const about = { title: app.t("log.title"), section: "today" as const, back: ROUTES.visit(visitId) };
  const visit = await app.rows.visit(visitId);
  if (!visit) {
    return { ...about, back: ROUTES.today, body: h("div", { class: "screen" }, empty("today", app.t("visit.gone"), app.t("visit.goneLead"), linkButton(app.t("nav.today"), ROUTES.today, "primary"))) };
  }
  const customer = await app.rows.customer(visit.customerId);
  const result = radioField(
    app.t("log.result"),
    RESULTS.map((word) => [word, app.word("result", word)] as const),
  );
  const note = areaField(app.t("log.note"), "", { attributes: { maxlength: 10_000 } });
  const steps = new StepFields(app);
  const save = async (): Promise<void> => {
    result.fault(result.value ? "" : app.t("log.missing"));
    if (!result.value) return;
    const payload = { id: app.client.newId(), visit_id: visitId, result: result.value, note: note.input.value.trim(), next_steps: steps.read() };
    if (!(await app.record("visits.log", payload))) return;
    app.say(app.t("log.done"));
    app.go(ROUTES.visit(visitId));
  };
  const body = h(
    "div",
    { class: "screen narrow" },
    customer ? h("p", { class: "lead" }, customer.name) : null,
    form(
      save,
      result.box,
      note.box,
      steps.box,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary" }, app.t("form.save")), linkButton(app.t("form.cancel"), ROUTES.visit(visitId), "quiet")),
    ),
  );
  return { ...about, body };
}

/** As many next steps as somebody wants to write, each with a day if he likes. */
class StepFields {
  readonly #app: App;
  readonly #list = h("div", { class: "step-fields" });
  readonly #add: HTMLButtonElement;
  #steps: { readonly text: Field; readonly due: Field; readonly box: HTMLElement }[] = [];
  readonly box: HTMLElement;

  constructor(app: App) {
    this.#app = app;
    this.#add = button(app.t("log.addStep"), () => this.#append()?.focus(), "quiet", "plus");
    this.box = h("fieldset", { class: "field" }, h("legend", {}, app.t("log.steps")), this.#list, this.#add);
  }

  read(): { text: string; due_date: string | null }[] {
    const written = this.#steps.map(({ text, due }) => ({ text: text.input.value.trim(), due_date: due.input.value || null }));
    return written.filter(({ text, due_date }) => text || due_date);
  }

  #append(): HTMLInputElement {
    const text = textField(this.#app.t("log.step"), "", { attributes: { maxlength: 500 } });
    const due = textField(this.#app.t("log.due"), "", { attributes: { type: "date" } });
    const box = h("div", { class: "step-field" }, text.box, due.box);
    const step = { text, due, box };
    box.append(button(this.#app.t("log.removeStep"), () => this.#remove(step), "quiet", "close"));
    this.#steps.push(step);
    this.#list.append(box);
    this.#add.hidden = this.#steps.length >= MOST_STEPS;
    return text.input;
  }

  #remove(step: { readonly box: HTMLElement }): void {
    this.#steps = this.#steps.filter((other) => other.box !== step.box);
    step.box.remove();
    this.#add.hidden = false;
    this.#add.focus();
  }
}
