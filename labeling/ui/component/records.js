// @ts-check
import { Schema } from "./schema.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./schema.js").RelationType} RelationType
 * @typedef {{type: RelationType, out: boolean, spans: Span[]}} Part  what is linked to a record's head by one relation, in reading order
 * @typedef {{head: Span, parts: Part[]}} Item  a record, or a span that stands for itself because it is in none
 */

/**
 * What the panel lists, in the reading order of the heads: the records that the schema describes (`dataset.records` in Python), and the
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
  const kinds = kindsOf(schema);
  const held = new Set();
  const items = [];
  for (const head of annotation.ordered()) {
    const parts = [];
    let isRecord = false;
    for (const { unless, links } of kinds.get(head.label) ?? []) {
      if (unless && ends.has(`${unless} ${head.id}`)) continue;
      isRecord = true;
      for (const { type, out } of links) {
        const spans = ends.get(`${type.key} ${out ? ">" : "<"} ${head.id}`);
        if (spans) parts.push({ type, out, spans: spans.sort((a, b) => a.fragments[0][0] - b.fragments[0][0] || (a.id < b.id ? -1 : 1)) });
      }
    }
    for (const { spans } of parts) for (const { id } of spans) held.add(id);
    items.push({ head, parts, isRecord });
  }
  return items.filter(({ head, isRecord }) => isRecord || !held.has(head.id)).map(({ head, parts }) => ({ head, parts }));
}

/** Which kinds of record a label heads: the relation (with its direction) that makes it none, and those of its parts. @param {Schema} schema */
function kindsOf(schema) {
  /** @type {Map<string, {unless: string, links: {type: RelationType, out: boolean}[]}[]>} */
  const kinds = new Map();
  for (const { head, unless, parts } of schema.data.records ?? []) {
    const link = (/** @type {string} */ key) => {
      const type = schema.relation.get(key);
      return type ? [{ type, out: type.from.includes(head) }] : [];
    };
    const kind = { unless: unless ? `${unless} ${link(unless)[0]?.out ? ">" : "<"}` : "", links: Object.values(parts ?? {}).flatMap(link) };
    kinds.set(head, [...(kinds.get(head) ?? []), kind]);
  }
  return kinds;
}

/** Every span of a record, its head first. @param {Item} item @returns {Span[]} */
export function spansOf({ head, parts }) {
  return [head, ...parts.flatMap(({ spans }) => spans)];
}

/**
 * What lights up with a mark: what it is linked to and, where it is a part of just one record, the rest of that record.
 * @param {Annotation} annotation @param {Schema} schema @param {string} id @returns {Set<string>}
 */
export function relativesOf(annotation, schema, id) {
  const kinds = kindsOf(schema);
  const linked = (/** @type {string} */ one) => annotation.relationsOf(one).map(({ from, to }) => (from === one ? to : from));
  const heads = (/** @type {string} */ one) =>
    (kinds.get(annotation.spans.get(one)?.label ?? "") ?? []).some(({ unless }) => {
      const [type, direction] = unless.split(" ");
      return !unless || !annotation.relationsOf(one).some((each) => each.type === type && (direction === ">" ? each.from : each.to) === one);
    });
  const relatives = new Set(linked(id));
  const above = heads(id) ? [] : [...relatives].filter(heads);
  if (above.length === 1) for (const each of linked(above[0])) relatives.add(each);
  relatives.delete(id);
  return relatives;
}
