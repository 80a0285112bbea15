// @ts-check
import { madeId } from "./entryfield.js";
import { dateOf, entryIds } from "./kinds.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./suggestions.js").Suggestion} Suggestion
 * @typedef {import("./suggestions.js").SuggestedPart} SuggestedPart
 * @typedef {import("./suggestions.js").PartChoice} PartChoice
 * @typedef {import("./suggestions.js").EntryChoice} EntryChoice
 * @typedef {{reading: number, choice: number, entry: number}} Option  what a digit chooses: a reading of a date, or a speaker and its entity
 * @typedef {{remembered: (span: Span) => Record<string, any>, mentioned: (registry: string, span: Span) => string[], folded: (words: string) => string, words: (span: Span) => string}} Knowing  what the article says of a span: the entry that the same words have, the entries likely meant, words to compare
 */

/** Digits choose among so many options. */
const MOST_OPTIONS = 9;
/** So many entries are offered for one speaker. */
const MOST_OFFERED = 8;
/** How likely the entry is that the same words have already. */
const SAME_WORDS = 0.95;
/** An entry that no one proposed, but that is used in the article. */
const USED_HERE = 0.005;
/** @type {Option} */
const AS_PROPOSED = { reading: 0, choice: 0, entry: 0 };

/** The part of a suggestion that digits choose for: the first with several choices or entries. @param {Suggestion} suggestion @returns {SuggestedPart | undefined} */
export function chosenPart({ parts }) {
  return parts.find(({ choices = [] }) => choices.length > 1 || choices.some(({ entity }) => entryCount(entity) > 1));
}

/**
 * The attribute that is asked for instead of what a suggestion proposes: the date of its head, or who a part is; null for none.
 * @param {Suggestion} suggestion @param {import("./schema.js").Schema} schema @returns {{relation: string, attribute: string} | null} `relation`: of the part; "" for the head
 */
export function askedIn({ label, readings, parts }, schema) {
  const date = readings && dateOf(schema.label.get(label));
  if (date) return { relation: "", attribute: date.key };
  for (const { relation, choices = [] } of parts)
    if (choices[0]?.entity) return { relation, attribute: choices[0].entity.attribute };
  return null;
}

/** What digits choose among, the one that is proposed first, then by likelihood: readings of a date, or else speakers, each with who that may be. @param {Suggestion} suggestion @returns {Option[]} */
export function optionsOf(suggestion) {
  const { readings = [] } = suggestion;
  if (readings.length > 1) return readings.slice(0, MOST_OPTIONS).map((_, reading) => ({ ...AS_PROPOSED, reading }));
  const options = (chosenPart(suggestion)?.choices ?? []).flatMap(({ score, entity }, choice) =>
    (entity?.choices.length ? entity.choices : [{ score: 1 }]).map((each, entry) => ({
      option: { reading: 0, choice, entry },
      score: choice || entry ? score * each.score : Infinity,
    })),
  );
  return options
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST_OPTIONS)
    .map(({ option }) => option);
}

/** An option by its number, from 0. @param {Suggestion} suggestion @param {number} chosen @returns {Option} */
export function optionAt(suggestion, chosen) {
  return (chosen && optionsOf(suggestion)[chosen]) || AS_PROPOSED;
}

/**
 * A suggestion with the entries that follow from what is marked in the article: what the same words have, what became of a name that was proposed
 * (whoever chose Ada Brekke for “the minister” means her by it again), and, last, other entries of the article.
 * @param {Suggestion} suggestion @param {Map<string, EntryChoice>} decided see `decidedEntries` @param {Annotation} annotation @param {Knowing} knowing @returns {Suggestion}
 */
export function withEntries(suggestion, decided, annotation, knowing) {
  const parts = suggestion.parts.map((part) => ({
    ...part,
    ...(part.choices ? { choices: part.choices.map((choice) => choiceWithEntries(part.label, choice)) } : {}),
  }));
  return { ...suggestion, parts };

  /** @param {string} label @param {PartChoice} choice @returns {PartChoice} */
  function choiceWithEntries(label, choice) {
    const { entity, fragments, attributes } = choice;
    if (!entity) return choice;
    const { registry, attribute } = entity;
    const span = { id: "", label, fragments, attributes };
    /** @returns {EntryChoice} */
    const named = (/** @type {string} */ id, /** @type {number} */ score) => ({
      id,
      name: annotation.entries[registry]?.[id] ?? "",
      score,
    });
    const used = new Map(
      Object.entries(annotation.entries[registry] ?? {}).map(([id, name]) => [knowing.folded(name), id]),
    );
    const ids = entryIds(knowing.remembered(span)[attribute]);
    const same = ids.length === 1 ? [named(ids[0], SAME_WORDS)] : [];
    const proposed = entity.choices.map((each) => {
      const score = same.length ? each.score * (1 - SAME_WORDS) : each.score;
      const there = each.id === null ? used.get(knowing.folded(each.name)) : undefined;
      return { ...(decided.get(entryKey(registry, each)) ?? (there ? named(there, score) : each)), score };
    });
    const others = knowing.mentioned(registry, span).map((id) => named(id, USED_HERE));
    const seen = new Set();
    const choices = [...same, ...proposed, ...others].filter((each) => {
      const id = each.id ?? each.made ?? "";
      if (!each.name || seen.has(each.name) || seen.has(id)) return false;
      if (id) seen.add(id);
      return seen.add(each.name);
    });
    return { ...choice, entity: { ...entity, choices: choices.slice(0, MOST_OFFERED) } };
  }
}

/**
 * The entries that people chose instead of names that were proposed for their own words, as for “the minister” an entry “minister”, by what was
 * proposed; the last decision counts.
 * @param {Suggestion[]} suggestions @param {Annotation} annotation @param {Knowing} knowing @returns {Map<string, EntryChoice>}
 */
export function decidedEntries(suggestions, annotation, knowing) {
  /** @type {Map<string, EntryChoice>} */
  const decided = new Map();
  if (!annotation.judgments.size) return decided;
  const byId = new Map(suggestions.map((each) => [each.id, each]));
  for (const { id, spans } of annotation.judgments.values())
    for (const { label, choices = [] } of byId.get(id)?.parts ?? [])
      for (const { entity, fragments } of choices) {
        const [first] = entity?.choices ?? [];
        if (!entity || !first || first.id !== null) continue;
        const span = spans
          .flatMap((each) => annotation.spans.get(each) ?? [])
          .find((each) => each.label === label && String(each.fragments) === String(fragments));
        const [chosen, ...more] = entryIds(span?.attributes[entity.attribute]);
        if (!span || !chosen || more.length) continue;
        const name = annotation.entries[entity.registry]?.[chosen] ?? "";
        const own = knowing.folded(knowing.words(span)).includes(knowing.folded(first.name));
        const key = entryKey(entity.registry, first);
        if (name === first.name) decided.delete(key);
        else if (own && name) decided.set(key, { id: chosen, name, score: first.score });
      }
  return decided;
}

/** Gives entries that would be new the ids that follow from their names, so that everyone creates the same ones. @param {Suggestion[]} suggestions @param {() => string} newId */
export async function nameEntries(suggestions, newId) {
  /** @type {Map<string, Promise<string>>} */
  const ids = new Map();
  const entities = suggestions.flatMap(({ parts }) =>
    parts.flatMap(({ choices = [] }) => choices.flatMap(({ entity }) => entity ?? [])),
  );
  await Promise.all(
    entities.flatMap(({ registry, choices }) =>
      choices.map(async (entry) => {
        if (entry.id !== null) return;
        const key = entryKey(registry, entry);
        const id = ids.get(key) ?? madeId(registry, entry.name, newId);
        ids.set(key, id);
        entry.made = await id;
      }),
    ),
  );
}

/** @param {string} registry @param {EntryChoice} entry @returns {string} */
function entryKey(registry, { id, name }) {
  return JSON.stringify([registry, id, name]);
}

/** @param {PartChoice["entity"]} entity @returns {number} */
function entryCount(entity) {
  return entity?.choices.length ?? 0;
}
