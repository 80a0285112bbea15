// @ts-check
import { Tokens, lastStarting } from "./tokens.js";
import { dateParts } from "./datewords.js";
import { dateOf, whoOf } from "./kinds.js";
import { nounGroups } from "./noungroups.js";
import { cues, saidClauses, speakers } from "./saying.js";

/**
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {import("./tokens.js").Paragraph} Paragraph
 * @typedef {import("./schema.js").Label} Label
 */

const CLOSING = /** @type {Record<string, string>} */ ({
  "“": "”",
  "„": "“”",
  "«": "»",
  "‹": "›",
  "「": "」",
  "『": "』",
});
const QUOTE_MARKS = /["“”„«»‹›「」『』]/u;
/** How many characters further away a name next to a verb of saying may be than another name. */
const DOUBTFUL = 120;
const LETTER = /[\p{L}\p{N}]/u;

/**
 * The stretches in quotation marks of one paragraph, these included, in UTF-16 units of it; one left open runs to the end.
 * @param {string} text @returns {[number, number][]}
 */
export function quotedParts(text) {
  /** @type {[number, number][]} */
  const parts = [];
  /** @type {{mark: string, at: number}[]} */
  const open = [];
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (!QUOTE_MARKS.test(mark)) continue;
    const late = mark in CLOSING && /\s/u.test(text[at - 1] ?? "") && !/[\p{L}\p{N}([‘'…]/u.test(text[at + 1] ?? " "); // “ “”, written at the end by mistake
    const index = open.findLastIndex((start) =>
      start.mark === '"' ? mark === '"' : CLOSING[start.mark].includes(mark) || (late && start.mark === mark),
    );
    if (index >= 0) {
      parts.push([open[index].at, at + 1]);
      open.length = index;
    } else if (mark === '"' || mark in CLOSING) open.push({ mark, at });
  }
  for (const { at } of open) parts.push([at, text.trimEnd().length]);
  return parts.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
}

/**
 * The quotations of a paragraph, outermost first: in double quotation marks, and in single ones inside or outside of them. One left open goes on in the
 * paragraphs after it that begin with the same character, to where it is closed.
 * @param {Tokens} tokens @param {Paragraph} paragraph @returns {Stretch[]}
 */
export function quotations(tokens, paragraph) {
  return tokens.once("q", paragraph, () => {
    const { text } = paragraph;
    return [...quotedParts(text), ...singleParts(text)]
      .sort((a, b) => a[0] - b[0] || b[1] - a[1])
      .map((part) => {
        const stretch = stretchOf(tokens, paragraph.unit, part);
        let { end } = stretch;
        let open = part[0];
        for (let index = paragraph.index + 1; tokens.paragraphs[index]?.text.startsWith(text[part[0]]); index++) {
          if (openFrom(tokens.paragraphs[index - 1].text, text[part[0]]) !== open) break;
          const after = tokens.paragraphs[index];
          end = tokens.offsets.points(after.unit + quotedParts(after.text)[0][1]);
          open = 0;
        }
        return { start: stretch.start, end };
      });
  });
}

/** Returns the start of the quotation that a paragraph leaves open; -1 if it leaves none open with this quotation mark. @param {string} text @param {string} mark @returns {number} */
function openFrom(text, mark) {
  let open = -1;
  for (const [from, to] of quotedParts(text))
    if (text[from] === mark && !(to - from > 1 && (mark === '"' ? '"' : (CLOSING[mark] ?? "")).includes(text[to - 1])))
      open = from;
  return open;
}

/** The stretches in single quotation marks, which may be apostrophes too. @param {string} text @returns {[number, number][]} */
function singleParts(text) {
  /** @type {[number, number][]} */
  const parts = [];
  for (const { index } of text.matchAll(/(?<![\p{L}\p{N}])[‘'](?=[\p{L}\p{N}“"])/gu)) {
    if (index < (parts[parts.length - 1]?.[1] ?? 0)) continue;
    const closing = text[index] === "‘" ? "’" : "'";
    for (let to = index + 1; (to = text.indexOf(closing, to)) >= 0; to++) {
      const [before, after] = [text[to - 1], text[to + 1] ?? " "];
      if (
        LETTER.test(after) ||
        (before === "s" && /^[\s]\p{Ll}/u.test(text.slice(to + 1)) && text.indexOf(closing, to + 1) > 0)
      )
        continue;
      parts.push([index, to + 1]);
      break;
    }
  }
  return parts;
}

/** The quotation around `point`: the innermost in quotation marks, unless it is a part of a sentence that says what was said; else that. @param {Tokens} tokens @param {number} point @returns {Stretch | null} */
export function quotationAround(tokens, point) {
  const paragraph = tokens.paragraphAt(point);
  if (!paragraph) return null;
  const here = quotations(tokens, paragraph).findLast(({ start, end }) => start <= point && point <= end);
  const marked = !here || here.start === paragraph.start ? (carriedOver(tokens, paragraph, point) ?? here) : here;
  const said = saidAround(tokens, paragraph, point, marked ?? null);
  return said && (!marked || embedded(tokens, marked, said)) ? said : (marked ?? null);
}

/** A quotation that began in an earlier paragraph and reaches here. @param {Tokens} tokens @param {Paragraph} paragraph @param {number} point @returns {Stretch | undefined} */
function carriedOver(tokens, paragraph, point) {
  let found;
  for (let index = paragraph.index - 1; index >= 0; index--) {
    const earlier = quotations(tokens, tokens.paragraphs[index]).find(
      ({ start, end }) => start <= point && point <= end,
    );
    if (!earlier) break;
    found = earlier;
  }
  return found;
}

/** Returns whether words in quotation marks are only a part of an utterance: they begin with a small letter right after a word, or the utterance begins with them and continues. @param {Tokens} tokens @param {Stretch} marked @param {Stretch} said @returns {boolean} */
function embedded(tokens, { start, end }, said) {
  const words = tokens.offsets.slice(start, end);
  const led = /[\p{L}\p{N}]\s$/u.test(tokens.offsets.slice(Math.max(0, start - 2), start));
  if (said.start === start) return !led && /[\p{L}\p{N}].$/u.test(words);
  return led && /^.\p{Ll}/u.test(words);
}

/** @param {Tokens} tokens @param {Paragraph} paragraph @param {number} point @param {Stretch | null} inside what it must go around @returns {Stretch | null} */
function saidAround(tokens, paragraph, point, inside) {
  const clauses = clausesOf(tokens, paragraph);
  const around = clauses.filter(
    ({ start, end }) => start <= point && point <= end && (!inside || (start <= inside.start && inside.end <= end)),
  );
  return around.sort((a, b) => a.end - a.start - (b.end - b.start))[0] ?? null;
}

/** @param {Tokens} tokens @param {Paragraph} paragraph @returns {Stretch[]} what was said without quotation marks around all of it */
function clausesOf(tokens, paragraph) {
  return tokens.once("k", paragraph, () => {
    const parts = quotations(tokens, paragraph);
    const words = tokens.words(paragraph);
    return saidClauses(tokens, paragraph, (index) =>
      parts.some(({ start, end }) => start <= words[index].start && words[index].end <= end),
    );
  });
}

/** @param {Tokens} tokens @param {number} unit @param {[number, number]} part @returns {Stretch} */
function stretchOf(tokens, unit, part) {
  return { start: tokens.offsets.points(unit + part[0]), end: tokens.offsets.points(unit + part[1]) };
}

/** The name or noun group around `point`; otherwise the word there. @param {Tokens} tokens @param {number} point @returns {Stretch | null} */
export function nameAround(tokens, point) {
  const paragraph = tokens.paragraphAt(point);
  if (!paragraph) return null;
  const group = nounGroups(tokens, paragraph).findLast(({ start, end }) => start <= point && point <= end);
  if (group) return group;
  const words = tokens.words(paragraph);
  let at = Math.max(0, lastStarting(words, point));
  if (words[at] && !words[at].word && words[at - 1]?.end === point) at--;
  return words[at]?.word ? { start: words[at].start, end: words[at].end } : null;
}

/** The date expression around `point`; otherwise null. @param {Tokens} tokens @param {number} point @returns {Stretch | null} */
export function dateAround(tokens, point) {
  const paragraph = tokens.paragraphAt(point);
  if (!paragraph) return null;
  return dates(tokens, paragraph).find(({ start, end }) => start <= point && point <= end) ?? null;
}

/** The date expressions of a paragraph. @param {Tokens} tokens @param {Paragraph} paragraph @returns {Stretch[]} */
function dates(tokens, paragraph) {
  return tokens.once("d", paragraph, () =>
    dateParts(paragraph.text).map((part) => stretchOf(tokens, paragraph.unit, part)),
  );
}

/** The words of saying around `point`; otherwise the word there. @param {Tokens} tokens @param {number} point @returns {Stretch | null} */
export function cueAround(tokens, point) {
  const paragraph = tokens.paragraphAt(point);
  if (!paragraph) return null;
  return (
    cues(tokens, paragraph).find(({ start, end }) => start <= point && point <= end) ?? tokens.wordAt(point) ?? null
  );
}

/**
 * Returns the range to mark for a label's key with nothing selected: by what the label carries, the quotation, the date expression, the name or noun group, or the
 * words of saying around `point`.
 * @param {Tokens} tokens @param {number} point @param {Label} label @returns {Stretch | null}
 */
export function stretchAround(tokens, point, label) {
  if (label.quotation) return quotationAround(tokens, point);
  if (dateOf(label)) return dateAround(tokens, point);
  return whoOf(label).length ? nameAround(tokens, point) : cueAround(tokens, point);
}

/**
 * Returns the ranges that could be marked with a label near a span, likeliest and nearest first: names beside words of saying before other names, nothing inside of
 * the span; but dates inside of it first, and the quotations around it.
 * @param {Tokens} tokens @param {[number, number][]} fragments of the span @param {Label} label @returns {(Stretch & {cost?: number})[]} `cost`: how far away, in characters
 */
export function candidatesNear(tokens, fragments, label) {
  const [first, last] = [tokens.paragraphAt(fragments[0][0]), tokens.paragraphAt(fragments[fragments.length - 1][1])];
  if (!first || !last) return [];
  if (label.quotation) {
    const around = quotationAround(tokens, fragments[0][0]);
    return around ? [around] : [];
  }
  const time = dateOf(label) !== undefined;
  const people = !time && whoOf(label).length > 0;
  const paragraphs = tokens.paragraphs.slice(Math.max(0, first.index - 1), last.index + 2);
  const found = paragraphs.flatMap((paragraph) => {
    const stretches = time ? dates(tokens, paragraph) : people ? speakers(tokens, paragraph) : cues(tokens, paragraph);
    return stretches.map((stretch) => {
      const gap = Math.min(...fragments.map(([from, to]) => Math.max(0, stretch.start - to, from - stretch.end)));
      const inside = fragments.some(([from, to]) => from < stretch.end && stretch.start < to);
      const doubt = "doubt" in stretch ? Number(stretch.doubt) : 0;
      return { start: stretch.start, end: stretch.end, inside, cost: gap + doubt * DOUBTFUL };
    });
  });
  return found
    .filter(({ inside }) => time || !inside)
    .sort((a, b) => a.cost - b.cost || a.start - b.start)
    .map(({ start, end, cost }) => ({ start, end, cost }));
}

/**
 * Returns the ranges that are likely to be marked in a paragraph, in reading order: quotations, direct or indirect, and date expressions; `label` is the one it is for.
 * @param {Tokens} tokens @param {Paragraph} paragraph @param {Label[]} labels @returns {(Stretch & {label: string})[]}
 */
export function candidatesIn(tokens, paragraph, labels) {
  return tokens.once("a", paragraph, () => {
    const [quote, date] = [labels.find(({ quotation }) => quotation), labels.find((label) => dateOf(label))];
    const said = quote
      ? [...quotations(tokens, paragraph), ...clausesOf(tokens, paragraph)].map(({ start }) =>
          quotationAround(tokens, start),
        )
      : [];
    /** @type {Map<string, Stretch & {label: string}>} */
    const found = new Map();
    for (const stretch of said)
      if (stretch && stretch.start >= paragraph.start)
        found.set(`${stretch.start} ${stretch.end}`, { ...stretch, label: quote?.key ?? "" });
    for (const stretch of date ? dates(tokens, paragraph) : [])
      found.set(`${stretch.start} ${stretch.end}`, { ...stretch, label: date?.key ?? "" });
    return [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end);
  });
}

/**
 * The first stretch that is likely to be marked, and is not, at a point or after it; or the last one before it.
 * @param {Tokens} tokens @param {number} point @param {1 | -1} direction @param {Label[]} labels
 * @param {readonly {label: string, fragments: [number, number][]}[]} marks the spans there @returns {(Stretch & {label: string}) | null}
 */
export function nextCandidate(tokens, point, direction, labels, marks) {
  const first = tokens.paragraphAt(point)?.index ?? 0;
  for (let index = first; index >= 0 && index < tokens.paragraphs.length; index += direction) {
    const free = candidatesIn(tokens, tokens.paragraphs[index], labels).filter(
      ({ start, end, label }) =>
        (direction > 0 ? start >= point : start < point) &&
        !marks.some((mark) => mark.label === label && mark.fragments.some(([from, to]) => from < end && start < to)),
    );
    const found = direction > 0 ? free[0] : free[free.length - 1];
    if (found) return found;
  }
  return null;
}

/** Verbs that are followed by the hearer: “told the council”. */
const TELLING = /(?:tell|tells|told|telling|assured?|informed?|reminded?|warned)$/iu;

/**
 * Returns the spans that most likely belong to a quote, by label: its words of saying, and the name that goes with those; rather one before them, for after
 * them often stands the hearer.
 * @param {Tokens} tokens @param {[number, number][]} quote its fragments @param {Label[]} labels @returns {Map<string, Stretch>}
 */
export function partnersOf(tokens, quote, labels) {
  /** @type {Map<string, Stretch>} */
  const found = new Map();
  const people = (/** @type {Label} */ label) => whoOf(label).length > 0;
  const cueLabel = labels.find((label) => !people(label) && !label.quotation);
  const cue = cueLabel && candidatesNear(tokens, quote, cueLabel)[0];
  if (!cue) return found;
  found.set(cueLabel.key, cue);
  const behind = TELLING.test(tokens.offsets.slice(cue.start, cue.end)) ? 200 : 60;
  for (const label of labels.filter(people)) {
    const outside = candidatesNear(tokens, [[cue.start, cue.end]], label).filter(
      ({ start, end }) => !quote.some(([from, to]) => from < end && start < to),
    );
    const costs = outside.map(({ start, end, cost = 0 }) => ({
      start,
      end,
      cost: cost + (start >= cue.end ? behind : 0),
    }));
    const [first] = costs.sort((one, other) => one.cost - other.cost);
    if (first) found.set(label.key, { start: first.start, end: first.end });
  }
  return found;
}
