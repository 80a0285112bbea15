import assert from "node:assert/strict";
import test from "node:test";
import { Annotation } from "../../labeling/ui/component/annotation.js";
import { Schema } from "../../labeling/ui/component/schema.js";
import { askedIn, decidedEntries, optionsOf, withEntries } from "../../labeling/ui/component/suggestionchoices.js";
import {
  Suggestions,
  acceptOps,
  correctionOps,
  datesIn,
  pencilMarks,
  rejectOp,
} from "../../labeling/ui/component/suggestions.js";

const TEXT = "“We go,” Anna Brook said on Friday. 😀 She left.";
const slice = (start, end) => [...TEXT].slice(start, end).join("");
const WHO = { key: "who", title: "who", type: "registry", registry: "source" };
const schema = new Schema({
  name: "news",
  version: 1,
  labels: [
    { key: "quote", title: "Quote", colour: "#123456", quotation: true, attributes: [] },
    { key: "speaker", title: "Speaker", colour: "#123456", attributes: [WHO] },
    { key: "cue", title: "Cue", colour: "#123456", attributes: [] },
    {
      key: "claimed_date",
      title: "Date",
      colour: "#123456",
      attributes: [{ key: "value", title: "value", type: "date" }],
    },
  ],
  relations: [
    { key: "said_by", title: "said by", from: ["quote"], to: ["speaker"] },
    { key: "cued_by", title: "introduced by", from: ["quote"], to: ["cue"] },
    { key: "claimed_in", title: "claimed in", from: ["claimed_date"], to: ["quote"], max: 1 },
  ],
  registries: [{ key: "source", title: "Source" }],
  commands: [],
});
const speaker = (start, end, name, id = null) => ({
  fragments: [[start, end]],
  score: 0.9,
  attributes: {},
  entity: name ? { attribute: "who", registry: "source", choices: [{ id, name, score: 1 }] } : null,
});
const QUOTE = {
  id: "quote:0-8",
  kind: "quote",
  score: 0.9,
  label: "quote",
  fragments: [[0, 8]],
  attributes: {},
  parts: [
    { relation: "said_by", label: "speaker", choices: [speaker(9, 19, "Anna Brook"), speaker(38, 41, null)] },
    {
      relation: "cued_by",
      label: "cue",
      choices: [{ fragments: [[20, 24]], score: 0.9, attributes: {}, entity: null }],
    },
  ],
  origin: "quotation marks",
  why: ["in quotation marks"],
};
const DATE = {
  id: "claim:28-34",
  kind: "claim",
  score: 0.95,
  label: "claimed_date",
  fragments: [[28, 34]],
  attributes: { value: { edtf: "2024-03-15" } },
  readings: [
    { attributes: { value: { edtf: "2024-03-15" } }, explain: "15 March", score: 0.9 },
    { attributes: { value: { edtf: "2024-03-22" } }, explain: "22 March", score: 0.1 },
  ],
  parts: [{ relation: "claimed_in", label: "quote", to: "quote:0-8" }],
  origin: "date expression",
  why: [],
};
const BY = { suggester: "default", version: "1" };

/** An empty article's state. */
const empty = () =>
  new Annotation({ revision: 0, status: "new", published: null, spans: [], relations: [] }, {}, schema);

/** The state after a suggestion has been accepted. */
function accepted(suggestion, state = empty(), chosen = 0, remembered = () => ({})) {
  let made = 0;
  const newId = () => `n${state.spans.size}${state.relations.size}${++made}`;
  const { ops, head, linked } = acceptOps(suggestion, chosen, BY, state, schema, remembered, newId, slice);
  const after = state.copy();
  for (const op of ops) after.apply(op);
  return { after, ops, head, linked };
}

test("the most certain suggestion comes first; what is judged, marked or switched off is left out", () => {
  const suggestions = new Suggestions({ ...BY, suggestions: [QUOTE, DATE] });
  const ids = (state, without = new Set()) => suggestions.open(state, without).map(({ id }) => id);
  assert.deepEqual(ids(empty()), ["claim:28-34", "quote:0-8"]);
  assert.deepEqual(ids(empty(), new Set(["quote"])), ["claim:28-34"]);
  assert.deepEqual(ids(accepted(QUOTE).after), ["claim:28-34"]);
  const rejected = empty();
  rejected.apply(rejectOp(QUOTE, BY));
  assert.deepEqual(ids(rejected), ["claim:28-34"]);
  const marked = empty();
  marked.apply({ kind: "add", id: "q", label: "quote", fragments: [{ start: 3, end: 12, quote: slice(3, 12) }] });
  assert.deepEqual(ids(marked), ["claim:28-34"]);
  assert.deepEqual(new Suggestions(null).open(empty(), new Set()), []);
});

test("an accepted quote is linked with the dates in it that were marked before, but for those with a quote", () => {
  const marked = (id, label, start, end) => ({
    kind: "add",
    id,
    label,
    fragments: [{ start, end, quote: slice(start, end) }],
  });
  const state = empty();
  const spans = [marked("d", "claimed_date", 1, 3), marked("e", "claimed_date", 4, 6), marked("q", "quote", 20, 24)];
  for (const op of [...spans, { kind: "relate", id: "r", type: "claimed_in", from: "e", to: "q" }]) state.apply(op);
  const { after, head } = accepted(QUOTE, state);
  const links = [...after.relations.values()].filter(({ type }) => type === "claimed_in");
  assert.deepEqual(
    links.map(({ from, to }) => [from, to]),
    [
      ["e", "q"],
      ["d", head],
    ],
  );
});

test("accepting marks the whole record with its entity and links, and the verdict names the spans made", () => {
  const { after, ops, head } = accepted(QUOTE);
  assert.deepEqual(
    after.ordered().map(({ label, fragments }) => [label, ...fragments[0]]),
    [
      ["quote", 0, 8],
      ["speaker", 9, 19],
      ["cue", 20, 24],
    ],
  );
  const [quote, anna, said] = after.ordered();
  assert.equal(head, quote.id);
  assert.equal(after.entries.source[anna.attributes.who], "Anna Brook");
  assert.deepEqual(
    [...after.relations.values()].map(({ type, from, to }) => [type, from, to]),
    [
      ["said_by", quote.id, anna.id],
      ["cued_by", quote.id, said.id],
    ],
  );
  assert.deepEqual(after.judgments.get("quote:0-8"), {
    id: "quote:0-8",
    ...BY,
    verdict: "accepted",
    spans: [quote.id, anna.id, said.id],
  });
  assert.equal(ops.filter(({ kind }) => kind === "add")[0].fragments[0].quote, "“We go,”");
});

test("another entity is asked of the speaker that was accepted, and another date of the date itself", () => {
  const { after, linked } = accepted(QUOTE);
  const asked = askedIn(QUOTE, schema);
  assert.deepEqual(asked, { relation: "said_by", attribute: "who" });
  assert.equal(after.spans.get(linked.get(asked.relation)).label, "speaker");
  assert.deepEqual(askedIn(DATE, schema), { relation: "", attribute: "value" });
  const unnamed = QUOTE.parts.map((part) => ({
    ...part,
    choices: part.choices.map((each) => ({ ...each, entity: null })),
  }));
  assert.equal(askedIn({ ...QUOTE, parts: unnamed }, schema), null);
});

test("an entry that is new gets the id that follows from its name", () => {
  const named = structuredClone(QUOTE);
  named.parts[0].choices[0].entity.choices[0].made = "e0";
  assert.deepEqual(accepted(named).after.entries.source, { e0: "Anna Brook" });
});

test("what is marked already is linked, not marked twice, and is not among the spans made", () => {
  const before = empty();
  before.apply({ kind: "add", id: "s", label: "speaker", fragments: [{ start: 9, end: 19, quote: slice(9, 19) }] });
  const { after } = accepted(QUOTE, before);
  assert.equal(after.ordered().filter(({ label }) => label === "speaker").length, 1);
  assert.ok([...after.relations.values()].some(({ type, to }) => type === "said_by" && to === "s"));
  assert.ok(!after.judgments.get("quote:0-8").spans.includes("s"));
});

test("a verdict names the suggester of its suggestion, and of two for the same place the likelier is shown", () => {
  const others = { ...QUOTE, suggester: "llm:fake", version: "7", score: 0.99 };
  const suggestions = new Suggestions({ ...BY, suggestions: [QUOTE, others, DATE] });
  assert.deepEqual(suggestions.all, [others, DATE]);
  assert.equal(suggestions.byId.get(QUOTE.id), others);
  const by = { suggester: "llm:fake", version: "7" };
  for (const op of [rejectOp(others, BY), accepted(others).ops.at(-1)])
    assert.deepEqual({ suggester: op.suggester, version: op.version }, by);
  assert.equal(rejectOp(QUOTE, BY).suggester, "default");
});

test("another choice than the first corrects the suggestion, and an entity is taken from the same words", () => {
  const { after } = accepted(QUOTE, empty(), 1, () => ({ who: "e7" }));
  const she = after.ordered().find(({ label }) => label === "speaker");
  assert.deepEqual([slice(...she.fragments[0]), she.attributes], ["She", { who: "e7" }]);
  assert.equal(after.judgments.get("quote:0-8").verdict, "corrected");
});

test("a date takes the reading chosen and is linked to the quote that a suggestion has become", () => {
  assert.deepEqual([optionsOf(DATE).length, optionsOf(QUOTE).length], [2, 2]);
  const { after: quoted, head } = accepted(QUOTE);
  const { after } = accepted(DATE, quoted, 1);
  const date = after.ordered().find(({ label }) => label === "claimed_date");
  assert.deepEqual(date.attributes.value, { edtf: "2024-03-22" });
  assert.ok([...after.relations.values()].some(({ from, to }) => from === date.id && to === head));
  assert.equal(accepted(DATE).after.relations.size, 0, "without the quote there is nothing to link to");
});

test("a date isn't linked to a quote that no longer has it, since someone has moved its end", () => {
  const wide = { ...QUOTE, id: "quote:0-40", fragments: [[0, 40]] };
  const date = { ...DATE, parts: [{ relation: "claimed_in", label: "quote", to: wide.id }] };
  const links = (state) => [...state.relations.values()].filter(({ type }) => type === "claimed_in").length;
  const { after, head } = accepted(wide);
  assert.equal(links(accepted(date, after).after), 1);
  after.apply({ kind: "change", id: head, fragments: [{ start: 0, end: 8, quote: slice(0, 8) }] });
  assert.equal(links(accepted(date, after).after), 0);
});

test("a date accepted before its quote is linked to it once that is accepted", () => {
  const { after: dated, head: date } = accepted(DATE);
  const by = { ...BY, all: [DATE, QUOTE] };
  const made = acceptOps(
    QUOTE,
    0,
    by,
    dated,
    schema,
    () => ({}),
    () => `late${dated.spans.size}${Math.random()}`,
    slice,
  );
  for (const op of made.ops) dated.apply(op);
  assert.ok(
    [...dated.relations.values()].some(
      ({ type, from, to }) => type === "claimed_in" && from === date && to === made.head,
    ),
  );
});

test("changing, removing or linking a span of an accepted suggestion corrects it; its own ops don't", () => {
  const { after, ops, head } = accepted(QUOTE);
  assert.deepEqual(correctionOps(after, ops), []);
  const verdicts = (made) => correctionOps(after, made).map(({ id, verdict }) => [id, verdict]);
  assert.deepEqual(verdicts([{ kind: "change", id: head, label: "cue" }]), [["quote:0-8", "corrected"]]);
  assert.deepEqual(verdicts([{ kind: "remove", id: head }]), [["quote:0-8", "corrected"]]);
  assert.deepEqual(verdicts([{ kind: "remove", id: "another" }]), []);
});

test("accepting a suggestion that links to another one's span doesn't correct that one; linking by hand does", () => {
  const { after, head } = accepted(QUOTE);
  assert.deepEqual(correctionOps(after, accepted(DATE, after).ops), []);
  const linked = [{ kind: "relate", id: "r", type: "claimed_in", from: "d", to: head }];
  assert.deepEqual(
    correctionOps(after, linked).map(({ id, verdict }) => [id, verdict]),
    [["quote:0-8", "corrected"]],
  );
});

test("undoing what was accepted takes back its spans, its links and the verdict", () => {
  const state = empty();
  const { ops } = accepted(QUOTE);
  const back = [];
  for (const op of ops) {
    back.unshift(...state.inverse(op, slice));
    state.apply(op);
  }
  for (const op of back) state.apply(op);
  assert.deepEqual([state.spans.size, state.relations.size, state.judgments.size], [0, 0, 0]);
});

/** The quote with two entries for its first speaker, and one for the second. */
function doubtful() {
  const suggestion = structuredClone(QUOTE);
  const [first, second] = suggestion.parts[0].choices;
  first.entity.choices = [
    { id: null, name: "Anna", score: 0.8, made: "e-anna" },
    { id: "e1", name: "Anna Brook", score: 0.2 },
  ];
  second.score = 0.1;
  second.entity = { ...first.entity, choices: [{ id: null, name: "she", score: 1, made: "e-she" }] };
  return suggestion;
}
const knowing = (remembered = {}, mentioned = []) => ({
  remembered: () => remembered,
  mentioned: () => mentioned,
  folded: (words) => words.toLowerCase(),
  words: ({ fragments }) => fragments.map(([start, end]) => slice(start, end)).join(" … "),
});

test("digits choose a speaker and who that is, likeliest first; the frame of a speaker shows all of its digits", () => {
  const suggestion = doubtful();
  assert.deepEqual(
    optionsOf(suggestion).map(({ choice, entry }) => [choice, entry]),
    [
      [0, 0],
      [0, 1],
      [1, 0],
    ],
  );
  const digits = pencilMarks(suggestion, 0, []).map(({ span, digit }) => [span.label, digit]);
  assert.deepEqual(digits, [
    ["quote", ""],
    ["speaker", "1 2"],
    ["cue", ""],
    ["speaker", "3"],
  ]);
  const { after } = accepted(suggestion, empty(), 1);
  assert.equal(after.ordered()[1].attributes.who, "e1");
  assert.equal(after.judgments.get("quote:0-8").verdict, "corrected");
});

test("an entry chosen instead of a name that was proposed for its own words stands for that name from then on", () => {
  const suggestion = doubtful();
  const { after } = accepted(suggestion, empty(), 1);
  const decided = decidedEntries([suggestion], after, knowing());
  const later = { ...doubtful(), id: "quote:30-34" };
  const [first, second] = withEntries(later, decided, after, knowing()).parts[0].choices;
  assert.deepEqual(
    first.entity.choices.map(({ id, name }) => [id, name]),
    [["e1", "Anna Brook"]],
  );
  assert.deepEqual(
    second.entity.choices.map(({ name }) => name),
    ["she"],
  );
  const kept = accepted(suggestion).after;
  assert.equal(decidedEntries([suggestion], kept, knowing()).size, 0);
});

test("the entry of the same words comes first, and the other entries of the article come last", () => {
  const state = accepted(doubtful(), empty(), 1).after;
  state.apply({ kind: "register", registry: "source", id: "e2", name: "Tomas Vell" });
  const shown = withEntries(doubtful(), new Map(), state, knowing({ who: "e1" }, ["e2", "e1"]));
  assert.deepEqual(
    shown.parts[0].choices[0].entity.choices.map(({ name }) => name),
    ["Anna Brook", "Anna", "Tomas Vell"],
  );
});

test("likely dates in a quote belong to it, but for those of another quote and those that are doubtful", () => {
  const within = (id, start, end, to, score = 0.9) => ({
    ...DATE,
    id,
    score,
    fragments: [[start, end]],
    parts: to ? [{ relation: "claimed_in", label: "quote", to }] : [],
  });
  const inner = { ...QUOTE, id: "quote:4-7", fragments: [[4, 7]] };
  const dates = [
    within("a", 5, 6, "quote:4-7"),
    within("b", 3, 4, "quote:0-8"),
    within("c", 1, 3, null),
    within("d", 1, 2, null, 0.4),
    within("e", 28, 34, null),
  ];
  const ids = (open, state = empty()) => datesIn(QUOTE, open, state).map(({ id }) => id);
  assert.deepEqual(ids([QUOTE, inner, ...dates]), ["c", "b"]);
  assert.deepEqual(ids([QUOTE, ...dates]), ["c", "b", "a"], "a quote that was rejected has no dates");
});
