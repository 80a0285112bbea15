// @ts-check
import { Later } from "./dom.js";
import { Pointer } from "./pointer.js";
import { LabelBar } from "./labelbar.js";
import { excerpt } from "./wording.js";

/** The caret on the page: moved by keys, mouse or touch, drawn, read aloud, with the labels beside a selection. */
export class Caret {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    this.pointing = false; // the mouse or a finger was used last, not a key
    this.aloud = new Later("painted", () => this.readAloud());
    this.bar = new LabelBar(desk.schema, desk.view, {
      label: (key) => this.fromBar(() => desk.marking.label(key)),
      addFragment: () => this.fromBar(() => desk.marking.addFragment()),
      fragmentKey: desk.keymap.keyOf("add-fragment"),
      complete: () => this.fromBar(() => desk.completing.run()),
      completeKey: desk.keymap.keyOf("record"),
      offered: () => [desk.marking.offered()?.label ?? "", desk.marking.offerInWords()],
      choose: () => this.chooseLabel(),
      chooseKey: desk.keymap.keyOf("choose-label"),
      next: () => this.fromBar(() => desk.marking.stepCandidate(1)),
      nextKey: desk.keymap.keyOf("next-candidate"),
      counts: () => this.counts(),
    });
    desk.view.page.append(this.bar.root);
    this.pointer = new Pointer(desk.view, desk.cursor, {
      press: () => {
        desk.keyboard.focusText();
        this.bar.hide();
        if (!desk.submitting.insists) desk.hint("");
      },
      pick: (ids) => {
        const picked = desk.pick(ids);
        if (picked && this.pointing) this.showBar();
        return picked;
      },
      stretch: () => {
        this.draw();
        desk.hints.draw();
      },
      selected: () => this.showBar(),
      click: (ids) => this.click(ids),
    });
  }

  /** @param {import("./workspace.js").Listen} on */
  listen(on) {
    this.pointer.listen(on);
    on(this.desk.root, "pointerdown", () => (this.pointing = true), true);
    on(this.desk.root, "keydown", () => (this.pointing = false), true);
    if (visualViewport) on(visualViewport, "resize", () => this.bar.picker.open && this.bar.fit());
  }

  clear() {
    this.bar.hide();
  }

  draw() {
    const { view, cursor } = this.desk;
    view.showCaret(cursor.point, cursor.selection, cursor.anchor);
    this.desk.layout.frame.ask();
  }

  /** Stands at a point, with nothing selected. @param {number} point */
  put(point) {
    this.desk.cursor.put(point);
    this.bar.hide();
    this.draw();
  }

  /** Stands at a point and brings it into sight. @param {number} point */
  show(point) {
    this.put(point);
    this.desk.layout.sights = [this.desk.cursor.point];
  }

  /** Carries out a move. @param {string} command @param {boolean} extend */
  move(command, extend) {
    this.desk.cursor.run(command, extend);
    this.follow(extend);
  }

  /** Follows the caret after a move. @param {boolean} extended */
  follow(extended) {
    const { desk } = this;
    if (!extended && desk.active) desk.activate("");
    this.bar.hide();
    desk.layout.sights = [desk.cursor.point];
    this.draw();
    desk.hints.draw();
    this.aloud.ask();
  }

  extendSentence() {
    const { cursor, tokens } = this.desk;
    if (!cursor.selection) this.desk.activate("");
    cursor.move(tokens.sentenceEnd(cursor.point), true);
    this.follow(true);
  }

  toggleSnap() {
    const { cursor } = this.desk;
    cursor.snapping = !cursor.snapping;
    this.desk.hint(cursor.snapping ? "Selecting whole words." : "Selecting single characters.");
    this.draw();
  }

  /** Drops the selection. */
  drop() {
    this.desk.cursor.drop();
    this.bar.hide();
    this.draw();
    this.desk.hints.draw();
  }

  /** Announces what is selected to a screen reader, or the word at the caret. */
  readAloud() {
    const { cursor, tokens } = this.desk;
    const stretch = cursor.selection ?? tokens.wordAt(cursor.point);
    const words = stretch ? excerpt(tokens.offsets.slice(stretch.start, stretch.end), 120) : "";
    this.desk.say(cursor.selection ? `${words}, selected` : words);
  }

  /** Goes through the marks under a click, innermost first. @param {string[]} ids innermost last */
  click(ids) {
    const { desk } = this;
    const at = ids.indexOf(desk.active);
    const next = ids.length ? ids[at > 0 ? at - 1 : ids.length - 1] : "";
    if (next !== desk.active) desk.activate(next);
    const span = desk.annotation.spans.get(next);
    if (span) desk.say(desk.wording.describe(span));
    this.draw();
    desk.hints.draw();
  }

  showBar() {
    const { selection, point, anchor } = this.desk.cursor;
    if (this.desk.layout.sights.length) this.desk.layout.settle(); // it stands where the selection comes into view
    if (selection && !this.bar.picker.open)
      this.bar.show(selection, point >= (anchor ?? 0), this.desk.marking.growing()?.label ?? "");
  }

  /** Lists all labels by name: for the selection, the active span or what is at the caret. */
  chooseLabel() {
    const { cursor, annotation, active, tokens } = this.desk;
    const [start, end] = annotation.spans.get(active)?.fragments[0] ?? [Math.max(0, cursor.point - 1), cursor.point];
    const word = active ? undefined : tokens.wordAt(cursor.point);
    this.bar.choose(cursor.selection ?? word ?? { start, end });
  }

  /** How many spans the article has of each label. @returns {Map<string, number>} */
  counts() {
    const counts = new Map();
    for (const { label } of this.desk.annotation.spans.values()) counts.set(label, (counts.get(label) ?? 0) + 1);
    return counts;
  }

  /** @param {() => void} action */
  fromBar(action) {
    getSelection()?.removeAllRanges();
    action();
    this.desk.keyboard.focusText();
    if (this.pointing) this.showBar();
  }
}
