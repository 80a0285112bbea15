// @ts-check
import { ArticleView } from "./article.js";
import { Cursor } from "./cursor.js";

/**
 * @typedef {object} PointerHost  what the mouse and fingers do to the workspace
 * @property {(ids: string[]) => boolean} pick  takes a click on these marks for something else; false: it did not
 * @property {(ids: string[]) => void} click  a click on these spans, innermost last
 * @property {() => void} press  the mouse goes down in the text
 * @property {() => void} stretch  the selection has changed
 * @property {() => void} selected  a selection is finished
 */

/** Turns the mouse and fingers into selections and clicks. */
export class Pointer {
  /** @param {ArticleView} view @param {Cursor} cursor @param {PointerHost} host */
  constructor(view, cursor, host) {
    this.view = view;
    this.cursor = cursor;
    this.host = host;
    this.touch = false;
    /** @type {{point: number, x: number, y: number, ids: string[], moved: boolean} | null} */
    this.drag = null;
    /** @type {[number, number] | null} */
    this.held = null; // what a finger has selected
  }

  /** @param {(target: EventTarget, name: string, handler: (event: any) => void) => void} on */
  listen(on) {
    on(this.view.page, "pointerdown", (event) => (this.touch = event.pointerType === "touch"));
    on(this.view.root, "mousedown", (event) => this.down(event));
    on(window, "mousemove", (event) => this.move(event));
    on(window, "mouseup", (event) => this.up(event));
    on(document, "selectionchange", () => this.native());
  }

  /** @param {MouseEvent} event */
  down(event) {
    const { view, cursor } = this;
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.button !== 0 || target.closest("button, a, input, select, .sw-bar, .sw-combo")) return;
    const scrollbar = event.clientX >= view.root.getBoundingClientRect().left + view.root.clientWidth;
    if (scrollbar) return;
    const native = getSelection();
    if (this.touch && native && !native.isCollapsed) return;
    event.preventDefault();
    native?.removeAllRanges();
    this.host.press();
    const ids = view.idsAt(target);
    if (this.host.pick(ids)) return;
    const point = view.geometry.pointAt(event.clientX, event.clientY);
    if (point === null) return;
    const [x, y] = [event.clientX, event.clientY];
    if (event.detail >= 2) {
      const stretch = event.detail === 2 ? cursor.tokens.wordAt(point) : cursor.tokens.sentenceAt(point);
      if (!stretch) return;
      cursor.select(stretch.start, stretch.end);
      this.drag = { point: stretch.start, x, y, ids: [], moved: true };
      this.host.stretch();
    } else if (event.shiftKey) {
      cursor.goal = null;
      cursor.move(point, true, event.altKey);
      this.host.stretch();
      this.host.selected();
    } else {
      this.drag = { point, x, y, ids, moved: false };
      cursor.put(point);
      this.host.stretch();
    }
  }

  /** @param {MouseEvent} event */
  move(event) {
    const { drag, view, cursor } = this;
    if (!drag || !(event.buttons & 1) || event.detail > 1) return;
    if (!drag.moved && Math.abs(event.clientX - drag.x) + Math.abs(event.clientY - drag.y) < 4) return;
    const box = view.root.getBoundingClientRect();
    if (event.clientY > box.bottom - 24) view.root.scrollTop += 18;
    if (event.clientY < box.top + 24) view.root.scrollTop -= 18;
    const point = view.geometry.pointAt(event.clientX, event.clientY);
    if (point === null) return;
    if (drag.moved && point === cursor.point) return;
    const stretched = drag.moved;
    drag.moved = true;
    if (!stretched && point === drag.point) return;
    cursor.select(drag.point, point, event.altKey);
    this.host.stretch();
  }

  /** @param {MouseEvent} event */
  up(event) {
    const { drag, cursor } = this;
    this.drag = null;
    if (!drag) return;
    if (cursor.selection) {
      this.host.selected();
      return;
    }
    if (drag.moved && event.detail !== 1) return;
    cursor.drop();
    this.host.click(drag.ids);
  }

  /** Takes over what a finger has selected. */
  native() {
    if (!this.touch) return;
    const native = getSelection();
    if (!native || native.isCollapsed || !native.rangeCount) {
      this.held = null;
      return;
    }
    const range = native.getRangeAt(0);
    const start = this.view.geometry.pointOf(range.startContainer, range.startOffset);
    const end = this.view.geometry.pointOf(range.endContainer, range.endOffset);
    if (start === null || end === null || start === end) return;
    // Told again while a finger is on a button beside the selection, it would replace the button before the click.
    if (this.held?.[0] === start && this.held[1] === end) return;
    this.held = [start, end];
    this.cursor.select(start, end);
    this.host.stretch();
    this.host.selected();
  }
}
