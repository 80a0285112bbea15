// @ts-check
import { readingOrder } from "./annotation.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./schema.js").RelationType} RelationType
 * @typedef {{type: RelationType, out: boolean}} Link  a relation type, and whether it goes out from the span at hand
 * @typedef {{letter: string, span: Span, type: RelationType, out: boolean, linked: string | null}} LinkChoice  `linked`: the relation that is there already
 */

const LETTERS = "asdfjklgheiruowqptyvbncmxz";

/** What a span can be linked to, nearest first, each with a letter. @param {Annotation} annotation @param {Span} span @param {Link[]} links @returns {LinkChoice[]} */
export function linkChoices(annotation, span, links) {
  /** @type {Omit<LinkChoice, "letter">[]} */
  const found = [];
  const seen = new Set([span.id]);
  for (const { type, out } of links) {
    for (const other of annotation.spans.values()) {
      if (seen.has(other.id) || !(out ? type.to : type.from).includes(other.label)) continue;
      seen.add(other.id);
      const [from, to] = out ? [span.id, other.id] : [other.id, span.id];
      const linked = [...annotation.relations.values()].find((relation) => relation.type === type.key && relation.from === from && relation.to === to);
      found.push({ span: other, type, out, linked: linked?.id ?? null });
    }
  }
  found.sort((a, b) => distance(span, a.span) - distance(span, b.span) || readingOrder(a.span, b.span));
  return found.slice(0, LETTERS.length).map((choice, index) => ({ ...choice, letter: LETTERS[index] }));
}

/** @param {Span} one @param {Span} other @returns {number} characters between them */
function distance(one, other) {
  return Math.min(...other.fragments.flatMap(([start, end]) => one.fragments.map(([from, to]) => Math.max(0, start - to, from - end))));
}

/**
 * The ops that link a span to a choice, or take the link away if it is there; null where no more links of the kind are allowed.
 * @param {Annotation} annotation @param {string} id @param {LinkChoice} choice @param {() => string} newId @returns {Op[] | null}
 */
export function linkOps(annotation, id, { span, type, out, linked }, newId) {
  if (linked) return [{ kind: "unrelate", id: linked }];
  const [from, to] = out ? [id, span.id] : [span.id, id];
  const there = [...annotation.relations.values()].filter((relation) => relation.type === type.key && relation.from === from);
  const full = type.max !== null && type.max !== undefined && there.length >= type.max;
  if (full && type.max !== 1) return null;
  return [...(full ? [{ kind: "unrelate", id: there[0].id }] : []), { kind: "relate", id: newId(), type: type.key, from, to }];
}
