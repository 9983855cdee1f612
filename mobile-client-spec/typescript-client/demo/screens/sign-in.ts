// Signing in: once with a network; afterwards the app opens without one.

import { ServerRefusal } from "../../src/errors.ts";
import type { App } from "../app.ts";
import { h } from "../dom.ts";
import { mark } from "../icons.ts";
import { form, textField } from "../parts/fields.ts";
import { languageSwitch } from "../parts/language-switch.ts";
import { banner } from "../parts/pieces.ts";

/** The page before anybody is signed in. notice: what happened, if something did. onSignedIn: goes on to the app. */
export async function signInPage(app: App, notice: HTMLElement | null, onSignedIn: () => void): Promise<HTMLElement> {
  const [session, pending] = await Promise.all([app.client.session(), app.client.pending()]);
  const unsent = pending.filter(({ state }) => state === "unsent").length;
  const field = (label: string, value: string, attributes: Readonly<Record<string, unknown>>, hint?: string) =>
    textField(label, value, { attributes: { autocapitalize: "none", spellcheck: "false", required: true, ...attributes }, ...(hint ? { hint } : {}) });
  const company = field(app.t("signIn.company"), session.company ?? "", { autocomplete: "organization", id: "company" }, app.t("signIn.companyHint"));
  const username = field(app.t("signIn.username"), session.username ?? "", { autocomplete: "username", id: "username" });
  const password = field(app.t("signIn.password"), "", { type: "password", autocomplete: "current-password", id: "password" });
  const code = field(app.t("signIn.code"), "", { autocomplete: "one-time-code", id: "code", required: false }, app.t("signIn.codeHint"));
  code.box.hidden = true; // until the server asks for it
  const fault = h("div", { role: "alert" });
  const submit = h("button", { type: "submit", class: "button primary" }, app.t("signIn.submit"));

  const signIn = async (): Promise<void> => {
    const credentials = { company: company.input.value.trim(), username: username.input.value.trim(), password: password.input.value, code: code.input.value.trim() };
    fault.replaceChildren();
    if (!credentials.company || !credentials.username || !credentials.password) {
      fault.replaceChildren(banner("bad", "alert", app.t("signIn.missing")));
      return;
    }
    submit.disabled = true;
    submit.textContent = app.t("signIn.running");
    try {
      await app.client.signIn(credentials);
      onSignedIn();
    } catch (error) {
      fault.replaceChildren(banner("bad", "alert", app.explain(error)));
      code.input.value = "";
      if (error instanceof ServerRefusal && ["accounts.code_required", "accounts.code_wrong"].includes(error.code)) {
        code.box.hidden = false; // the password was right, and goes with the code once more
        code.input.focus();
        return;
      }
      password.input.value = "";
      password.input.focus();
    } finally {
      submit.disabled = false;
      submit.textContent = app.t("signIn.submit");
    }
  };

  return h(
    "main",
    { class: "sign-in", id: "main" },
    h("div", { class: "sign-in-head" }, mark(), h("h1", { tabIndex: -1 }, app.t("app.name")), h("p", { class: "soft" }, app.t("signIn.lead"))),
    notice,
    unsent && session.state === "signed_out" ? banner("warn", "outbox", app.t("signIn.kept", { count: unsent })) : null,
    session.state === "password_needed" ? banner("warn", "alert", app.t("signIn.again")) : null,
    isSecureContext ? null : banner("warn", "alert", app.t("app.insecure")),
    h("div", { class: "card" }, h("h2", {}, app.t("signIn.title")), form(signIn, company.box, username.box, password.box, code.box, fault, submit)),
    languageSwitch(app),
  );
}
