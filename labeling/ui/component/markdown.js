// @ts-check
import { make } from "./dom.js";

/**
 * The Markdown that guidelines are written in: a subset of CommonMark, built of elements and text, never parsed as HTML.
 *
 * @typedef {{indent: number, kind: string, start: number, content: number, text: string}} ItemStart  of a line that begins a list's item: `kind` tells lists apart, `content` is where its text starts
 * @typedef {{mark: string, count: number, length: number, opens: boolean, closes: boolean}} Run  asterisks or underscores that may be emphasis; `count` of `length` are left
 */

/** Lists and quotes inside of one another, beyond which lines are plain text. */
const DEEPEST = 12;
/** Brackets are looked for so far: what is between them is a link's text. */
const LONGEST_LINK = 1000;
/** The indentation, beyond a list's marker, of the lines that belong to its item. */
const INDENT = 2;
const SAFE_LINKS = ["http:", "https:", "mailto:"];

const HEADING = /^\s*(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/u;
const FENCE = /^\s*(`{3,}|~{3,})[^`]*$/u;
const RULE = /^\s*(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/u;
const QUOTE = /^\s*>\s?/u;
const ITEM = /^(\s*)([-*+]|(\d{1,9})[.)])(\s+|$)(.*)$/u;

/** Elements of a text in Markdown. @param {string} text @returns {HTMLElement[]} */
export function markdown(text) {
  return blocksOf(text.replaceAll("\t", "    ").split(/\r\n?|\n/u), 0);
}

/** @param {string} line @returns {ItemStart | null} */
function itemStart(line) {
  const found = RULE.test(line) ? null : ITEM.exec(line);
  if (!found) return null;
  const [, { length: indent }, marker, number, space, text] = found;
  const kind = number === undefined ? marker : marker.slice(-1);
  const content = indent + marker.length + (space.length > 4 ? 1 : space.length);
  return { indent, kind, start: Number(number ?? 0), content, text };
}

/** Returns whether a line ends the paragraph before it; a number does so only if the list starts at 1. @param {string} line @param {number} depth @returns {boolean} */
function interrupts(line, depth) {
  if (!line.trim() || HEADING.test(line) || FENCE.test(line) || RULE.test(line)) return true;
  if (depth >= DEEPEST) return false;
  const item = itemStart(line);
  return QUOTE.test(line) || (item !== null && item.text !== "" && item.start <= 1);
}

/** @param {string} line @returns {number} */
function indentOf(line) {
  return line.length - line.trimStart().length;
}

/** @param {string[]} lines @param {number} depth in lists and quotes @returns {HTMLElement[]} */
function blocksOf(lines, depth) {
  const blocks = [];
  for (let at = 0; at < lines.length;) {
    const { block, end } = blockAt(lines, at, depth);
    if (block) blocks.push(block);
    at = end;
  }
  return blocks;
}

/** The block that begins at a line; null for a blank one. @param {string[]} lines @param {number} at @param {number} depth @returns {{block: HTMLElement | null, end: number}} */
function blockAt(lines, at, depth) {
  const line = lines[at];
  if (!line.trim()) return { block: null, end: at + 1 };
  const heading = HEADING.exec(line);
  if (heading) {
    const tag = /** @type {"h3"} */ (`h${Math.min(6, heading[1].length + 2)}`); // the sheet's own title is an h2
    return { block: make(tag, {}, ...inline(heading[2])), end: at + 1 };
  }
  if (FENCE.test(line)) {
    const end = fenceEnd(lines, at);
    const code = lines.slice(at + 1, end).map((each) => each.slice(Math.min(indentOf(line), indentOf(each))));
    return { block: make("pre", {}, make("code", { text: code.join("\n") })), end: end + 1 };
  }
  if (RULE.test(line)) return { block: make("hr"), end: at + 1 };
  if (depth < DEEPEST && QUOTE.test(line)) {
    const end = firstFrom(lines, at, (each) => !QUOTE.test(each));
    const quoted = lines.slice(at, end).map((each) => each.replace(QUOTE, ""));
    return { block: make("blockquote", {}, ...blocksOf(quoted, depth + 1)), end };
  }
  if (depth < DEEPEST && itemStart(line)) return listFrom(lines, at, depth);
  const end = firstFrom(lines, at + 1, (each) => interrupts(each, depth));
  const words = lines.slice(at, end).map((each) => each.trimStart());
  return { block: make("p", {}, ...inline(words.join("\n").trimEnd())), end };
}

/** @param {string[]} lines @param {number} from @param {(line: string) => boolean} is @returns {number} the first such line, or the end */
function firstFrom(lines, from, is) {
  let at = from;
  while (at < lines.length && !is(lines[at])) at++;
  return at;
}

/** The line that closes a fence, or the end. @param {string[]} lines @param {number} at @returns {number} */
function fenceEnd(lines, at) {
  const fence = FENCE.exec(lines[at])?.[1] ?? "";
  const closes = (/** @type {string} */ line) => line.trim().startsWith(fence) && !line.trim().replaceAll(fence[0], "");
  return firstFrom(lines, at + 1, closes);
}

/** The list that begins at a line. @param {string[]} lines @param {number} at @param {number} depth @returns {{block: HTMLElement, end: number}} */
function listFrom(lines, at, depth) {
  const first = /** @type {ItemStart} */ (itemStart(lines[at]));
  const belongs = (/** @type {ItemStart | null} */ item) =>
    item !== null && item.kind === first.kind && item.indent < first.indent + INDENT;
  const items = [];
  let loose = false;
  for (let item = itemStart(lines[at]); item && belongs(item);) {
    const end = itemEnd(lines, at, item, depth);
    const { content } = item;
    const own = lines.slice(at + 1, end).map((line) => line.slice(Math.min(indentOf(line), content)));
    const blank = own.findLastIndex((line) => line.trim()) + 1; // blank lines from there on are between items
    const inside = [item.text, ...own.slice(0, blank)];
    items.push(blocksOf(inside, depth + 1));
    at = end;
    item = at < lines.length ? itemStart(lines[at]) : null;
    loose ||= (belongs(item) && blank < own.length) || separates(inside);
  }
  const drawn = items.map((blocks) =>
    make("li", {}, ...blocks.flatMap((block) => (block.tagName === "P" && !loose ? [...block.childNodes] : [block]))),
  );
  if (!/[.)]/u.test(first.kind)) return { block: make("ul", {}, ...drawn), end: at };
  return { block: make("ol", first.start === 1 ? {} : { start: first.start }, ...drawn), end: at };
}

/** Returns whether a blank line separates an item's own paragraphs, rather than those of a list in it. @param {string[]} inside @returns {boolean} */
function separates(inside) {
  return inside.some((line, at) => !line.trim() && at > 0 && inside[at + 1]?.trim() && !indentOf(inside[at + 1]));
}

/** Returns the end of an item: the first line that is neither indented enough to belong to it nor continues its paragraph. @param {string[]} lines @param {number} at @param {ItemStart} item @param {number} depth @returns {number} */
function itemEnd(lines, at, item, depth) {
  let end = at + 1;
  for (; end < lines.length; end++) {
    const line = lines[end];
    if (!line.trim() || indentOf(line) >= item.indent + INDENT) continue;
    if (!lines[end - 1].trim() || interrupts(line, depth) || itemStart(line)) break;
  }
  return end;
}

// Inside of a line ------------------------------------------------------------------------------

/** @param {string} text @param {boolean} [linking] whether links are made: not inside of one @returns {(Node | string)[]} */
function inline(text, linking = true) {
  /** @type {(Node | string | Run)[]} */
  const pieces = [];
  let plain = "";
  const add = (/** @type {Node | Run} */ piece) => {
    if (plain) pieces.push(plain);
    plain = "";
    pieces.push(piece);
  };
  for (let at = 0; at < text.length;) {
    const found = special(text, at, linking);
    if (!found) {
      const end = firstSpecial(text, at + 1);
      plain += text.slice(at, end);
      at = end;
    } else {
      if (typeof found.piece === "string") plain += found.piece;
      else add(found.piece);
      at = found.end;
    }
  }
  if (plain) pieces.push(plain);
  return emphasized(pieces);
}

/** The next place where something other than itself may begin. @param {string} text @param {number} from @returns {number} */
function firstSpecial(text, from) {
  const pattern = /[\\`*_[<\n ]/gu;
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

/** Returns the element that a character begins, if it begins one. @param {string} text @param {number} at @param {boolean} linking @returns {{piece: Node | Run | string, end: number} | null} */
function special(text, at, linking) {
  const sticky = (/** @type {RegExp} */ pattern) => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  let found = sticky(/(?:\\| {2,})\n/uy);
  if (found) return { piece: make("br"), end: at + found[0].length };
  if ((found = sticky(/ ?\n/uy))) return { piece: " ", end: at + found[0].length };
  if ((found = sticky(/\\([!-/:-@[-`{-~])/uy))) return { piece: found[1], end: at + 2 };
  if ((found = sticky(/(`+)(?!`)(.*?[^`])\1(?!`)/suy)))
    return { piece: make("code", { text: codeText(found[2]) }), end: at + found[0].length };
  if ((found = sticky(/`+/uy))) return { piece: found[0], end: at + found[0].length };
  if ((found = sticky(/\*+|_+/uy))) return { piece: run(text, at, found[0]), end: at + found[0].length };
  if (!linking) return null;
  found = sticky(/<((?:https?|mailto):[^\s<>]+)>/uy);
  const address = found && safe(found[1]);
  if (found && address) return { piece: anchor(address, "", [found[1]]), end: at + found[0].length };
  return text[at] === "[" ? link(text, at) : null;
}

/** @param {string} text @returns {string} */
function codeText(text) {
  const line = text.replaceAll("\n", " ");
  return line.startsWith(" ") && line.endsWith(" ") && line.trim() ? line.slice(1, -1) : line;
}

/** `[words](address "title")` at a place. @param {string} text @param {number} at @returns {{piece: Node, end: number} | null} */
function link(text, at) {
  const end = closingBracket(text, at);
  if (end < 0) return null;
  const target = /\(\s*(?:<([^<>\n]*)>|((?:[^\s()<>]|\([^\s()<>]*\))*))(?:\s+(?:"([^"]*)"|'([^']*)'))?\s*\)/suy;
  target.lastIndex = end + 1;
  const found = target.exec(text);
  const address = found && safe((found[1] ?? found[2]).replace(/\\([!-/:-@[-`{-~])/gu, "$1"));
  if (!found || !address) return null;
  const words = inline(text.slice(at + 1, end), false);
  return { piece: anchor(address, found[3] ?? found[4] ?? "", words), end: target.lastIndex };
}

/** The bracket that closes the one at a place; -1 where none does nearby. @param {string} text @param {number} at @returns {number} */
function closingBracket(text, at) {
  let open = 0;
  for (let index = at; index < Math.min(text.length, at + LONGEST_LINK); index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === "[") open++;
    else if (text[index] === "]" && !--open) return index;
  }
  return -1;
}

/** An address as a link may have it, else "": only the web and mail, and whole. @param {string} address @returns {string} */
function safe(address) {
  try {
    const { protocol, href } = new URL(address);
    return SAFE_LINKS.includes(protocol) ? href : "";
  } catch {
    return "";
  }
}

/** @param {string} href @param {string} title @param {(Node | string)[]} words @returns {Node} */
function anchor(href, title, words) {
  return make("a", { href, title: title || null, target: "_blank", rel: "noopener noreferrer" }, ...words);
}

/** Asterisks or underscores as they stand between characters. @param {string} text @param {number} at @param {string} marks the run itself @returns {Run} */
function run(text, at, marks) {
  const [before, after] = [text[at - 1] ?? " ", text[at + marks.length] ?? " "];
  const space = (/** @type {string} */ each) => /\s/u.test(each);
  const sign = (/** @type {string} */ each) => /[\p{P}\p{S}]/u.test(each);
  const left = !space(after) && (!sign(after) || space(before) || sign(before));
  const right = !space(before) && (!sign(before) || space(after) || sign(after));
  const whole = marks[0] === "_"; // inside of a word it is no emphasis
  return {
    mark: marks[0],
    count: marks.length,
    length: marks.length,
    opens: left && (!whole || !right || sign(before)),
    closes: right && (!whole || !left || sign(after)),
  };
}

/** @param {Node | string | Run} piece @returns {piece is Run} */
function isRun(piece) {
  return typeof piece === "object" && "mark" in piece;
}

/** @param {Node | string | Run} piece @returns {Node | string} */
function literal(piece) {
  return isRun(piece) ? piece.mark.repeat(piece.count) : piece;
}

/** Returns whether a run closes another one; the rule of three keeps `**` and `*` apart. @param {Run} opener @param {Run} closer @returns {boolean} */
function matches(opener, closer) {
  if (opener.mark !== closer.mark || !opener.opens) return false;
  if (!opener.closes && !closer.opens) return true;
  return (opener.length + closer.length) % 3 !== 0 || (opener.length % 3 === 0 && closer.length % 3 === 0);
}

/** Makes emphasis of runs that match, innermost first; others are what they look like. @param {(Node | string | Run)[]} pieces @returns {(Node | string)[]} */
function emphasized(pieces) {
  /** @type {(Node | string | Run)[]} */
  const done = [];
  for (const piece of pieces) {
    if (!isRun(piece)) {
      done.push(piece);
      continue;
    }
    for (let at = done.length - 1; piece.closes && piece.count && at >= 0; at--) {
      const opener = done[at];
      if (!isRun(opener) || !matches(opener, piece)) continue;
      const width = Math.min(opener.count, piece.count, 2);
      const inner = done.splice(at + 1).map(literal);
      opener.count -= width;
      piece.count -= width;
      if (!opener.count) done.pop();
      done.push(make(width === 2 ? "strong" : "em", {}, ...inner));
      at = done.length;
    }
    if (piece.count) done.push(piece.opens ? piece : literal(piece));
  }
  return done.map(literal);
}
