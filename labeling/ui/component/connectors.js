// @ts-check

/**
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {{left: number, right: number, top: number, bottom: number}} Box
 * @typedef {{from: Span, to: Span, title: string}} Connection
 */

/** The greatest width of a letter of a link's name, and the height of the name, in pixels. */
const NAME_LETTER = 6;
const NAME_HEIGHT = 10;
/** The part of a line's box that letters fill, from its top and from its bottom: above ascenders and below descenders it is empty. */
const ABOVE_LETTERS = 0.17;
const BELOW_LETTERS = 0.06;
/** The distances from its line at which a link's name may be placed, nearest first, in pixels. */
const ASIDE = [0, -3, 3, -6, 6, -9, 9];

/** Links between spans, as curves with their names. */
export class Connectors {
  /** @param {import("./article.js").ArticleView} view */
  constructor(view) {
    this.view = view;
    this.element = drawnShape("svg", { class: "sw-links", "aria-hidden": "true" });
  }

  clear() {
    this.element.replaceChildren();
  }

  /** The parts of links as they now are; nothing is written yet. @param {Connection[]} links @param {DOMRect} page @returns {Element[]} */
  parts(links, page) {
    /** @type {Box[]} */
    const names = [];
    return links.flatMap(({ from, to, title }) => {
      if (overlap(from, to)) return []; // one inside the other shows without a line
      const { geometry, schema } = this.view;
      const [one, two] = nearestRects(geometry.rects(from), geometry.rects(to));
      if (!one || !two) return [];
      const color = `var(--sw-c${schema.index.get(to.label) ?? 0})`;
      const { path, end, middle } = curve(one, two, page);
      const taken = [...this.letterBoxes(from, page), ...this.letterBoxes(to, page), ...names];
      return [
        drawnShape("path", { d: path, stroke: color, class: "sw-link" }),
        drawnShape("circle", { cx: end.x, cy: end.y, r: 2.5, fill: color }),
        ...this.name(title, middle, color, taken, names),
      ];
    });
  }

  /** @param {Element[]} parts */
  show(parts) {
    if (parts.length || this.element.firstChild) this.element.replaceChildren(...parts);
  }

  /** A link's name, on its line or a little beside it, where it covers no letter and no other name; else nowhere: the card names the link. @param {string} title @param {{x: number, y: number}} middle @param {string} color @param {Box[]} taken @param {Box[]} names those that stand already; this one is added @returns {Element[]} */
  name(title, { x, y: middle }, color, taken, names) {
    const width = NAME_LETTER * title.length;
    const y = ASIDE.map((aside) => middle + aside).find((y) => !taken.some((box) => covers(box, x, y, width)));
    if (y === undefined) return [];
    names.push({ left: x - width / 2, right: x + width / 2, top: y - NAME_HEIGHT / 2, bottom: y + NAME_HEIGHT / 2 });
    const name = drawnShape("text", { x, y: y + 3, class: "sw-link-name", "text-anchor": "middle", fill: color });
    name.textContent = title;
    return [name];
  }

  /** Returns the boxes of the lines of letters in the paragraphs of a span and in those next to them, in page coordinates. @param {Span} span @param {DOMRect} page @returns {Box[]} */
  letterBoxes(span, page) {
    const [first, last] = [span.fragments[0][0], span.fragments[span.fragments.length - 1][1]].map(
      (point) => this.view.tokens.paragraphAt(point)?.index ?? 0,
    );
    return this.view.drawn.slice(Math.max(0, first - 1), last + 2).flatMap(({ element }) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return [...range.getClientRects()].map(({ left, right, top, bottom, height }) => ({
        left: left - page.left,
        right: right - page.left,
        top: top - page.top + ABOVE_LETTERS * height,
        bottom: bottom - page.top - BELOW_LETTERS * height,
      }));
    });
  }
}

/** @param {string} tag @param {Record<string, string | number>} attributes @returns {SVGElement} */
function drawnShape(tag, attributes) {
  const element = /** @type {SVGElement} */ (document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** @param {Span} one @param {Span} two @returns {boolean} */
function overlap(one, two) {
  return one.fragments.some(([start, end]) => two.fragments.some(([first, last]) => start < last && first < end));
}

/** The curve from one rectangle to another, seen from the page. @param {DOMRect} one @param {DOMRect} two @param {DOMRect} page @returns {{path: string, end: {x: number, y: number}, middle: {x: number, y: number}}} */
function curve(one, two, page) {
  const level = Math.abs(one.top - two.top) < 4;
  const [x1, x2] = [facing(one, two, level) - page.left, facing(two, one, level) - page.left];
  const upward = two.top < one.top;
  const y1 = (level || upward ? one.top : one.bottom - 1) - page.top;
  const y2 = (level ? two.top : upward ? two.bottom - 1 : two.top) - page.top;
  const lift = level ? Math.min(9, 4 + Math.abs(x2 - x1) / 20) : 0;
  const bend = level ? 0 : Math.max(8, Math.abs(y2 - y1) / 2);
  const path = level
    ? `M${x1},${y1} C${x1},${y1 - lift * 1.35} ${x2},${y2 - lift * 1.35} ${x2},${y2}`
    : `M${x1},${y1} C${x1},${y1 + (upward ? -bend : bend)} ${x2},${y2 + (upward ? bend : -bend)} ${x2},${y2}`;
  return { path, end: { x: x2, y: y2 }, middle: { x: (x1 + x2) / 2, y: level ? y1 - lift : (y1 + y2) / 2 } };
}

/** Returns whether a link's name centered at a place would cover a box. @param {Box} box @param {number} x @param {number} y @param {number} width @returns {boolean} */
function covers({ left, right, top, bottom }, x, y, width) {
  return left < x + width / 2 && x - width / 2 < right && top < y + NAME_HEIGHT / 2 && y - NAME_HEIGHT / 2 < bottom;
}

/** The two rectangles, one of each list, that lie nearest to each other. @param {DOMRect[]} ones @param {DOMRect[]} twos @returns {[DOMRect | undefined, DOMRect | undefined]} */
function nearestRects(ones, twos) {
  /** @type {[DOMRect | undefined, DOMRect | undefined]} */
  let best = [ones[0], twos[0]];
  let distance = Infinity;
  for (const one of ones.slice(0, 40)) {
    for (const two of twos.slice(0, 40)) {
      const away = Math.max(0, two.left - one.right, one.left - two.right) + 8 * Math.abs(two.top - one.top); // along a line rather than across
      if (away < distance) [distance, best] = [away, [one, two]];
    }
  }
  return best;
}

/** Returns the point of a rectangle at which a link to another one starts: on the same line a little way in, else as near as can be. @param {DOMRect} rect @param {DOMRect} other @param {boolean} level @returns {number} */
function facing(rect, other, level) {
  if (!level) return Math.min(Math.max((other.left + other.right) / 2, rect.left + 6), rect.right - 6);
  const inward = Math.min(rect.width / 2, 40);
  return other.left > rect.left ? rect.right - inward : rect.left + inward;
}
