// @ts-check
import { Annotation } from "./annotation.js";
import { dateOf, entryIds, kindOf, whoOf } from "./kinds.js";
import { Lexicon } from "./lexicon.js";

/**
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./schema.js").Label} Label
 */

/**
 * Returns the entity and flags chosen for the same words earlier in the article, for a new span. Nothing for pronouns, nor for labels whose
 * words say something new each time (quotes, dates).
 * @param {Annotation} annotation @param {Label} label @param {string} words @param {(span: Span) => string} wordsOf @param {Lexicon} lexicon @returns {Record<string, any>}
 */
export function remembered(annotation, label, words, wordsOf, lexicon) {
  const known = whoOf(label);
  if (label.quotation || lexicon.isPronoun(words) || dateOf(label) || !known.length) return {};
  const kept = label.attributes.filter(
    (attribute) => known.includes(attribute) || kindOf(attribute).control === "checkbox",
  );
  const before = annotation
    .ordered()
    .findLast(
      (span) =>
        span.label === label.key &&
        known.some(({ key }) => span.attributes[key]) &&
        lexicon.folded(wordsOf(span)) === lexicon.folded(words),
    );
  return Object.fromEntries(
    kept.filter(({ key }) => before?.attributes[key] !== undefined).map(({ key }) => [key, before?.attributes[key]]),
  );
}

/**
 * Returns the entry that a name in the article can only mean: the one of that name; for a single word, the one whose name ends with it, unless
 * another name in the article has the word too (“Kim”).
 * @param {string} own the name @param {[string, string][]} entries of the article, as id and name @param {string[]} names all names in the article @param {Lexicon} lexicon @returns {string | null} its id
 */
export function namesake(own, entries, names, lexicon) {
  const wanted = lexicon.folded(own);
  const wordsOf = (/** @type {string} */ name) => lexicon.folded(name).split(" ");
  const alike = entries.filter(([, name]) => lexicon.folded(name) === wanted);
  if (alike.length || wanted.includes(" ")) return alike.length === 1 ? alike[0][0] : null;
  const found = entries.filter(([, name]) => wordsOf(name).at(-1) === wanted);
  const others = names.filter(
    (name) =>
      wordsOf(name).length > 1 &&
      wordsOf(name).includes(wanted) &&
      !found.some(([, known]) => lexicon.folded(name).endsWith(lexicon.folded(known))),
  );
  return found.length === 1 && !others.length ? found[0][0] : null;
}

/**
 * The entries of a registry that are likely meant by a span, likeliest first: the one for the same words elsewhere in the article, then those
 * mentioned before it, the last one first, then those after it.
 * @param {Annotation} annotation @param {string} registry @param {Span} span @param {Map<string, Label>} labels @param {(span: Span) => string} wordsOf @param {Lexicon} lexicon @returns {{id: string, same: boolean}[]}
 */
export function mentioned(annotation, registry, span, labels, wordsOf, lexicon) {
  const own = lexicon.folded(wordsOf(span));
  const at = span.fragments[0]?.[0] ?? 0;
  /** @type {{id: string, same: boolean, away: number}[]} */
  const found = [];
  for (const other of annotation.ordered()) {
    if (other.id === span.id) continue;
    for (const { key, registry: of } of whoOf(labels.get(other.label))) {
      const start = other.fragments[0][0];
      const same = !lexicon.isPronoun(own) && lexicon.folded(wordsOf(other)) === own;
      for (const id of of === registry ? entryIds(other.attributes[key]) : [])
        found.push({ id, same, away: start <= at ? at - start : start + 1e9 });
    }
  }
  found.sort((a, b) => Number(b.same) - Number(a.same) || a.away - b.away);
  const seen = new Set();
  return found.flatMap(({ id, same }) => (seen.has(id) ? [] : (seen.add(id), [{ id, same }])));
}
