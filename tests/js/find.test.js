import assert from "node:assert/strict";
import test from "node:test";
import { folded, occurrences } from "../../labeling/ui/component/find.js";
import { Tokens } from "../../labeling/ui/component/tokens.js";

for (const [text, words, expected] of [
  [
    "Brekke said. BREKKE left.",
    "brekke",
    [
      [0, 6],
      [13, 19],
    ],
  ],
  [
    "Ilko Vránar and Vranar",
    "vranar",
    [
      [5, 11],
      [16, 22],
    ],
  ],
  ["Vra\u0301nar came", "vránar", [[0, 7]]],
  ["“It’s ours,” he said", "\"it's ours", [[0, 10]]],
  [
    "40\u00a0million — or 40  million",
    "40 million",
    [
      [0, 10],
      [16, 27],
    ],
  ],
  [
    "😀 a smile 😀 again",
    "😀",
    [
      [0, 1],
      [10, 11],
    ],
  ],
  [
    "the 👩‍👩‍👧 and 👩",
    "👩",
    [
      [4, 9],
      [14, 15],
    ],
  ],
  ["東京で会議", "会議", [[3, 5]]],
  ["قال الوزير", "الوزير", [[4, 10]]],
  [
    "aaaa",
    "aa",
    [
      [0, 2],
      [2, 4],
    ],
  ],
  ["ﬁne print", "fine", [[0, 3]]],
  ["the Eisen\u00adbahn stops", "eisenbahn", [[4, 14]]],
  ["the Eisenbahn stops", "eisen\u00adbahn", [[4, 13]]],
  ["a zero\u200bwidth space", "zerowidth", [[2, 12]]],
  ["nothing here", "  ", []],
  ["nothing here", "elsewhere", []],
]) {
  test(`“${words}” is found in “${text}” where it stands`, () => {
    assert.deepEqual(
      occurrences(new Tokens(text), words).map(({ start, end }) => [start, end]),
      expected,
    );
  });
}

test("folding makes equal what people take for the same", () => {
  assert.equal(folded("‘Élan’ – «x»"), folded("'elan' - \"x\""));
});
