// @ts-check
import { emptyAnnotation } from "./annotation.js";
import { ArticleView } from "./article.js";
import { Cursor } from "./cursor.js";
import { Later, make } from "./dom.js";
import { dateInWords } from "./edtf.js";
import { laneMarks, laneSchema, laneTags } from "./lanes.js";
import { palette } from "./palette.js";
import { Pointer } from "./pointer.js";
import { Schema } from "./schema.js";
import { shownTitle } from "./title.js";
import { Tokens } from "./tokens.js";

/** The article under review: what is agreed in gray, each annotator's version as a lane, what is left shaded. */
export class LaneText {
  /** @param {import("./review.js").Review} page */
  constructor(page) {
    this.page = page;
    this.tokens = new Tokens("");
    this.colors = make("style");
    /** Points of the text to bring into sight at the next frame. @type {number[]} */
    this.sights = [];
    this.view = new ArticleView(new Schema(laneSchema(page.data.schema, [])));
    this.cursor = new Cursor(this.view.lines, page.data.schema.snap !== "none");
    this.pointer = new Pointer(this.view, this.cursor, {
      press: () => page.focusText(),
      pick: () => false,
      stretch: () => this.drawCaret(),
      selected: () => page.drafting.draft && page.say("Press a label's key to label the selection"),
      click: () => this.click(),
    });
    this.frame = new Later("frame", () => this.settle());
    this.slice = (/** @type {number} */ start, /** @type {number} */ end) => this.tokens.offsets.slice(start, end);
  }

  /** @param {import("./workspace.js").Listen} on */
  listen(on) {
    this.pointer.listen(on);
    on(window, "resize", () => this.frame.ask());
    const observer = new ResizeObserver(() => this.frame.ask());
    observer.observe(this.view.body);
    this.page.cleanups.push(() => observer.disconnect());
  }

  /** Sets an article that was not on the page. @param {import("./lanes.js").ReviewView} view @param {import("./schema.js").SchemaData} data the label set */
  open({ article, lanes, sentences }, data) {
    const schema = new Schema(
      laneSchema(
        data,
        lanes.map(({ lane }) => lane),
      ),
    );
    this.view.schema = schema;
    this.view.styles.clear();
    this.colors.textContent = palette(schema.labels.map(({ colour }) => colour));
    this.tokens = new Tokens(article.text, article.language ?? undefined, sentences);
    this.view.open(this.tokens);
    this.cursor.open(this.tokens);
    const { title, outlet, published } = article;
    this.view.head.replaceChildren(
      make(
        "div",
        { class: "sw-dateline" },
        ...(outlet ? [make("span", { class: "sw-outlet", text: outlet })] : []),
        make("span", { text: published?.value ? dateInWords(published.value) : "" }),
      ),
      make("h1", { class: "sw-title", dir: "auto", text: shownTitle(title, article.text) }),
    );
  }

  reveal() {
    const { question } = this.page;
    if (question) this.sights = [question.end, question.start];
    this.frame.ask();
  }

  /** Opens the smallest disagreement under the pointer. */
  click() {
    const { point } = this.cursor;
    if (this.page.drafting.draft) return;
    const at = this.page.questions
      .filter(({ start, end }) => start <= point && point < end)
      .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
    if (at && at.id !== this.page.current) {
      this.page.current = at.id;
      this.page.draw();
    }
  }

  drawMarks() {
    const { question, article } = this.page;
    const { draft } = this.page.drafting;
    if (!article) return;
    const drawn = (draft?.spans ?? []).map(({ fragments }, at) => ({
      id: `draft-${at}`,
      label: article.lanes[0]?.lane ?? "agreed",
      fragments,
      attributes: {},
    }));
    const marks = draft ? drawn : question ? laneMarks(question) : [];
    const agreed = article.agreed.map(({ id, fragments }) => ({ id, label: "agreed", fragments, attributes: {} }));
    const annotation = emptyAnnotation();
    annotation.spans = new Map([...agreed, ...marks].map((span) => [span.id, span]));
    this.view.draw(annotation);
    this.view.activate(draft ? `draft-${draft.active}` : "", new Set());
    const left = this.page.questions.filter(({ id, left: open }) => open && !this.page.sent.has(id));
    // The question that is open is not shaded: its lanes show.
    const stretches = left.map(({ id, start, end }) => ({ start, end: id === this.page.current ? start : end }));
    this.view.shades.find(stretches, -1);
    this.frame.ask();
  }

  settle() {
    if (!this.page.article) return;
    this.view.settle(this.cursor.point, this.sights.splice(0), []);
    const tags = this.page.question && !this.page.drafting.draft ? laneTags(this.page.question) : [];
    this.view.letters.draw(
      tags.map(({ lanes, span }) => ({ letter: lanes.join(" "), span, linked: null, made: false })),
    );
  }

  drawCaret() {
    const { draft } = this.page.drafting;
    this.view.showCaret(this.cursor.point, draft ? this.cursor.selection : null, this.cursor.anchor);
    this.page.root.classList.toggle("sw-drafting", draft !== null);
    this.frame.ask();
  }
}
