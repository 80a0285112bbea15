// @ts-check
import { make } from "./dom.js";

/** The little Markdown that guidelines use: paragraphs, lists, headings, bold, emphasis, code. Built of elements, never parsed as HTML. @param {string} text @returns {HTMLElement[]} */
export function markdown(text) {
  const blocks = [];
  for (const block of text.trim().split(/\n\s*\n/u)) {
    /** @type {HTMLElement | null} */
    let list = null;
    let paragraph = "";
    const flush = () => {
      if (paragraph) blocks.push(make("p", {}, ...inline(paragraph)));
      paragraph = "";
    };
    for (const line of block.split("\n")) {
      const item = /^\s*(?:[-*]|\d+\.)\s+(.*)$/u.exec(line);
      const heading = /^#+\s+(.*)$/u.exec(line);
      if (heading) {
        flush();
        blocks.push(make("h3", {}, ...inline(heading[1])));
      } else if (item) {
        flush();
        if (!list) blocks.push((list = make("ul")));
        list.append(make("li", {}, ...inline(item[1])));
      } else if (list?.lastChild) /** @type {Element} */ (list.lastChild).append(" ", ...inline(line.trim()));
      else paragraph += (paragraph ? " " : "") + line.trim();
    }
    flush();
  }
  return blocks;
}

/** @param {string} text @returns {(Node | string)[]} */
function inline(text) {
  return text.split(/(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`)/u).map((part) => {
    if (part.startsWith("**") && part.length > 4) return make("strong", { text: part.slice(2, -2) });
    if (part.startsWith("*") && part.length > 2) return make("em", { text: part.slice(1, -1) });
    if (part.startsWith("`") && part.length > 2) return make("code", { text: part.slice(1, -1) });
    return part;
  });
}
