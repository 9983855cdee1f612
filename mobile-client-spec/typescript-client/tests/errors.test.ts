import assert from "node:assert/strict";
import { test } from "node:test";
import { CLIENT_ERRORS, ClientError } from "../src/errors.ts";
import { openPhone } from "./scripted.ts";

test("every error of the client has a text in both languages, with the same values", () => {
  const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [code, [english, chinese]] of Object.entries(CLIENT_ERRORS)) {
    assert.match(chinese, /[一-鿿]/, code);
    assert.deepEqual(placeholders(chinese), placeholders(english), code);
  }
});

test("what cannot be sent is not recorded, and takes no number", async () => {
  const { client } = await openPhone();
  const unsendable: [string, unknown][] = [
    ["payload.text_invalid", "a\0b"],
    ["payload.text_invalid", "\ud83d"],
    ["payload.text_invalid", { "\udc00": 1 }],
    ["payload.number_invalid", [1, NaN]],
    ["payload.number_invalid", -Infinity],
    ["payload.not_json", new Date()],
    ["payload.not_json", { a: undefined }],
    ["payload.too_large", "界".repeat(90_000)],
    ["payload.too_deep", JSON.parse("[".repeat(64) + "]".repeat(64))],
  ];
  for (const [code, value] of unsendable) {
    await assert.rejects(client.do("x.y", { value: value as string }), (error) => error instanceof ClientError && error.code === code, code);
  }
  assert.equal((await client.do("x.y", { value: "😀", depth: JSON.parse("[".repeat(63) + "]".repeat(63)) })).seq, 1);
});
