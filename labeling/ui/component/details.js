// @ts-check
import { Later } from "./dom.js";
import { Panel } from "./panel.js";
import { LINK } from "./schema.js";
import { FollowList } from "./follow.js";
import { excerpt, quoted } from "./wording.js";

/** The panel beside the text: cards of what is marked, fields, comments, guidelines, dates to read again. */
export class Details {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    /** Marks whose cards are to be drawn; null: all. @type {Set<string> | null} */
    this.stale = new Set();
    this.later = new Later("painted", () => this.draw());
    this.panel = new Panel({ ...this.sources(), ...this.actions() });
    this.follows = new FollowList({
      api: desk.api,
      schema: desk.schema,
      annotation: () => desk.annotation,
      against: () => desk.headline.published?.value ?? null,
      language: () => desk.article?.language ?? null,
      act: (ops) => desk.act(ops),
      activate: (id) => desk.activate(id, { reveal: true }),
      done: () => desk.keyboard.focusText(),
      remarked: (ids) => this.panel.draw(desk.active, new Set(ids)),
      tell: (text) => (desk.hint(text), desk.say(text)),
      key: desk.keymap.keyOf("follow-dates"),
    });
    this.panel.foot.before(this.follows.element);
  }

  /** The data that the panel reads. */
  sources() {
    const { desk } = this;
    return {
      api: desk.api,
      schema: desk.schema,
      wording: desk.wording,
      annotation: () => desk.annotation,
      against: () => desk.headline.published?.value ?? null,
      language: () => desk.candidates.language || null,
      article: () => desk.article?.id ?? "",
      names: () =>
        desk.candidates.names.map(({ start, end }) => ({ start, end, name: desk.wording.slice(start, end) })),
      lexicon: () => desk.candidates.lexicon,
      before: (/** @type {import("./annotation.js").Span} */ { fragments: [[start]] }) => {
        const sentence = desk.tokens.sentenceAt(start);
        return sentence ? desk.wording.slice(sentence.start, start) : "";
      },
      remark: (/** @type {string} */ id, /** @type {string} */ attribute) => this.follows.remark(id, attribute),
      unasked: (/** @type {string} */ id) => desk.completing.unasked.has(id),
      asked: (/** @type {string} */ id) => void desk.completing.unasked.delete(id),
      newId: () => desk.newId(),
      keyOf: (/** @type {string} */ command) => desk.keymap.keyOf(command),
    };
  }

  /** The actions of its fields and buttons. @returns {Pick<import("./panel.js").PanelHost, "act" | "fill" | "activate" | "choose" | "supply" | "waive" | "comment" | "toText" | "link" | "run" | "relabel" | "dropFragment">} */
  actions() {
    const { desk } = this;
    const activate = (/** @type {string} */ id) => desk.activate(id, { reveal: true, focus: true });
    return {
      act: (ops) => desk.act(ops),
      fill: (id, attribute, reading, value) => desk.marking.takeReading(id, attribute, reading, value),
      activate,
      choose: (id, card) => {
        this.panel.prefer(card);
        activate(id);
      },
      supply: (id, name) => this.supply(id, name),
      waive: (id, name) => desk.waiving.ask(id, name),
      comment: (span, id) => this.comment(span, id),
      toText: () => this.toText(),
      link: (key, out) => {
        const type = desk.schema.relation.get(key);
        if (type) desk.linker.beginLink([{ type, out }]);
      },
      run: (command) => {
        desk.run(command, false);
        if (command === "next-candidate") desk.caret.showBar();
        if (command !== "help") desk.keyboard.focusText();
      },
      relabel: (id, label) => desk.marking.relabel(id, label),
      dropFragment: (id, fragment) => desk.marking.dropFragment(id, fragment),
    };
  }

  clear() {
    this.panel.clear();
    this.follows.clear();
  }

  /** Asks for cards to be drawn after the text has been painted, so that a key is never waited for. @param {Iterable<string> | null} ids of the spans that look different; null: all */
  ask(ids) {
    if (ids === null) this.stale = null;
    else for (const id of this.stale ? ids : []) this.stale?.add(id);
    this.later.ask();
  }

  /** Shows in the panel and around what has been painted in the text. */
  draw() {
    const { desk } = this;
    const ids = this.stale;
    this.stale = new Set();
    this.panel.draw(desk.active, ids);
    desk.view.lack(new Set(this.panel.lacks.keys()));
    if (desk.article) {
      if (ids === null || ids.size || desk.outbox?.pending.length) desk.shelf.keep(desk.article.id, desk.history);
      desk.headline.show(desk.article, desk.annotation.published);
      this.follows.later.ask();
    }
    desk.drawStatus();
  }

  /** Opens the first field of the active span, or activates the innermost one at the caret. */
  edit() {
    const { desk } = this;
    this.later.now();
    if (desk.active) return void this.panel.edit();
    const innermost = desk.marking.here().pop();
    if (innermost) desk.activate(innermost.id);
    else desk.hint(`No span here. Use ${desk.keymap.keysOf("next-mark", "previous-mark")} to go to one.`);
  }

  /** Goes to where something missing is given: the letters of a link, or an attribute's field. @param {string} id @param {string} name */
  supply(id, name) {
    const { desk } = this;
    desk.activate(id, { reveal: true, focus: true });
    this.later.now();
    const type = desk.schema.relation.get(name);
    const label = desk.annotation.spans.get(id)?.label ?? "";
    if (type) desk.linker.beginLink([{ type, out: true }]);
    else if (name === LINK) desk.linker.beginLink(desk.schema.linksOf(label));
    else this.panel.edit(name);
  }

  /** @param {string | null} span @param {string} [id] of the comment; a new one without */
  comment(span, id) {
    const { desk } = this;
    const on = span === null ? undefined : desk.annotation.spans.get(span);
    if (!desk.article || (span !== null && !on)) return;
    const there = desk.annotation.comments.get(id ?? "");
    this.panel.comment(
      on
        ? `${desk.wording.label(on.label).toLowerCase()} ${quoted(excerpt(desk.wording.words(on), 40))}`
        : "this article",
      there ?? { id: desk.newId(), span, flag: null, text: "" },
    );
  }

  guideline() {
    const { desk } = this;
    const label = desk.schema.label.get(desk.annotation.spans.get(desk.active)?.label ?? "");
    if (label) return this.panel.guideline(label.title, label.guideline);
    const all = desk.schema.labels.map(({ title, guideline }) => `# ${title}\n\n${guideline ?? ""}`);
    this.panel.guideline("Guidelines", all.join("\n\n"));
  }

  followDates() {
    if (!this.follows.open()) this.desk.hint("All dates already use the current publication date.");
  }

  /** Back to the text from a field, and to the span it was asked for, if any. */
  toText() {
    const { askedFor: back, goesOn } = this.desk.linker;
    this.desk.keyboard.focusText();
    if (back) this.desk.activate(back);
    if (back && goesOn) this.desk.marking.goOn();
    this.desk.suggesting.resume();
  }

  /** Closes what is open below the cards, if the focus is there. */
  leaveFoot() {
    if (this.panel.foot.contains(document.activeElement)) this.panel.foot.hidden = true;
  }

  /** Closes all that is open below the cards. */
  closeFoot() {
    this.follows.element.hidden = this.panel.foot.hidden = true;
  }
}
