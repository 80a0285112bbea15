// @ts-check
import { firstBeyond, writtenLeftward } from "./tokens.js";

/**
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./tokens.js").Paragraph} Paragraph
 * @typedef {import("./tokens.js").Stretch} Stretch
 */

/** So many characters to both sides the one under the mouse is looked for. */
const REACH = 400;

/** Positions of text in the window, and the point at a position; points are code points. */
export class Geometry {
  /** @param {import("./article.js").ArticleView} view */
  constructor(view) {
    this.view = view;
    this.ruler = document.createRange();
  }

  /** @param {number} point @param {boolean} [before] prefer the end of the run before @returns {{node: Text, offset: number} | null} */
  place(point, before = false) {
    const paragraph = this.view.tokens.paragraphAt(point);
    if (!paragraph) return null;
    const { runs } = this.view.drawn[paragraph.index];
    const unit = this.view.tokens.offsets.units(Math.min(Math.max(point, paragraph.start), paragraph.end));
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before ? runs[middle].unit < unit : runs[middle].unit <= unit) low = middle + 1;
      else high = middle;
    }
    const run = runs[Math.max(0, low - 1)];
    return { node: run.node, offset: Math.min(unit - run.unit, run.node.length) };
  }

  /** @param {number} start @param {number} end @param {Range} [range] one to use again: every range that lives costs time at each change of the text @returns {Range | null} */
  range(start, end, range = document.createRange()) {
    const from = this.place(start);
    const to = this.place(end, true);
    if (!from || !to) return null;
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset);
    return range;
  }

  /** Returns the position in the window of a caret at `point`. @param {number} point @returns {{left: number, top: number, bottom: number} | null} */
  caretRect(point) {
    const paragraph = this.view.tokens.paragraphAt(point);
    if (!paragraph) return null;
    const atEnd = point >= paragraph.end;
    const [start, end] = atEnd
      ? [this.view.tokens.character(paragraph.end, -1), paragraph.end]
      : [point, this.view.tokens.character(point, 1)];
    const rects = this.range(start, end, this.ruler)?.getClientRects();
    if (!rects?.length) return null;
    const rect = atEnd ? rects[rects.length - 1] : rects[0];
    const leftward = this.leftward(paragraph, start, end);
    return { left: atEnd !== leftward ? rect.right : rect.left, top: rect.top, bottom: rect.bottom };
  }

  /** Returns whether the character `[start, end)` is written from right to left. @param {Paragraph} paragraph @param {number} start @param {number} end @returns {boolean} */
  leftward(paragraph, start, end) {
    if (!paragraph.both) return paragraph.leftward;
    const { offsets } = this.view.tokens;
    return writtenLeftward(
      paragraph.text,
      offsets.units(start) - paragraph.unit,
      offsets.units(end) - paragraph.unit,
      paragraph.leftward,
    );
  }

  /**
   * Returns the point at a position. Where writing directions meet, browsers disagree about which of two points it is: the half of the character decides.
   * @param {Paragraph} paragraph @param {number} point the browser's answer @param {number} x @param {number} y @returns {number}
   */
  pointAmong(paragraph, point, x, y) {
    const stops = this.view.tokens.stops(paragraph);
    const at = firstBeyond(stops, point) - 1;
    for (let index = Math.max(0, at - REACH); index < Math.min(stops.length - 1, at + REACH); index++) {
      const [start, end] = [stops[index], stops[index + 1]];
      for (const rect of this.range(start, end, this.ruler)?.getClientRects() ?? []) {
        if (x < rect.left || x > rect.right || y < rect.top - 4 || y > rect.bottom + 4) continue;
        return x < (rect.left + rect.right) / 2 === !this.leftward(paragraph, start, end) ? start : end;
      }
    }
    return point;
  }

  /** The point of the text at a place in the window; the nearest one outside of the text. @param {number} x @param {number} y @returns {number | null} */
  pointAt(x, y) {
    const found = hit(x, y);
    if (found && found.node instanceof Text && this.view.body.contains(found.node)) {
      const index = this.view.drawn.findIndex(({ element }) => element.contains(found.node));
      const run = this.view.drawn[index]?.runs.find(({ node }) => node === found.node);
      if (run) {
        const point = this.view.tokens.offsets.points(run.unit + found.offset);
        const paragraph = this.view.tokens.paragraphs[index];
        return paragraph.both ? this.pointAmong(paragraph, point, x, y) : point;
      }
    }
    let best = null;
    let distance = Infinity;
    for (const [index, { element }] of this.view.drawn.entries()) {
      for (const rect of element.getClientRects()) {
        const away = Math.max(0, rect.top - y, y - rect.bottom) + Math.max(0, rect.left - x, x - rect.right) * 4;
        if (away < distance) [distance, best] = [away, { index, rect }];
      }
    }
    if (!best) return null;
    const paragraph = this.view.tokens.paragraphs[best.index];
    const { rect } = best;
    const inside = hit(
      Math.min(Math.max(x, rect.left + 1), rect.right - 1),
      Math.min(Math.max(y, rect.top + 4), rect.bottom - 12),
    );
    if (inside && inside.node instanceof Text) {
      const run = this.view.drawn[best.index].runs.find(({ node }) => node === inside.node);
      if (run) return this.view.tokens.offsets.points(run.unit + inside.offset);
    }
    return y < rect.top || x < rect.left ? paragraph.start : paragraph.end;
  }

  /** The point of the text at a place in the document; null outside of the text. @param {Node} node @param {number} offset @returns {number | null} */
  pointOf(node, offset) {
    if (!this.view.body.contains(node)) return null;
    const at = document.createRange();
    at.setStart(node, offset);
    const index = this.view.drawn.findLastIndex(({ element }) => at.comparePoint(element, 0) <= 0);
    if (index < 0) return this.view.tokens.paragraphs[0]?.start ?? null;
    const before = document.createRange();
    before.setStart(this.view.drawn[index].element, 0);
    before.setEnd(node, offset);
    const { unit, end } = this.view.tokens.paragraphs[index];
    return Math.min(this.view.tokens.offsets.points(unit + before.toString().length), end);
  }

  /** The paragraphs that are visible, if only in part. @returns {import("./tokens.js").Paragraph[]} */
  paragraphsSeen() {
    const view = this.view.root.getBoundingClientRect();
    return this.view.tokens.paragraphs.filter((_, index) => {
      const { top, bottom } = this.view.drawn[index].element.getBoundingClientRect();
      return bottom > view.top && top < view.bottom;
    });
  }

  /** Returns whether the start of a range is visible. @param {Stretch} stretch @returns {boolean} */
  sees({ start, end }) {
    const view = this.view.root.getBoundingClientRect();
    const rect = this.range(start, end, this.ruler)?.getClientRects()[0];
    return rect !== undefined && rect.top >= view.top && rect.bottom <= view.bottom;
  }

  /** @param {Span} span @returns {DOMRect | null} */
  firstRect(span) {
    const [start, end] = span.fragments[0];
    return this.range(start, end, this.ruler)?.getClientRects()[0] ?? null;
  }

  /** @param {Span} span @returns {DOMRect[]} */
  rects(span) {
    return span.fragments
      .flatMap(([start, end]) => [...(this.range(start, end, this.ruler)?.getClientRects() ?? [])])
      .filter((rect) => rect.width > 1);
  }
}

/** @param {number} x @param {number} y @returns {{node: Node, offset: number} | null} */
function hit(x, y) {
  const any = /** @type {any} */ (document);
  if (any.caretPositionFromPoint) {
    const found = any.caretPositionFromPoint(x, y);
    return found ? { node: found.offsetNode, offset: found.offset } : null;
  }
  const range = any.caretRangeFromPoint?.(x, y);
  return range ? { node: range.startContainer, offset: range.startOffset } : null;
}
