import assert from "node:assert/strict";
import test from "node:test";
import { codesFor, jumpsFrom, wordsFrom } from "../../labeling/ui/component/jumping.js";
import { Tokens } from "../../labeling/ui/component/tokens.js";

const TEXT = "Élan said “the end” – the Egg’s end.\n\nThen he left. 🚀 Era.";

/** The words that a typed character finds. */
function found(typed) {
  const tokens = new Tokens(TEXT, "en");
  return wordsFrom(tokens, tokens.paragraphs, typed).map(({ start, end }) => tokens.offsets.slice(start, end));
}

test("words are found by their first letter, large or small, with an accent or without", () => {
  assert.deepEqual(found("e"), ["Élan", "end", "Egg’s", "end", "Era"]);
  assert.deepEqual(found("T"), ["the", "the", "Then"]);
  assert.deepEqual(found("x"), []);
});

test("any quotation mark or dash is found by the one on the keyboard", () => {
  assert.deepEqual(found('"'), ["“", "”"]);
  assert.deepEqual(found("-"), ["–"]);
});

test("letters that no accent is taken from, ligatures and wide forms are found by what they look like", () => {
  const tokens = new Tokens("Łukasz, Øre, œuvre, Đoković, Isıl, ﬁrst, ５, … 《書》 〝本〞", "en");
  const of = (typed) =>
    wordsFrom(tokens, tokens.paragraphs, typed).map(({ start, end }) => tokens.offsets.slice(start, end));
  assert.deepEqual(["l", "o", "d", "f", "5", "."].map(of), [
    ["Łukasz"],
    ["Øre", "œuvre"],
    ["Đoković"],
    ["ﬁrst"],
    ["５"],
    ["…"],
  ]);
  assert.deepEqual(of('"'), ["《", "》", "〝", "〞"]);
  assert.deepEqual(of("Ł"), ["Łukasz"]);
});

test("letters go to the nearest first; a single word needs none", () => {
  const word = (start) => ({ start, end: start + 3 });
  assert.deepEqual(
    jumpsFrom([word(0), word(50), word(90)], 60).map(({ letter, word: { start } }) => [letter, start]),
    [
      ["a", 50],
      ["s", 90],
      ["d", 0],
    ],
  );
  assert.deepEqual(
    jumpsFrom([word(50)], 0).map(({ letter }) => letter),
    [""],
  );
});

test("every visible word gets a code: one letter near the caret, two far off, none the beginning of another", () => {
  for (const count of [2, 25, 26, 27, 51, 52, 300, 676]) {
    const codes = codesFor(count);
    assert.equal(codes.length, count);
    assert.equal(new Set(codes).size, count);
    assert.ok(codes.every((code) => !codes.some((other) => other !== code && other.startsWith(code))));
    assert.deepEqual(
      codes.map((code) => code.length),
      codes.map((code) => code.length).sort(),
    );
  }
  assert.deepEqual(codesFor(26).join(""), "asdfjklgheiruowqptyvbncmxz");
  assert.deepEqual(codesFor(27).slice(24), ["x", "za", "zs"]);
  assert.equal(codesFor(1000).length, 676);
});
