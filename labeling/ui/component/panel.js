// @ts-check
import { keyed, Later, make } from "./dom.js";
import { Card } from "./card.js";
import { commentForm, commentLine } from "./comments.js";
import { Form } from "./form.js";
import { markdown } from "./markdown.js";
import { itemsOf, spansOf } from "./records.js";
import { Schema } from "./schema.js";
import { Wording } from "./wording.js";
import { many } from "./quantities.js";

/**
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./records.js").Item} Item
 * @typedef {object} PanelHost  what the panel asks of the workspace
 * @property {import("./client.js").Api} api
 * @property {Schema} schema
 * @property {Wording} wording
 * @property {() => Annotation} annotation
 * @property {(ops: Op[]) => void} act
 * @property {(id: string) => void} activate
 * @property {(id: string, card: Card) => void} choose  activates a span by its line in a card
 * @property {() => void} toText
 * @property {(type: string, out: boolean) => void} link
 * @property {(command: string) => void} run
 * @property {(id: string, attribute: import("./schema.js").Attribute, reading: import("./client.js").Reading, value: any) => void} fill
 * @property {(id: string, name: string) => void} supply  goes to where a missing attribute or link of a span is given
 * @property {(id: string, name: string) => void} waive  asks why it is not needed
 * @property {(span: string | null, id?: string) => void} comment  opens a comment on a span, or with null on the article; without `id` a new one
 * @property {(id: string, label: string) => void} relabel
 * @property {(id: string, fragment: number) => void} dropFragment
 * @property {() => string | null} against
 * @property {() => string | null} language
 * @property {() => string} article  its id
 * @property {(span: import("./annotation.js").Span) => string} before  the sentence up to a span
 * @property {() => (import("./tokens.js").Stretch & {name: string})[]} names  the names of people and bodies in the article
 * @property {() => import("./lexicon.js").Lexicon} lexicon  words of the article's language that names are compared by
 * @property {(id: string, attribute: string) => string} remark  what is to be said of a date's value
 * @property {(id: string) => boolean} unasked  whether the page has given a span its entry without a question: another one replaces it
 * @property {(id: string) => void} asked  someone has chosen a value of a span
 * @property {() => string} newId
 * @property {(command: string) => string} keyOf
 */

/** Cards are kept in groups of so many: a group out of sight is neither laid out nor painted, and there are few groups to watch. */
const GROUP = 12;
/** The number of cards made at a time; key presses are handled in between. */
const AT_ONCE = 40;

/** The cards beside the text: records in reading order, and spans that are in none; the active span's line is open. */
export class Panel {
  /** @param {PanelHost} host */
  constructor(host) {
    this.host = host;
    this.schema = host.schema;
    this.count = make("span", { class: "sw-count" });
    const button = (/** @type {string} */ text, /** @type {string} */ command, /** @type {string} */ title) =>
      make("button", {
        type: "button",
        class: "sw-icon",
        title: keyed(title, host.keyOf(command)),
        "aria-label": title,
        onclick: () => host.run(command),
        text,
      });
    this.undo = button("↶", "undo", "Undo");
    this.redo = button("↷", "redo", "Redo");
    this.head = make(
      "div",
      { class: "sw-panel-head" },
      this.count,
      make("span", { class: "sw-grow" }),
      button("▸", "next-candidate", "Select the next unmarked quote or date"),
      this.undo,
      this.redo,
      button("?", "help", "All keys"),
    );
    this.comments = make("div", { class: "sw-comments", "aria-label": "Comments on the article" });
    this.list = make("div", { class: "sw-cards", role: "list", "aria-label": "Records in reading order" });
    this.empty = make("div", { class: "sw-empty" });
    this.sheet = make("div", { class: "sw-sheet", tabindex: "-1" });
    this.sheet.hidden = true;
    this.foot = make("div", { class: "sw-foot", role: "note" });
    this.foot.hidden = true;
    this.root = make(
      "aside",
      { class: "sw-panel", "aria-label": "Records" },
      this.head,
      this.comments,
      this.empty,
      this.list,
      this.foot,
      this.sheet,
    );
    /** By the id of their head. @type {Map<string, Card>} */
    this.cards = new Map();
    /** The items listed, in order. @type {Item[]} */
    this.items = [];
    /** @type {Map<string, Form>} */
    this.forms = new Map();
    /** The missing requirements by span, computed when spans last changed. @type {Map<string, {id: string, name: string, what: string}[]>} */
    this.lacks = new Map();
    this.active = "";
    /** The card that holds the active span: one that several records share stays where it was chosen. @type {Card | null} */
    this.holder = null;
    this.shown = false; // whether the active span's line is to be brought into view
    this.later = new Later("painted", () => this.fill(AT_ONCE));
  }

  clear() {
    this.later.cancel();
    this.cards.clear();
    this.items = [];
    this.lacks = new Map();
    this.active = "";
    this.holder = null;
    this.shown = false;
    this.list.replaceChildren();
    this.list.scrollTop = 0;
    this.foot.hidden = true;
    this.sheet.hidden = true;
  }

  /**
   * Shows records as they now are, and which span is active. The cards of an article just opened follow some at a time.
   * @param {string} active @param {ReadonlySet<string> | null} ids of the spans that look different; null: all
   */
  draw(active, ids) {
    const annotation = this.host.annotation();
    if (ids === null || ids.size) {
      const whole = this.items.length === this.cards.size;
      this.items = itemsOf(annotation, this.schema);
      const heads = new Set(this.items.map(({ head }) => head.id));
      for (const [id, card] of this.cards) if (!heads.has(id)) this.drop(id, card);
      this.lacks = this.missing();
      for (const [index, item] of this.items.entries()) {
        const card = this.cards.get(item.head.id);
        const stale = ids === null || spansOf(item).some(({ id }) => ids.has(id));
        if (card && stale) {
          card.draw(item, this.missingOf(item));
          this.place(card.element, index);
        } else if (!card && whole && this.cards.size) this.add(index);
      }
    }
    const count = many(annotation.spans.size, "span");
    if (this.count.textContent !== count) this.count.textContent = count;
    this.drawComments();
    this.empty.hidden = annotation.spans.size > 0;
    if (!annotation.spans.size && !this.empty.firstChild) this.drawEmpty();
    if (active && !this.holding(active)) this.fill(Infinity);
    if (!this.cards.size && this.items.length) this.fill(AT_ONCE);
    this.open(active);
    if (this.shown) this.bring();
    this.shown = false;
    if (this.cards.size < this.items.length) this.later.ask();
  }

  drawComments() {
    const comments = this.host.annotation().commentsOn(null);
    const shown = JSON.stringify(comments);
    if (this.comments.dataset.shown === shown) return;
    this.comments.dataset.shown = shown;
    this.comments.hidden = !comments.length;
    this.comments.replaceChildren(...comments.map((each) => commentLine(each, this.host)));
  }

  /** Opens the form of a comment at the foot of the panel. @param {string} about @param {import("./annotation.js").Comment} comment */
  comment(about, comment) {
    const { content, field } = commentForm(about, comment, this.host, () => {
      this.foot.hidden = true;
      this.host.toText();
    });
    this.showFoot(`comment ${comment.id}`, content);
    field.focus();
  }

  /** Returns the missing requirements by span. */
  missing() {
    /** @type {Panel["lacks"]} */
    const missing = new Map();
    for (const lack of this.schema.missing(this.host.annotation()))
      missing.set(lack.id, [...(missing.get(lack.id) ?? []), lack]);
    return missing;
  }

  /** Returns the missing requirements of the spans of an item. @param {Item} item */
  missingOf(item) {
    return spansOf(item).flatMap(({ id }) => this.lacks.get(id) ?? []);
  }

  /** Makes cards that are not there yet, in reading order. @param {number} most */
  fill(most) {
    let made = 0;
    for (let index = 0; index < this.items.length && made < most; index++) {
      if (this.cards.has(this.items[index].head.id)) continue;
      this.add(index);
      made++;
    }
    if (this.cards.size < this.items.length) this.later.ask();
  }

  drawEmpty() {
    const { labels } = this.schema;
    const keyed = labels.filter(({ hotkey }) => hotkey);
    this.empty.append(
      make("p", { text: "No spans yet." }),
      make("p", {}, "Select words in the text, then press a label’s key:"),
      make(
        "ul",
        {},
        ...keyed.map((label) =>
          make(
            "li",
            {},
            make("kbd", { class: "sw-kbd", text: label.hotkey ?? "" }),
            make("span", {
              class: "sw-chip",
              style: `--sw-tint:var(--sw-c${this.schema.index.get(label.key)})`,
              text: label.title,
            }),
          ),
        ),
      ),
      ...(keyed.length < labels.length
        ? [
            make("p", {
              text: `Press ${this.host.keyOf("choose-label")} to choose from all ${labels.length} labels by name.`,
            }),
          ]
        : []),
      make("p", { text: "With nothing selected, the key marks the quote, name or date at the caret." }),
      make("p", { class: "sw-by-touch", text: "Hold a word to select it, then choose a label." }),
    );
  }

  /** @param {number} index of the item */
  add(index) {
    const item = this.items[index];
    const card = new Card(this.host, item);
    this.cards.set(item.head.id, card);
    card.draw(item, this.missingOf(item));
    this.place(card.element, index);
  }

  /** @param {string} id @param {Card} card */
  drop(id, card) {
    if (card === this.holder) this.holder = null;
    card.element.remove();
    this.cards.delete(id);
  }

  /** Puts a card where it belongs: before the next one that is there. @param {HTMLElement} element @param {number} index of its item */
  place(element, index) {
    let next;
    for (let at = index + 1; at < this.items.length && !next; at++)
      next = this.cards.get(this.items[at].head.id)?.element;
    if (next?.parentElement) {
      if (cardAfter(element) !== next) next.before(element); // what is moved loses the focus
      return;
    }
    let group = this.list.lastElementChild;
    if (group?.lastElementChild === element) return;
    if (!group || group.childElementCount >= GROUP) {
      group = make("div", { class: "sw-group-of-cards", role: "none" });
      this.list.append(group);
    }
    group.append(element);
  }

  /** The card that shows a span: the one it was last chosen in, else the first. @param {string} id @returns {Card | undefined} */
  holding(id) {
    if (this.holder?.rows.has(id)) return this.holder;
    return this.cards.get(id) ?? [...this.cards.values()].find(({ rows }) => rows.has(id));
  }

  /** Opens the active span's line with its form. @param {string} active */
  open(active) {
    const annotation = this.host.annotation();
    const span = annotation.spans.get(active);
    const card = span && this.holding(active);
    if (this.holder && this.holder !== card) {
      this.holder.show("", null);
      this.holder.element.parentElement?.classList.remove("sw-here");
    }
    this.active = active;
    this.holder = card ?? null;
    const label = this.schema.label.get(span?.label ?? "");
    if (!span || !card || !label) return;
    let form = this.forms.get(label.key);
    if (!form) {
      form = new Form(label, this.host);
      this.forms.set(label.key, form);
    }
    const shown = new Set(span === card.item.head ? spansOf(card.item).map(({ id }) => id) : [card.item.head.id]);
    form.show(
      span,
      annotation.relationsOf(span.id).filter(({ from, to }) => !shown.has(from === span.id ? to : from)),
      annotation.relationsOf(span.id),
    );
    card.element.parentElement?.classList.add("sw-here"); // its lists of choices may hang out of the group
    card.show(active, form.element);
  }

  /** Several records may share a span: it is to be open in this one. @param {Card} card */
  prefer(card) {
    if (this.holder === card) return;
    this.open("");
    this.holder = card;
  }

  /** Puts the keyboard into the active span's form: the attribute named, or the first one. @param {string} [name] @returns {boolean} whether there was one */
  edit(name) {
    const label = this.host.annotation().spans.get(this.active)?.label ?? "";
    return this.forms.get(label)?.focus(name) ?? false;
  }

  /** Takes over what the active span's words say of a date, where they say one thing only. @param {string} name of the attribute @param {boolean} [likeliest] where they can say several, the likeliest @returns {Promise<boolean>} whether they do */
  async accept(name, likeliest = false) {
    const label = this.host.annotation().spans.get(this.active)?.label ?? "";
    return (await this.forms.get(label)?.controls.get(name)?.accept?.(likeliest)) ?? false;
  }

  /** Brings the active span's line into view when it is next drawn. */
  reveal() {
    this.shown = true;
  }

  bring() {
    const element = this.holder?.rows.get(this.active)?.element;
    if (!element || !this.holder) return;
    const list = this.list.getBoundingClientRect();
    const whole = this.holder.element.getBoundingClientRect();
    const line = element.getBoundingClientRect();
    // The whole record if it fits, else the line of the span.
    const { top, bottom } = whole.height < list.height - 16 ? whole : line;
    if (top < list.top) this.list.scrollTop -= list.top - top + 8;
    else if (bottom > list.bottom) this.list.scrollTop += Math.min(bottom - list.bottom + 8, top - list.top - 8);
  }

  /** Shows a guideline at the foot of the panel; again, and it goes. @param {string} title @param {string | null | undefined} text Markdown */
  guideline(title, text) {
    if (!this.foot.hidden && this.foot.dataset.of === title) {
      this.foot.hidden = true;
      return;
    }
    this.showFoot(title, [make("h2", { text: title }), ...markdown(text ?? "This label has no guideline.")]);
  }

  /** @param {string} of what @param {HTMLElement[]} content */
  showFoot(of, content) {
    this.foot.dataset.of = of;
    this.foot.hidden = false;
    this.foot.replaceChildren(...content);
  }

  /** @param {HTMLElement[] | null} content null closes the sheet */
  showSheet(content) {
    this.sheet.hidden = content === null;
    this.sheet.replaceChildren(...(content ?? []));
  }
}

/** The card that is shown after one, in its group or in the next that holds any. @param {Element} card @returns {Element | null} */
function cardAfter(card) {
  let next = card.nextElementSibling;
  for (let group = card.parentElement?.nextElementSibling; !next && group; group = group.nextElementSibling)
    next = group.firstElementChild;
  return next;
}
