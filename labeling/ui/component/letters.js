// @ts-check
import { make } from "./dom.js";

/** @typedef {{letter: string, span: import("./annotation.js").Span, linked: string | null, made: boolean}} Lettered */

/** Letters over spans, for choosing one by key; what is not marked yet stands in a dashed frame. */
export class Letters {
  /** @param {import("./article.js").ArticleView} view */
  constructor(view) {
    this.view = view;
    this.element = make("div", { class: "sw-letters", "aria-hidden": "true" });
  }

  clear() {
    this.element.replaceChildren();
  }

  /** @param {Lettered[]} choices */
  draw(choices) {
    if (!choices.length && !this.element.firstChild) return;
    const page = this.view.page.getBoundingClientRect();
    const drawn = choices.map((choice) => ({
      ...choice,
      rects: choice.made ? this.view.geometry.rects(choice.span) : [],
      first: this.view.geometry.firstRect(choice.span),
    }));
    this.element.replaceChildren(
      ...drawn.flatMap(({ letter, span, linked, made, rects, first }) => {
        if (!first) return [];
        const label = this.view.schema.index.get(span.label);
        const tint = `--sw-tint:var(${label === undefined ? "--sw-ink" : `--sw-c${label}`})`;
        const at = (/** @type {DOMRect} */ rect) =>
          `left:${rect.left - page.left}px;top:${rect.top - page.top}px;${tint}`;
        return [
          ...rects.map((rect) =>
            make("div", {
              class: "sw-candidate",
              "data-spans": span.id,
              style: `${at(rect)};width:${rect.width}px;height:${rect.height}px`,
            }),
          ),
          make("kbd", {
            class: `sw-letter${linked ? " sw-linked" : ""}${made ? " sw-made" : ""}`,
            "data-letter": letter,
            "data-spans": span.id,
            style: at(first),
            text: letter,
          }),
        ];
      }),
    );
  }
}
