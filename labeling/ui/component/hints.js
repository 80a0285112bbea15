// @ts-check
import { dateOf } from "./kinds.js";
import { excerpt, quoted } from "./wording.js";

/** @typedef {[string, string]} KeyHint  a key, and what it does now */

/** The keys that matter now, in the status line. */
export class KeyHints {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
  }

  draw() {
    this.desk.status.showKeys(this.desk.article ? this.now().filter(([key]) => key.trim()) : []);
  }

  /** @param {string} command @param {string} text @returns {KeyHint} */
  hint(command, text) {
    return [this.desk.keymap.keyOf(command), text];
  }

  /** @returns {KeyHint[]} */
  now() {
    const { desk } = this;
    const waiting = desk.extensions.find((each) => each.waiting && each.keys?.().length);
    if (waiting?.keys) return waiting.keys();
    const letters = desk.cursor.snapping ? [] : [this.hint("toggle-snap", "single characters")];
    const active = desk.annotation.spans.get(desk.active);
    if (desk.cursor.selection)
      return [...this.offered(), ...this.growing(), this.hint("next-candidate", "next"), ...this.labels(), ...letters];
    if (active) return [...this.active(active), ...letters];
    const { keymap } = desk;
    return [
      ...this.labels(),
      [keymap.extendKey, "select"],
      [`${keymap.keyOf("next-mark")} ${keymap.keyOf("previous-mark")}`, "spans"],
      this.hint("help", "all keys"),
      ...letters,
    ];
  }

  /** @returns {KeyHint[]} */
  labels() {
    const { labels } = this.desk.schema;
    const keyed = labels.flatMap(({ hotkey, title }) => (hotkey ? [/** @type {KeyHint} */ ([hotkey, title])] : []));
    return keyed.length < labels.length ? [...keyed, this.hint("choose-label", "all labels")] : keyed;
  }

  /** @returns {KeyHint[]} */
  offered() {
    const text = this.desk.marking.offerInWords();
    return text ? [this.hint("record", text)] : [];
  }

  /** @returns {KeyHint[]} */
  growing() {
    const growing = this.desk.marking.growing();
    return growing
      ? [this.hint("add-fragment", `add to ${quoted(excerpt(this.desk.wording.words(growing), 20))}`)]
      : [];
  }

  /** @param {import("./annotation.js").Span} active @returns {KeyHint[]} */
  active(active) {
    const { schema, annotation, keymap } = this.desk;
    const links = schema
      .linksOf(active.label)
      .filter(({ type, out }) => out && type.hotkey)
      .slice(0, 4);
    const date = dateOf(schema.label.get(active.label));
    const undated = date !== undefined && active.attributes[date.key] === undefined;
    const [option] = schema.numbered(active.label);
    const digits = option && option.value !== true && active.attributes[option.name] === undefined;
    const alone =
      schema.kinds.has(active.label) &&
      !annotation.relationsOf(active.id).some(({ from }) => from === active.id) &&
      links.length > 1;
    return [
      ...(alone || undated ? [this.hint("record", undated ? "likeliest date" : "link the nearest")] : []),
      ...(digits && !undated ? [/** @type {KeyHint} */ (["1 … 9", option.title.split(":")[0]])] : []),
      ...(undated ? [this.hint("accept-date", "accept the date")] : []),
      ...links.map(({ type }) => /** @type {KeyHint} */ ([type.hotkey ?? "", type.title])),
      this.hint("edit", "details"),
      [`${keymap.keyOf("end-back")} ${keymap.keyOf("end-on")}`, "end"],
      this.hint("remove", "remove"),
    ];
  }
}
