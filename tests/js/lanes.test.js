import assert from "node:assert/strict";
import test from "node:test";
import {
  cutAtShared,
  differingNames,
  ending,
  laneMarks,
  laneSchema,
  laneTags,
  nextQuestion,
  offersOf,
  sharedStretch,
  takingOf,
  partlyShown,
  suggestedShown,
} from "../../labeling/ui/component/lanes.js";

const span = (start, end, attributes = {}, label = "quote") => ({ label, fragments: [[start, end]], attributes });
const version = (id, lanes, ...spans) => ({ id, lanes, spans, links: [] });
const question = (more = {}) => ({
  id: "q",
  kinds: ["boundary"],
  left: true,
  value: 1,
  start: 0,
  end: 12,
  versions: [version("v1", ["B", "D"], span(0, 12)), version("v2", ["A", "C"], span(1, 11))],
  takes: { none: { spans: [], links: [] }, union: { spans: [span(0, 12)], links: [] } },
  preselected: null,
  decisions: [],
  ...more,
});

test("a lane's letter takes its version, n nothing, Enter only what is preselected", () => {
  assert.deepEqual(takingOf("c", question()), { take: "version", version: "v2" });
  assert.deepEqual(takingOf("d", question()), { take: "version", version: "v1" });
  assert.deepEqual(takingOf("n", question()), { take: "none" });
  assert.deepEqual(takingOf("u", question()), { take: "union" });
  assert.equal(takingOf("Enter", question()), null);
  assert.deepEqual(takingOf("Enter", question({ preselected: { take: "most" } })), { take: "most" });
  for (const key of ["i", "e", "q", "ArrowDown", "Shift+a"]) assert.equal(takingOf(key, question()), null, key);
});

test("Enter does not resolve again what is resolved, it goes on", () => {
  assert.equal(takingOf("Enter", question({ left: false, preselected: { take: "most" } })), null);
  assert.deepEqual(takingOf("a", question({ left: false })), { take: "version", version: "v2" });
});

test("of more annotators than there are letters free, a version has a digit for its key", () => {
  const many = question({
    versions: [version("v1", ["B", "K"], span(0, 12)), version("v2", ["J"], span(1, 11)), version("v3", ["I", "AA"])],
    takes: { none: { spans: [], links: [] }, core: { spans: [span(3, 9)], links: [] } },
  });
  assert.deepEqual(
    offersOf(many).map(({ key, lanes }) => [key, lanes.join()]),
    [
      ["b", "B,K"],
      ["2", "I,AA"],
      ["1", "J"],
      ["i", ""],
      ["n", ""],
    ],
  );
  assert.deepEqual(takingOf("1", many), { take: "version", version: "v2" });
  assert.deepEqual(takingOf("2", many), { take: "version", version: "v3" });
  assert.deepEqual(takingOf("i", many), { take: "core" });
  for (const key of ["j", "k", "3"]) assert.equal(takingOf(key, many), null, key);
});

test("versions are offered by their lanes, then what is none of them; nothing always is", () => {
  assert.deepEqual(
    offersOf(question()).map(({ key }) => key),
    ["a", "b", "n"],
  );
  const core = { ...question().takes, core: { spans: [span(3, 9)], links: [] } };
  assert.deepEqual(
    offersOf(question({ takes: core })).map(({ key }) => key),
    ["a", "b", "i", "n"],
  );
});

test("each annotator has a lane, told apart by color and line", () => {
  assert.deepEqual(
    laneMarks(question()).map(({ label, fragments }) => [label, fragments[0][0]]),
    [
      ["B", 0],
      ["D", 0],
      ["A", 1],
      ["C", 1],
    ],
  );
  const { labels } = laneSchema({ labels: [], relations: [], commands: [] }, ["A", "B", "C", "D"]);
  assert.equal(new Set(labels.slice(0, 4).map(({ colour, line }) => colour + line)).size, 4);
  assert.equal(labels[4].key, "agreed");
});

test("marks that begin within a few letters share a tag", () => {
  assert.deepEqual(
    laneTags(question()).map(({ lanes }) => lanes),
    [["A", "B", "C", "D"]],
  );
  const apart = [version("1", ["A"], span(0, 30)), version("2", ["B"], span(20, 30))];
  assert.deepEqual(
    laneTags(question({ versions: apart })).map(({ lanes }) => lanes),
    [["A"], ["B"]],
  );
});

test("what differs is found by label; the ends are cut from what all share", () => {
  const dated = (edtf) => span(0, 5, { value: { edtf, words: edtf }, modality: "hoped" }, "claimed_date");
  assert.deepEqual(
    [
      ...differingNames(
        question({ versions: [version("1", ["A"], dated("2018")), version("2", ["B"], dated("2019"))] }),
      ),
    ],
    ["claimed_date value"],
  );
  assert.deepEqual(sharedStretch(question()), [1, 11]);
  assert.deepEqual(cutAtShared([0, 12], [1, 11]), [
    { start: 0, end: 1, own: true },
    { start: 1, end: 11, own: false },
    { start: 11, end: 12, own: true },
  ]);
  assert.equal(
    sharedStretch(question({ versions: [version("1", ["A"], span(0, 2)), version("2", ["B"], span(4, 6))] })),
    null,
  );
});

test("what is worth most comes next; up and down follow the text and go round", () => {
  const all = [
    question({ id: "1", value: 1 }),
    question({ id: "2", value: 5, left: false }),
    question({ id: "3", value: 3 }),
  ];
  assert.equal(nextQuestion(all, "").id, "3");
  assert.equal(nextQuestion(all, "3", 1).id, "1");
  assert.equal(nextQuestion(all, "1", -1).id, "3");
  assert.equal(nextQuestion([], "", 1), null);
});

test("where nothing is left, what waits for a second vote is reported, and gold is not called ready", () => {
  const none = { total: 7, pending: 0, waiting: 0, alone: 0 };
  assert.deepEqual(ending(none), {
    title: "Everything is resolved",
    sentences: [
      "7 disagreements have been resolved, by a decision or by the policy.",
      "You can export the gold annotations.",
    ],
  });
  const some = ending({ ...none, waiting: 9, alone: 8 });
  assert.equal(some.title, "All disagreements are resolved");
  assert.match(
    some.sentences.join(" "),
    /8 articles were labeled by only one annotator.*accept one vote.*1 article has spans without enough votes/u,
  );
  assert.doesNotMatch(some.sentences.join(" "), /can export/u);
  assert.equal(ending({ total: 0, pending: 0, waiting: 1, alone: 1 }).title, "Nothing to resolve yet");
  assert.equal(ending({ ...none, pending: 3 }).title, "Checking the articles …");
});

test("what most agree on is said only where no version has a majority", () => {
  const partly = { present: 4, of: 6, differs: ["ends", "value"] };
  assert.equal(
    partlyShown(question({ partly })),
    "Most annotators (4 of 6) agree that something is here, but not on its boundaries or its values.",
  );
  assert.equal(partlyShown(question({ partly: null })), "");
});

test("a suggestion is shown with its record, and the first of its kind as the first", () => {
  const suggested = { take: "core", title: "core", right: 31, seen: 40 };
  assert.equal(suggestedShown(question({ suggested })), "Suggested: core, 31 of 40 so far");
  assert.equal(suggestedShown(question({ suggested: { ...suggested, seen: 0 } })), "Suggested: core, no record yet");
  assert.equal(suggestedShown(question({})), "");
});

test("no key takes what is suggested unless it is what the key stands for", () => {
  const suggested = { take: "none", title: "none of these", right: 40, seen: 40 };
  assert.equal(takingOf("Enter", question({ suggested })), null);
});
