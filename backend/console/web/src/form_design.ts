// The form designer: the draft at the left, the phone at the right. The server judges both, a moment after each change.
import { cardsOf } from "./design/cards.ts";
import type { Bench } from "./design/details.ts";
import { el, words } from "./design/dom.ts";
import type { Definition, Names } from "./design/model.ts";
import { previewOf } from "./design/preview.ts";
import { serverOf, type Products } from "./design/server.ts";

type Design = {
  definition: Definition;
  published: string[];
  products: Record<string, string>;
  categories: [string, string][];
  words: Record<string, string>;
  locale: string;
};
const AFTER_MS = 250;
const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

function start(root: HTMLElement): void {
  const design = JSON.parse(root.dataset["design"] ?? "{}") as Design;
  const definition: Definition = { questions: Array.isArray(design.definition.questions) ? design.definition.questions : [] };
  const say = words(design.words);
  const language: keyof Names = design.locale === "zh-Hans" ? "zh" : "en";
  const server = serverOf(root);
  const products: Products = {
    categories: design.categories,
    names: design.products,
    find: async (asked) => {
      const found = await server.find(asked);
      for (const [id, name] of found) products.names[id] = name;
      return found;
    },
  };
  const state = byId("design-state");
  const fault = byId("design-fault");
  const saving = byId("design-save") as HTMLButtonElement;
  const publishing = document.getElementById("design-publish") as HTMLButtonElement | null;
  let timer: number | undefined;
  let asked = 0;
  let changes = 0;
  let kept = 0;

  const tryOut = async (): Promise<void> => {
    const number = (asked += 1);
    fault.hidden = true;
    if (!definition.questions.length) {
      preview.show({ fault: null, answer_fault: null, result: null });
      return;
    }
    try {
      const trial = await server.tryOut(definition, preview.answers);
      if (number !== asked) return; // a later one is under way
      cards.showFault(trial.fault);
      preview.show(trial);
      fault.hidden = !trial.fault || trial.fault.question !== null;
      fault.textContent = trial.fault?.message ?? "";
    } catch {
      if (number === asked) fail();
    }
  };
  const soon = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void tryOut(), AFTER_MS);
  };
  const fail = (): void => {
    fault.hidden = false;
    fault.textContent = say("ui.failed");
  };
  const note = (): void => {
    changes += 1;
    state.textContent = say("ui.unsaved");
    preview.draw();
    soon();
  };
  const bench: Bench = {
    say, language, published: design.published,
    changed: () => {
      cards.showHeads();
      note();
    },
    built: (key) => {
      cards.draw(key);
      note();
    },
  };
  const cards = cardsOf(byId("design-list"), byId("design-add"), definition, bench, products);
  const preview = previewOf(byId("design-preview"), byId("design-result"), definition, say, language, products, soon);

  const save = async (): Promise<boolean> => {
    const upTo = changes;
    state.textContent = say("ui.saving");
    try {
      const refused = await server.save(definition);
      if (refused === null) kept = upTo;
      state.textContent = refused ?? (kept === changes ? say("ui.saved") : say("ui.unsaved"));
      return refused === null;
    } catch {
      state.textContent = say("ui.unsaved");
      fail();
      return false;
    }
  };
  saving.addEventListener("click", () => void save());
  publishing?.addEventListener("click", async () => {
    if (changes === kept || (await save())) location.assign(publishing.dataset["href"] ?? "");
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void save();
  });
  addEventListener("beforeunload", (event) => {
    if (changes !== kept) event.preventDefault();
  });
  for (const [word, name] of [["en", "English"], ["zh", "中文"]] as const) {
    byId("design-languages").append(el("button", {
      type: "button", class: "button", "aria-pressed": String(word === language), lang: word === "zh" ? "zh-Hans" : "en",
      onclick: (event) => {
        for (const other of byId("design-languages").children) other.setAttribute("aria-pressed", String(other === event.target));
        preview.speak(word);
      },
    }, name));
  }
  cards.draw();
  preview.draw();
  saving.disabled = false;
  if (publishing) publishing.disabled = false;
  void tryOut();
}

const root = document.getElementById("design");
if (root) start(root);
