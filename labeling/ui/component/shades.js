// @ts-check

/** @typedef {import("./tokens.js").Stretch} Stretch */

/** So many found places at most are shaded: every range costs time when the text changes. */
const MOST_FOUND = 1000;

/** Shades behind words: what is selected, what was found, and what is suggested; the text's elements stay as they are. */
export class Shades {
  /** @param {import("./article.js").ArticleView} view */
  constructor(view) {
    this.view = view;
    this.selected = shadeNamed("sw-selection");
    this.found = shadeNamed("sw-found");
    this.here = shadeNamed("sw-found-here");
    this.penciled = shadeNamed("sw-pencil");
  }

  clear() {
    for (const each of [this.selected, this.found, this.here, this.penciled]) each?.clear();
  }

  /** @param {Stretch | null} selection */
  select(selection) {
    this.shade(this.selected, selection ? [selection] : []);
  }

  /** Shades what was found, one of it more. @param {Stretch[]} found @param {number} at */
  find(found, at) {
    this.shade(this.found, found.slice(0, MOST_FOUND));
    this.shade(this.here, found[at] ? [found[at]] : []);
  }

  /** Underlines what suggestions wait for. @param {Stretch[]} stretches */
  pencil(stretches) {
    this.shade(this.penciled, stretches.slice(0, MOST_FOUND));
  }

  /** @param {Highlight | null} highlight @param {Stretch[]} stretches */
  shade(highlight, stretches) {
    if (!highlight) return;
    highlight.clear();
    for (const { start, end } of stretches) {
      const [first, last] = this.view.touched(start, end);
      for (let index = first; index <= last; index++) {
        const paragraph = this.view.tokens.paragraphs[index];
        const range = this.view.geometry.range(Math.max(start, paragraph.start), Math.min(end, paragraph.end));
        if (range) highlight.add(range);
      }
    }
  }

  /** Takes the shades off the page. */
  destroy() {
    const names = ["sw-selection", "sw-found", "sw-found-here", "sw-pencil"];
    if (this.selected) for (const name of names) CSS.highlights.delete(name);
  }
}

/** A highlight that style sheets know by a name; null where the browser has none. @param {string} name @returns {Highlight | null} */
function shadeNamed(name) {
  if (typeof Highlight !== "function" || !CSS.highlights) return null;
  const made = new Highlight();
  CSS.highlights.set(name, made);
  return made;
}
