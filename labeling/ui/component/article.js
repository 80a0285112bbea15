// @ts-check
import { Tokens, lastStarting } from "./tokens.js";
import { readingOrder } from "./annotation.js";
import { cut, lanesOf } from "./segments.js";
import { Schema } from "./schema.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {{node: Text, unit: number}} Run  a text node and the unit of the article it starts at
 * @typedef {{element: HTMLElement, runs: Run[], marks: HTMLElement[]}} Drawn
 */

/**
 * Makes an element. Text goes in as text, never as markup.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, any>} [properties] class, text, handlers (on…), other attributes
 * @param {...(Node | string)} children @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

const LANES = 3;
const LANE_HEIGHT = 3;

/** The background layers that draw a label's line in a lane. @param {number} colour the label's index @param {string} line @param {number} lane @returns {string[]} image, position, size, repeat */
function underline(colour, line, lane) {
  const paint = `var(--sw-c${colour})`;
  const bottom = LANES * LANE_HEIGHT - Math.min(lane, LANES - 1) * LANE_HEIGHT - 2;
  const place = `0 calc(100% - ${bottom}px)`;
  switch (line) {
    case "dashed":
      return [`linear-gradient(90deg, ${paint} 68%, transparent 0)`, place, "8px 2px", "repeat-x"];
    case "dotted":
      return [`radial-gradient(circle at 1px 1px, ${paint} 1px, transparent 1.4px)`, place, "4px 2px", "repeat-x"];
    case "double":
      return [`linear-gradient(${paint} 1px, transparent 1px 2px, ${paint} 2px)`, `0 calc(100% - ${bottom - 1}px)`, "100% 3px", "repeat-x"];
    case "wavy":
      return [`radial-gradient(circle at 3px 3px, transparent 1.6px, ${paint} 1.7px 2.7px, transparent 2.8px)`, `0 calc(100% - ${bottom - 1}px)`, "6px 3px", "repeat-x"];
    default:
      return [`linear-gradient(${paint}, ${paint})`, place, "100% 2px", "repeat-x"];
  }
}

/** Whether two spans look the same in the text. @param {Span | undefined} a @param {Span | undefined} b @returns {boolean} */
function looksSame(a, b) {
  if (a === b) return true;
  return a !== undefined && b !== undefined && a.label === b.label && JSON.stringify(a.fragments) === JSON.stringify(b.fragments);
}

/** Draws an article's text with its marks, caret, selection and links. Knows nothing of ops. */
export class ArticleView {
  /** @param {Schema} schema */
  constructor(schema) {
    this.schema = schema;
    this.tokens = new Tokens("");
    this.head = make("header", { class: "sw-head" });
    this.body = make("div", { class: "sw-body", "data-sw": "text" });
    this.caretMark = make("div", { class: "sw-caret", "aria-hidden": "true" });
    this.links = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.links.setAttribute("class", "sw-links");
    this.links.setAttribute("aria-hidden", "true");
    this.letters = make("div", { class: "sw-letters", "aria-hidden": "true" });
    this.page = make("div", { class: "sw-page" }, this.head, this.body, this.links, this.letters, this.caretMark);
    this.root = make("div", { class: "sw-article", "data-sw": "article", role: "group", "aria-label": "Article text", "aria-roledescription": "text to mark", tabindex: "0" }, this.page);
    /** @type {Drawn[]} */
    this.drawn = [];
    /** @type {Map<string, Span>} */
    this.spans = new Map();
    /** @type {Map<string, number>} */
    this.lanes = new Map();
    /** @type {Set<string>} */
    this.lit = new Set();
    this.active = "";
    /** @type {Map<string, string>} */
    this.styles = new Map();
    /** @type {Highlight | null} */
    this.highlight = typeof Highlight === "function" && CSS.highlights ? new Highlight() : null;
    if (this.highlight) CSS.highlights.set("sw-selection", this.highlight);
  }

  /** @param {Tokens} tokens */
  open(tokens) {
    this.tokens = tokens;
    this.spans = new Map();
    this.lanes = new Map();
    this.lit = new Set();
    this.active = "";
    this.highlight?.clear();
    this.links.replaceChildren();
    this.letters.replaceChildren();
    this.drawn = tokens.paragraphs.map((paragraph) => {
      const element = make("p", { "data-sw": "p", "data-start": paragraph.start, "data-end": paragraph.end, dir: "auto" });
      const node = document.createTextNode(paragraph.text);
      element.append(node);
      return { element, runs: [{ node, unit: paragraph.unit }], marks: [] };
    });
    this.body.replaceChildren(...this.drawn.map(({ element }) => element));
    this.root.scrollTop = 0;
  }

  /** The paragraphs a stretch touches, first and last. @param {number} start @param {number} end @returns {[number, number]} */
  touched(start, end) {
    const paragraphs = this.tokens.paragraphs;
    return [Math.max(0, lastStarting(paragraphs, start)), Math.max(0, lastStarting(paragraphs, end - 1))];
  }

  /** Draws the spans of an annotation; only paragraphs in which something changed are touched. @param {Annotation} annotation @returns {boolean} whether any was */
  draw(annotation) {
    const ordered = [...annotation.spans.values()].sort(readingOrder);
    const lanes = lanesOf(ordered);
    /** @type {Map<number, {span: Span, start: number, end: number}[]>} */
    const dirty = new Map();
    const touch = (/** @type {Span} */ span) => {
      for (const [start, end] of span.fragments) {
        const [first, last] = this.touched(start, end);
        for (let index = first; index <= last; index++) if (!dirty.has(index)) dirty.set(index, []);
      }
    };
    for (const [id, span] of annotation.spans) {
      const before = this.spans.get(id);
      if (looksSame(before, span) && this.lanes.get(id) === lanes.get(id)) continue;
      touch(span);
      if (before) touch(before);
    }
    for (const [id, span] of this.spans) if (!annotation.spans.has(id)) touch(span);
    this.spans = new Map(annotation.spans);
    this.lanes = lanes;
    if (!dirty.size) return false;
    for (const span of ordered) {
      for (const [start, end] of span.fragments) {
        const [first, last] = this.touched(start, end);
        for (let index = first; index <= last; index++) dirty.get(index)?.push({ span, start, end });
      }
    }
    for (const [index, pieces] of dirty) this.fill(index, pieces);
    return true;
  }

  /** @param {number} index @param {{span: Span, start: number, end: number}[]} pieces */
  fill(index, pieces) {
    const paragraph = this.tokens.paragraphs[index];
    const offsets = this.tokens.offsets;
    const nodes = [];
    const runs = [];
    const marks = [];
    for (const { start, end, ids } of cut(paragraph.start, paragraph.end, pieces.map(({ span, start, end }) => ({ id: span.id, start, end })))) {
      const unit = offsets.units(start);
      const node = document.createTextNode(offsets.text.slice(unit, offsets.units(end)));
      runs.push({ node, unit });
      if (!ids.length) {
        nodes.push(node);
        continue;
      }
      const mark = make("span", { class: "sw-mark", "data-spans": ids.join(" "), style: this.styleOf(ids) }, node);
      marks.push(mark);
      nodes.push(mark);
      this.light(mark, ids);
    }
    const drawn = this.drawn[index];
    drawn.runs = runs;
    drawn.marks = marks;
    drawn.element.replaceChildren(...nodes);
  }

  /** @param {string[]} ids @returns {string} */
  styleOf(ids) {
    const looks = ids.map((id) => `${this.spans.get(id)?.label} ${Math.min(LANES - 1, this.lanes.get(id) ?? 0)}`);
    const key = looks.join("|");
    let style = this.styles.get(key);
    if (style === undefined) {
      const layers = ids.map((id) => {
        const label = this.spans.get(id)?.label ?? "";
        return underline(this.schema.index.get(label) ?? 0, this.schema.label.get(label)?.line ?? "solid", this.lanes.get(id) ?? 0);
      });
      layers.push(["linear-gradient(transparent, transparent)", "0 0", "auto", "repeat"]); // the last layer's clip is the tint's: it keeps to the letters
      const list = (/** @type {number} */ part) => layers.map((layer) => layer[part]).join(",");
      const clips = layers.map((_, index) => (index < ids.length ? "border-box" : "content-box")).join(",");
      style = `background-image:${list(0)};background-position:${list(1)};background-size:${list(2)};background-repeat:${list(3)};background-clip:${clips}`;
      this.styles.set(key, style);
    }
    return style;
  }

  /** @param {HTMLElement} mark @param {string[]} ids */
  light(mark, ids) {
    const lit = ids.findLast((id) => id === this.active) ?? ids.findLast((id) => this.lit.has(id));
    const name = lit === undefined ? "sw-mark" : lit === this.active ? "sw-mark sw-active" : "sw-mark sw-lit";
    if (mark.className === name && lit === undefined) return;
    mark.className = name;
    if (lit === undefined) mark.style.removeProperty("--sw-tint");
    else mark.style.setProperty("--sw-tint", `var(--sw-c${this.schema.index.get(this.spans.get(lit)?.label ?? "") ?? 0})`);
  }

  /** Tints the active span and its relatives. @param {string} active @param {Set<string>} relatives */
  activate(active, relatives) {
    const before = new Set([...this.lit, this.active]);
    this.active = active;
    this.lit = relatives;
    const indices = new Set();
    for (const id of new Set([...before, ...relatives, active])) {
      for (const [start, end] of this.spans.get(id)?.fragments ?? []) {
        const [first, last] = this.touched(start, end);
        for (let index = first; index <= last; index++) indices.add(index);
      }
    }
    for (const index of indices) for (const mark of this.drawn[index].marks) this.light(mark, (mark.dataset.spans ?? "").split(" "));
  }

  /** @param {number} point @param {boolean} [before] prefer the end of the run before @returns {{node: Text, offset: number} | null} */
  place(point, before = false) {
    const paragraph = this.tokens.paragraphAt(point);
    if (!paragraph) return null;
    const { runs } = this.drawn[paragraph.index];
    const unit = this.tokens.offsets.units(Math.min(Math.max(point, paragraph.start), paragraph.end));
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

  /** @param {number} start @param {number} end @returns {Range | null} */
  range(start, end) {
    const from = this.place(start);
    const to = this.place(end, true);
    if (!from || !to) return null;
    const range = document.createRange();
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset);
    return range;
  }

  /** Where a caret at `point` stands in the window. @param {number} point @returns {{left: number, top: number, bottom: number} | null} */
  caretRect(point) {
    const paragraph = this.tokens.paragraphAt(point);
    if (!paragraph) return null;
    const atEnd = point >= paragraph.end;
    const [start, end] = atEnd ? [this.tokens.character(paragraph.end, -1), paragraph.end] : [point, this.tokens.character(point, 1)];
    const range = this.range(start, end);
    const rects = range?.getClientRects();
    if (!rects?.length) return null;
    const rect = atEnd ? rects[rects.length - 1] : rects[0];
    const element = this.drawn[paragraph.index].element;
    const leftward = element.dataset.rtl === "1";
    return { left: atEnd !== leftward ? rect.right : rect.left, top: rect.top, bottom: rect.bottom };
  }

  /** Marks paragraphs that run from right to left. */
  measure() {
    for (const [index, { element }] of this.drawn.entries()) {
      if (/[\u0590-\u08ff\ufb1d-\ufefc]/.test(this.tokens.paragraphs[index].text)) element.dataset.rtl = getComputedStyle(element).direction === "rtl" ? "1" : "";
    }
  }

  /** The point of the text at a place in the window; the nearest one outside of the text. @param {number} x @param {number} y @returns {number | null} */
  pointAt(x, y) {
    const found = hit(x, y);
    if (found && found.node instanceof Text && this.body.contains(found.node)) {
      const element = found.node.parentElement?.closest("p");
      const drawn = this.drawn.find((each) => each.element === element);
      const run = drawn?.runs.find(({ node }) => node === found.node);
      if (run) return this.tokens.offsets.points(run.unit + found.offset);
    }
    let best = null;
    let distance = Infinity;
    for (const [index, { element }] of this.drawn.entries()) {
      for (const rect of element.getClientRects()) {
        const away = Math.max(0, rect.top - y, y - rect.bottom) + Math.max(0, rect.left - x, x - rect.right) * 4;
        if (away < distance) [distance, best] = [away, { index, rect }];
      }
    }
    if (!best) return null;
    const paragraph = this.tokens.paragraphs[best.index];
    const { rect } = best;
    const inside = hit(Math.min(Math.max(x, rect.left + 1), rect.right - 1), Math.min(Math.max(y, rect.top + 4), rect.bottom - 12));
    if (inside && inside.node instanceof Text) {
      const run = this.drawn[best.index].runs.find(({ node }) => node === inside.node);
      if (run) return this.tokens.offsets.points(run.unit + inside.offset);
    }
    return y < rect.top || x < rect.left ? paragraph.start : paragraph.end;
  }

  /** The ids over a place in the window, innermost last. @param {Element | null} target @returns {string[]} */
  idsAt(target) {
    const mark = /** @type {HTMLElement | null} */ (target?.closest?.("[data-spans]") ?? null);
    return mark && this.body.contains(mark) ? (mark.dataset.spans ?? "").split(" ") : [];
  }

  /** @param {number} caret @param {Stretch | null} selection @param {number | null} anchor */
  showCaret(caret, selection, anchor) {
    this.root.dataset.caret = String(caret);
    if (anchor === null) delete this.root.dataset.anchor;
    else this.root.dataset.anchor = String(anchor);
    if (this.highlight) {
      this.highlight.clear();
      if (selection) {
        const [first, last] = this.touched(selection.start, selection.end);
        for (let index = first; index <= last; index++) {
          const paragraph = this.tokens.paragraphs[index];
          const range = this.range(Math.max(selection.start, paragraph.start), Math.min(selection.end, paragraph.end));
          if (range) this.highlight.add(range);
        }
      }
    }
    this.placeCaret(caret);
  }

  /** @param {number} caret */
  placeCaret(caret) {
    const rect = this.caretRect(caret);
    this.caretMark.hidden = !rect;
    if (!rect) return;
    const page = this.page.getBoundingClientRect();
    this.caretMark.style.transform = `translate(${rect.left - page.left}px, ${rect.top - page.top}px)`;
    this.caretMark.style.height = `${rect.bottom - rect.top}px`;
    this.caretMark.getAnimations().forEach((animation) => (animation.currentTime = 0));
  }

  /** Brings a stretch of text into sight with some lines around it. @param {number} point */
  reveal(point) {
    const paragraph = this.tokens.paragraphAt(point);
    if (!paragraph) return;
    const { root } = this;
    let rect = this.caretRect(point);
    if (!rect || rect.bottom === rect.top) {
      this.drawn[paragraph.index].element.scrollIntoView({ block: "nearest" });
      rect = this.caretRect(point);
    }
    if (!rect) return;
    const view = root.getBoundingClientRect();
    const margin = Math.min(70, view.height / 5);
    if (rect.top < view.top + margin) root.scrollTop -= view.top + margin - rect.top;
    else if (rect.bottom > view.bottom - margin) root.scrollTop += rect.bottom - (view.bottom - margin);
  }

  /**
   * The stop one line down or up, as near as can be to `goal` (its distance from the left of its line's column).
   * @param {number} point @param {1 | -1} direction @param {number | null} goal @returns {{point: number, goal: number}}
   */
  line(point, direction, goal) {
    const column = (/** @type {number} */ at) => this.columnLeft(at);
    const here = this.caretRect(point);
    if (!here) return { point, goal: goal ?? 0 };
    const wanted = goal ?? here.left - column(point);
    let best = point;
    let nearest = Infinity;
    let line = null;
    let at = point;
    for (let steps = 0; steps < 2000; steps++) {
      const next = this.tokens.character(at, direction);
      if (next === at) break;
      at = next;
      const rect = this.caretRect(at);
      if (!rect) continue;
      if (line === null) {
        if (sameLine(rect, here)) continue;
        line = rect;
      } else if (!sameLine(rect, line)) break;
      const away = Math.abs(rect.left - column(at) - wanted);
      if (away < nearest) [nearest, best] = [away, at];
    }
    if (line === null) best = direction > 0 ? at : at;
    return { point: best, goal: wanted };
  }

  /** @param {number} point @returns {number} */
  columnLeft(point) {
    const paragraph = this.tokens.paragraphAt(point);
    if (!paragraph) return 0;
    const rects = this.drawn[paragraph.index].element.getClientRects();
    if (rects.length < 2) return rects[0]?.left ?? 0;
    const caret = this.caretRect(point);
    return [...rects].find((rect) => caret && caret.left >= rect.left - 1 && caret.left <= rect.right + 1)?.left ?? rects[0].left;
  }

  /** The first or last stop of the line at `point`. @param {number} point @param {1 | -1} direction @returns {number} */
  lineBorder(point, direction) {
    const here = this.caretRect(point);
    let at = point;
    for (let steps = 0; here && steps < 2000; steps++) {
      const next = this.tokens.character(at, direction);
      if (next === at || this.tokens.paragraphAt(next) !== this.tokens.paragraphAt(at)) break;
      const rect = this.caretRect(next);
      if (!rect || !sameLine(rect, here)) break;
      at = next;
    }
    return at;
  }

  /** @param {Span} span @returns {DOMRect | null} */
  firstRect(span) {
    const [start, end] = span.fragments[0];
    const rects = this.range(start, end)?.getClientRects();
    return rects?.[0] ?? null;
  }

  /** @param {Span} span @returns {DOMRect[]} */
  rects(span) {
    return span.fragments.flatMap(([start, end]) => [...(this.range(start, end)?.getClientRects() ?? [])]).filter((rect) => rect.width > 1);
  }

  /** Draws the links of a span as curves with their names. @param {{from: Span, to: Span, title: string}[]} links */
  drawLinks(links) {
    if (!links.length) {
      if (this.links.firstChild) this.links.replaceChildren();
      return;
    }
    const page = this.page.getBoundingClientRect();
    const svg = (/** @type {string} */ tag, /** @type {Record<string, string | number>} */ attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
      return element;
    };
    const parts = [];
    /** @type {[number, number][]} */
    const names = [];
    for (const { from, to, title } of links) {
      const nested = from.fragments.some(([start, end]) => to.fragments.some(([first, last]) => start < last && first < end));
      if (nested) continue; // one inside the other shows without a line
      const [one, two] = nearestRects(this.rects(from), this.rects(to));
      if (!one || !two) continue;
      const colour = `var(--sw-c${this.schema.index.get(to.label) ?? 0})`;
      const above = Math.abs(one.top - two.top) < 4;
      const [x1, x2] = [facing(one, two, above) - page.left, facing(two, one, above) - page.left];
      const upward = two.top < one.top;
      const y1 = (above || upward ? one.top : one.bottom - 1) - page.top;
      const y2 = (above ? two.top : upward ? two.bottom - 1 : two.top) - page.top;
      const lift = above ? Math.min(9, 4 + Math.abs(x2 - x1) / 20) : 0;
      const bend = above ? 0 : Math.max(8, Math.abs(y2 - y1) / 2);
      const path = above
        ? `M${x1},${y1} C${x1},${y1 - lift * 1.35} ${x2},${y2 - lift * 1.35} ${x2},${y2}`
        : `M${x1},${y1} C${x1},${y1 + (upward ? -bend : bend)} ${x2},${y2 + (upward ? bend : -bend)} ${x2},${y2}`;
      parts.push(svg("path", { d: path, stroke: colour, class: "sw-link" }), svg("circle", { cx: x2, cy: y2, r: 2.5, fill: colour }));
      const x = (x1 + x2) / 2;
      let y = above ? y1 - lift : (y1 + y2) / 2;
      while (names.some(([left, top]) => Math.abs(left - x) < 60 && Math.abs(top - y) < 10)) y -= 10;
      names.push([x, y]);
      const name = svg("text", { x, y: y + 3, class: "sw-link-name", "text-anchor": "middle", fill: colour });
      name.textContent = title;
      parts.push(name);
    }
    this.links.replaceChildren(...parts);
  }

  /** Puts letters over spans, for choosing one by key. @param {{letter: string, span: Span, linked: boolean}[]} choices */
  drawLetters(choices) {
    const page = this.page.getBoundingClientRect();
    this.letters.replaceChildren(
      ...choices.flatMap(({ letter, span, linked }) => {
        const rect = this.firstRect(span);
        if (!rect) return [];
        const colour = `var(--sw-c${this.schema.index.get(span.label) ?? 0})`;
        return [make("kbd", { class: linked ? "sw-letter sw-linked" : "sw-letter", "data-letter": letter, style: `left:${rect.left - page.left}px;top:${rect.top - page.top}px;--sw-tint:${colour}`, text: letter })];
      }),
    );
  }
}

/** @param {{top: number, bottom: number, left: number}} a @param {{top: number, bottom: number, left: number}} b @returns {boolean} */
function sameLine(a, b) {
  return Math.abs(a.top - b.top) < (a.bottom - a.top) / 2;
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

/** Where on a rectangle a link to another one starts: on the same line a little way in, else as near as can be. @param {DOMRect} rect @param {DOMRect} other @param {boolean} level @returns {number} */
function facing(rect, other, level) {
  if (!level) return Math.min(Math.max((other.left + other.right) / 2, rect.left + 6), rect.right - 6);
  const inward = Math.min(rect.width / 2, 40);
  return other.left > rect.left ? rect.right - inward : rect.left + inward;
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
