import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseLanguage, TEXTS, translate } from "../demo/texts.ts";

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test("every text exists in both languages and takes the same values", () => {
  for (const [key, [english, chinese]] of Object.entries(TEXTS)) {
    assert.ok(english.trim() && chinese.trim(), key);
    assert.deepEqual(placeholders(chinese), placeholders(english), key);
  }
});

test("a text is shown in the language that was chosen", () => {
  assert.equal(translate("en", "signIn.title"), "Sign in");
  assert.equal(translate("zh-Hans", "signIn.title"), "登录");
});

test("the first language that the person reads wins, English where none fits", () => {
  assert.equal(chooseLanguage(["de-DE", "zh-CN", "en"]), "zh-Hans");
  assert.equal(chooseLanguage(["en-GB", "zh-CN"]), "en");
  assert.equal(chooseLanguage(["fr"]), "en");
  assert.equal(chooseLanguage([]), "en");
});
