import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";
import { cueAround, dateAround, nameAround, partnersOf, quotationAround } from "../../labeling/ui/component/around.js";
import { properNames } from "../../labeling/ui/component/noungroups.js";
import { Tokens } from "../../labeling/ui/component/tokens.js";

/** Each text has its caret at “|”. */
const AROUND = [
  [quotationAround, 'He said "we w|ill go" and left', '"we will go"'],
  [quotationAround, "He “sa|id ‘no’ at once,” she", "“said ‘no’ at once,”"],
  [quotationAround, "“It |goes on", "“It goes on"],
  [quotationAround, "none |here", null],
  [quotationAround, "“It began.\n\n“It| ended,” she said.", "“It began.\n\n“It ended,”"],
  [quotationAround, "“Then he told us, ‘Don’t |go there,’ and left,” she said", "‘Don’t go there,’"],
  [quotationAround, "“They came! “|, explained the mayor.", "“They came! “"],
  [
    quotationAround,
    "The mayor said on Monday that the| bridge would close, while others disagreed.",
    "that the bridge would close",
  ],
  [quotationAround, "The mayor told the council the| bridge would close.", "the bridge would close"],
  [quotationAround, "The bridge will| close, the mayor said.", "The bridge will close"],
  [quotationAround, "She has threatened to| close the bridge.", "to close the bridge"],
  [quotationAround, "The mayor said she would not come “without| a date”.", "she would not come “without a date”"],
  [quotationAround, "The mayor| said the bridge would close.", null],
  [quotationAround, "市长周一表示，这座桥|将关闭。", "这座桥将关闭"],
  [nameAround, "then US Secret|ary of State Mike Pompeo said", "US Secretary of State Mike Pompeo"],
  [nameAround, "T|rump and Kim met", "Trump"],
  [nameAround, "Brook and| Vell said", "Brook and Vell"],
  [nameAround, "and |she said", "she"],
  [nameAround, "while a senior rail official from| the port said", "a senior rail official from the port"],
  [nameAround, "said the port’s| director, Anna Brook.", "the port’s director, Anna Brook"],
  [nameAround, "said Anna Brook, the director|.", "the director"],
  [nameAround, "On Sunday Anna |Brook said", "Anna Brook"],
  [nameAround, "Two| of the port’s pilots told us", "Two of the port’s pilots"],
  [nameAround, "as Anna Br|ook’s answer showed", "Anna Brook"],
  [nameAround, "multiple diplomatic| sources said", "multiple diplomatic sources"],
  [nameAround, "the |Sailors' Union said", "the Sailors' Union"],
  [nameAround, "美国国务|卿蓬佩奥周日表示", "美国国务卿蓬佩奥"],
  [cueAround, "he has just |declared that", "has just declared"],
  [cueAround, "was quoted as| saying that", "was quoted as saying"],
  [cueAround, "according| to the mayor", "according to"],
  [cueAround, "no |word", "word"],
  [dateAround, "is scheduled for |Thursday and Friday, while", "Thursday and Friday"],
  [dateAround, "in New York at the| end of this week to", "the end of this week"],
  [dateAround, "on July| 7, 2018.", "July 7, 2018"],
  [dateAround, "talks on January| 17-18,” the", "January 17-18"],
  [dateAround, "take place early| next year.", "early next year"],
  [dateAround, "in |June, she", "June"],
  [dateAround, "since mid-|February", "mid-February"],
  [dateAround, "a |fortnight ago", "a fortnight ago"],
  [dateAround, "at seven on Tuesday |evening", "seven on Tuesday evening"],
  [dateAround, "the first Saturday| in February", "the first Saturday in February"],
  [dateAround, "2 February of the| current year", "2 February of the current year"],
  [dateAround, "it may |end", null],
  [dateAround, "将于2018年11月|8日举行", "2018年11月8日"],
  [dateAround, "no d|ate here", null],
];
for (const [find, text, expected] of AROUND) {
  test(`${find.name} of ${JSON.stringify(text)}`, () => {
    const tokens = new Tokens(text.replace("|", ""), /\p{Script=Han}/u.test(text) ? "zh" : "en");
    const found = find(tokens, [...text].indexOf("|"));
    assert.equal(found && tokens.offsets.slice(found.start, found.end), expected);
  });
}

test("a caret anywhere in a noun group takes all of it", () => {
  const tokens = new Tokens("said the union’s secretary, Dov Marrick.", "en");
  const taken = tokens
    .words(tokens.paragraphs[0])
    .slice(1, -1)
    .map(({ start }) => nameAround(tokens, start));
  assert.deepEqual(
    new Set(taken.map(({ start, end }) => tokens.offsets.slice(start, end))),
    new Set(["the union’s secretary, Dov Marrick"]),
  );
});

const RULES = { quote: quotationAround, speaker: nameAround, claimed_date: dateAround, cue: cueAround };

/** How many marks of each label their key takes exactly, or their first part, with the caret at their first word. @param {{text: string, language?: string, spans: any[]}[]} articles */
function hits(articles) {
  const counts = {};
  for (const { text, language, spans } of articles) {
    const tokens = new Tokens(text, language);
    for (const { label, fragments } of spans) {
      const [hit, all] = counts[label] ?? [0, 0];
      const [[start, end]] = fragments;
      const found = RULES[label](tokens, start);
      counts[label] = [hit + (found?.start === start && found.end === end ? 1 : 0), all + 1];
    }
  }
  return counts;
}

/** @param {Record<string, [number, number]>} counts @param {Record<string, number>} floors */
function assertAtLeast(counts, floors) {
  for (const [label, floor] of Object.entries(floors))
    assert.ok(counts[label][0] >= floor, `${label}: ${counts[label].join(" of ")}, at least ${floor} before`);
}

test("most marks of the sample corpus are what one key takes", (context) => {
  const lines = readFileSync(new URL("../../labeling/sample/gold.jsonl", import.meta.url), "utf8")
    .trim()
    .split("\n");
  const counts = hits(
    lines
      .map((line) => JSON.parse(line))
      .map(({ text, language, annotations }) => ({ text, language, spans: annotations[0].spans })),
  );
  context.diagnostic(JSON.stringify(counts));
  assertAtLeast(counts, { quote: 91, speaker: 110, claimed_date: 132, cue: 90 });
});

const REAL = new URL("../../../shared/articles/", import.meta.url);
test(
  "most marks of the real articles are what one key takes",
  { skip: existsSync(REAL) ? false : "there are no shared articles here" },
  (context) => {
    const { files } = JSON.parse(readFileSync(new URL("gold.json", REAL), "utf8"));
    const articles = files.map(({ file, spans }) => ({
      text: readFileSync(new URL(file, REAL), "utf8"),
      spans: spans.map((span) => ({
        label: span.label === "date" ? "claimed_date" : span.label,
        fragments: span.fragments ?? [[span.start, span.end]],
      })),
    }));
    const counts = hits(articles);
    context.diagnostic(JSON.stringify(counts));
    assertAtLeast(counts, { quote: 41, speaker: 43, claimed_date: 43 });
  },
);

const CUE = { key: "cue", title: "Cue", colour: "#000", attributes: [] };
const SPEAKER = {
  key: "speaker",
  title: "Speaker",
  colour: "#000",
  attributes: [{ key: "who", title: "who", type: "registry" }],
};

for (const [text, expected] of [
  ["“We know,” said Anna Brook.", ["said", "Anna Brook"]],
  ["Tomas Vell, a pilot, told the harbour board: “We know.”", ["told", "Tomas Vell"]],
  ["“We know,” the mayor said. “You do not.”", ["said", "the mayor"]],
  ["“We know.”", []],
]) {
  test(`what goes with the quote of ${JSON.stringify(text)}`, () => {
    const tokens = new Tokens(text, "en");
    const { start, end } = quotationAround(tokens, [...text].indexOf("“") + 2) ?? { start: 0, end: 0 };
    const partners = partnersOf(tokens, [[start, end]], [CUE, SPEAKER]);
    assert.deepEqual(
      [...partners.values()].map((each) => tokens.offsets.slice(each.start, each.end)),
      expected,
    );
  });
}

test("names of an article are runs of capitalised words, without titles; where one begins is not guessed", () => {
  const tokens = new Tokens(
    "Professor Anna Brook and Dr. Tomas van der Vell met the Minister of Transport Ines Okoro.\n\nIlko Vránar’s aide left.",
    "en",
  );
  assert.deepEqual(
    properNames(tokens).map(({ name }) => name),
    ["Anna Brook", "Tomas van der Vell", "Ilko Vránar"],
  );
});
