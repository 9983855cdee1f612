import assert from "node:assert/strict";
import { test } from "node:test";
import { addTag, NOTHING, subtractTag } from "../src/digest.ts";

test("tags are summed as unsigned 64-bit numbers", () => {
  assert.equal(addTag(NOTHING, "00000000000000ff"), "00000000000000ff");
  assert.equal(addTag("ffffffffffffffff", "0000000000000002"), "0000000000000001");
  assert.equal(subtractTag("0000000000000001", "0000000000000002"), "ffffffffffffffff");
});

test("the sum does not depend on the order, and what goes again leaves no trace", () => {
  const tags = ["8000000000000001", "9abcdef012345678", "ffffffffffffffff", "8000000000000001"];
  const sum = tags.reduce(addTag, NOTHING);
  assert.equal(tags.toReversed().reduce(addTag, NOTHING), sum);
  assert.equal(tags.reduce(subtractTag, sum), NOTHING);
});
