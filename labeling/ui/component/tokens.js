// @ts-check
import { Offsets } from "./offsets.js";

/**
 * @typedef {{start: number, end: number}} Stretch  half-open, in code points of the text
 * @typedef {Stretch & {word: boolean}} Token
 * @typedef {Stretch & {index: number, unit: number, text: string, leftward: boolean, both: boolean}} Paragraph  `leftward`: written from right to left; `both`: some of it is, at least
 */

const MARK = /^["“”„‟«»‹›‘’‚‛「」『』()[\]{}]$/u;
const SPACE = /^\s+$/u;
const POSSESSIVE = /^['’]s?$/u;
const HYPHEN = /^[-\u2010\u2011]$/u;

/** The last of the sorted `stretches` that starts at or before `point`. @param {Stretch[]} stretches @param {number} point @returns {number} */
export function lastStarting(stretches, point) {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle].start <= point) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The index of the first of the sorted `points` beyond `point`. @param {number[]} points @param {number} point @returns {number} */
export function firstBeyond(points, point) {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle] <= point) low = middle + 1;
    else high = middle;
  }
  return low;
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const STRONG = /[\p{L}\u200e\u200f]/u;

/** Returns whether a text runs from right to left, by its first letter; `otherwise` if it has no letter. @param {string} text @param {boolean} [otherwise] @returns {boolean} */
export function runsLeftward(text, otherwise = false) {
  const letter = STRONG.exec(text)?.[0];
  return letter === undefined ? otherwise : RIGHT_TO_LEFT.test(letter) || letter === "\u200f";
}

/**
 * Returns whether the character `[from, to)` of a paragraph is written from right to left: a letter as its script is, a digit of several never,
 * anything else as the letters on both sides of it, or as the paragraph where they differ.
 * @param {string} text the paragraph @param {number} from @param {number} to @param {boolean} leftward the paragraph's own direction @returns {boolean}
 */
export function writtenLeftward(text, from, to, leftward) {
  const own = text.slice(from, to);
  if (/\p{N}/u.test(own) && /\p{N}/u.test(text.slice(Math.max(0, from - 2), from) + text.slice(to, to + 2)))
    return false;
  if (STRONG.test(own)) return runsLeftward(own);
  const before = [...text.slice(Math.max(0, from - 50), from)].findLast((each) => STRONG.test(each));
  const after = STRONG.exec(text.slice(to, to + 50))?.[0];
  const [one, other] = [before, after].map((each) => (each ? runsLeftward(each) : leftward));
  return one === other ? one : leftward;
}

/** Words, sentences and paragraphs of a text, computed paragraph by paragraph when asked for. */
export class Tokens {
  /** @param {string} text @param {string} [language] BCP 47; an unknown one is omitted @param {[number, number][]} [sentences] as the server's rules of the language divide the text; without them, the browser does */
  constructor(text, language, sentences = []) {
    this.offsets = new Offsets(text);
    /** @type {Stretch[]} */
    this.given = sentences.map(([start, end]) => ({ start, end }));
    let locale = language || undefined;
    try {
      new Intl.Locale(locale ?? "en");
    } catch {
      locale = undefined;
    }
    /** @type {string | undefined} */
    this.locale = locale;
    /** @type {Paragraph[]} */
    this.paragraphs = [];
    let unit = 0;
    for (const line of text.split("\n")) {
      if (line.trim()) {
        const start = this.offsets.points(unit);
        const end = this.offsets.points(unit + line.length);
        this.paragraphs.push({
          index: this.paragraphs.length,
          start,
          end,
          unit,
          text: line,
          leftward: runsLeftward(line),
          both: RIGHT_TO_LEFT.test(line),
        });
      }
      unit += line.length + 1;
    }
    /** @type {Map<string, any>} */
    this.cache = new Map();
    /** @type {Map<string, Intl.Segmenter>} */
    this.segmenters = new Map();
  }

  /** The paragraph at `point`; between two, the one before. @param {number} point @returns {Paragraph | undefined} */
  paragraphAt(point) {
    return this.paragraphs[Math.max(0, lastStarting(this.paragraphs, point))];
  }

  /** @param {"word" | "sentence" | "grapheme"} granularity @param {Paragraph} paragraph */
  segments(granularity, paragraph) {
    let segmenter = this.segmenters.get(granularity);
    if (!segmenter) {
      segmenter = new Intl.Segmenter(this.locale, { granularity });
      this.segmenters.set(granularity, segmenter);
    }
    return segmenter.segment(paragraph.text);
  }

  /** @template T @param {string} kind @param {Paragraph} paragraph @param {() => T} make @returns {T} */
  once(kind, paragraph, make) {
    const key = kind + paragraph.index;
    let value = this.cache.get(key);
    if (value === undefined) {
      value = make();
      this.cache.set(key, value);
    }
    return value;
  }

  /** Words (with inner hyphens) and punctuation of a paragraph; every quotation mark or bracket by itself. @param {Paragraph} paragraph @returns {Token[]} */
  words(paragraph) {
    return this.once("w", paragraph, () => {
      /** @type {{from: number, to: number, kind: string}[]} */
      const found = [];
      let hyphen = false;
      for (const { segment, index, isWordLike } of this.segments("word", paragraph)) {
        const last = found[found.length - 1];
        const touches = last !== undefined && last.to === index;
        const to = index + segment.length;
        if (SPACE.test(segment)) hyphen = false;
        else if (isWordLike) {
          if (hyphen && touches && found.length > 1) {
            found.pop();
            found[found.length - 1].to = to;
          } else found.push({ from: index, to, kind: "word" });
          hyphen = false;
        } else {
          const mark = MARK.test(segment);
          hyphen = HYPHEN.test(segment) && touches && last.kind === "word";
          if (!mark && !hyphen && touches && last.kind === "other") last.to = to;
          else found.push({ from: index, to, kind: mark ? "mark" : hyphen ? "hyphen" : "other" });
        }
      }
      const at = (/** @type {number} */ unit) => this.offsets.points(paragraph.unit + unit);
      return found.map(({ from, to, kind }) => ({ start: at(from), end: at(to), word: kind === "word" }));
    });
  }

  /** @param {Paragraph} paragraph @returns {Stretch[]} */
  sentences(paragraph) {
    return this.once("s", paragraph, () => {
      if (this.given.length) return this.given.filter(({ start }) => paragraph.start <= start && start < paragraph.end);
      const found = [];
      for (const { segment, index } of this.segments("sentence", paragraph)) {
        if (!segment.trim()) continue;
        const from = paragraph.unit + index + segment.length - segment.trimStart().length;
        found.push({
          start: this.offsets.points(from),
          end: this.offsets.points(paragraph.unit + index + segment.trimEnd().length),
        });
      }
      return found;
    });
  }

  /** Every place in a paragraph where a caret can stand. @param {Paragraph} paragraph @returns {number[]} */
  stops(paragraph) {
    return this.once("g", paragraph, () => {
      const found = [];
      for (const { index } of this.segments("grapheme", paragraph))
        found.push(this.offsets.points(paragraph.unit + index));
      found.push(paragraph.end);
      return found;
    });
  }

  /** `[start, end)` grown to whole words and without white space at its ends; null if nothing is left. @param {number} start @param {number} end @returns {Stretch | null} */
  snap(start, end) {
    const inside = (/** @type {number} */ point) => {
      const paragraph = this.paragraphAt(point);
      if (!paragraph) return undefined;
      const words = this.words(paragraph);
      const token = words[lastStarting(words, point)];
      return token && token.word && token.start < point && point < token.end ? token : undefined;
    };
    const last = inside(end);
    const possessive = last && POSSESSIVE.test(this.offsets.slice(end, last.end));
    return this.trim(inside(start)?.start ?? start, last && !possessive ? last.end : end);
  }

  /** `[start, end)` without white space at its ends; null if nothing is left. @param {number} start @param {number} end @returns {Stretch | null} */
  trim(start, end) {
    const text = this.offsets.slice(start, end);
    if (!text.trim()) return null;
    const from = start + (text.length - text.trimStart().length); // white space is never a surrogate pair
    return { start: from, end: end - (text.length - text.trimEnd().length) };
  }

  /** The word at (or else just before) `point`. @param {number} point @returns {Token | undefined} */
  wordAt(point) {
    const paragraph = this.paragraphAt(point);
    if (!paragraph) return undefined;
    const words = this.words(paragraph);
    return words[Math.max(0, lastStarting(words, point))];
  }

  /** The sentence at `point`. @param {number} point @returns {Stretch | undefined} */
  sentenceAt(point) {
    const paragraph = this.paragraphAt(point);
    if (!paragraph) return undefined;
    const sentences = this.sentences(paragraph);
    return sentences[Math.max(0, lastStarting(sentences, point))];
  }

  /** Returns the start of the next sentence, or of the last one before `point`; the start or end of the text if there is none. @param {number} point @param {1 | -1} direction @returns {number} */
  sentenceBorder(point, direction) {
    const here = this.paragraphAt(point)?.index ?? 0;
    for (let index = here; index >= 0 && index < this.paragraphs.length; index += direction) {
      const sentences = this.sentences(this.paragraphs[index]);
      const found =
        direction > 0 ? sentences.find(({ start }) => start > point) : sentences.findLast(({ start }) => start < point);
      if (found) return found.start;
    }
    return (direction > 0 ? this.paragraphs[this.paragraphs.length - 1]?.end : this.paragraphs[0]?.start) ?? point;
  }

  /** The end of the sentence at `point`, or of the next one if it ends there. @param {number} point @returns {number} */
  sentenceEnd(point) {
    const first = this.paragraphAt(point)?.index ?? 0;
    for (const paragraph of this.paragraphs.slice(first)) {
      const sentence = this.sentences(paragraph).find(({ end }) => end > point);
      if (sentence) return sentence.end;
    }
    return point;
  }

  /**
   * The nearest word border beyond `point` in a direction.
   * @param {number} point @param {1 | -1} direction @param {"start" | "end"} border @returns {number} `point` itself where there is none
   */
  wordBorder(point, direction, border) {
    const here = this.paragraphAt(point)?.index ?? 0;
    for (let index = here; index >= 0 && index < this.paragraphs.length; index += direction) {
      const paragraph = this.paragraphs[index];
      const words = this.words(paragraph);
      const found =
        direction > 0 ? words.find((word) => word[border] > point) : words.findLast((word) => word[border] < point);
      if (found) return found[border];
      if (direction > 0 && border === "start" && index === this.paragraphs.length - 1 && point < paragraph.end)
        return paragraph.end;
    }
    return point;
  }

  /** The next place for a caret. @param {number} point @param {1 | -1} direction @returns {number} */
  character(point, direction) {
    const paragraph = this.paragraphAt(point);
    if (!paragraph) return point;
    const stops = this.stops(paragraph);
    const found = stops[direction > 0 ? firstBeyond(stops, point) : firstBeyond(stops, point - 1) - 1];
    if (found !== undefined) return found;
    const next = this.paragraphs[paragraph.index + direction];
    return next ? (direction > 0 ? next.start : next.end) : point;
  }

  /** The start of this or the previous paragraph, or of the next one (at last the end of the text). @param {number} point @param {1 | -1} direction @returns {number} */
  paragraphBorder(point, direction) {
    const paragraph = this.paragraphAt(point);
    if (!paragraph) return point;
    if (direction > 0) return this.paragraphs[paragraph.index + 1]?.start ?? paragraph.end;
    return point > paragraph.start ? paragraph.start : (this.paragraphs[paragraph.index - 1]?.start ?? paragraph.start);
  }
}
