// @ts-check

/** The lines of the text as they are laid out: moves along and across them, and what brings a point into sight. */
export class Lines {
  /** @param {import("./article.js").ArticleView} view */
  constructor(view) {
    this.view = view;
  }

  /** Brings a point of the text into sight with some lines around it. @param {number} point */
  reveal(point) {
    const paragraph = this.view.tokens.paragraphAt(point);
    if (!paragraph) return;
    const { root } = this.view;
    let rect = this.view.geometry.caretRect(point);
    if (!rect || rect.bottom === rect.top) {
      this.view.drawn[paragraph.index].element.scrollIntoView({ block: "nearest" });
      rect = this.view.geometry.caretRect(point);
    }
    if (!rect) return;
    const view = root.getBoundingClientRect();
    const margin = Math.min(70, view.height / 5);
    if (rect.top < view.top + margin) root.scrollTop -= view.top + margin - rect.top;
    else if (rect.bottom > view.bottom - margin) root.scrollTop += rect.bottom - (view.bottom - margin);
  }

  /** The point a page further down or up; what is shown scrolls along. @param {number} point @param {1 | -1} direction @returns {number} */
  pageFrom(point, direction) {
    const rect = this.view.geometry.caretRect(point);
    if (!rect) return point;
    const { root } = this.view;
    const before = root.scrollTop;
    const step = (root.clientHeight - 80) * direction;
    root.scrollTop += step;
    const scrolled = root.scrollTop - before;
    const left = Math.abs(scrolled) < Math.abs(step) / 2 ? step : 0;
    return this.view.geometry.pointAt(rect.left, rect.top + 4 + left) ?? point;
  }

  /**
   * The stop one line down or up, as near as can be to `goal` (its distance from the left of its line's column).
   * @param {number} point @param {1 | -1} direction @param {number | null} goal @returns {{point: number, goal: number}}
   */
  line(point, direction, goal) {
    const column = (/** @type {number} */ at) => this.columnLeft(at);
    const here = this.view.geometry.caretRect(point);
    if (!here) return { point, goal: goal ?? 0 };
    const wanted = goal ?? here.left - column(point);
    let best = point;
    let nearest = Infinity;
    let line = null;
    let at = point;
    for (let steps = 0; steps < 2000; steps++) {
      const next = this.view.tokens.character(at, direction);
      if (next === at) break;
      at = next;
      const rect = this.view.geometry.caretRect(at);
      if (!rect) continue;
      if (line === null) {
        if (sameLine(rect, here)) continue;
        line = rect;
      } else if (!sameLine(rect, line)) break;
      const away = Math.abs(rect.left - column(at) - wanted);
      if (away < nearest) [nearest, best] = [away, at];
    }
    if (line === null) best = direction > 0 ? at : at;
    return { point: best, goal: wanted };
  }

  /** @param {number} point @returns {number} */
  columnLeft(point) {
    const paragraph = this.view.tokens.paragraphAt(point);
    if (!paragraph) return 0;
    const rects = this.view.drawn[paragraph.index].element.getClientRects();
    if (rects.length < 2) return rects[0]?.left ?? 0;
    const caret = this.view.geometry.caretRect(point);
    return (
      [...rects].find((rect) => caret && caret.left >= rect.left - 1 && caret.left <= rect.right + 1)?.left ??
      rects[0].left
    );
  }

  /** The first or last stop of the line at `point`. @param {number} point @param {1 | -1} direction @returns {number} */
  lineBorder(point, direction) {
    const here = this.view.geometry.caretRect(point);
    let at = point;
    for (let steps = 0; here && steps < 2000; steps++) {
      const next = this.view.tokens.character(at, direction);
      if (next === at || this.view.tokens.paragraphAt(next) !== this.view.tokens.paragraphAt(at)) break;
      const rect = this.view.geometry.caretRect(next);
      if (!rect || !sameLine(rect, here)) break;
      at = next;
    }
    return at;
  }
}

/** @param {{top: number, bottom: number, left: number}} a @param {{top: number, bottom: number, left: number}} b @returns {boolean} */
function sameLine(a, b) {
  return Math.abs(a.top - b.top) < (a.bottom - a.top) / 2;
}
