// What every screen has at hand: the client, its rows, the language, the position, and a way to say something.

import type { JsonObject, RoundsmanClient } from "../src/index.ts";
import { tell } from "../src/index.ts";
import { Format } from "./format.ts";
import { PositionWatch } from "./position.ts";
import { Rows } from "./rows.ts";
import { chooseLanguage, formatLocale, translate, translateWord } from "./texts.ts";
import type { Language, TextKey } from "./texts.ts";

const LANGUAGE = "roundsman language";

/** Version of each command's payload as this page writes it, where it is not the first (COM-3). */
const COMMAND_SCHEMAS: Readonly<Record<string, number>> = { "visits.log": 2 };

/** A language that was chosen on this device, or else the one that the browser prefers. */
export function presentLanguage(): Language {
  const chosen = localStorage.getItem(LANGUAGE);
  return chosen === "en" || chosen === "zh-Hans" ? chosen : chooseLanguage(navigator.languages);
}

export class App {
  readonly client: RoundsmanClient;
  readonly rows: Rows;
  readonly position = new PositionWatch();
  /** Shows a short message for a while. */
  readonly say: (message: string) => void;
  #language = presentLanguage();
  readonly #onLanguage: () => void;
  /** Who is signed in. */
  userId = "";

  constructor(client: RoundsmanClient, hooks: { readonly say: (message: string) => void; readonly onLanguage: () => void }) {
    this.client = client;
    this.rows = new Rows(client);
    this.say = hooks.say;
    this.#onLanguage = hooks.onLanguage;
  }

  get language(): Language {
    return this.#language;
  }

  set language(language: Language) {
    localStorage.setItem(LANGUAGE, language);
    this.#language = language;
    this.#onLanguage();
  }

  get format(): Format {
    return new Format(this.#language, formatLocale(this.#language, navigator.languages));
  }

  /** The text in the person's language. */
  t(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
    return translate(this.#language, key, values);
  }

  /** The text for one of the server's words, such as `result` `ordered`. */
  word(list: string, word: string): string {
    return translateWord(this.#language, list, word);
  }

  /** Goes to an address of `ROUTES`. */
  go(hash: string): void {
    location.hash = hash;
  }

  /** Records a command; it is on the disk, and shown, when this returns. False, with the reason said, where it cannot be recorded. */
  async record(name: string, payload: JsonObject): Promise<boolean> {
    try {
      await this.client.do(name, payload, { schema: COMMAND_SCHEMAS[name] ?? 1 });
      return true;
    } catch (error) {
      this.say(this.explain(error));
      return false;
    }
  }

  /** Why something failed, in the person's language. */
  explain(error: unknown): string {
    return tell(error, this.#language);
  }
}
