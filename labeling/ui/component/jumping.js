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

/** A letter for each of the words nearest to a point; a single word needs none. @param {Stretch[]} words @param {number} point @returns {Jump[]} */
export function jumpsFrom(words, point) {
  const near = [...words]
    .sort((a, b) => Math.abs(a.start - point) - Math.abs(b.start - point))
    .slice(0, LETTERS.length);
  return near.map((word, index) => ({ letter: near.length > 1 ? LETTERS[index] : "", word }));
}
