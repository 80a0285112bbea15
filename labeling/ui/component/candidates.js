// @ts-check
import { Tokens, lastStarting } from "./tokens.js";
import { dateOf, whoOf } from "./kinds.js";
import { Lexicon, NO_WORDS } from "./lexicon.js";

/**
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {import("./schema.js").Label} Label
 * @typedef {{within?: [number, number], speaker?: [number, number], hearer?: boolean, quoted?: boolean, doubt?: number, kind?: string, name?: [number, number], new?: boolean, fragments?: [number, number][]}} Features
 * @typedef {[number, number, Features?]} Candidate  half-open, in code points
 * @typedef {object} CandidateData  what the server's rules of the article's language found; see `labeling/language/model.py`
 * @property {string | null} rules  the language whose rules these are; null if the article's has none yet
 * @property {string} language  the article's, BCP 47
 * @property {import("./lexicon.js").LexiconData} lexicon
 * @property {[number, number][]} sentences
 * @property {Candidate[]} quotations
 * @property {Candidate[]} clauses
 * @property {Candidate[]} cues
 * @property {Candidate[]} phrases
 * @property {Candidate[]} names
 * @property {Candidate[]} dates
 * @typedef {Stretch & {features: Features}} Found
 * @typedef {Stretch & {fragments?: [number, number][]}} Parted  with its fragments, where it has several
 */

/** How many characters further away a name beside a cue may stand than one that is not. */
const DOUBTFUL = 120;
/** How many further away it may stand before a cue than behind one: behind it often stands the hearer. */
const BEHIND = { hearer: 200, other: 60 };

/** @type {CandidateData} */
const NONE = {
  rules: null,
  language: "",
  lexicon: NO_WORDS,
  sentences: [],
  quotations: [],
  clauses: [],
  cues: [],
  phrases: [],
  names: [],
  dates: [],
};

/** The stretches of an article that could be marked, and what keys take from them. It knows no language: the server's rules do. */
export class Candidates {
  /** @param {CandidateData | null | undefined} data @param {Tokens} tokens */
  constructor(data, tokens) {
    const given = data ?? NONE;
    this.tokens = tokens;
    this.rules = given.rules;
    this.language = given.language;
    this.lexicon = new Lexicon(given.lexicon);
    const read = (/** @type {Candidate[]} */ listed) =>
      listed.map(([start, end, features]) => ({ start, end, features: features ?? {} }));
    this.quotations = read(given.quotations);
    this.clauses = read(given.clauses);
    this.cues = whole(read(given.cues));
    this.phrases = read(given.phrases);
    this.names = read(given.names);
    this.dates = read(given.dates);
    /** What is likely to be marked, by the label set's labels. @type {WeakMap<Label[], (Stretch & {label: string})[]>} */
    this.known = new WeakMap();
  }

  /** The innermost quotation at `point`, or the content clause that it is a part of; without one, the smallest content clause there. @param {number} point @returns {Stretch | null} */
  quoteAt(point) {
    const marked = this.quotations.findLast(around(point));
    if (marked?.features.within) return { start: marked.features.within[0], end: marked.features.within[1] };
    if (marked) return plain(marked);
    const [clause] = this.clauses.filter(around(point)).sort((a, b) => a.end - a.start - (b.end - b.start));
    return clause ? plain(clause) : null;
  }

  /** The noun phrase at `point`; otherwise the word there. @param {number} point @returns {Stretch | null} */
  phraseAt(point) {
    const phrase = this.phrases.findLast(around(point));
    if (phrase) return plain(phrase);
    const paragraph = this.tokens.paragraphAt(point);
    const words = paragraph ? this.tokens.words(paragraph) : [];
    let at = Math.max(0, lastStarting(words, point));
    if (words[at] && !words[at].word && words[at - 1]?.end === point) at--;
    return words[at]?.word ? plain(words[at]) : null;
  }

  /** The full name of the one that a noun phrase means; null where it has none. @param {[number, number][]} fragments @returns {Stretch | null} */
  nameOf(fragments) {
    const name = this.phraseOf(fragments)?.features.name;
    return name ? { start: name[0], end: name[1] } : null;
  }

  /** Whether a noun phrase mentions someone for the first time: “a senior envoy”. @param {[number, number][]} fragments @returns {boolean} */
  isNew(fragments) {
    return Boolean(this.phraseOf(fragments)?.features.new);
  }

  /** The noun phrase that a span is. @param {[number, number][]} fragments @returns {Found | undefined} */
  phraseOf([[start, end], ...others]) {
    return others.length ? undefined : this.phrases.find((each) => each.start === start && each.end === end);
  }

  /** The date expression at `point`. @param {number} point @returns {Stretch | null} */
  dateAt(point) {
    const date = this.dates.find(around(point));
    return date ? plain(date) : null;
  }

  /** The cue at `point`; otherwise the word there. @param {number} point @returns {Stretch | null} */
  cueAt(point) {
    const found = this.cues.find(around(point)) ?? this.tokens.wordAt(point);
    return found ? plain(found) : null;
  }

  /** What a label's key takes with nothing selected: by what the label carries, the quote, date, noun phrase or cue. @param {number} point @param {Label} label @returns {Stretch | null} */
  at(point, label) {
    if (label.quotation) return this.quoteAt(point);
    if (dateOf(label)) return this.dateAt(point);
    return whoOf(label).length ? this.phraseAt(point) : this.cueAt(point);
  }

  /**
   * What could be marked with a label near a span, likeliest and nearest first: names beside cues before other names, nothing inside of
   * the span; but dates inside of it first, and the quotes around it.
   * @param {[number, number][]} fragments of the span @param {Label} label @returns {(Found & {cost: number})[]} `cost`: how far away, in characters
   */
  near(fragments, label) {
    if (label.quotation) {
      const quote = this.quoteAt(fragments[0][0]);
      return quote ? [{ ...quote, features: {}, cost: 0 }] : [];
    }
    const time = dateOf(label) !== undefined;
    const people = !time && whoOf(label).length > 0;
    const listed = time ? this.dates : people ? this.phrases.filter(({ features }) => "doubt" in features) : this.cues;
    const [first, last] = this.reach(fragments);
    return listed
      .filter((each) => each.start >= first && each.end <= last && (time || !overlaps(each, fragments)))
      .map((each) => ({ ...each, cost: gap(each, fragments) + (each.features.doubt ?? 0) * DOUBTFUL }))
      .sort((a, b) => a.cost - b.cost || a.start - b.start);
  }

  /** The paragraphs of a span, the one before them and the one after. @param {[number, number][]} fragments @returns {[number, number]} */
  reach(fragments) {
    const { paragraphs } = this.tokens;
    const [first, last] = [fragments[0][0], fragments[fragments.length - 1][1]].map((point) =>
      this.tokens.paragraphAt(point),
    );
    if (!first || !last) return [0, 0];
    return [
      paragraphs[Math.max(0, first.index - 1)].start,
      paragraphs[Math.min(last.index + 1, paragraphs.length - 1)].end,
    ];
  }

  /** What is likely to be marked, in reading order: quotes, direct or indirect, and dates; `label` is the one it is for. @param {Label[]} labels @returns {(Stretch & {label: string})[]} */
  likely(labels) {
    const known = this.known.get(labels);
    if (known) return known;
    const [quote, date] = [labels.find(({ quotation }) => quotation), labels.find((label) => dateOf(label))];
    /** @type {Map<string, Stretch & {label: string}>} */
    const found = new Map();
    for (const { start } of quote ? [...this.quotations, ...this.clauses] : []) {
      const taken = this.quoteAt(start);
      if (taken) found.set(`${taken.start} ${taken.end}`, { ...taken, label: quote?.key ?? "" });
    }
    for (const { start, end } of date ? this.dates : [])
      found.set(`${start} ${end}`, { start, end, label: date?.key ?? "" });
    const ordered = [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end);
    this.known.set(labels, ordered);
    return ordered;
  }

  /** Whether a stretch is a quotation within another one, which says what someone else said. @param {Stretch} stretch @returns {boolean} */
  isNested({ start, end }) {
    const { quotations } = this;
    return (
      quotations.some((each) => each.start === start && each.end === end) &&
      quotations.some((each) => each.start < start && end < each.end)
    );
  }

  /** What a stretch is likely to be marked as. @param {Stretch} stretch @param {Label[]} labels @returns {(Stretch & {label: string}) | undefined} undefined if it isn't likely */
  likeliest({ start, end }, labels) {
    return this.likely(labels).find((each) => each.start === start && each.end === end);
  }

  /** What is likely to be marked around a point: the date there, or else the quote. @param {number} point @param {Label[]} labels @returns {(Stretch & {label: string}) | null} */
  likelyAt(point, labels) {
    for (const label of [labels.find((each) => dateOf(each)), labels.find(({ quotation }) => quotation)]) {
      const found = label && this.at(point, label);
      if (label && found) return { ...found, label: label.key };
    }
    return null;
  }

  /**
   * The first stretch that is likely to be marked, and is not, at a point or after it; or the last one before it. A quotation within a quote is one too. With `end`, the one before or after
   * the stretch from the point to there: of those that begin at one point, the longer one comes first.
   * @param {number} point @param {1 | -1} direction @param {Label[]} labels
   * @param {readonly {label: string, fragments: [number, number][]}[]} spans those there are @param {number} [end]
   * @returns {(Stretch & {label: string}) | null}
   */
  next(point, direction, labels, spans, end = Infinity) {
    const free = this.likely(labels).filter((each) => {
      const ahead = each.start === point ? (end - each.end) * direction > 0 : (each.start - point) * direction > 0;
      if (!ahead) return false;
      const outer = this.isNested(each)
        ? (/** @type {[number, number]} */ [from, to]) => from < each.start && each.end < to
        : () => false;
      const taken = (/** @type {[number, number]} */ fragment) => overlaps(each, [fragment]) && !outer(fragment);
      return !spans.some(({ label, fragments }) => label === each.label && fragments.some(taken));
    });
    return (direction > 0 ? free[0] : free[free.length - 1]) ?? null;
  }

  /**
   * What most likely belongs to a quote, by label: its cue, in its own sentence before any other, and who speaks there.
   * @param {[number, number][]} quote its fragments @param {Label[]} labels @returns {Map<string, Parted>}
   */
  partners(quote, labels) {
    /** @type {Map<string, Parted>} */
    const found = new Map();
    const people = (/** @type {Label} */ label) => whoOf(label).length > 0;
    const cueLabel = labels.find((label) => !people(label) && !label.quotation);
    const cue = cueLabel && this.cueOf(quote, cueLabel);
    if (!cue) return found;
    found.set(cueLabel.key, parted(cue, cueLabel));
    const [start, end] = cue.features.speaker ?? [0, 0];
    const speaks = end > start && !overlaps({ start, end }, quote) ? { start, end } : null;
    const behind = cue.features.hearer ? BEHIND.hearer : BEHIND.other;
    for (const label of labels.filter(people)) {
      const [nearest] = this.near([[cue.start, cue.end]], label)
        .filter((each) => !overlaps(each, quote))
        .map((each) => ({ ...each, cost: each.cost + (each.start >= cue.end ? behind : 0) }))
        .sort((a, b) => a.cost - b.cost);
      const speaker = speaks ?? nearest;
      if (speaker) found.set(label.key, plain(speaker));
    }
    return found;
  }

  /** The cue of a quote: one outside of quotation marks, in a sentence of the quote, nearest first. @param {[number, number][]} quote @param {Label} label @returns {Found | undefined} */
  cueOf(quote, label) {
    const first = this.tokens.sentenceAt(quote[0][0])?.start ?? 0;
    const last = this.tokens.sentenceAt(quote[quote.length - 1][1] - 1)?.end ?? 0;
    const away = (/** @type {Found} */ { start, end }) => (start >= first && end <= last ? 0 : 1);
    const nested = this.quotations.some(({ start, end }) => start < quote[0][0] - 1 && quote[0][1] + 1 < end);
    const quoted = (/** @type {Found} */ { features }) => (features.quoted && !nested ? 1 : 0);
    return this.near(quote, label).sort((a, b) => quoted(a) - quoted(b) || away(a) - away(b) || a.cost - b.cost)[0];
  }
}

/** @param {number} point @returns {(stretch: Stretch) => boolean} whether a stretch holds the point or touches it */
function around(point) {
  return ({ start, end }) => start <= point && point <= end;
}

/** Cues without those that another one has as a fragment: “cited … as saying” is one. @param {Found[]} cues @returns {Found[]} */
function whole(cues) {
  const parts = cues.flatMap(({ start, features }) => (features.fragments ?? []).filter(([from]) => from < start));
  return cues.filter(({ start, end }) => !parts.some(([from, to]) => from === start && to === end));
}

/** @param {Stretch} stretch @returns {Stretch} */
function plain({ start, end }) {
  return { start, end };
}

/** A stretch with its fragments, if spans of the label can have several. @param {Found} found @param {Label} label @returns {Parted} */
export function parted({ start, end, features }, label) {
  return label.fragments && features.fragments ? { start, end, fragments: features.fragments } : { start, end };
}

/** @param {Stretch} stretch @param {[number, number][]} fragments @returns {boolean} */
function overlaps({ start, end }, fragments) {
  return fragments.some(([from, to]) => from < end && start < to);
}

/** @param {Stretch} stretch @param {[number, number][]} fragments @returns {number} characters between them */
function gap({ start, end }, fragments) {
  return Math.min(...fragments.map(([from, to]) => Math.max(0, start - to, from - end)));
}
