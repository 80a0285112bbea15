import assert from "node:assert/strict";
import test from "node:test";
import { entriesToMerge, mergeEntries } from "../../labeling/ui/component/sameentry.js";

const schema = {
  label: new Map([
    [
      "speaker",
      {
        attributes: [
          { key: "who", registry: "source" },
          { key: "note", type: "text" },
        ],
      },
    ],
  ]),
};
const version = (lanes, attributes) => ({
  id: lanes.join(),
  lanes,
  spans: [{ label: "speaker", fragments: [[0, 3]], attributes }],
  links: [],
});
const question = (...versions) => ({ id: "q", left: true, versions });

test("the entry that most annotators have is kept, and the others are merged into it", () => {
  const found = question(version(["A"], { who: "kim-a" }), version(["B", "C"], { who: "kim-b" }), version(["D"], {}));
  assert.deepEqual(entriesToMerge(found, schema), { registry: "source", into: "kim-b", entries: ["kim-a"] });
});

test("versions that differ by no entry, or by several at once, have nothing to merge", () => {
  const same = question(version(["A"], { who: "kim", note: "a" }), version(["B"], { who: "kim", note: "b" }));
  assert.equal(entriesToMerge(same, schema), null);
  const several = question(version(["A"], { who: ["kim", "lee"] }), version(["B"], { who: "kim" }));
  assert.equal(entriesToMerge(several, schema), null);
});

test("merging asks the server once and shows the article again", async () => {
  const asked = [];
  const page = {
    schema,
    question: question(version(["A"], { who: "kim-a" }), version(["B"], { who: "kim-b" })),
    article: { article: { id: "a1" } },
    api: { mergeEntries: async (same) => asked.push(same) },
    go: async (id) => asked.push(id),
    queue: { fetch: async () => asked.push("queue") },
    entry: (registry, id) => `${registry} ${id}`,
    tell: (words) => asked.push(words),
  };
  await mergeEntries(page);
  assert.deepEqual(asked.slice(0, 3), [{ registry: "source", into: "kim-a", entries: ["kim-b"] }, "a1", "queue"]);
  assert.match(asked[3], /Merged into “source kim-a”/u);
  page.api.mergeEntries = async () => {
    throw new Error("only reviewers can do that");
  };
  await mergeEntries(page);
  assert.equal(asked.at(-1), "only reviewers can do that");
});
