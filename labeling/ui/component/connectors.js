// @ts-check

/**
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {{left: number, right: number, top: number, bottom: number}} Box
 * @typedef {{from: Span, to: Span, title: string}} Connection
 * @typedef {Box & {column: {left: number, right: number}, pitch: number}} Stop  letters of a line, its column, and how far apart lines are
 * @typedef {[number, number]} Point
 */

/** The greatest width of a letter of a link's name, and the height of the name, in pixels. */
const NAME_LETTER = 6;
const NAME_HEIGHT = 10;
/** The part of a line's box that letters fill, from its top and from its bottom: above ascenders and below descenders it is empty. */
const ABOVE_LETTERS = 0.17;
const BELOW_LETTERS = 0.06;
/** How far above letters a link runs, how far beside a column, how far apart links do both, and how many ways there are, in pixels. */
const LIFT = 3;
const BESIDE = 7;
const APART = { lift: 2, beside: 4, ways: 3 };
/** The radius of a link's corners, in pixels. */
const CORNER = 4;
/** The distances from its line at which a link's name may be placed, nearest first, in pixels. */
const ASIDE = [0, -3, 3, -6, 6, -9, 9];

/** Links between spans, as lines with their names. */
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
    return links.flatMap(({ from, to, title }, number) => {
      if (overlap(from, to)) return []; // one inside the other shows without a line
      const { geometry, schema } = this.view;
      const [one, two] = nearestRects(geometry.rects(from), geometry.rects(to));
      if (!one || !two) return [];
      const color = `var(--sw-c${schema.index.get(to.label) ?? 0})`;
      const { path, end, middle } = route(this.stop(one, from, page), this.stop(two, to, page), number);
      const taken = [...this.letterBoxes(from, page), ...this.letterBoxes(to, page), ...names];
      return [
        drawnShape("path", { d: path, stroke: color, class: "sw-link" }),
        drawnShape("circle", { cx: end.x, cy: end.y, r: 2.5, fill: color }),
        ...this.name(title, middle, color, taken, names),
      ];
    });
  }

  /** Returns where a link ends at a rectangle of a span. @param {DOMRect} rect @param {Span} span @param {DOMRect} page @returns {Stop} */
  stop(rect, span, page) {
    const paragraph = this.view.tokens.paragraphAt(span.fragments[0][0])?.index ?? 0;
    const { element } = this.view.drawn[paragraph];
    const middle = (rect.left + rect.right) / 2;
    const parts = [...element.getClientRects()];
    const column =
      parts.find(({ left, right }) => left <= middle && middle <= right) ?? element.getBoundingClientRect();
    return {
      ...letters(rect, page),
      column: { left: column.left - page.left, right: column.right - page.left },
      pitch: Number.parseFloat(getComputedStyle(element).lineHeight) || 1.5 * rect.height,
    };
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
      return [...range.getClientRects()].map((rect) => letters(rect, page));
    });
  }
}

/** Returns what letters fill of a line's box, in page coordinates. @param {DOMRect} rect @param {DOMRect} page @returns {Box} */
function letters({ left, right, top, bottom, height }, page) {
  return {
    left: left - page.left,
    right: right - page.left,
    top: top - page.top + ABOVE_LETTERS * height,
    bottom: bottom - page.top - BELOW_LETTERS * height,
  };
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

/**
 * The way of a link, which crosses no letter: along the space above a line and, where there are lines between the two ends, beside the column.
 * @param {Stop} one @param {Stop} two @param {number} number which of several links it is: they run beside one another @returns {{path: string, end: {x: number, y: number}, middle: {x: number, y: number}}}
 */
export function route(one, two, number) {
  const points = waypoints(one, two, number % APART.ways);
  const [x, y] = points[points.length - 1];
  const level = points.slice(1).map((point, at) => /** @type {[Point, Point]} */ ([points[at], point]));
  const [[x1, middle], [x2]] = level.reduce((best, each) => (across(each) > across(best) ? each : best));
  return { path: rounded(points), end: { x, y }, middle: { x: (x1 + x2) / 2, y: middle } };
}

/** The corners of a link's way, from its first end to its last. @param {Stop} one @param {Stop} two @param {number} way @returns {Point[]} */
function waypoints(one, two, way) {
  const lift = LIFT + APART.lift * way;
  const level = Math.abs(one.top - two.top) < 4;
  const [x1, x2] = [facing(one, two, level), facing(two, one, level)];
  if (level) {
    const above = Math.min(one.top, two.top) - lift;
    return [
      [x1, one.top],
      [x1, above],
      [x2, above],
      [x2, two.top],
    ];
  }
  if (one.top > two.top) return waypoints(two, one, way).reverse();
  const above = two.top - lift;
  const apart = Math.abs(one.column.left - two.column.left) > 4;
  if (!apart && two.top - one.top < 1.5 * one.pitch)
    return [
      [x1, one.bottom],
      [x1, above],
      [x2, above],
      [x2, two.top],
    ];
  const below = one.top + one.pitch - lift;
  const aside = BESIDE + APART.beside * way;
  const [left, right] = [one.column.left - aside, one.column.right + aside];
  const detour = (/** @type {number} */ x) => Math.abs(x - x1) + Math.abs(x - x2);
  const toRight = apart ? two.column.left > one.column.left : detour(right) < detour(left);
  const beside = toRight ? right : left;
  return [
    [x1, one.bottom],
    [x1, below],
    [beside, below],
    [beside, above],
    [x2, above],
    [x2, two.top],
  ];
}

/** How far a part of a way goes across. @param {[Point, Point]} part @returns {number} */
function across([[x1, y1], [x2, y2]]) {
  return y1 === y2 ? Math.abs(x2 - x1) : -1;
}

/** A path through points with rounded corners. @param {Point[]} points @returns {string} */
function rounded(points) {
  const corners = points.slice(1, -1).map((corner, at) => {
    const [before, after] = [toward(corner, points[at]), toward(corner, points[at + 2])];
    return `L${before} Q${corner} ${after}`;
  });
  return [`M${points[0]}`, ...corners, `L${points[points.length - 1]}`].join(" ");
}

/** The point on the way from a corner to its neighbor at which the corner's curve begins. @param {Point} corner @param {Point} other @returns {Point} */
function toward([x, y], [toX, toY]) {
  const length = Math.hypot(toX - x, toY - y);
  const share = length ? Math.min(CORNER, length / 2) / length : 0;
  return [x + share * (toX - x), y + share * (toY - y)];
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

/** Returns the point of a box at which a link to another one starts: on the same line a little way in, else as near as can be. @param {Box} rect @param {Box} other @param {boolean} level @returns {number} */
function facing(rect, other, level) {
  if (!level) return Math.min(Math.max((other.left + other.right) / 2, rect.left + 6), rect.right - 6);
  const inward = Math.min((rect.right - rect.left) / 2, 40);
  return other.left > rect.left ? rect.right - inward : rect.left + inward;
}
