// The page has a text for every word that the server's schemas list, and no text that nothing shows.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { TEXTS } from "../demo/texts.ts";

const project = process.env["npm_config_local_prefix"] ?? process.cwd();
const demo = join(project, "demo");

interface Schema {
  readonly properties: Readonly<Record<string, { readonly enum?: readonly (string | null)[]; readonly items?: { readonly enum?: readonly string[] } }>>;
}

function wordsOf(file: string, member: string): string[] {
  const schema = JSON.parse(readFileSync(join(project, "..", "schemas", file), "utf8")) as Schema;
  const found = schema.properties[member];
  return (found?.enum ?? found?.items?.enum ?? []).filter((word) => word !== null);
}

/** Lists of texts, with the schemas whose words they have. */
const LISTS: readonly (readonly [list: string, file: string, member: string])[] = [
  ["stage", "kinds/visit.json", "state"],
  ["evidence", "kinds/visit.json", "check_in_verdict"],
  ["evidence", "kinds/check_in.json", "verdict"],
  ["result", "kinds/visit_log.json", "result"],
  ["stageOf", "kinds/customer.json", "stage"],
  ["role", "kinds/user.json", "roles"],
];

for (const [list, file, member] of LISTS) {
  test(`every ${member} of ${file} has a text`, () => {
    const words = wordsOf(file, member);
    assert.ok(words.length, "the schema lists none");
    assert.deepEqual(words.filter((word) => !Object.hasOwn(TEXTS, `${list}.${word}`)), []);
  });
}

test("every field of a customer that can be edited has a name", () => {
  const schema = JSON.parse(readFileSync(join(project, "..", "schemas", "commands", "customers.update.1.json"), "utf8")) as {
    readonly $defs: Readonly<Record<string, Schema>>;
  };
  const fields = Object.values(schema.$defs).flatMap(({ properties }) => Object.keys(properties));
  assert.ok(fields.includes("phone"));
  assert.deepEqual(fields.filter((field) => !Object.hasOwn(TEXTS, `field.${field}`)), []);
});

test("every text is shown somewhere", () => {
  const sources = readdirSync(demo, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(".ts") && file !== "texts.ts")
    .map((file) => readFileSync(join(demo, file), "utf8"))
    .join("\n");
  const put = ["command", "field", ...LISTS.map(([list]) => list)];
  const isPutTogether = (key: string): boolean => put.includes(key.split(".")[0] ?? "") || ["check.denied", "check.missing"].includes(key);
  const unused = Object.keys(TEXTS).filter((key) => !isPutTogether(key) && !sources.includes(`"${key}"`));
  assert.deepEqual(unused, []);
});
