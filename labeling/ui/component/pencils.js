// @ts-check
import { make } from "./dom.js";

/** @typedef {{span: import("./annotation.js").Span, digit: string}} PencilMark  what a suggestion proposes; `digit`: the key that chooses it, "" for none */

/** Frames around what the suggestion shown proposes, with the digits that choose among its speakers. */
export class Pencils {
  /** @param {import("./article.js").ArticleView} view */
  constructor(view) {
    this.view = view;
    this.element = make("div", { class: "sw-pencils", "aria-hidden": "true" });
  }

  clear() {
    this.element.replaceChildren();
  }

  /** @param {PencilMark[]} marks */
  draw(marks) {
    if (!marks.length && !this.element.firstChild) return;
    const { geometry, schema } = this.view;
    const page = this.view.page.getBoundingClientRect();
    const drawn = marks.map(({ span, digit }) => ({
      span,
      digit,
      rects: geometry.rects(span),
      first: geometry.firstRect(span),
    }));
    this.element.replaceChildren(
      ...drawn.flatMap(({ span, digit, rects, first }) => {
        const tint = `--sw-tint:var(--sw-c${schema.index.get(span.label) ?? 0})`;
        const at = (/** @type {DOMRect} */ rect) =>
          `left:${rect.left - page.left}px;top:${rect.top - page.top}px;${tint}`;
        const frames = rects.map((rect) =>
          make("div", { class: "sw-pencil", style: `${at(rect)};width:${rect.width}px;height:${rect.height}px` }),
        );
        return digit && first
          ? [...frames, make("kbd", { class: "sw-letter sw-made", style: at(first), text: digit })]
          : frames;
      }),
    );
  }
}
