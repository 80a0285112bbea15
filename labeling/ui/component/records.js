// @ts-check
import { Schema } from "./schema.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./schema.js").RelationType} RelationType
 * @typedef {{type: RelationType, out: boolean, spans: Span[]}} Part  what is linked to a record's head by one relation, in reading order
 * @typedef {{head: Span, parts: Part[], unlinked: RelationType | null}} Item  a record, or a span that stands for itself because it is in none; `unlinked`: the link that would make it a part of another record
 */

/**
 * Returns the items that the panel lists, in the reading order of the heads: the records that the schema describes (`dataset.records` in Python), and the
 * spans that are in no record.
 * @param {Annotation} annotation @param {Schema} schema @returns {Item[]}
 */
export function itemsOf(annotation, schema) {
  /** The other ends of links, by relation, direction and one end. @type {Map<string, Span[]>} */
  const ends = new Map();
  const add = (/** @type {string} */ key, /** @type {string} */ id) => {
    const span = annotation.spans.get(id);
    const there = ends.get(key);
    if (span && there) there.push(span);
    else if (span) ends.set(key, [span]);
  };
  for (const { type, from, to } of annotation.relations.values()) {
    add(`${type} > ${from}`, to);
    add(`${type} < ${to}`, from);
  }
  const { kinds } = schema;
  const held = new Set();
  const items = [];
  for (const head of annotation.ordered()) {
    const parts = [];
    let isRecord = false;
    /** @type {RelationType | null} */
    let unlinked = null;
    for (const { unless, links } of kinds.get(head.label) ?? []) {
      if (unless && ends.has(`${unless} ${head.id}`)) continue;
      isRecord = true;
      unlinked = schema.relation.get(unless.split(" ")[0]) ?? unlinked;
      for (const { type, out } of links) {
        const spans = ends.get(`${type.key} ${out ? ">" : "<"} ${head.id}`);
        if (spans)
          parts.push({
            type,
            out,
            spans: spans.sort((a, b) => a.fragments[0][0] - b.fragments[0][0] || (a.id < b.id ? -1 : 1)),
          });
      }
    }
    for (const { spans } of parts) for (const { id } of spans) held.add(id);
    items.push({ head, parts, unlinked, isRecord });
  }
  return items
    .filter(({ head, isRecord }) => isRecord || !held.has(head.id))
    .map(({ head, parts, unlinked }) => ({ head, parts, unlinked }));
}

/** Every span of a record, its head first. @param {Item} item @returns {Span[]} */
export function spansOf({ head, parts }) {
  return [head, ...parts.flatMap(({ spans }) => spans)];
}

/**
 * Returns the spans highlighted with a span: those it is linked to and, if it is part of just one record, the rest of that record.
 * @param {Annotation} annotation @param {Schema} schema @param {string} id @returns {Set<string>}
 */
export function relativesOf(annotation, schema, id) {
  const { kinds } = schema;
  const relations = annotation.relationsOf(id);
  const relatives = new Set(relations.map(({ from, to }) => (from === id ? to : from)));
  const above = relations.flatMap(({ type, from, to }) => {
    const head = from === id ? to : from;
    const parts = (kinds.get(annotation.spans.get(head)?.label ?? "") ?? []).flatMap(({ links }) => links);
    return parts.some((link) => link.type.key === type && link.out === (from === head)) ? [head] : [];
  });
  if (above.length === 1) for (const { from, to } of annotation.relationsOf(above[0])) relatives.add(from).add(to);
  relatives.delete(id);
  return relatives;
}
