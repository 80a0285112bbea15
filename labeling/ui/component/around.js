// @ts-check
import { Tokens, lastStarting } from "./tokens.js";

/** @typedef {import("./tokens.js").Stretch} Stretch */

const CLOSING = /** @type {Record<string, string>} */ ({ "“": "”", "„": "“”", "«": "»", "‹": "›", "「": "」", "『": "』" });
const QUOTE_MARKS = /["“”„«»‹›「」『』]/u;
const LETTER = /[\p{L}\p{N}]/u;

/**
 * The stretches in quotation marks of one paragraph, marks included, in UTF-16 units of it; a mark left open runs to the end.
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
    const index = open.findLastIndex((start) => (start.mark === '"' ? mark === '"' : CLOSING[start.mark].includes(mark)));
    if (index >= 0) {
      parts.push([open[index].at, at + 1]);
      open.length = index;
    } else if (mark === '"' || mark in CLOSING) open.push({ mark, at });
  }
  for (const { at } of open) parts.push([at, text.trimEnd().length]);
  return parts.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
}

/** The innermost quotation around `point`, its marks included. @param {Tokens} tokens @param {number} point @returns {Stretch | null} */
export function quotationAround(tokens, point) {
  const paragraph = tokens.paragraphAt(point);
  if (!paragraph) return null;
  const unit = tokens.offsets.units(point) - paragraph.unit;
  const part = quotedParts(paragraph.text).findLast(([from, to]) => from <= unit && unit <= to);
  return part ? stretchOf(tokens, paragraph.unit, part) : null;
}

/** @param {Tokens} tokens @param {number} unit @param {[number, number]} part @returns {Stretch} */
function stretchOf(tokens, unit, part) {
  return { start: tokens.offsets.points(unit + part[0]), end: tokens.offsets.points(unit + part[1]) };
}

const CAPITAL = /^\p{Lu}/u;
const JOINING = /^(of|for|and|the|de|da|del|della|di|du|la|le|van|von|der|den|al|bin|ibn|el)$/u;

/** The name around `point`: a run of capitalised words with what joins them; otherwise the word there. @param {Tokens} tokens @param {number} point @returns {Stretch | null} */
export function nameAround(tokens, point) {
  const paragraph = tokens.paragraphAt(point);
  if (!paragraph) return null;
  const words = tokens.words(paragraph);
  const read = (/** @type {Stretch} */ word) => tokens.offsets.slice(word.start, word.end);
  let at = Math.max(0, lastStarting(words, point));
  if (words[at] && !words[at].word && words[at - 1]?.end === point) at--;
  if (!words[at]?.word) return null;
  const capital = (/** @type {number} */ index) => words[index]?.word && CAPITAL.test(read(words[index]));
  const joining = (/** @type {number} */ index) => words[index]?.word && JOINING.test(read(words[index]));
  let [first, last] = [at, at];
  if (capital(at)) {
    for (;;) {
      if (capital(last + 1)) last++;
      else if (joining(last + 1) && capital(last + 2) && read(words[last + 1]) !== "and") last += 2;
      else break;
    }
    for (;;) {
      if (capital(first - 1)) first--;
      else if (joining(first - 1) && capital(first - 2) && read(words[first - 1]) !== "and") first -= 2;
      else break;
    }
  }
  return { start: words[first].start, end: words[last].end };
}

const MONTH = "(?:Jan(?:uary|\\.)?|Feb(?:ruary|\\.)?|Mar(?:ch|\\.)?|Apr(?:il|\\.)?|May|June?|July?|Aug(?:ust|\\.)?|Sept?(?:ember|\\.)?|Oct(?:ober|\\.)?|Nov(?:ember|\\.)?|Dec(?:ember|\\.)?)";
const WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
const COUNT = "(?:\\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|several|few|couple of)";
const PERIOD = "(?:day|week(?:end)?|month|quarter|year|decade|century|hour|minute|summer|autumn|fall|winter|spring|morning|afternoon|evening|night)s?";
const DAY = "\\d{1,2}(?:st|nd|rd|th)?";
const YEAR = "(?:1[5-9]|20)\\d\\d";
const RELATIVE = "(?:this|last|next|past|coming|previous|following|earlier this|later this|late last|early next|late this|early this|mid-|recent)";
const DATE = new RegExp(
  [
    `(?:early |late |mid-)?(?:${WEEKDAY},? )?${MONTH} ${DAY}(?:\\s?(?:[-–]|to|and|or)\\s?(?:${MONTH} )?${DAY})?(?:,? ${YEAR})?(?!\\d)`,
    `(?:${WEEKDAY},? )?${DAY}(?: of)? ${MONTH}(?:,? ${YEAR})?`,
    `(?:early |late |mid-)?${MONTH}(?: of)?(?:,? ${YEAR})`,
    `\\d{4}-\\d\\d-\\d\\d|\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}`,
    `(?:the )?(?:beginning|start|middle|end|first half|second half) of (?:${RELATIVE} |the |${MONTH}(?: ${YEAR})?|${YEAR})(?:${PERIOD})?`,
    `(?:early |late |earlier |later |just )?(?:the )?${RELATIVE} (?:${COUNT} )?(?:${PERIOD}|${WEEKDAY}|${MONTH})`,
    `(?:just )?${COUNT} (?:more )?${PERIOD} (?:ago|later|earlier|from now)`,
    `(?:${RELATIVE} )?${WEEKDAY}(?:,? (?:and|or|to) ${WEEKDAY})?(?: (?:morning|afternoon|evening|night))?`,
    `the (?:day (?:after|before) (?:tomorrow|yesterday)|same day|time)`,
    `(?:early |late |mid-|the )?(?:${YEAR}s?)(?:[-–]\\d{2,4})?`,
    `(?:early |late |mid-)?${MONTH}`,
    `today|tonight|tomorrow|yesterday|now|currently|recently|soon|earlier in the day`,
  ].join("|"),
  "gu",
);

/** The date expression around `point`; otherwise null. @param {Tokens} tokens @param {number} point @returns {Stretch | null} */
export function dateAround(tokens, point) {
  const paragraph = tokens.paragraphAt(point);
  if (!paragraph) return null;
  const unit = tokens.offsets.units(point) - paragraph.unit;
  for (const match of paragraph.text.matchAll(DATE)) {
    const [from, to] = [match.index, match.index + match[0].length];
    const whole = !LETTER.test(paragraph.text[from - 1] ?? " ") && !LETTER.test(paragraph.text[to] ?? " ");
    if (whole && from <= unit && unit <= to) return stretchOf(tokens, paragraph.unit, [from, to]);
  }
  return null;
}
