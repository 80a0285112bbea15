import assert from "node:assert/strict";
import test from "node:test";
import { hasPart, utteranceName, linkedBy, versionOps } from "../../labeling/ui/component/versions.js";

const quote = {
  attributes: [
    { key: "said", registry: "utterance" },
    { key: "part", type: "flag" },
  ],
};

test("the attribute of utterances or events is found by its registry, the flag of a part by its key", () => {
  assert.equal(linkedBy(quote)?.key, "said");
  assert.equal(linkedBy({ attributes: [{ key: "who", registry: "source" }] }), undefined);
  assert.equal(linkedBy({ attributes: [{ key: "when" }, { key: "of", registry: "event" }] })?.key, "of");
  assert.equal(linkedBy({ attributes: [{ key: "of", registry: "event", several: true }] }), undefined);
  assert.equal(hasPart(quote), true);
  assert.equal(hasPart({ attributes: [{ key: "part", type: "text" }] }), false);
});

test("an utterance is named by the quote without quotation marks, shortened", () => {
  assert.equal(utteranceName("“We will\n go,”"), "We will go");
  assert.equal(utteranceName("a".repeat(90)).length, 80);
});

test("all spans get the entry, and only the first one is a part of it", () => {
  const ops = versionOps(["q1", "q2"], { key: "said", registry: "utterance" }, { id: "u1", name: "We go" }, true);
  assert.deepEqual(ops, [
    { kind: "register", registry: "utterance", id: "u1", name: "We go" },
    { kind: "set", id: "q1", name: "said", value: "u1" },
    { kind: "set", id: "q2", name: "said", value: "u1" },
    { kind: "set", id: "q1", name: "part", value: true },
  ]);
});
