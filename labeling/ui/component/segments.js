// @ts-check
import { endOf } from "./annotation.js";

/**
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {{id: string, start: number, end: number}} Piece
 * @typedef {{start: number, end: number, ids: string[]}} Segment
 */

/**
 * Cuts `[start, end)` at every border of the pieces; the segments together are the whole stretch, in order.
 * @param {number} start @param {number} end @param {Piece[]} pieces outermost first @returns {Segment[]} each with the ids over it, in the order given
 */
export function cut(start, end, pieces) {
  const inside = pieces.filter((piece) => piece.start < end && piece.end > start);
  const borders = new Set([start, end]);
  for (const piece of inside) {
    borders.add(Math.max(start, piece.start));
    borders.add(Math.min(end, piece.end));
  }
  const sorted = [...borders].sort((a, b) => a - b);
  /** @type {Segment[]} */
  const segments = [];
  /** @type {Piece[]} */
  let open = [];
  let next = 0;
  const byStart = inside
    .map((piece, order) => ({ piece, order }))
    .sort((a, b) => a.piece.start - b.piece.start || a.order - b.order);
  const orderOf = new Map(inside.map((piece, order) => [piece, order]));
  for (let at = 0; at + 1 < sorted.length; at++) {
    const [from, to] = [sorted[at], sorted[at + 1]];
    open = open.filter((piece) => piece.end > from);
    while (next < byStart.length && byStart[next].piece.start <= from) open.push(byStart[next++].piece);
    open.sort((a, b) => /** @type {number} */ (orderOf.get(a)) - /** @type {number} */ (orderOf.get(b)));
    segments.push({ start: from, end: to, ids: open.map((piece) => piece.id) });
  }
  return segments;
}

/**
 * A lane for each span so that no two that overlap (gaps between fragments included) share one.
 * Spans come in reading order, so what is nested goes under what holds it, and adding it moves nothing.
 * @param {Span[]} ordered @returns {Map<string, number>}
 */
export function lanesOf(ordered) {
  const lanes = new Map();
  /** End of the last span in each lane. @type {number[]} */
  const ends = [];
  for (const span of ordered) {
    let lane = ends.findIndex((end) => end <= span.fragments[0][0]);
    if (lane < 0) lane = ends.length;
    ends[lane] = endOf(span);
    lanes.set(span.id, lane);
  }
  return lanes;
}
