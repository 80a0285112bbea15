// @ts-check
import { Tokens } from "./tokens.js";
import { LETTERS } from "./linking.js";

/**
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {import("./tokens.js").Paragraph} Paragraph
 * @typedef {{letter: string, word: Stretch}} Jump
 */

const ANY_MARK = /^["'“”„‟«»‹›‘’「」『』《》〝〞〟＂]$/u;
const DASH = /^\p{Pd}$/u;
/** Letters that are no other letter with an accent, and those they are typed by. @type {Record<string, string>} */
const LIKE = { æ: "a", œ: "o", ø: "o", ł: "l", đ: "d", ð: "d", ß: "s", ı: "i" };

/** A character as it is typed: small, without accents, a ligature by its first letter; every quotation mark as one, and every dash. @param {string} character @returns {string} */
export function asTyped(character) {
  if (ANY_MARK.test(character)) return '"';
  if (DASH.test(character)) return "-";
  const [first = ""] = character.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return LIKE[first] ?? first;
}

/** The words and punctuation of paragraphs that begin with a character, however it is typed. @param {Tokens} tokens @param {Paragraph[]} paragraphs @param {string} typed @returns {Stretch[]} */
export function wordsFrom(tokens, paragraphs, typed) {
  const wanted = asTyped(typed);
  return paragraphs.flatMap((paragraph) =>
    tokens
      .words(paragraph)
      .filter(({ start }) => asTyped(tokens.offsets.slice(start, start + 1)) === wanted)
      .map(({ start, end }) => ({ start, end })),
  );
}

/** Letters for words, the nearest to a point first; a single word needs none. Where there are more words than letters, those far off have two. @param {Stretch[]} words @param {number} point @returns {Jump[]} */
export function jumpsFrom(words, point) {
  const near = [...words].sort((a, b) => Math.abs(a.start - point) - Math.abs(b.start - point));
  if (near.length === 1) return [{ letter: "", word: near[0] }];
  const codes = codesFor(near.length);
  return near.slice(0, codes.length).map((word, index) => ({ letter: codes[index], word }));
}

/** Codes of one letter or two, none the beginning of another, as few of two as can be. @param {number} count @returns {string[]} */
export function codesFor(count) {
  const letters = [...LETTERS];
  let first = 0; // how many letters begin a code of two
  while (first < letters.length && letters.length - first + first * letters.length < count) first++;
  const single = letters.slice(0, letters.length - first);
  const double = letters.slice(letters.length - first).flatMap((one) => letters.map((two) => one + two));
  return [...single, ...double].slice(0, count);
}
