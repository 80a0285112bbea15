// @ts-check
import { addOp, fragmentsOf, joinFragment, stretchedTo } from "./annotation.js";
import { dateOf } from "./kinds.js";
import { withMarks } from "./quotation.js";
import { readingOps } from "./reading.js";
import { excerpt } from "./wording.js";

/**
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./tokens.js").Stretch} Stretch
 */

/** Making spans and changing them: what label keys, edges, fragments and readings do to the annotation. */
export class Marking {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    this.recent = ""; // of the spans that can have several fragments, the one last active: one can be added to it later
    /** The values filled in by readings of dates, by span and attribute. @type {Map<string, Record<string, string>>} */
    this.filled = new Map();
  }

  /** Forgets what belongs to an article that is left. */
  clear() {
    this.recent = "";
    this.filled.clear();
  }

  /** @param {1 | -1} direction */
  stepMark(direction) {
    const ordered = this.desk.annotation.ordered();
    if (!ordered.length) return this.desk.hint("No spans yet.");
    const active = this.desk.annotation.spans.get(this.desk.active);
    let next;
    if (active) next = ordered[ordered.indexOf(active) + direction];
    else if (direction > 0) next = ordered.find(({ fragments }) => fragments[0][0] >= this.desk.cursor.point);
    else next = ordered.findLast(({ fragments }) => fragments[0][0] < this.desk.cursor.point);
    if (next) this.desk.activate(next.id, { reveal: true });
    else this.desk.hint(direction > 0 ? "This is the last span." : "This is the first span.");
  }

  /** Selects the next stretch that is likely to be marked and is not. @param {1 | -1} direction */
  stepCandidate(direction) {
    const found = this.candidateAfter(direction);
    if (!found)
      return this.desk.hint(direction > 0 ? "No more likely quotes or dates." : "No earlier likely quotes or dates.");
    if (this.desk.active) this.desk.activate("");
    this.offer(found);
  }

  /** The next stretch that is likely to be marked, seen from the selection, or else from the active span or the caret. @param {1 | -1} direction */
  candidateAfter(direction) {
    const { annotation, candidates, cursor, schema, active } = this.desk;
    const { start, end } = cursor.selection ?? { start: undefined, end: undefined };
    const from = start ?? annotation.spans.get(active)?.fragments[0][0] ?? cursor.point;
    return candidates.next(from, direction, schema.labels, annotation.ordered(), end);
  }

  /** Selects what is likely to be marked. @param {Stretch & {label: string}} found @param {string | null} [said] what has just been announced */
  offer({ start, end, label }, said) {
    const { desk } = this;
    desk.cursor.select(start, end, true);
    desk.layout.sights = [end, start];
    const text = `${desk.wording.label(label)}? ${excerpt(desk.wording.slice(start, end), 80)}`;
    desk.say(said ? `${said}. Next: ${text}` : text);
    desk.caret.draw();
    desk.hints.draw();
  }

  /** Selects what is likely to be marked next, while the span just completed stays active: keys for spans and links still change that one. */
  goOn() {
    const found = this.candidateAfter(1);
    if (!found) return;
    this.offer(found, this.desk.status.live.textContent);
    if (this.desk.caret.pointing) this.desk.caret.showBar();
  }

  /**
   * What is selected, and the label that it is likely for: one of the offers, or else a quote. With nothing selected and no span active, the date or
   * quote around the caret; null if there is none.
   * @returns {(Stretch & {label: string}) | null}
   */
  offered() {
    const { candidates, cursor, schema, active } = this.desk;
    const { selection } = cursor;
    if (!selection) return active ? null : candidates.likelyAt(cursor.point, schema.labels);
    const { start, end } = selection;
    const found = candidates.likeliest(selection, schema.labels);
    const quote = schema.labels.find(({ quotation }) => quotation);
    return found ?? (quote ? { start, end, label: quote.key } : null);
  }

  /** What the key for a whole record would mark: “Quote with its links”. @returns {string} "" if nothing is selected */
  offerInWords() {
    const label = this.desk.schema.label.get(this.offered()?.label ?? "");
    return label ? `${label.title} with its ${dateOf(label) ? "value" : "links"}` : "";
  }

  /** Whether what is selected comes after the active span, as `goOn` leaves it. */
  get ahead() {
    const { active, candidates, cursor, schema } = this.desk;
    return Boolean(active && cursor.selection && candidates.likeliest(cursor.selection, schema.labels));
  }

  /** Shows an edge of the active span that has been moved. @param {number} point */
  showEdge(point) {
    if (this.ahead) this.desk.layout.sights = [point];
    else this.desk.caret.show(point);
  }

  /** The marks at the caret, innermost last. @returns {Span[]} */
  here() {
    const { point } = this.desk.cursor;
    return this.desk.annotation
      .ordered()
      .filter(({ fragments }) => fragments.some(([start, end]) => start <= point && point <= end));
  }

  /** @param {string} key of the label */
  label(key) {
    const label = this.desk.schema.label.get(key);
    if (!label) return;
    const { selection, point } = this.desk.cursor;
    if (selection) return this.addSpan(key, selection);
    if (this.desk.active) return this.relabel(this.desk.active, key);
    const found = this.desk.candidates.at(point, label);
    const extend = this.desk.keymap.extendKey;
    if (found) this.addSpan(key, found);
    else
      this.desk.hint(
        label.quotation
          ? `No quote found here. Select the words first (${extend}).`
          : `Select the words first (${extend}).`,
      );
  }

  /** A stretch with its quotation marks in or out, as the label set wants it; as it is where single characters are selected. @param {string} label @param {Stretch} stretch @returns {Stretch} */
  asPolicySays(label, { start, end }) {
    const marks = this.desk.cursor.snapping && this.desk.schema.label.get(label)?.marks;
    return marks ? withMarks(this.desk.wording.slice, start, end, marks) : { start, end };
  }

  /** @param {string} label @param {Stretch} stretch */
  addSpan(label, stretch) {
    const { start, end } = this.asPolicySays(label, stretch);
    const same = this.desk.annotation
      .ordered()
      .find(
        (span) =>
          span.label === label &&
          span.fragments.length === 1 &&
          span.fragments[0][0] === start &&
          span.fragments[0][1] === end,
      );
    this.desk.caret.put(end);
    if (same) return this.desk.activate(same.id);
    const id = this.desk.newId();
    this.desk.active = id;
    this.desk.say(`${this.desk.wording.label(label)} added: ${excerpt(this.desk.wording.slice(start, end), 80)}`);
    const attributes = this.desk.linker.rememberedFor(label, { fragments: [[start, end]] });
    /** @type {Span} */
    const span = { id, label, fragments: [[start, end]], attributes };
    if (Object.keys(attributes).length) this.desk.completing.unasked.add(id);
    const { before, after, head } = this.desk.completing.partOps(span);
    this.desk.act([...before, addOp(span, this.desk.wording.slice), ...after]);
    this.desk.details.panel.reveal();
    if (head) this.desk.linker.ask(id, head);
  }

  /** @param {string} id @param {string} label */
  relabel(id, label) {
    const span = this.desk.annotation.spans.get(id);
    if (!span || span.label === label) return;
    if (span.fragments.length > 1 && !this.desk.schema.label.get(label)?.fragments)
      return this.desk.hint(
        `${this.desk.wording.label(label)} can't have several fragments; this span has ${span.fragments.length}.`,
        "bad",
      );
    this.desk.act([{ kind: "change", id, label }]);
    this.desk.say(`now ${this.desk.wording.label(label)}`);
  }

  /** @param {Span} span @param {[number, number][]} pairs */
  reshape(span, pairs) {
    if (String(pairs) === String(span.fragments)) return; // at the text's end, an edge has nowhere to go
    this.desk.act([{ kind: "change", id: span.id, fragments: fragmentsOf(pairs, this.desk.wording.slice) }]);
  }

  /** Takes note of the span that is active. */
  remember() {
    const span = this.desk.annotation.spans.get(this.desk.active);
    if (span && this.desk.schema.label.get(span.label)?.fragments) this.recent = span.id;
  }

  /** The span that a selection can be added to: the active one, or else the one of those that can have fragments that was active last. @returns {Span | undefined} */
  growing() {
    const { active, annotation, schema } = this.desk;
    return [active, this.recent]
      .map((id) => annotation.spans.get(id))
      .find((span) => span && schema.label.get(span.label)?.fragments);
  }

  addFragment() {
    const span = this.growing() ?? this.desk.annotation.spans.get(this.desk.active);
    const { selection } = this.desk.cursor;
    if (!span || !selection)
      return this.desk.hint(
        `Go to a span (${this.desk.keymap.keysOf("next-mark", "previous-mark")}), then select the words to add.`,
      );
    const { start, end } = this.asPolicySays(span.label, selection);
    const pairs = joinFragment(span.fragments, start, end);
    if (pairs.length > 1 && !this.desk.schema.label.get(span.label)?.fragments)
      return this.desk.hint(
        `A ${this.desk.wording.label(span.label).toLowerCase()} can't have several fragments.`,
        "bad",
      );
    const offered = this.desk.candidates.likeliest(selection, this.desk.schema.labels);
    this.desk.caret.put(selection.end);
    this.desk.active = span.id;
    this.desk.say(`fragment added: ${excerpt(this.desk.wording.slice(selection.start, selection.end), 60)}`);
    this.reshape(span, pairs);
    if (offered) this.goOn();
  }

  /** @param {string} id @param {number} fragment */
  dropFragment(id, fragment) {
    const span = this.desk.annotation.spans.get(id);
    if (span && span.fragments.length > 1)
      this.reshape(
        span,
        span.fragments.filter((_, index) => index !== fragment),
      );
    this.desk.keyboard.focusText();
  }

  /** Removes the part of a span at the caret: of the active span, or else of the innermost one that has several. */
  removeFragment() {
    const { point } = this.desk.cursor;
    const active = this.desk.annotation.spans.get(this.desk.active);
    const span = active ?? this.here().findLast(({ fragments }) => fragments.length > 1);
    const index = span?.fragments.findIndex(([start, end]) => start <= point && point <= end) ?? -1;
    if (span && span.fragments.length > 1 && index >= 0) this.dropFragment(span.id, index);
    else this.desk.hint("The caret isn't in a span with several fragments.");
  }

  /** @param {"start" | "end"} edge @param {1 | -1} direction */
  moveEdge(edge, direction) {
    const span = this.desk.annotation.spans.get(this.desk.active);
    if (!span)
      return this.desk.hint(`Select a span first (${this.desk.keymap.keysOf("next-mark", "previous-mark", "edit")}).`);
    const pairs = span.fragments.map(([start, end]) => /** @type {[number, number]} */ ([start, end]));
    const at = edge === "end" ? pairs.length - 1 : 0;
    const pair = pairs[at];
    if (edge === "end") pair[1] = this.desk.tokens.wordBorder(pair[1], direction, "end");
    else pair[0] = this.desk.tokens.wordBorder(pair[0], direction, "start");
    const before = pairs[at - 1];
    const after = pairs[at + 1];
    if (pair[0] >= pair[1] || (before && pair[0] <= before[1]) || (after && pair[1] >= after[0])) return;
    this.showEdge(edge === "end" ? pair[1] : pair[0]);
    this.reshape(span, pairs);
  }

  /** Lets the active span begin with a word that stands before it, or else end with it. @param {Stretch} word */
  stretchTo(word) {
    const span = this.desk.annotation.spans.get(this.desk.active);
    if (!span) return;
    const pairs = stretchedTo(span.fragments, word, (stretch) => this.asPolicySays(span.label, stretch));
    if (!pairs) return this.desk.hint("The span's last fragment starts after that word.");
    this.showEdge(word.start < span.fragments[0][0] ? pairs[0][0] : pairs[pairs.length - 1][1]);
    this.reshape(span, pairs);
  }

  /** Sets a date as it was read, and what the reading says beside it. @param {string} id @param {import("./schema.js").Attribute} attribute @param {import("./client.js").Reading} reading @param {any} value */
  takeReading(id, attribute, reading, value) {
    const span = this.desk.annotation.spans.get(id);
    const label = this.desk.schema.label.get(span?.label ?? "");
    if (!span || !label) return;
    const { ops, filled } = readingOps(span, label, attribute, reading, value, this.filled.get(id));
    this.filled.set(id, filled);
    this.desk.act(ops);
    if (value?.edtf) return;
    const said = Object.entries(filled).map(([name, option]) => {
      const field = label.attributes.find(({ key }) => key === name);
      return `${field?.title} set to ${field ? this.desk.wording.value(field, option) : option}`;
    });
    const kind = { DURATION: "A duration", SET: "A repeated time" }[reading.timex_type ?? ""] ?? "This expression";
    this.desk.hint(`${kind} has no calendar value${said.length ? `: ${said.join(", ")}` : ""}.`);
  }

  /**
   * Sets the active date to the reading of its words; if there is none, or several and not the likeliest is asked for, opens its field. A date that has a
   * value gets the next reading.
   * @param {{likeliest?: boolean}} [how] @returns {Promise<boolean>} whether it has a value
   */
  async acceptDate({ likeliest = false } = {}) {
    const dated = (/** @type {Span | undefined} */ span) => dateOf(this.desk.schema.label.get(span?.label ?? ""));
    const span = this.desk.annotation.spans.get(this.desk.active) ?? this.here().findLast(dated);
    const attribute = dated(span);
    if (!span || !attribute) {
      this.desk.hint(
        `No date here. Mark one, or use ${this.desk.keymap.keysOf("next-mark", "previous-mark")} to go to one.`,
      );
      return false;
    }
    if (span.id !== this.desk.active) this.desk.activate(span.id);
    this.desk.details.later.now();
    const taken = await this.desk.details.panel.accept(attribute.key, likeliest);
    if (span.id !== this.desk.active || this.desk.annotation.spans.get(span.id) === undefined) return false;
    if (!taken) {
      this.desk.details.panel.edit(attribute.key);
      return false;
    }
    const value = this.desk.annotation.spans.get(span.id)?.attributes[attribute.key];
    if (value) this.desk.say(this.desk.wording.value(attribute, value));
    return true;
  }

  /** Sets what has a number on the active span's card, or takes it away if it is set. @param {number} number */
  choose(number) {
    const span = this.desk.annotation.spans.get(this.desk.active);
    if (!span)
      return this.desk.hint(
        `Select a span first (${this.desk.keymap.keysOf("next-mark", "previous-mark", "edit")}); digits choose the numbered options on its card.`,
      );
    const option = this.desk.schema.numbered(span.label)[number - 1];
    if (!option)
      return this.desk.hint(`There is no option ${number} for a ${this.desk.wording.label(span.label).toLowerCase()}.`);
    const set = span.attributes[option.name] !== option.value;
    this.desk.act([{ kind: "set", id: span.id, name: option.name, value: set ? option.value : null }]);
    this.desk.say(set ? option.title : `not ${option.title}`);
  }

  remove() {
    if (!this.desk.active)
      return this.desk.hint(
        `No span is selected. Use ${this.desk.keymap.keysOf("next-mark", "previous-mark")} to select one.`,
      );
    const id = this.desk.active;
    this.desk.active = "";
    this.desk.act([{ kind: "remove", id }]);
    this.desk.say("span removed");
  }
}
