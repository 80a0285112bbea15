import assert from "node:assert/strict";
import test from "node:test";
import { Tokens } from "../../labeling/ui/component/tokens.js";

const reading = (tokens) => (stretch) => stretch && tokens.offsets.slice(stretch.start, stretch.end);

const WORDS = [
  ["He said, “No.”", ["He", "said", ",", "“", "No", ".", "”"]],
  ["two-day trip", ["two-day", "trip"]],
  ["the US-led, 1950-53 war", ["the", "US-led", ",", "1950-53", "war"]],
  ["I'll go—now", ["I'll", "go", "—", "now"]],
  ["the North’s envoy", ["the", "North’s", "envoy"]],
  ["- a dash", ["-", "a", "dash"]],
  ["😀 “yes”", ["😀", "“", "yes", "”"]],
  ["word - word", ["word", "-", "word"]],
  ["a\u00a0b", ["a", "b"]],
];

for (const [text, expected] of WORDS) {
  test(`the words of ${JSON.stringify(text)}`, () => {
    const tokens = new Tokens(text, "en");
    assert.deepEqual(tokens.words(tokens.paragraphs[0]).map(reading(tokens)), expected);
  });
}

test("Chinese is cut into words without spaces", () => {
  const tokens = new Tokens("北京的天气很好", "zh");
  assert.ok(tokens.words(tokens.paragraphs[0]).length > 2);
});

test("blank lines make no paragraphs and paragraphs know their offsets", () => {
  const tokens = new Tokens("a😀\n\n  \nb c\n", "en");
  assert.deepEqual(
    tokens.paragraphs.map(({ start, end, text }) => [start, end, text]),
    [
      [0, 2, "a😀"],
      [7, 10, "b c"],
    ],
  );
});

const SNAPS = [
  ["inside two words, grows to both", "Mike Pompeo said", 2, 7, "Mike Pompeo"],
  ["white space at the ends, shrinks", "Mike Pompeo said", 4, 12, "Pompeo"],
  ["a mark beside a word, stays out", "“No,” he", 1, 3, "No"],
  ["a mark taken in, stays in", "“No,” he", 0, 5, "“No,”"],
  ["before a possessive ending, stays", "next week’s talks", 0, 9, "next week"],
  ["only white space, nothing", "a   b", 1, 3, null],
  ["no-break space at the end, shrinks", "a\u00a0b", 0, 2, "a"],
  ["after an emoji, counts points", "😀 Pompeo said", 3, 5, "Pompeo"],
];
for (const [name, text, start, end, expected] of SNAPS) {
  test(`snapping ${name}`, () => {
    const tokens = new Tokens(text, "en");
    assert.equal(reading(tokens)(tokens.snap(start, end)), expected);
  });
}

test("word borders go over paragraphs and stop at the ends of the text", () => {
  const tokens = new Tokens("One two\nthree", "en");
  assert.equal(tokens.wordBorder(0, 1, "start"), 4);
  assert.equal(tokens.wordBorder(4, 1, "start"), 8);
  assert.equal(tokens.wordBorder(8, 1, "start"), 13);
  assert.equal(tokens.wordBorder(13, 1, "start"), 13);
  assert.equal(tokens.wordBorder(0, -1, "start"), 0);
  assert.equal(tokens.wordBorder(8, -1, "end"), 7);
});

test("a character is what a reader sees as one", () => {
  const tokens = new Tokens("e\u0301👩‍👩‍👧x", "en");
  assert.deepEqual([tokens.character(0, 1), tokens.character(2, 1), tokens.character(7, -1)], [2, 7, 2]);
});

test("the sentence end goes on to the next sentence and paragraph", () => {
  const tokens = new Tokens("He left. She stayed.\nThen?", "en");
  assert.deepEqual([tokens.sentenceEnd(0), tokens.sentenceEnd(8), tokens.sentenceEnd(20)], [8, 20, 26]);
});

test("sentences are gone through one by one, over paragraphs, and back to the start of the one at hand first", () => {
  const tokens = new Tokens("One here. Two here.\n\nThree 😀 here. 東京です。会議です。");
  const starts = [0];
  for (let at = 0; ;) {
    const next = tokens.sentenceBorder(at, 1);
    if (next === at) break;
    starts.push((at = next));
  }
  assert.deepEqual(
    starts.map((start) => [...tokens.offsets.text].slice(start, start + 2).join("")),
    ["On", "Tw", "Th", "東京", "会議", ""],
  );
  const back = [tokens.sentenceBorder(14, -1)];
  while (back.at(-1) > 0) back.push(tokens.sentenceBorder(back.at(-1), -1));
  assert.deepEqual(back, [10, 0]);
  assert.equal(tokens.sentenceBorder(0, -1), 0);
});
