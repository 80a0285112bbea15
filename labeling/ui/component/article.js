// @ts-check
import { Tokens, firstBeyond, lastStarting, writtenLeftward } from "./tokens.js";
import { endOf, readingOrder } from "./annotation.js";
import { cut, lanesOf } from "./segments.js";
import { Schema } from "./schema.js";
import { make } from "./dom.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {import("./tokens.js").Paragraph} Paragraph
 * @typedef {{node: Text, unit: number}} Run  a text node and the unit of the article it starts at
 * @typedef {{element: HTMLElement, runs: Run[], marks: HTMLElement[], ids: Set<string>}} Drawn  a paragraph as it stands, and the spans over it
 * @typedef {{left: number, right: number, top: number, bottom: number}} Box
 * @typedef {{pitch: number, line: number, room: number}} Lanes  how far apart a paragraph's lanes lie, how thick their lines are, and the space for all of them, in pixels
 */

/** Up to so many lanes there is room between the lines as they are set; beyond, the paragraph's lines move apart. */
const LANES_AS_SET = 3;
const MOST_THICK_LANES = 6;
const MOST_LANES = 12;
/** Paragraphs are kept in sections of about so many characters: what is out of sight is then neither laid out nor painted, and there are few sections to watch. */
const SECTION = 3000;
/** So many characters to both sides the one under the mouse is looked for. */
const REACH = 400;
/** How wide a letter of a link's name is at most, and how high the name, in pixels. */
const NAME_LETTER = 6;
const NAME_HEIGHT = 10;
/** What of a line's box letters fill, from its top and from its bottom: above ascenders and below descenders it is empty. */
const ABOVE_LETTERS = 0.17;
const BELOW_LETTERS = 0.06;

/** How a paragraph's lanes are spaced. @param {number} depth the lanes it needs @returns {Lanes} */
function spacing(depth) {
  if (depth <= MOST_THICK_LANES) return { pitch: 3, line: 2, room: 3 * Math.max(depth, LANES_AS_SET) };
  return { pitch: 2, line: 1, room: 2 * Math.min(depth, MOST_LANES) + 1 };
}

/** The background layers that draw a label's line in a lane. @param {number} colour the label's index @param {string} line @param {number} lane @param {Lanes} lanes @returns {string[]} image, position, size, repeat */
function underline(colour, line, lane, { pitch, line: thickness, room }) {
  const paint = `var(--sw-c${colour})`;
  const bottom = room - Math.min(lane, MOST_LANES - 1) * pitch - thickness;
  const place = `0 calc(100% - ${bottom}px)`;
  if (thickness === 1) {
    const share = { dashed: "68%", dotted: "50%", wavy: "80%" }[line];
    if (!share) return [`linear-gradient(${paint}, ${paint})`, place, "100% 1px", "repeat-x"];
    return [
      `linear-gradient(90deg, ${paint} ${share}, transparent 0)`,
      place,
      `${line === "dotted" ? 3 : 8}px 1px`,
      "repeat-x",
    ];
  }
  switch (line) {
    case "dashed":
      return [`linear-gradient(90deg, ${paint} 68%, transparent 0)`, place, "8px 2px", "repeat-x"];
    case "dotted":
      return [`radial-gradient(circle at 1px 1px, ${paint} 1px, transparent 1.4px)`, place, "4px 2px", "repeat-x"];
    case "double":
      return [
        `linear-gradient(${paint} 1px, transparent 1px 2px, ${paint} 2px)`,
        `0 calc(100% - ${bottom - 1}px)`,
        "100% 3px",
        "repeat-x",
      ];
    case "wavy":
      return [
        `radial-gradient(circle at 3px 3px, transparent 1.6px, ${paint} 1.7px 2.7px, transparent 2.8px)`,
        `0 calc(100% - ${bottom - 1}px)`,
        "6px 3px",
        "repeat-x",
      ];
    default:
      return [`linear-gradient(${paint}, ${paint})`, place, "100% 2px", "repeat-x"];
  }
}

/** Whether two spans look the same in the text. @param {Span | undefined} a @param {Span | undefined} b @returns {boolean} */
function looksSame(a, b) {
  if (a === b) return true;
  return (
    a !== undefined &&
    b !== undefined &&
    a.label === b.label &&
    JSON.stringify(a.fragments) === JSON.stringify(b.fragments)
  );
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
    this.root = make(
      "div",
      {
        class: "sw-article",
        "data-sw": "article",
        role: "application",
        "aria-label": "Article text",
        "aria-roledescription": "text to mark",
        tabindex: "0",
      },
      this.page,
    );
    /** @type {Drawn[]} */
    this.drawn = [];
    /** The spans as they are drawn. @type {Map<string, Span>} */
    this.spans = new Map();
    /** @type {Set<string>} */
    this.lit = new Set();
    this.active = "";
    /** Spans that lack what the schema requires. @type {Set<string>} */
    this.lacking = new Set();
    this.ruler = document.createRange();
    /** @type {Map<string, string>} */
    this.styles = new Map();
    const highlight = (/** @type {string} */ name) => {
      if (typeof Highlight !== "function" || !CSS.highlights) return null;
      const made = new Highlight();
      CSS.highlights.set(name, made);
      return made;
    };
    this.highlight = highlight("sw-selection");
    this.foundHighlight = highlight("sw-found");
    this.hereHighlight = highlight("sw-found-here");
  }

  /** @param {Tokens} tokens */
  open(tokens) {
    this.tokens = tokens;
    this.spans = new Map();
    this.lit = new Set();
    this.active = "";
    this.lacking = new Set();
    for (const each of [this.highlight, this.foundHighlight, this.hereHighlight]) each?.clear();
    this.links.replaceChildren();
    this.letters.replaceChildren();
    this.drawn = tokens.paragraphs.map((paragraph) => {
      const element = make("p", {
        "data-sw": "p",
        "data-start": paragraph.start,
        "data-end": paragraph.end,
        dir: paragraph.leftward ? "rtl" : "ltr",
      });
      const node = document.createTextNode(paragraph.text);
      element.append(node);
      return { element, runs: [{ node, unit: paragraph.unit }], marks: [], ids: new Set() };
    });
    /** @type {HTMLElement[]} */
    const sections = [];
    let size = Infinity;
    let lines = 0;
    for (const [index, { element }] of this.drawn.entries()) {
      const { length } = tokens.paragraphs[index].text;
      if (size + length > SECTION) {
        sections.push(make("div", { class: "sw-section" }));
        [size, lines] = [0, 0];
      }
      size += length;
      lines += Math.ceil(length / 66) + 0.4;
      const section = sections[sections.length - 1];
      section.append(element);
      section.style.containIntrinsicHeight = `auto ${Math.round(lines * 28.2)}px`; // a guess until it has been laid out
    }
    this.body.replaceChildren(...sections);
    this.root.scrollTop = 0;
  }

  /** The paragraphs a stretch touches, first and last. @param {number} start @param {number} end @returns {[number, number]} */
  touched(start, end) {
    const paragraphs = this.tokens.paragraphs;
    return [Math.max(0, lastStarting(paragraphs, start)), Math.max(0, lastStarting(paragraphs, end - 1))];
  }

  /** The paragraphs a span touches. @param {Span | undefined} span @returns {Drawn[]} */
  under(span) {
    return (span?.fragments ?? []).flatMap(([start, end]) => {
      const [first, last] = this.touched(start, end);
      return this.drawn.slice(first, last + 1);
    });
  }

  /** Draws spans as they now are; only paragraphs in which something looks different are touched. @param {Annotation} annotation @param {Iterable<string> | null} [ids] null: all of them @returns {boolean} whether any was */
  draw(annotation, ids = null) {
    /** @type {Set<Drawn>} */
    const dirty = new Set();
    for (const id of ids ?? new Set([...this.spans.keys(), ...annotation.spans.keys()])) {
      const [before, after] = [this.spans.get(id), annotation.spans.get(id)];
      if (after) this.spans.set(id, after);
      else this.spans.delete(id);
      if (looksSame(before, after)) continue;
      for (const drawn of this.under(before)) (dirty.add(drawn), drawn.ids.delete(id));
      for (const drawn of this.under(after)) (dirty.add(drawn), drawn.ids.add(id));
    }
    for (const drawn of dirty) this.fill(drawn);
    return dirty.size > 0;
  }

  /** Sets a paragraph anew, cut at every border of the spans over it. @param {Drawn} drawn */
  fill(drawn) {
    const paragraph = this.tokens.paragraphs[this.drawn.indexOf(drawn)];
    const offsets = this.tokens.offsets;
    const spans = [...drawn.ids].map((id) => /** @type {Span} */ (this.spans.get(id))).sort(readingOrder);
    const lanes = lanesOf(spans);
    const spaced = spacing(Math.max(0, ...lanes.values()) + 1);
    const nodes = [];
    /** @type {Run[]} */
    const runs = [];
    /** @type {HTMLElement[]} */
    const marks = [];
    for (const { start, end, ids } of cut(
      paragraph.start,
      paragraph.end,
      spans.flatMap(({ id, fragments }) => fragments.map(([start, end]) => ({ id, start, end }))),
    )) {
      const unit = offsets.units(start);
      const node = document.createTextNode(offsets.text.slice(unit, offsets.units(end)));
      runs.push({ node, unit });
      if (!ids.length) {
        nodes.push(node);
        continue;
      }
      const mark = make(
        "mark",
        {
          class: "sw-mark",
          "data-spans": ids.join(" "),
          "aria-description": this.titlesOf(ids),
          style: this.styleOf(ids, lanes, spaced),
        },
        node,
      );
      marks.push(mark);
      nodes.push(mark);
      this.light(mark, ids);
      if (this.lacksAt(ids, end)) mark.dataset.lacks = "";
    }
    drawn.runs = runs;
    drawn.marks = marks;
    drawn.element.replaceChildren(...nodes);
    const extra = spaced.room - LANES_AS_SET * 3;
    if (extra) drawn.element.style.setProperty("--sw-extra", `${extra}px`);
    else drawn.element.removeAttribute("style");
  }

  /** What a screen reader says of words that are marked. @param {string[]} ids outermost first @returns {string} */
  titlesOf(ids) {
    return ids.map((id) => this.schema.label.get(this.spans.get(id)?.label ?? "")?.title ?? "").join(", ");
  }

  /** @param {string[]} ids @param {Map<string, number>} lanes @param {Lanes} spaced @returns {string} */
  styleOf(ids, lanes, spaced) {
    const looks = ids.map((id) => `${this.spans.get(id)?.label} ${lanes.get(id) ?? 0}`);
    const key = `${spaced.room}|${looks.join("|")}`;
    let style = this.styles.get(key);
    if (style === undefined) {
      const layers = ids.map((id) => {
        const label = this.spans.get(id)?.label ?? "";
        return underline(
          this.schema.index.get(label) ?? 0,
          this.schema.label.get(label)?.line ?? "solid",
          lanes.get(id) ?? 0,
          spaced,
        );
      });
      // What has no lane of its own any more shows as a shade. The last layer's clip is the tint's too: it keeps to the letters.
      const deeper = ids.filter((id) => (lanes.get(id) ?? 0) >= MOST_LANES).length;
      const shade = deeper ? `color-mix(in oklab, var(--sw-ink) ${Math.min(14, deeper)}%, transparent)` : "transparent";
      layers.push([`linear-gradient(${shade}, ${shade})`, "0 0", "auto", "repeat"]);
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
    else
      mark.style.setProperty("--sw-tint", `var(--sw-c${this.schema.index.get(this.spans.get(lit)?.label ?? "") ?? 0})`);
  }

  /** Shows at the ends of spans what the schema misses there. @param {Set<string>} lacking */
  lack(lacking) {
    const before = this.lacking;
    this.lacking = lacking;
    const changed = [...before, ...lacking].filter((id) => before.has(id) !== lacking.has(id));
    for (const drawn of new Set(changed.flatMap((id) => this.under(this.spans.get(id))))) {
      let at = this.tokens.paragraphs[this.drawn.indexOf(drawn)].start;
      for (const node of drawn.element.childNodes) {
        at += [...(node.textContent ?? "")].length;
        if (!(node instanceof HTMLElement)) continue;
        if (this.lacksAt((node.dataset.spans ?? "").split(" "), at)) node.dataset.lacks = "";
        else delete node.dataset.lacks;
      }
    }
  }

  /** @param {string[]} ids @param {number} end @returns {boolean} whether one of them lacks something and ends there */
  lacksAt(ids, end) {
    return ids.some((id) => {
      const span = this.lacking.has(id) && this.spans.get(id);
      return span && endOf(span) === end;
    });
  }

  /** Tints the active span and its relatives. @param {string} active @param {Set<string>} relatives */
  activate(active, relatives) {
    const before = new Set([...this.lit, this.active]);
    this.active = active;
    this.root.dataset.active = active;
    this.lit = relatives;
    const changed = new Set(
      [...new Set([...before, ...relatives, active])].flatMap((id) => this.under(this.spans.get(id))),
    );
    for (const { marks } of changed) for (const mark of marks) this.light(mark, (mark.dataset.spans ?? "").split(" "));
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

  /** @param {number} start @param {number} end @param {Range} [range] one to use again: every range that lives costs time at each change of the text @returns {Range | null} */
  range(start, end, range = document.createRange()) {
    const from = this.place(start);
    const to = this.place(end, true);
    if (!from || !to) return null;
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset);
    return range;
  }

  /** Where a caret at `point` stands in the window. @param {number} point @returns {{left: number, top: number, bottom: number} | null} */
  caretRect(point) {
    const paragraph = this.tokens.paragraphAt(point);
    if (!paragraph) return null;
    const atEnd = point >= paragraph.end;
    const [start, end] = atEnd
      ? [this.tokens.character(paragraph.end, -1), paragraph.end]
      : [point, this.tokens.character(point, 1)];
    const rects = this.range(start, end, this.ruler)?.getClientRects();
    if (!rects?.length) return null;
    const rect = atEnd ? rects[rects.length - 1] : rects[0];
    const leftward = this.leftward(paragraph, start, end);
    return { left: atEnd !== leftward ? rect.right : rect.left, top: rect.top, bottom: rect.bottom };
  }

  /** Whether the character `[start, end)` is written from right to left. @param {Paragraph} paragraph @param {number} start @param {number} end @returns {boolean} */
  leftward(paragraph, start, end) {
    if (!paragraph.both) return paragraph.leftward;
    const { offsets } = this.tokens;
    return writtenLeftward(
      paragraph.text,
      offsets.units(start) - paragraph.unit,
      offsets.units(end) - paragraph.unit,
      paragraph.leftward,
    );
  }

  /**
   * Where writing directions meet, browsers disagree about which of two points lies at a place: the half of the character there tells.
   * @param {Paragraph} paragraph @param {number} point the browser's answer @param {number} x @param {number} y @returns {number}
   */
  pointAmong(paragraph, point, x, y) {
    const stops = this.tokens.stops(paragraph);
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
    if (found && found.node instanceof Text && this.body.contains(found.node)) {
      const index = this.drawn.findIndex(({ element }) => element.contains(found.node));
      const run = this.drawn[index]?.runs.find(({ node }) => node === found.node);
      if (run) {
        const point = this.tokens.offsets.points(run.unit + found.offset);
        const paragraph = this.tokens.paragraphs[index];
        return paragraph.both ? this.pointAmong(paragraph, point, x, y) : point;
      }
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
    const inside = hit(
      Math.min(Math.max(x, rect.left + 1), rect.right - 1),
      Math.min(Math.max(y, rect.top + 4), rect.bottom - 12),
    );
    if (inside && inside.node instanceof Text) {
      const run = this.drawn[best.index].runs.find(({ node }) => node === inside.node);
      if (run) return this.tokens.offsets.points(run.unit + inside.offset);
    }
    return y < rect.top || x < rect.left ? paragraph.start : paragraph.end;
  }

  /** The point of the text at a place in the document; null outside of the text. @param {Node} node @param {number} offset @returns {number | null} */
  pointOf(node, offset) {
    if (!this.body.contains(node)) return null;
    const at = document.createRange();
    at.setStart(node, offset);
    const index = this.drawn.findLastIndex(({ element }) => at.comparePoint(element, 0) <= 0);
    if (index < 0) return this.tokens.paragraphs[0]?.start ?? null;
    const before = document.createRange();
    before.setStart(this.drawn[index].element, 0);
    before.setEnd(node, offset);
    const { unit, end } = this.tokens.paragraphs[index];
    return Math.min(this.tokens.offsets.points(unit + before.toString().length), end);
  }

  /** The ids over a place in the window, innermost last. @param {Element | null} target @returns {string[]} */
  idsAt(target) {
    const mark = /** @type {HTMLElement | null} */ (target?.closest?.("[data-spans]") ?? null);
    return mark && this.page.contains(mark) ? (mark.dataset.spans ?? "").split(" ") : [];
  }

  /** @param {number} caret @param {Stretch | null} selection @param {number | null} anchor */
  showCaret(caret, selection, anchor) {
    this.root.dataset.caret = String(caret);
    if (anchor === null) delete this.root.dataset.anchor;
    else this.root.dataset.anchor = String(anchor);
    this.shade(this.highlight, selection ? [selection] : []);
  }

  /** Shades what was found, one of it more. @param {Stretch[]} found @param {number} at */
  showFound(found, at) {
    this.shade(this.foundHighlight, found.slice(0, 1000)); // every range costs time when the text changes
    this.shade(this.hereHighlight, found[at] ? [found[at]] : []);
  }

  /** @param {Highlight | null} highlight @param {Stretch[]} stretches */
  shade(highlight, stretches) {
    if (!highlight) return;
    highlight.clear();
    for (const { start, end } of stretches) {
      const [first, last] = this.touched(start, end);
      for (let index = first; index <= last; index++) {
        const paragraph = this.tokens.paragraphs[index];
        const range = this.range(Math.max(start, paragraph.start), Math.min(end, paragraph.end));
        if (range) highlight.add(range);
      }
    }
  }

  /** Takes the shades off the page. */
  destroy() {
    if (this.highlight) for (const name of ["sw-selection", "sw-found", "sw-found-here"]) CSS.highlights.delete(name);
  }

  /**
   * Places the caret and the links. It lays the page out, so it comes after everything is written: it reads first, then writes.
   * @param {number} caret @param {number[]} sights points to bring into sight, the last one for certain @param {{from: Span, to: Span, title: string}[]} links
   */
  settle(caret, sights, links) {
    for (const point of sights) this.reveal(point);
    const page = this.page.getBoundingClientRect();
    const rect = this.caretRect(caret);
    const parts = this.linkParts(links, page);
    if (parts.length || this.links.firstChild) this.links.replaceChildren(...parts);
    if (this.caretMark.hidden !== !rect) this.caretMark.hidden = !rect;
    if (!rect) return;
    const { style } = this.caretMark;
    const height = `${rect.bottom - rect.top}px`;
    if (style.height !== height) style.height = height;
    style.transform = `translate(${rect.left - page.left}px, ${rect.top - page.top}px)`;
  }

  /** Brings a point of the text into sight with some lines around it. @param {number} point */
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

  /** The point a page further down or up; what is shown scrolls along. @param {number} point @param {1 | -1} direction @returns {number} */
  pageFrom(point, direction) {
    const rect = this.caretRect(point);
    if (!rect) return point;
    const { root } = this;
    const before = root.scrollTop;
    const step = (root.clientHeight - 80) * direction;
    root.scrollTop += step;
    const scrolled = root.scrollTop - before;
    const left = Math.abs(scrolled) < Math.abs(step) / 2 ? step : 0;
    return this.pointAt(rect.left, rect.top + 4 + left) ?? point;
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
    return (
      [...rects].find((rect) => caret && caret.left >= rect.left - 1 && caret.left <= rect.right + 1)?.left ??
      rects[0].left
    );
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

  /** The paragraphs that are in sight, if only in part. @returns {import("./tokens.js").Paragraph[]} */
  paragraphsSeen() {
    const view = this.root.getBoundingClientRect();
    return this.tokens.paragraphs.filter((_, index) => {
      const { top, bottom } = this.drawn[index].element.getBoundingClientRect();
      return bottom > view.top && top < view.bottom;
    });
  }

  /** Whether the start of a stretch is in sight. @param {Stretch} stretch @returns {boolean} */
  sees({ start, end }) {
    const view = this.root.getBoundingClientRect();
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

  /** Where letters stand in the paragraphs of a span and in those beside them, line by line, seen from the page. @param {Span} span @param {DOMRect} page @returns {Box[]} */
  letterBoxes(span, page) {
    const [first, last] = [span.fragments[0][0], span.fragments[span.fragments.length - 1][1]].map(
      (point) => this.tokens.paragraphAt(point)?.index ?? 0,
    );
    return this.drawn.slice(Math.max(0, first - 1), last + 2).flatMap(({ element }) => {
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

  /** The links of a span as curves with their names. @param {{from: Span, to: Span, title: string}[]} links @param {DOMRect} page @returns {Element[]} */
  linkParts(links, page) {
    const svg = (/** @type {string} */ tag, /** @type {Record<string, string | number>} */ attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
      return element;
    };
    const parts = [];
    /** @type {Box[]} */
    const names = [];
    for (const { from, to, title } of links) {
      const nested = from.fragments.some(([start, end]) =>
        to.fragments.some(([first, last]) => start < last && first < end),
      );
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
      parts.push(
        svg("path", { d: path, stroke: colour, class: "sw-link" }),
        svg("circle", { cx: x2, cy: y2, r: 2.5, fill: colour }),
      );
      const x = (x1 + x2) / 2;
      const width = NAME_LETTER * title.length;
      const middle = above ? y1 - lift : (y1 + y2) / 2;
      // On its line or a little beside it, where it covers no letter and no other name; else nowhere: the card names the link.
      const taken = [...this.letterBoxes(from, page), ...this.letterBoxes(to, page), ...names];
      const y = [0, -3, 3, -6, 6, -9, 9]
        .map((aside) => middle + aside)
        .find((y) => !taken.some((box) => covers(box, x, y, width)));
      if (y === undefined) continue;
      names.push({ left: x - width / 2, right: x + width / 2, top: y - NAME_HEIGHT / 2, bottom: y + NAME_HEIGHT / 2 });
      const name = svg("text", { x, y: y + 3, class: "sw-link-name", "text-anchor": "middle", fill: colour });
      name.textContent = title;
      parts.push(name);
    }
    return parts;
  }

  /** Puts letters over spans, for choosing one by key; what is not marked yet stands in a dashed frame. @param {{letter: string, span: Span, linked: string | null, made: boolean}[]} choices */
  drawLetters(choices) {
    if (!choices.length && !this.letters.firstChild) return;
    const page = this.page.getBoundingClientRect();
    const drawn = choices.map((choice) => ({
      ...choice,
      rects: choice.made ? this.rects(choice.span) : [],
      first: this.firstRect(choice.span),
    }));
    this.letters.replaceChildren(
      ...drawn.flatMap(({ letter, span, linked, made, rects, first }) => {
        if (!first) return [];
        const label = this.schema.index.get(span.label);
        const tint = `--sw-tint:var(${label === undefined ? "--sw-ink" : `--sw-c${label}`})`;
        const at = (/** @type {DOMRect} */ rect) =>
          `left:${rect.left - page.left}px;top:${rect.top - page.top}px;${tint}`;
        return [
          ...rects.map((rect) =>
            make("div", {
              class: "sw-candidate",
              "data-spans": span.id,
              style: `${at(rect)};width:${rect.width}px;height:${rect.height}px`,
            }),
          ),
          make("kbd", {
            class: `sw-letter${linked ? " sw-linked" : ""}${made ? " sw-made" : ""}`,
            "data-letter": letter,
            "data-spans": span.id,
            style: at(first),
            text: letter,
          }),
        ];
      }),
    );
  }
}

/** @param {{top: number, bottom: number, left: number}} a @param {{top: number, bottom: number, left: number}} b @returns {boolean} */
function sameLine(a, b) {
  return Math.abs(a.top - b.top) < (a.bottom - a.top) / 2;
}

/** Whether a link's name with its middle at a place would cover a box. @param {Box} box @param {number} x @param {number} y @param {number} width @returns {boolean} */
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
