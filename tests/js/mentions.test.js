import assert from "node:assert/strict";
import test from "node:test";
import { Annotation } from "../../labeling/ui/component/annotation.js";
import { Lexicon } from "../../labeling/ui/component/lexicon.js";
import { mentioned, namesake, remembered } from "../../labeling/ui/component/mentions.js";

const WHO = { key: "who", title: "who", type: "registry", registry: "source" };
const SPEAKER = { key: "speaker", attributes: [WHO, { key: "plural", type: "flag" }, { key: "note", type: "text" }] };
const DATE = {
  key: "date",
  attributes: [
    { key: "value", type: "date" },
    { key: "event", type: "registry", registry: "event" },
  ],
};
const LABELS = new Map([SPEAKER, DATE].map((label) => [label.key, label]));

const LEXICON = new Lexicon({ pronouns: ["he", "she"], articles: ["the"], definite: ["the", "his"] });
const WORDS = { 0: "Anna Brook", 20: "the Mayor", 40: "she", 60: "Friday", 80: "they" };
const span = (id, start, attributes, label = "speaker") => ({ id, label, fragments: [[start, start + 5]], attributes });
const wordsOf = ({ fragments }) => WORDS[fragments[0][0]];
const SPANS = [
  span("a", 0, { who: "anna" }),
  span("b", 20, { who: "anna", plural: true, note: "seen once" }),
  span("c", 40, { who: "anna" }),
  span("d", 60, { event: "strike" }, "date"),
  span("e", 80, { who: "crew" }),
];
const STATE = new Annotation({ revision: 1, status: "open", published: null, spans: SPANS, relations: [] });

test("the same words are who they were before, with their flags and without their notes", () => {
  assert.deepEqual(remembered(STATE, SPEAKER, "the mayor", wordsOf, LEXICON), { who: "anna", plural: true });
  assert.deepEqual(remembered(STATE, SPEAKER, "Mayor", wordsOf, LEXICON), { who: "anna", plural: true });
  assert.deepEqual(remembered(STATE, SPEAKER, "Tom Vell", wordsOf, LEXICON), {});
});

test("nothing is remembered of a pronoun or of a date's words", () => {
  assert.deepEqual(remembered(STATE, SPEAKER, "she", wordsOf, LEXICON), {});
  assert.deepEqual(remembered(STATE, DATE, "Friday", wordsOf, LEXICON), {});
});

test("a name is the entry of that name, and a single word the only entry that ends with it", () => {
  const entries = [
    ["anna", "Anna Brook"],
    ["jong", "Kim Jong-un"],
    ["vell", "Tom Vell"],
  ];
  const names = ["Minister Anna Brook", "Kim Jong-un", "Kim Yong-chol", "Tom Vell", "Ida Vell", "Brook"];
  const meant = (own) => namesake(own, entries, names, LEXICON);
  assert.equal(meant("Anna Brook"), "anna");
  assert.equal(meant("Brook"), "anna");
  assert.equal(meant("Vell"), null, "Ida Vell could be meant");
  assert.equal(meant("Kim"), null, "no entry ends with it");
  assert.equal(meant("Ida Vell"), null);
  assert.equal(namesake("Brook", [...entries, ["otto", "Otto Brook"]], names, LEXICON), null, "two could be meant");
});

test("who the article names is offered nearest first, before before after", () => {
  const she = span("new", 70, {});
  assert.deepEqual(
    mentioned(STATE, "source", she, LABELS, () => "she", LEXICON),
    [
      { id: "anna", same: false },
      { id: "crew", same: false },
    ],
  );
  const late = span("new", 90, {});
  assert.deepEqual(
    mentioned(STATE, "source", late, LABELS, (each) => (each === late ? "he" : wordsOf(each)), LEXICON).map(
      ({ id }) => id,
    ),
    ["crew", "anna"],
  );
});

test("the entry of the same words comes first, however far away", () => {
  const late = span("new", 90, {});
  assert.deepEqual(
    mentioned(STATE, "source", late, LABELS, (each) => (each === late ? "Anna Brook" : wordsOf(each)), LEXICON)[0],
    { id: "anna", same: true },
  );
});
