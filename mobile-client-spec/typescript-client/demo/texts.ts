// Every text of the page, English and 简体中文 side by side. {name} stands for a value.

export type Language = "en" | "zh-Hans";

/** A text in all languages, in the order of LANGUAGES. */
type Text = readonly [english: string, chinese: string];

export const LANGUAGES: readonly { readonly code: Language; readonly name: string }[] = [
  { code: "en", name: "English" },
  { code: "zh-Hans", name: "简体中文" },
];

export const TEXTS = {
  "app.name": ["Roundsman", "Roundsman 外勤"],
  "signIn.title": ["Sign in", "登录"],
  "signIn.company": ["Company", "公司"],
  "signIn.username": ["Username", "用户名"],
  "signIn.password": ["Password", "密码"],
} satisfies Record<string, Text>;

export type TextKey = keyof typeof TEXTS;

/** The text in that language, its placeholders filled. */
export function translate(language: Language, key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  const text = TEXTS[key][LANGUAGES.findIndex(({ code }) => code === language)] ?? TEXTS[key][0];
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}

/** The language that fits best among those that the person reads, in the browser's order of preference. */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const wish of preferred) {
    const word = wish.toLowerCase().split("-")[0];
    if (word === "zh") return "zh-Hans";
    if (word === "en") return "en";
  }
  return "en";
}
