import assert from "node:assert/strict";
import test from "node:test";
import { Cursor } from "../../labeling/ui/component/cursor.js";
import { Tokens, runsLeftward, writtenLeftward } from "../../labeling/ui/component/tokens.js";

/** A cursor in a text; `keys` are commands, with + for those that extend. Moves across lines need a page. */
function after(text, keys, { at = 0, snapping = true } = {}) {
  const cursor = new Cursor(null, snapping);
  cursor.open(new Tokens(text));
  cursor.put(at);
  for (const key of keys) assert.ok(cursor.run(key.replace("+", ""), key.startsWith("+")), key);
  return cursor;
}

const read = (text, stretch) => stretch && text.slice(stretch.start, stretch.end);

const LATIN = "One two three, four.";
const ARABIC = "قال الوزير يوم الأحد";

for (const [keys, point] of [
  [["word-right"], 4],
  [["word-right", "word-right", "word-left"], 4],
  [["character-right", "character-right", "character-left"], 1],
  [["text-end"], 20],
  [["paragraph-down"], 20],
]) {
  test(`${keys.join(", ")} leads to ${point}`, () => assert.equal(after(LATIN, keys).point, point));
}

test("extending selects whole words, and going back over them lets them go", () => {
  assert.equal(read(LATIN, after(LATIN, ["+word-right", "+word-right"]).selection), "One two");
  assert.equal(read(LATIN, after(LATIN, ["+word-right", "+word-right", "+word-left"]).selection), "One");
});

test("a selection turned round starts from its anchor again", () => {
  const cursor = after(LATIN, ["+word-right", "+word-left", "+word-left"], { at: 8 });
  assert.deepEqual([cursor.anchor, read(LATIN, cursor.selection)], [8, "two"]);
});

test("single characters are selected where they are asked for", () => {
  assert.equal(read(LATIN, after(LATIN, ["+character-right", "+character-right"]).selection), "On");
  const loose = after(LATIN, [], { snapping: false });
  loose.select(1, 6);
  assert.equal(read(LATIN, loose.selection), "ne tw");
  loose.snapping = true;
  assert.equal(read(LATIN, loose.selection), "One two");
});

test("a move without extending leaves the selection", () => {
  assert.equal(after(LATIN, ["+word-right", "word-right"]).selection, null);
});

test("in text from right to left the left arrow goes on and the right one back", () => {
  assert.equal(after(ARABIC, ["word-left"]).point, 4);
  assert.equal(after(ARABIC, ["word-left", "word-left", "word-right"]).point, 4);
  assert.equal(after(ARABIC, ["character-left"]).point, 1);
  assert.equal(read(ARABIC, after(ARABIC, ["+word-left", "+word-left"]).selection), "قال الوزير");
});

test("a command of another kind is none of the cursor's", () => {
  assert.equal(after(LATIN, []).run("submit", false), false);
});

for (const [text, leftward] of [
  ["Plain", false],
  ["«سوف», he said", true],
  ["12. سوف", true],
  ["123", false],
  ["", false],
]) {
  test(`“${text}” ${leftward ? "runs" : "does not run"} from right to left`, () =>
    assert.equal(runsLeftward(text), leftward));
}

const MIXED = "قال Reuters في 8 نوفمبر 2018";
for (const [word, expected] of [
  ["قال", true],
  ["Reuters", false],
  ["8", true],
  ["2018", false],
]) {
  test(`the first character of ${word} is written ${expected ? "leftward" : "rightward"} in a paragraph from right to left`, () => {
    const from = MIXED.indexOf(word);
    assert.equal(writtenLeftward(MIXED, from, from + 1, true), expected);
  });
}
