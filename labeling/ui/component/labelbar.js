// @ts-check
import { make } from "./dom.js";
import { Schema } from "./schema.js";
import { ArticleView } from "./article.js";
import { LabelPicker } from "./labelpicker.js";

/** @typedef {import("./tokens.js").Stretch} Stretch */

/** With more labels than this, only those with a key have a button; the others are found by name. */
const MOST_LABELS = 12;

/** The labels, shown beside what the mouse or a finger has selected. */
export class LabelBar {
  /**
   * @param {Schema} schema @param {ArticleView} view
   * @param {object} host
   * @param {(label: string) => void} host.label
   * @param {() => void} host.addFragment
   * @param {string} host.fragmentKey
   * @param {() => void} host.complete
   * @param {string} host.completeKey
   * @param {() => [string, string]} host.offered the label that the selection is likely for, and what is marked with it; "" if there is none
   * @param {() => void} host.next
   * @param {string} host.nextKey
   * @param {() => void} host.choose
   * @param {string} host.chooseKey
   * @param {() => Map<string, number>} host.counts spans of the article by label
   */
  constructor(schema, view, host) {
    this.schema = schema;
    this.view = view;
    this.host = host;
    this.root = make("div", { class: "sw-bar", role: "toolbar", "aria-label": "Labels" });
    this.root.hidden = true;
    this.root.addEventListener("mousedown", (event) => {
      if (!(/** @type {HTMLElement} */ (event.target).matches("input"))) event.preventDefault();
    });
    this.picker = new LabelPicker(schema.labels, { ...host, done: () => this.hide() });
  }

  hide() {
    if (!this.root.hidden) this.root.hidden = true;
  }

  /** @param {Stretch} selection @param {boolean} forward whether it was made towards its end @param {string} label of the span that the selection can be added to, "" without one */
  show(selection, forward, label) {
    const { host, schema } = this;
    const button = (
      /** @type {string} */ name,
      /** @type {number | undefined} */ color,
      /** @type {string} */ text,
      /** @type {string | null | undefined} */ key,
      /** @type {() => void} */ onclick,
    ) =>
      make(
        "button",
        {
          type: "button",
          class: "sw-bar-button",
          "data-label": name,
          style: `--sw-tint:var(--sw-c${color ?? 0})`,
          "aria-keyshortcuts": key,
          onclick,
        },
        text,
        ...(key ? [make("kbd", { class: "sw-kbd", text: key })] : []),
      );
    const { labels } = schema;
    const keyed = labels.length > MOST_LABELS ? labels.filter(({ hotkey }) => hotkey) : labels;
    const buttons = keyed.map(({ key, title, hotkey }) =>
      button(key, schema.index.get(key), title, hotkey, () => host.label(key)),
    );
    if (keyed.length < labels.length)
      buttons.push(button("…", undefined, "all labels", host.chooseKey, () => host.choose()));
    const [offered, text] = host.offered();
    if (offered)
      buttons.push(button("record", schema.index.get(offered), text, host.completeKey, () => host.complete()));
    const active = schema.label.get(label);
    if (active?.fragments)
      buttons.push(
        button(
          "+",
          schema.index.get(label),
          `add to ${active.title.toLowerCase()}`,
          host.fragmentKey,
          host.addFragment,
        ),
      );
    if (offered) buttons.push(button("next", undefined, "next", host.nextKey, () => host.next()));
    this.root.replaceChildren(...buttons);
    this.root.hidden = false;
    this.place(selection, forward);
  }

  /** Lists all labels by name beside a stretch. @param {Stretch} stretch */
  choose(stretch) {
    this.root.replaceChildren(this.picker.root);
    this.root.hidden = false;
    this.place(stretch, true);
    this.fit();
    this.picker.begin();
  }

  /** Opens the list of labels where it is visible: within the text, and above the keyboard of a screen. */
  fit() {
    const view = this.view.root.getBoundingClientRect();
    const field = this.picker.root.getBoundingClientRect();
    const bottom = visualViewport ? visualViewport.offsetTop + visualViewport.height : innerHeight;
    this.picker.fit(field.top - view.top - 8, Math.min(view.bottom, bottom) - field.bottom - 8);
  }

  /** Stands near where the selection ended, over none of it. @param {Stretch} selection @param {boolean} forward */
  place(selection, forward) {
    const page = this.view.page.getBoundingClientRect();
    const view = this.view.root.getBoundingClientRect();
    const rects = this.view.geometry.range(selection.start, selection.end)?.getClientRects();
    if (!rects?.length) return;
    const [first, last] = [rects[0], rects[rects.length - 1]];
    const { offsetHeight: height, offsetWidth: width } = this.root;
    const below = last.bottom + 12 + height < view.bottom;
    const above = first.top - 8 - height > view.top;
    const under = (forward && below) || !above;
    const top = Math.min(under ? last.bottom + 12 : first.top - 8 - height, view.bottom - height - 8);
    const center = under ? last.right - width / 2 : first.left;
    const left = Math.min(Math.max(center, page.left + 4), page.right - width - 4);
    this.root.style.transform = `translate(${left - page.left}px, ${top - page.top}px)`;
  }
}
