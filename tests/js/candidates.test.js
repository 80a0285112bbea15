import assert from "node:assert/strict";
import test from "node:test";
import { Candidates } from "../../labeling/ui/component/candidates.js";
import { Lexicon, languageName } from "../../labeling/ui/component/lexicon.js";
import { Tokens } from "../../labeling/ui/component/tokens.js";

const QUOTE = { key: "quote", quotation: true, attributes: [] };
const SPEAKER = { key: "speaker", attributes: [{ key: "who", type: "registry" }] };
const DATE = { key: "date", attributes: [{ key: "value", type: "date" }] };
const CUE = { key: "cue", attributes: [] };
const LABELS = [QUOTE, SPEAKER, DATE, CUE];

/** An article with candidates at the words given, as the server would send them. */
class World {
  constructor(text, { sentences = [], quotations = [], clauses = [], cues = [], phrases = [], dates = [] }) {
    this.text = text;
    const find = (words, from = 0) => {
      const unit = text.indexOf(words, from);
      assert.ok(unit >= 0, words);
      const start = [...text.slice(0, unit)].length;
      return [start, start + [...words].length];
    };
    const stretches = (listed) =>
      listed.map(([words, features = {}]) => {
        const placed = Object.fromEntries(
          Object.entries(features).map(([name, value]) => [name, typeof value === "string" ? find(value) : value]),
        );
        return [...find(words), placed];
      });
    this.find = find;
    this.tokens = new Tokens(
      text,
      "en",
      sentences.map((words) => find(words)),
    );
    this.candidates = new Candidates(
      {
        rules: "en",
        language: "en",
        lexicon: { pronouns: ["she"], articles: ["the"], definite: ["the"] },
        sentences: [],
        quotations: stretches(quotations),
        clauses: stretches(clauses),
        cues: stretches(cues),
        phrases: stretches(phrases),
        names: [],
        dates: stretches(dates),
      },
      this.tokens,
    );
  }
  read(stretch) {
    return stretch && this.tokens.offsets.slice(stretch.start, stretch.end);
  }
  at(words, label) {
    return this.read(this.candidates.at(this.find(words)[0], label));
  }
  partners(quote) {
    return [
      ...this.candidates
        .partners(
          [this.find(quote)],
          LABELS.slice(1).filter((label) => label !== DATE),
        )
        .values(),
    ].map((each) => this.read(each));
  }
}

const STORY = new World("😀 “We know ‘it’,” said Anna. The mayor denied that “it” would close on Monday.", {
  sentences: ["😀 “We know ‘it’,” said Anna.", "The mayor denied that “it” would close on Monday."],
  quotations: [["“We know ‘it’,”"], ["‘it’"], ["“it”", { within: "that “it” would close on Monday" }]],
  clauses: [["that “it” would close on Monday"]],
  cues: [
    ["said", { speaker: "Anna" }],
    ["denied", { speaker: "The mayor" }],
  ],
  phrases: [
    ["Anna", { doubt: 0 }],
    ["The mayor", { doubt: 0 }],
  ],
  dates: [["Monday"]],
});

for (const [name, words, label, expected] of [
  ["the innermost quotation", "it’", QUOTE, "‘it’"],
  ["the quotation around", "know", QUOTE, "“We know ‘it’,”"],
  ["the clause that a quotation is a part of", "it” w", QUOTE, "that “it” would close on Monday"],
  ["the clause", "close", QUOTE, "that “it” would close on Monday"],
  ["no quote", "denied", QUOTE, null],
  ["the noun phrase", "mayor", SPEAKER, "The mayor"],
  ["the word where there is no noun phrase", "would", SPEAKER, "would"],
  ["the date", "Monday", DATE, "Monday"],
  ["no date", "close", DATE, null],
  ["the cue", "said", CUE, "said"],
  ["the word where there is no cue", "would", CUE, "would"],
]) {
  test(`a label's key takes ${name}`, () => assert.equal(STORY.at(words, label), expected));
}

test("the next candidates are quotes and dates in reading order, without those that are marked", () => {
  const walk = (spans, direction = 1) => {
    const found = [];
    let point = direction > 0 ? 0 : 1000;
    for (let next; (next = STORY.candidates.next(point, direction, LABELS, spans));) {
      found.push(`${next.label} ${STORY.read(next)}`);
      point = direction > 0 ? next.start + 1 : next.start;
    }
    return found;
  };
  const all = ["quote “We know ‘it’,”", "quote ‘it’", "quote that “it” would close on Monday", "date Monday"];
  assert.deepEqual(walk([]), all);
  assert.deepEqual(walk([], -1), all.toReversed());
  assert.deepEqual(walk([{ label: "quote", fragments: [STORY.find("“We know")] }]), all.slice(1));
});

test("what comes next after a stretch may begin with it, the longer one first, and before it too", () => {
  const quote = STORY.find("that “it” would close on Monday");
  const next = (point, direction, end) => STORY.read(STORY.candidates.next(point, direction, LABELS, [], end));
  assert.equal(next(STORY.find("“We know")[0], 1, STORY.find("“We know ‘it’,”")[1]), "‘it’");
  assert.equal(next(quote[0], 1, quote[1] + 1), "that “it” would close on Monday");
  assert.equal(next(quote[0], -1, quote[0] + 1), "that “it” would close on Monday");
  assert.equal(next(...[quote[0], -1, quote[1]]), "‘it’");
});

test("around a point the date is likely, or else the quote, and a stretch is likely as what it is offered as", () => {
  const at = (words) => STORY.candidates.likelyAt(STORY.find(words)[0] + 1, LABELS)?.label;
  assert.deepEqual(["Monday", "would", "mayor"].map(at), ["date", "quote", undefined]);
  const [start, end] = STORY.find("Monday");
  assert.equal(STORY.candidates.likeliest({ start, end }, LABELS)?.label, "date");
  assert.equal(STORY.candidates.likeliest({ start, end: end - 1 }, LABELS), undefined);
});

test("a noun phrase means the one whose name it has", () => {
  const text = "The mayor, Anna Brook, left. Tom stayed.";
  const world = new World(text, {
    phrases: [
      ["The mayor, Anna Brook", { name: "Anna Brook" }],
      ["Tom", {}],
    ],
  });
  const nameOf = (words) => world.read(world.candidates.nameOf([world.find(words)]));
  assert.deepEqual(["The mayor, Anna Brook", "Tom", "Anna Brook"].map(nameOf), ["Anna Brook", null, null]);
});

test("the cue of a quote is in its own sentence, however near another one is, and its speaker comes with it", () => {
  const world = new World("The crew warned. “We will go on to the very end of the road,” Anna said. Tom denied it.", {
    sentences: ["The crew warned.", "“We will go on to the very end of the road,” Anna said.", "Tom denied it."],
    quotations: [["“We will go on to the very end of the road,”"]],
    cues: [
      ["warned", { speaker: "The crew" }],
      ["said", { speaker: "Anna" }],
      ["denied", { speaker: "Tom" }],
    ],
    phrases: [
      ["The crew", { doubt: 0 }],
      ["Anna", { doubt: 0 }],
      ["Tom", { doubt: 0 }],
    ],
  });
  assert.deepEqual(world.partners("“We will go on to the very end of the road,”"), ["said", "Anna"]);
});

test("a quote that is a sentence by itself has the nearest cue outside of quotation marks", () => {
  const world = new World("“We know,” Anna said. “He says so. You do not.”", {
    sentences: ["“We know,” Anna said.", "“He says so.", "You do not.”"],
    quotations: [["“We know,”"], ["“He says so. You do not.”"]],
    cues: [
      ["said", { speaker: "Anna" }],
      ["says", { speaker: "He", quoted: true }],
    ],
    phrases: [
      ["Anna", { doubt: 0 }],
      ["He", { doubt: 0 }],
    ],
  });
  assert.deepEqual(world.partners("You do not.”"), ["said", "Anna"]);
});

test("a verb that relays is a part of the cue that another one ends, and no cue by itself", () => {
  const text = "“We know,” the paper cited Anna as saying.";
  const [cited, saying] = ["cited", "as saying"].map((words) => [
    text.indexOf(words),
    text.indexOf(words) + words.length,
  ]);
  const world = new World(text, {
    quotations: [["“We know,”"]],
    cues: [
      ["cited", { speaker: "Anna" }],
      ["saying", { speaker: "Anna", fragments: [cited, saying] }],
    ],
    phrases: [["Anna", { doubt: 0 }]],
  });
  assert.deepEqual(world.partners("“We know,”"), ["saying", "Anna"]);
});

test("a quotation within a marked quote is likely to be marked, until it is; marked words within one are not", () => {
  const world = new World("“He told me, ‘Come back,’ and left.” She “knew” it.", {
    quotations: [["“He told me, ‘Come back,’ and left.”"], ["‘Come back,’"], ["“knew”"]],
  });
  const next = (...marked) => {
    const spans = marked.map((words) => ({ label: "quote", fragments: [world.find(words)] }));
    return world.read(world.candidates.next(0, 1, LABELS, spans, world.text.length));
  };
  const outer = "“He told me, ‘Come back,’ and left.”";
  assert.deepEqual(
    [next(outer), next(outer, "‘Come back,’"), next(outer, "‘Come back,’", "She “knew” it")],
    ["‘Come back,’", "“knew”", null],
  );
});

test("without a cue nothing belongs to a quote", () => {
  const world = new World("“We know.” Anna left.", { quotations: [["“We know.”"]], phrases: [["Anna", { doubt: 1 }]] });
  assert.deepEqual(world.partners("“We know.”"), []);
});

test("near a span, who stands beside a cue comes before who only stands nearer", () => {
  const world = new World("“Go,” Tom heard as Anna said. It rained.", {
    quotations: [["“Go,”"]],
    cues: [["said", { speaker: "Anna" }]],
    phrases: [["Tom", { doubt: 1 }], ["Anna", { doubt: 0 }], ["It"]],
  });
  const near = world.candidates.near([world.find("“Go,”")], SPEAKER);
  assert.deepEqual(
    near.map((each) => world.read(each)),
    ["Anna", "Tom"],
  );
});

test("without candidates keys take words", () => {
  const tokens = new Tokens("Anna said so.", "en");
  const none = new Candidates(null, tokens);
  assert.deepEqual(
    [none.at(1, SPEAKER), none.at(1, QUOTE), none.at(6, CUE)],
    [{ start: 0, end: 4 }, null, { start: 5, end: 9 }],
  );
});

test("sentences are those of the server where it sends some", () => {
  const text = "Gen. Brook of No. 5 left. She did.";
  const tokens = new Tokens(text, "en", [
    [0, 25],
    [26, 34],
  ]);
  assert.deepEqual(
    [tokens.sentenceEnd(0), tokens.sentenceAt(7), tokens.sentenceBorder(3, 1)],
    [25, { start: 0, end: 25 }, 26],
  );
});

test("names are compared without articles, and pronouns and definite phrases are known", () => {
  const lexicon = new Lexicon({ pronouns: ["she"], articles: ["the", "a"], definite: ["the", "his"] });
  assert.deepEqual(
    ["The  Mayor,", "“Anna”", "a source.", "The"].map((words) => lexicon.folded(words)),
    ["mayor", "anna", "source", "the"],
  );
  assert.deepEqual(
    ["She", " she ", "Anna"].map((words) => lexicon.isPronoun(words)),
    [true, true, false],
  );
  assert.deepEqual(
    ["his aide", "The mayor", "a source", "his"].map((words) => lexicon.isDefinite(words)),
    [true, true, false, false],
  );
});

test("a language without rules is named in English", () => {
  assert.deepEqual(["de", "pt-BR", "und-Cyrl"].map(languageName), [
    "German",
    "Brazilian Portuguese",
    "text in Cyrillic script",
  ]);
});
