import assert from "node:assert/strict";
import test from "node:test";
import { clearEntry, entryChoices } from "../../labeling/ui/component/entryfield.js";
import { Lexicon } from "../../labeling/ui/component/lexicon.js";

const LEXICON = new Lexicon({
  pronouns: ["he", "they", "she"],
  plural: ["they"],
  articles: ["the", "a"],
  definite: ["the", "his"],
  indefinite: ["a", "two"],
  conjunctions: ["and"],
});
const REGISTRY = {
  anna: "Anna Brook",
  chris: "Christopher Brook",
  both: "Brook and Vell",
  commission: "E.U. Commission",
};

/** What the field offers for a span's words: titles, the first of which Enter takes. */
async function offered(
  words,
  { typed = "", names = [], within = [], here = [], repeats = false, named = true, replacing = false } = {},
) {
  const listed = names.map((name, start) => ({ start, end: start + 1, name }));
  const around = {
    words: () => words,
    lexicon: () => LEXICON,
    names: named ? () => listed : null,
    within: ([start]) => within.includes(names[start]),
    repeats,
    article: () => "here",
    api: {
      registry: async (_, query) => ({
        entries: Object.entries(REGISTRY)
          .filter(([, name]) => query.split(" ").every((word) => name.toLowerCase().includes(word.toLowerCase())))
          .map(([id, name]) => ({ id, name })),
      }),
    },
    mentioned: () => here,
    nameOf: (_, id) => REGISTRY[id],
    newId: () => "new",
    set: () => {},
  };
  return (await entryChoices("source", around, typed, replacing)).map(({ title }) => title);
}

for (const [claim, words, options, expected] of [
  ["a name within a description makes no entry", "a senior E.U. envoy", {}, ["Create “a senior E.U. envoy”"]],
  [
    "a name finds its entries, those of one person first",
    "Brook",
    {},
    ["Anna Brook", "Christopher Brook", "Brook and Vell", "Create “Brook”"],
  ],
  [
    "someone's last name makes the full name that the article has for it",
    "President Okoro",
    { names: ["Ines Okoro", "Dov Marrick", "Ines Okoro"] },
    ["Create “Ines Okoro”", "Create “President Okoro”"],
  ],
  [
    "a last name of several people makes none of theirs",
    "President Okoro",
    { names: ["Ines Okoro", "Ada Okoro"] },
    ["Create “President Okoro”"],
  ],
  [
    "words for several people find joint entries in their order",
    "Anna and Brook",
    {},
    ["Anna Brook", "Christopher Brook", "Brook and Vell", "Create “Anna and Brook”"],
  ],
  [
    "a name after a title is found by its last word and offered without the title",
    "Deputy Transport Minister Ada Brekke",
    { names: ["Ada Brekke"], within: ["Ada Brekke"] },
    ["Create “Ada Brekke”", "Create “Deputy Transport Minister Ada Brekke”"],
  ],
  [
    "a few letters find a name of the article",
    "the minister",
    { typed: "Ad", names: ["Ines Okoro", "Ada Brekke"] },
    ["Create “Ada Brekke”", "Create “Ad”"],
  ],
  [
    "a pronoun is whom the article named last, one person before several",
    "he",
    {
      here: [
        { id: "both", same: false },
        { id: "anna", same: false },
      ],
    },
    ["Anna Brook", "Brook and Vell"],
  ],
  [
    "“they” may be several",
    "they",
    {
      here: [
        { id: "both", same: false },
        { id: "anna", same: false },
      ],
    },
    ["Brook and Vell", "Anna Brook"],
  ],
  ["a pronoun makes no entry, and no entry is guessed for it", "he", {}, []],
  [
    "the same words come first, also if they are of several people",
    "Brook and Vell",
    {
      here: [
        { id: "anna", same: false },
        { id: "both", same: true },
      ],
    },
    ["Brook and Vell"],
  ],
  ["a date's words make no event", "later", { named: false }, []],
  [
    "an event of the article is offered for a date",
    "later",
    { named: false, here: [{ id: "commission", same: false }] },
    ["E.U. Commission"],
  ],
  ["an event is created from what is typed", "later", { named: false, typed: "the vote" }, ["Create “the vote”"]],
  [
    "a quote's utterance stays empty",
    "“We will go.”",
    { named: false, repeats: true, here: [{ id: "anna", same: false }] },
    [],
  ],
  [
    "a quote that is repeated has the utterance of before",
    "“We will go.”",
    { named: false, repeats: true, here: [{ id: "anna", same: true }] },
    ["Anna Brook"],
  ],
  [
    "a quote that is an utterance's name has this utterance",
    "“Anna Brook”",
    { named: false, repeats: true },
    ["Anna Brook"],
  ],
  [
    "another entry than the present one is looked for among all",
    "later",
    { named: false, replacing: true },
    Object.values(REGISTRY)
      .filter((name) => name !== "Brook and Vell")
      .concat("Brook and Vell"),
  ],
]) {
  test(`entries: ${claim}`, async () => {
    const found = await offered(words, options);
    assert.deepEqual(claim.includes("same words") ? found.slice(0, 1) : found, expected);
  });
}

test("entries: a new entry's id follows from its name, as in Python, so that two who don't see each other's create the same one", async () => {
  const created = [];
  const around = {
    words: () => "Zoé Café",
    lexicon: () => LEXICON,
    names: () => [],
    within: () => false,
    repeats: false,
    article: () => "here",
    api: { registry: async () => ({ entries: [] }) },
    mentioned: () => [],
    nameOf: () => "",
    newId: () => "random",
    set: (id, [op]) => created.push([id, op.id, op.name]),
  };
  for (const choice of await entryChoices("source", around, "Zoé Café", false)) choice.pick();
  assert.deepEqual(created, [["6b392fae99e0987b", "6b392fae99e0987b", "Zoé Café"]]);
});

for (const [claim, name, registry, expected, described = false] of [
  ["a full name that no entry has is a new entry", "Dov Marrick", {}, ["new", "Dov Marrick"]],
  ["a full name of one entry is that entry", "Dov  Marrick", { dov: "Dov Marrick" }, ["dov", "Dov Marrick"]],
  ["another of the same last name has to be told apart", "Dov Marrick", { ida: "Ida Marrick" }, null],
  ["two entries of one name have to be told apart", "Dov Marrick", { one: "Dov Marrick", two: "Dov Marrick" }, null],
  [
    "a longer name that begins with the last word is no namesake",
    "Dov Marr",
    { ida: "Ida Marrick" },
    ["new", "Dov Marr"],
  ],
  [
    "a name is that of an entry with other hyphens",
    "Min Seo Jun",
    { one: "Min Seo-jun" },
    ["one", "Min Seo-jun"],
    false,
  ],
  [
    "a description is a new entry, whoever shares its last word",
    "a senior envoy",
    { other: "the envoy" },
    ["new", "a senior envoy"],
    true,
  ],
  ["a description that an entry has may mean another one", "a senior envoy", { one: "a senior envoy" }, null, true],
])
  test(`entries: ${claim}`, async () => {
    const api = {
      registry: async (_, query) => ({
        entries: Object.entries(registry)
          .filter(([, each]) => query.split(" ").every((word) => each.toLowerCase().includes(word)))
          .map(([id, each]) => ({ id, name: each })),
      }),
    };
    const found = await clearEntry("source", name, described, {
      api,
      article: "here",
      lexicon: LEXICON,
      newId: () => "new",
    });
    const id = found?.id.length === 16 ? "new" : found?.id;
    assert.deepEqual(found && [id, found.name], expected);
  });

test("entries: without an answer of the registry someone has to say", async () => {
  const api = { registry: () => Promise.reject(new Error("offline")) };
  assert.equal(
    await clearEntry("source", "Dov Marrick", false, { api, article: "", lexicon: LEXICON, newId: () => "" }),
    null,
  );
});
