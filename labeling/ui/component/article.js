// @ts-check
import { Tokens, lastStarting } from "./tokens.js";
import { endOf, readingOrder } from "./annotation.js";
import { cut, lanesOf } from "./segments.js";
import { Schema } from "./schema.js";
import { make } from "./dom.js";
import { Connectors } from "./connectors.js";
import { Geometry } from "./geometry.js";
import { Letters } from "./letters.js";
import { Lines } from "./lines.js";
import { Pencils } from "./pencils.js";
import { Shades } from "./shades.js";
import { extraRoom, markStyle, spacing } from "./underline.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {{node: Text, unit: number}} Run  a text node and the unit of the article it starts at
 * @typedef {{element: HTMLElement, runs: Run[], marks: HTMLElement[], ids: Set<string>}} Drawn  a paragraph as it stands, and the spans over it
 * @typedef {import("./underline.js").Lanes} Lanes
 */

/** Paragraphs are kept in sections of about so many characters: what is out of sight is then neither laid out nor painted, and there are few sections to watch. */
const SECTION = 3000;

/** Returns whether two spans look the same in the text. @param {Span | undefined} a @param {Span | undefined} b @returns {boolean} */
function looksSame(a, b) {
  if (a === b) return true;
  return (
    a !== undefined &&
    b !== undefined &&
    a.label === b.label &&
    JSON.stringify(a.fragments) === JSON.stringify(b.fragments)
  );
}

/** Draws an article's text with its spans, caret, selection and links. Knows nothing of ops. */
export class ArticleView {
  /** @param {Schema} schema */
  constructor(schema) {
    this.schema = schema;
    this.tokens = new Tokens("");
    this.head = make("header", { class: "sw-head" });
    this.returned = make("p", { class: "sw-returned", "data-sw": "returned", role: "note" });
    this.body = make("div", { class: "sw-body", "data-sw": "text" });
    this.caretMark = make("div", { class: "sw-caret", "aria-hidden": "true" });
    this.geometry = new Geometry(this);
    this.lines = new Lines(this);
    this.shades = new Shades(this);
    this.connectors = new Connectors(this);
    this.letters = new Letters(this);
    this.pencils = new Pencils(this);
    this.page = make(
      "div",
      { class: "sw-page" },
      this.head,
      this.returned,
      this.body,
      this.connectors.element,
      this.pencils.element,
      this.letters.element,
      this.caretMark,
    );
    this.root = make(
      "div",
      {
        class: "sw-article",
        "data-sw": "article",
        role: "application",
        "aria-label": "Article text",
        "aria-roledescription": "text to label",
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
    this.missing = new Set();
    /** @type {Map<string, string>} */
    this.styles = new Map();
  }

  /** @param {Tokens} tokens @param {string | null} [returned] the note with which the article was given back */
  open(tokens, returned = null) {
    this.tokens = tokens;
    this.returned.hidden = !returned;
    this.returned.textContent = returned ? `Given back to you: ${returned}` : "";
    this.spans = new Map();
    this.lit = new Set();
    this.active = "";
    this.missing = new Set();
    for (const each of [this.shades, this.connectors, this.pencils, this.letters]) each.clear();
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

  /** Sets a paragraph again, cut at every border of the spans over it. @param {Drawn} drawn */
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
    const extra = extraRoom(spaced);
    if (extra) drawn.element.style.setProperty("--sw-extra", `${extra}px`);
    else drawn.element.removeAttribute("style");
  }

  /** Returns the description of marked words for screen readers. @param {string[]} ids outermost first @returns {string} */
  titlesOf(ids) {
    return ids.map((id) => this.schema.label.get(this.spans.get(id)?.label ?? "")?.title ?? "").join(", ");
  }

  /** @param {string[]} ids @param {Map<string, number>} lanes @param {Lanes} spaced @returns {string} */
  styleOf(ids, lanes, spaced) {
    const looks = ids.map((id) => `${this.spans.get(id)?.label} ${lanes.get(id) ?? 0}`);
    const key = `${spaced.room}|${looks.join("|")}`;
    let style = this.styles.get(key);
    if (style === undefined) {
      const marks = ids.map((id) => {
        const label = this.spans.get(id)?.label ?? "";
        const line = this.schema.label.get(label)?.line ?? "solid";
        return { color: this.schema.index.get(label) ?? 0, line, lane: lanes.get(id) ?? 0 };
      });
      style = markStyle(marks, spaced);
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

  /** Shows at the ends of spans what the schema misses there. @param {Set<string>} missing */
  lack(missing) {
    const before = this.missing;
    this.missing = missing;
    const changed = [...before, ...missing].filter((id) => before.has(id) !== missing.has(id));
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
      const span = this.missing.has(id) && this.spans.get(id);
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
    this.shades.select(selection);
  }

  destroy() {
    this.shades.destroy();
  }

  /**
   * Places the caret and the links. It lays the page out, so it comes after everything is written: it reads first, then writes.
   * @param {number} caret @param {number[]} sights points to bring into sight, the last one for certain @param {{from: Span, to: Span, title: string}[]} links
   */
  settle(caret, sights, links) {
    for (const point of sights) this.lines.reveal(point);
    const page = this.page.getBoundingClientRect();
    const rect = this.geometry.caretRect(caret);
    const parts = this.connectors.parts(links, page);
    this.connectors.show(parts);
    if (this.caretMark.hidden !== !rect) this.caretMark.hidden = !rect;
    if (!rect) return;
    const { style } = this.caretMark;
    const height = `${rect.bottom - rect.top}px`;
    if (style.height !== height) style.height = height;
    style.transform = `translate(${rect.left - page.left}px, ${rect.top - page.top}px)`;
  }
}
