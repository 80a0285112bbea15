// @ts-check
import { Later } from "./dom.js";
import { takePlace } from "./surroundings.js";

/** Articles up to so many characters may be set in two columns. */
const SHORT = 6000;

/** The layout: the position of the workspace on the page, the number of columns, and sizes measured once per frame. */
export class Layout {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    /** Points of the text to bring into sight at the next frame. @type {number[]} */
    this.sights = [];
    this.frame = new Later("frame", () => this.settle());
  }

  /** @param {import("./workspace.js").Listen} on */
  listen(on) {
    on(window, "resize", () => this.place());
    if (document.fonts) on(document.fonts, "loadingdone", () => this.fit());
    const watch = (/** @type {Element | null} */ element, /** @type {() => void} */ action) => {
      const observer = new ResizeObserver(action);
      if (element) observer.observe(element);
      this.desk.cleanups.push(() => observer.disconnect());
    };
    watch(this.desk.view.root, () => this.fit());
    watch(this.desk.view.body, () => this.settle()); // text that comes into sight may turn out taller than it was guessed
    watch(document.querySelector('[data-testid="stMain"]'), () => this.place());
  }

  /** Fits the workspace under Streamlit's header and beside its sidebar. */
  place() {
    takePlace(this.desk.root);
    this.fit();
  }

  /** Sets a short article in two columns where that saves scrolling, like a newspaper's page. */
  fit() {
    const { root, page } = this.desk.view;
    page.classList.remove("sw-columns", "sw-tight");
    const fits = () => page.scrollHeight <= root.clientHeight + 2;
    if (this.desk.tokens.offsets.length < SHORT && root.clientWidth >= 980 && !fits()) {
      page.classList.add("sw-columns");
      if (!fits()) page.classList.add("sw-tight");
      if (!fits()) page.classList.remove("sw-columns", "sw-tight");
    }
    this.frame.ask();
  }

  /** Places what must be measured, once everything is written, so that the page is laid out once a frame. */
  settle() {
    const { desk } = this;
    if (!desk.article) return;
    desk.view.settle(desk.cursor.point, this.sights.splice(0), desk.linker.shown());
    for (const each of desk.extensions) each.placed?.();
  }
}
