// @ts-check
import { addOp, readingOrder } from "./annotation.js";
import { dateOf } from "./kinds.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./schema.js").RelationType} RelationType
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {{type: RelationType, out: boolean}} Link  a relation type, and whether it goes out from the active span
 * @typedef {{letter: string, span: Span, type: RelationType, out: boolean, linked: string | null, made: boolean}} LinkChoice  `linked`: the relation that exists; `made`: the span is not there yet
 */

/** The letters that stand on what can be chosen, those under the fingers first. */
export const LETTERS = "asdfjklgheiruowqptyvbncmxz";
/** So many stretches at most that are not marked yet get a letter, for each label. */
const MOST_MADE = 12;

/**
 * Returns the targets that a span can be linked to, nearest first, each with a letter: existing spans, and ranges that could be marked.
 * @param {Annotation} annotation @param {Span} span @param {Link[]} links
 * @param {(label: string) => import("./candidates.js").Parted[]} [likely] stretches that could be marked with a label, likeliest first
 * @returns {LinkChoice[]}
 */
export function linkChoices(annotation, span, links, likely = () => []) {
  /** @type {(Omit<LinkChoice, "letter"> & {rank: number})[]} */
  const found = [];
  const seen = new Set([span.id]);
  for (const { type, out } of links) {
    const labels = out ? type.to : type.from;
    for (const other of annotation.spans.values()) {
      if (seen.has(other.id) || !labels.includes(other.label)) continue;
      seen.add(other.id);
      const [from, to] = out ? [span.id, other.id] : [other.id, span.id];
      const linked = [...annotation.relations.values()].find(
        (relation) => relation.type === type.key && relation.from === from && relation.to === to,
      );
      found.push({ span: other, type, out, linked: linked?.id ?? null, made: false, rank: distance(span, other) });
    }
    for (const label of labels) {
      const there = [...annotation.spans.values()].filter((other) => other.label === label);
      let rank = 0;
      for (const { start, end, fragments } of likely(label).slice(0, MOST_MADE)) {
        const id = `${label}:${start}-${end}`;
        if (seen.has(id) || there.some(({ fragments }) => fragments.some(([from, to]) => from < end && start < to)))
          continue;
        seen.add(id);
        const made = {
          id,
          label,
          fragments: fragments ?? [/** @type {[number, number]} */ ([start, end])],
          attributes: {},
        };
        rank = Math.max(rank, distance(span, made)); // in the order given
        found.push({ span: made, type, out, linked: null, made: true, rank });
      }
    }
  }
  found.sort((a, b) => a.rank - b.rank || Number(a.made) - Number(b.made) || readingOrder(a.span, b.span));
  return found.slice(0, LETTERS.length).map(({ rank, ...choice }, index) => ({ ...choice, letter: LETTERS[index] }));
}

/**
 * The links that make a record of its head at once: one to each label that its relations lead to, to what lies nearest, marked already or not.
 * @param {Annotation} annotation @param {Span} head @param {Link[]} links @param {(label: string) => import("./candidates.js").Parted | undefined} nearest
 * @returns {LinkChoice[]} none of a kind that exists
 */
export function recordLinks(annotation, head, links, nearest) {
  const seen = new Set();
  return links.flatMap(({ type, out }) => {
    const [label] = type.to;
    if (!out || seen.has(label)) return [];
    seen.add(label);
    const found = nearest(label);
    if (
      !found ||
      [...annotation.relations.values()].some((relation) => relation.type === type.key && relation.from === head.id)
    )
      return [];
    const there = [...annotation.spans.values()].find(
      (other) => other.label === label && other.fragments.some(([from, to]) => from < found.end && found.start < to),
    );
    const span = there ?? {
      id: `${label}:${found.start}-${found.end}`,
      label,
      fragments: found.fragments ?? [/** @type {[number, number]} */ ([found.start, found.end])],
      attributes: {},
    };
    return [{ letter: "", span, type, out, linked: null, made: !there }];
  });
}

/**
 * The links of a span with the quote around it: one of each kind of which it can have one only, and has none.
 * @param {Annotation} annotation @param {Span} span @param {Link[]} links @param {Map<string, import("./schema.js").Label>} labels @returns {LinkChoice[]}
 */
export function linksAround(annotation, span, links, labels) {
  const around = annotation
    .ordered()
    .findLast(
      (other) =>
        other.id !== span.id &&
        labels.get(other.label)?.quotation &&
        span.fragments.every(([start, end]) => other.fragments.some(([from, to]) => from <= start && end <= to)),
    );
  return links.flatMap(({ type, out }) => {
    const there = [...annotation.relations.values()].some(
      ({ type: key, from }) => key === type.key && from === span.id,
    );
    if (!around || !out || type.max !== 1 || there || !type.to.includes(around.label)) return [];
    return [{ letter: "", span: around, type, out, linked: null, made: false }];
  });
}

/**
 * The ops that link spans within a quote with it, as `linksAround` links each: dates that were marked before it.
 * @param {Annotation} annotation that has the quote @param {Span} quote @param {import("./schema.js").Schema} schema @param {() => string} newId
 * @param {(start: number, end: number) => string} slice reads the article @returns {Op[]}
 */
export function opsWithin(annotation, quote, schema, newId, slice) {
  if (!schema.label.get(quote.label)?.quotation) return [];
  return annotation.ordered().flatMap((span) => {
    const choices = dateOf(schema.label.get(span.label))
      ? linksAround(annotation, span, schema.linksOf(span.label), schema.label)
      : [];
    return choices
      .filter((choice) => choice.span.id === quote.id)
      .flatMap((choice) => linkOps(annotation, span.id, choice, newId, slice) ?? []);
  });
}

/** @param {Span} one @param {Span} other @returns {number} characters between them */
function distance(one, other) {
  return Math.min(
    ...other.fragments.flatMap(([start, end]) =>
      one.fragments.map(([from, to]) => Math.max(0, start - to, from - end)),
    ),
  );
}

/**
 * The ops that link a span to a choice, made if need be, or take the link away if it is there; null where no more links of the kind are allowed.
 * @param {Annotation} annotation @param {string} id @param {LinkChoice} choice @param {() => string} newId
 * @param {(start: number, end: number) => string} slice reads the article @returns {Op[] | null}
 */
export function linkOps(annotation, id, { span: chosen, type, out, linked, made }, newId, slice) {
  if (linked) return [{ kind: "unrelate", id: linked }];
  const span = made ? { ...chosen, id: newId() } : chosen;
  const [from, to] = out ? [id, span.id] : [span.id, id];
  const there = [...annotation.relations.values()].filter(
    (relation) => relation.type === type.key && relation.from === from,
  );
  const full = type.max !== null && type.max !== undefined && there.length >= type.max;
  if (full && type.max !== 1) return null;
  return [
    ...(made ? [addOp(span, slice)] : []),
    ...(full ? [{ kind: "unrelate", id: there[0].id }] : []),
    { kind: "relate", id: newId(), type: type.key, from, to },
  ];
}
