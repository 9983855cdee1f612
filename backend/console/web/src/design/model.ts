// A definition as the server keeps it (mobile-client-spec/forms.md), and how it is changed while it is designed.
// Members that say nothing are left out, so that nothing is published that nobody chose.

export const KINDS = [
  "text", "number", "boolean", "choice", "multi_choice", "date", "photo", "signature", "barcode", "matrix",
] as const;
export const MEASURED = ["number", "choice", "boolean"] as const;
export type Kind = (typeof KINDS)[number];
export type Names = { en: string; zh: string };
export type Choice = { id: string; names: Names };
export type Range = { from?: string | null; to?: string | null; points: number };
export type Score = { weight?: number; points?: Record<string, number>; yes?: number; no?: number; ranges?: Range[] };
export type Condition = {
  op: string;
  question?: string | null;
  value?: string | boolean | null;
  values?: string[] | null;
  of?: Condition[] | null;
};
/** A question, or a measure of a matrix. */
export type Asked = {
  id: string;
  type: Kind;
  names: Names;
  required?: boolean;
  score?: Score | null;
  choices?: Choice[];
  unit?: string;
  min?: string | null;
  max?: string | null;
  decimals?: number;
  max_length?: number;
  min_count?: number;
  max_count?: number;
};
export type Question = Asked & {
  hint?: Names | null;
  visible_if?: Condition | null;
  product_ids?: string[] | null;
  category_id?: string | null;
  measures?: Asked[];
};
export type Definition = { questions: Question[] };

export const hasChoices = (asked: Asked): boolean => asked.type === "choice" || asked.type === "multi_choice";
export const canScore = (asked: Asked): boolean => hasChoices(asked) || asked.type === "number" || asked.type === "boolean";

/** Give the member a value, or leave it out. */
export function put<T extends object, K extends keyof T>(target: T, member: K, value: T[K] | undefined): void {
  if (value === undefined) delete target[member];
  else target[member] = value;
}

/** The first of `<letter>1`, `<letter>2`, … that nobody uses, nor used in a version that was published. */
function free(letter: string, taken: Iterable<string>): string {
  const used = new Set(taken);
  let number = 1;
  while (used.has(`${letter}${number}`)) number += 1;
  return `${letter}${number}`;
}

export function newQuestion(definition: Definition, published: string[], type: Kind): Question {
  const id = free("q", [...published, ...definition.questions.map((question) => question.id)]);
  const question: Question = { id, type, names: { en: "", zh: "" } };
  if (hasChoices(question)) question.choices = [newChoice(question, published), ];
  if (question.choices) question.choices.push(newChoice(question, published));
  if (type === "matrix") question.measures = [newMeasure(question, published, "number")];
  return question;
}

/** Choices that were published are counted in results: their ids are never used for something else. */
export function newChoice(asked: Asked, published: string[]): Choice {
  const others = (asked.choices ?? []).map((choice) => choice.id);
  const isPublished = published.some((name) => name === asked.id || name.endsWith(`.${asked.id}`));
  const letter = isPublished ? `c${Date.now().toString(36)}_` : "c";
  return { id: free(letter, others), names: { en: "", zh: "" } };
}

export function newMeasure(question: Question, published: string[], type: Kind): Asked {
  const before = published.filter((name) => name.startsWith(`${question.id}.`)).map((name) => name.slice(question.id.length + 1));
  const id = free("m", [...before, ...(question.measures ?? []).map((measure) => measure.id)]);
  const measure: Asked = { id, type, names: { en: "", zh: "" } };
  if (hasChoices(measure)) measure.choices = [newChoice(measure, [])];
  return measure;
}

export function duplicate(definition: Definition, published: string[], at: number): void {
  const original = definition.questions[at];
  if (!original) return;
  const copy = structuredClone(original);
  copy.id = newQuestion(definition, published, original.type).id;
  definition.questions.splice(at + 1, 0, copy);
}

export function move<T>(list: T[], from: number, to: number): void {
  const [item] = list.splice(from, 1);
  if (item !== undefined) list.splice(to, 0, item);
}

/** What the reader calls it: in his language, else in the other. */
export function called(names: Names | null | undefined, language: keyof Names): string {
  const other = language === "en" ? "zh" : "en";
  return names?.[language] || names?.[other] || "";
}
