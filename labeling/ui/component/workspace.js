// @ts-check
import { Tokens } from "./tokens.js";
import { properNames } from "./phrases.js";
import { emptyAnnotation, endOf, uuid7 } from "./annotation.js";
import { History, Shelf } from "./history.js";
import { Schema } from "./schema.js";
import { dateOf } from "./kinds.js";
import { palette } from "./palette.js";
import { Keymap } from "./keymap.js";
import { savingOf } from "./outbox.js";
import { Api } from "./client.js";
import { Queue } from "./queue.js";
import { Tab, storeOf } from "./tabs.js";
import { Later, composes, make } from "./dom.js";
import { takePlace, takeTheme } from "./surroundings.js";
import { Wording, excerpt } from "./wording.js";
import { Browse } from "./browse.js";
import { FindBar } from "./find.js";
import { ArticleView } from "./article.js";
import { Cursor } from "./cursor.js";
import { Pointer } from "./pointer.js";
import { LabelBar } from "./labelbar.js";
import { Panel } from "./panel.js";
import { FollowList } from "./follow.js";
import { relativesOf } from "./records.js";
import { Headline } from "./headline.js";
import { StatusLine } from "./status.js";
import { Marking } from "./marking.js";
import { Linker } from "./linker.js";
import { Jumper } from "./jumper.js";
import { Past } from "./past.js";
import { Opening } from "./opening.js";
import { Submitting } from "./submitting.js";

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./outbox.js").Outbox} Outbox
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {import("./linking.js").Link} Link
 * @typedef {import("./linking.js").LinkChoice} LinkChoice
 * @typedef {{api: string, token: string, expires: number, annotator: string, project: string, schema: import("./schema.js").SchemaData, article: string | null}} Data
 * @typedef {{data: Data, parentElement: HTMLElement, setTriggerValue: (name: string, value: any) => void}} Component
 */

/** Keys that do nothing by themselves. */
const MODIFIERS = ["Shift", "Control", "Alt", "Meta", "AltGraph"];
/** Commands that a key held down does not repeat. */
const ONCE = [
  "remove",
  "submit",
  "next",
  "back",
  "skip",
  "help",
  "guideline",
  "publication",
  "toggle-snap",
  "accept-date",
  "waive",
  "comment",
  "links",
  "record",
];
/** Articles up to so many characters may be set in two columns. */
const SHORT = 6000;

/** The whole workspace: it turns keys and clicks into ops, and shows what they make. */
export class Workspace {
  /** @param {Component} component */
  constructor({ data, parentElement, setTriggerValue }) {
    this.data = data;
    this.setTriggerValue = setTriggerValue;
    this.schema = new Schema(data.schema);
    this.keymap = new Keymap(this.schema);
    this.mac = /mac|iphone|ipad/iu.test(navigator.platform);
    let asked = 0;
    this.api = new Api(data, () => this.setTriggerValue("token_expired", Date.now() + ++asked));
    this.queue = new Queue(this.api);
    this.tab = new Tab(data.project, data.annotator, (article, revision) => this.news(article, revision));
    this.shelf = new Shelf(
      storeOf(() => sessionStorage),
      `saywhen/undo/${data.project}/${encodeURIComponent(data.annotator)}/${data.schema.version}/`,
    );
    this.history = new History();
    this.annotation = emptyAnnotation();
    /** @type {Outbox | null} */
    this.outbox = null;
    /** @type {import("./client.js").Article | null} */
    this.article = null;
    this.tokens = new Tokens("");
    this.active = "";
    /** Entries whose names have been asked for. @type {Set<string>} */
    this.asked = new Set();
    this.allLinks = false; // drawn, not only those of the active record
    /** Points of the text to bring into sight at the next frame. @type {number[]} */
    this.sights = [];
    this.frame = new Later("frame", () => this.settle());
    /** Marks whose cards are to be drawn; null: all. @type {Set<string> | null} */
    this.stale = new Set();
    this.beside = new Later("painted", () => this.drawBeside());
    this.aloud = new Later("painted", () => this.readAloud());
    this.stray = new Later("painted", () => this.catchFocus());
    this.afterwards = new Later("painted", () => this.article && this.queue.look(this.article.id));
    /** @type {(() => void)[]} */
    this.cleanups = [];

    this.opening = new Opening(this);
    this.submitting = new Submitting(this);
    this.marking = new Marking(this);
    this.linker = new Linker(this);
    this.jumper = new Jumper(this);
    this.past = new Past(this);
    this.wording = new Wording(
      this.schema,
      () => this.annotation,
      (start, end) => this.tokens.offsets.slice(start, end),
      (registry, id) => this.askName(registry, id),
    );
    this.view = new ArticleView(this.schema);
    this.cursor = new Cursor(this.view, data.schema.snap !== "none");
    this.bar = new LabelBar(this.schema, this.view, {
      label: (key) => this.fromBar(() => this.marking.label(key)),
      addFragment: () => this.fromBar(() => this.marking.addFragment()),
      fragmentKey: this.keymap.keyOf("add-fragment"),
    });
    this.view.page.append(this.bar.root);
    this.pointer = new Pointer(this.view, this.cursor, {
      press: () => {
        this.focusText();
        this.bar.hide();
        if (!this.submitting.insists) this.status.hint("");
      },
      pick: (ids) => this.pick(ids),
      stretch: () => {
        this.drawCaret();
        this.drawKeys();
      },
      selected: () => this.showBar(),
      click: (ids) => this.click(ids),
    });
    this.headline = new Headline(this.view.head, {
      api: this.api,
      publish: (value, basis) => this.act([{ kind: "publish", value, basis }]),
      done: () => this.focusText(),
      key: this.keymap.keyOf("publication"),
    });
    this.status = new StatusLine(
      (command) => this.run(command, false),
      (command) => this.keymap.keyOf(command),
    );
    this.panel = new Panel({
      api: this.api,
      schema: this.schema,
      wording: this.wording,
      annotation: () => this.annotation,
      act: (ops) => this.act(ops),
      fill: (id, attribute, reading, value) => this.marking.takeReading(id, attribute, reading, value),
      activate: (id) => this.activate(id, { reveal: true, focus: true }),
      choose: (id, card) => {
        this.panel.prefer(card);
        this.activate(id, { reveal: true, focus: true });
      },
      supply: (id, name) => this.marking.supply(id, name),
      waive: (id, name) => this.marking.askWaiver(id, name),
      comment: (span, id) => this.comment(span, id),
      toText: () => this.toText(),
      link: (key, out) => {
        const type = this.schema.relation.get(key);
        if (type) this.linker.beginLink([{ type, out }]);
      },
      run: (command) => {
        this.run(command, false);
        if (command !== "help") this.focusText();
      },
      relabel: (id, label) => this.marking.relabel(id, label),
      dropFragment: (id, fragment) => this.marking.dropFragment(id, fragment),
      against: () => this.headline.published?.value ?? null,
      language: () => this.article?.language ?? null,
      names: () => properNames(this.tokens),
      before: ({ fragments: [[start]] }) => {
        const sentence = this.tokens.sentenceAt(start);
        return sentence ? this.wording.slice(sentence.start, start) : "";
      },
      remark: (id, attribute) => this.follows.remark(id, attribute),
      newId: () => this.newId(),
      keyOf: (command) => this.keymap.keyOf(command),
    });
    this.follows = new FollowList({
      api: this.api,
      schema: this.schema,
      annotation: () => this.annotation,
      against: () => this.headline.published?.value ?? null,
      language: () => this.article?.language ?? null,
      act: (ops) => this.act(ops),
      activate: (id) => this.activate(id, { reveal: true }),
      done: () => this.focusText(),
      remarked: (ids) => this.panel.draw(this.active, new Set(ids)),
      tell: (text) => (this.hint(text), this.say(text)),
      key: this.keymap.keyOf("follow-dates"),
    });
    this.panel.foot.before(this.follows.element);
    this.browse = new Browse({
      api: this.api,
      flags: this.schema.flags,
      here: () => this.article?.id ?? null,
      open: (article) =>
        article === this.article?.id ? this.closeSheet() : void this.opening.go(() => this.queue.first(article)),
    });
    this.finder = new FindBar({
      show: (found, at) => {
        this.view.showFound(found, at);
        if (found[at]) {
          this.sights = [found[at].end, found[at].start];
          this.frame.ask();
        }
      },
      leave: (stretch) => {
        if (stretch) {
          this.cursor.put(stretch.start);
          this.follow(false);
        }
        this.focusText();
      },
    });
    const colours = make("style", { text: palette(this.schema.labels.map(({ colour }) => colour)) });
    this.root = make(
      "div",
      { class: "sw", "data-sw": "workspace" },
      this.view.root,
      this.finder.root,
      this.panel.root,
      this.status.root,
      this.status.live,
      this.opening.message,
      colours,
    );
    parentElement.append(this.root); // beside what Streamlit keeps there: the style
    this.listen();
    this.theme();
    this.place();
    this.opening.start();
  }

  /** Takes in new data from Python: the token, and the theme. @param {Component} component */
  update({ data, setTriggerValue }) {
    this.setTriggerValue = setTriggerValue;
    const before = this.data;
    this.data = data;
    this.api.renewed(data.token, data.expires);
    if (data.token !== before.token) this.outbox?.retry();
    this.theme();
    this.place();
  }

  destroy() {
    this.root.remove();
    this.outbox?.close();
    for (const outbox of this.opening.leaving) outbox.close();
    this.api.close();
    this.tab.close();
    for (const cleanup of this.cleanups.splice(0)) cleanup();
    this.view.destroy();
  }

  // The page around -----------------------------------------------------------------------------

  listen() {
    const on = (
      /** @type {EventTarget} */ target,
      /** @type {string} */ name,
      /** @type {(event: any) => void} */ handler,
      capture = false,
    ) => {
      target.addEventListener(name, handler, capture);
      this.cleanups.push(() => target.removeEventListener(name, handler, capture));
    };
    on(this.root, "keydown", (event) => this.key(event));
    on(window, "keydown", (event) => this.strayKey(event), true); // before Streamlit, which takes r and c
    on(this.root, "focusout", () => this.stray.ask());
    for (const name of ["keyup", "keypress"]) on(this.root, name, (event) => event.stopPropagation());
    this.pointer.listen(on);
    on(window, "online", () => [this.outbox, ...this.opening.leaving].forEach((outbox) => outbox?.retry()));
    on(window, "offline", () => this.drawStatus());
    on(window, "focus", () => this.outbox?.poll());
    on(window, "pagehide", () => {
      this.beside.now();
      for (const outbox of [this.outbox, ...this.opening.leaving]) outbox?.leave();
    });
    on(document, "visibilitychange", () => document.visibilityState === "visible" && this.outbox?.poll());
    on(window, "resize", () => this.place());
    if (document.fonts) on(document.fonts, "loadingdone", () => this.layout());
    const watch = (/** @type {Element | null} */ element, /** @type {() => void} */ action) => {
      const observer = new ResizeObserver(action);
      if (element) observer.observe(element);
      this.cleanups.push(() => observer.disconnect());
    };
    watch(this.view.root, () => this.layout());
    watch(this.view.body, () => this.settle()); // text that comes into sight may turn out taller than it was guessed
    watch(document.querySelector('[data-testid="stMain"]'), () => this.place());
  }

  theme() {
    takeTheme(this.root);
  }

  /** Fits the workspace under Streamlit's header and beside its sidebar. */
  place() {
    takePlace(this.root);
    this.layout();
  }

  /** Sets a short article in two columns where that saves scrolling, like a newspaper's page. */
  layout() {
    const { root, page } = this.view;
    page.classList.remove("sw-columns", "sw-tight");
    const fits = () => page.scrollHeight <= root.clientHeight + 2;
    if (this.tokens.offsets.length < SHORT && root.clientWidth >= 980 && !fits()) {
      page.classList.add("sw-columns");
      if (!fits()) page.classList.add("sw-tight");
      if (!fits()) page.classList.remove("sw-columns", "sw-tight");
    }
    this.frame.ask();
  }

  newId() {
    return uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  }

  // Ops -----------------------------------------------------------------------------------------

  /** Carries out ops as one action that can be undone. @param {Op[]} ops */
  act(ops) {
    if (ops.length && this.outbox && this.past.present()) this.history.record(ops, this.send(ops));
  }

  /** @param {Op[]} ops @returns {Op[][]} what takes each of them back */
  send(ops) {
    if (!this.outbox) return [];
    /** @type {Op[][]} */
    const back = [];
    const before = this.annotation.copy();
    const trial = before.copy();
    for (const op of ops) {
      back.push(trial.inverse(op, this.wording.slice));
      trial.apply(op);
    }
    this.outbox.push(ops);
    this.submitting.insists = false;
    this.annotation = this.outbox.shown;
    this.redraw(this.annotation.changedSince(before));
    return back;
  }

  undo() {
    if (!this.past.present()) return;
    if (this.history.undo((ops) => this.send(ops))) this.say("undone");
    else this.hint("Nothing to undo.");
  }

  redo() {
    if (!this.past.present()) return;
    if (this.history.redo((ops) => this.send(ops))) this.say("redone");
    else this.hint("Nothing to redo.");
  }

  /** @param {Outbox} outbox @param {{rebuilt: boolean, refused: {op: Op, reason: string}[], confirmed: boolean}} event */
  changed(outbox, { rebuilt, refused, confirmed }) {
    if (outbox !== this.outbox) return;
    this.history.drop(refused.map(({ op }) => op));
    if (rebuilt && !this.past.state) {
      const before = this.annotation;
      this.annotation = outbox.shown;
      this.redraw(this.annotation.changedSince(before));
    } else this.drawStatus();
    if (refused.length) this.hint(`Not taken: ${refused[0].reason}`, "bad");
    if (confirmed) this.tab.tell(outbox.article, outbox.base.revision);
  }

  /** Another tab has saved. @param {string} article @param {number} revision */
  news(article, revision) {
    if (article === this.article?.id && revision > (this.outbox?.base.revision ?? 0)) this.outbox?.poll();
  }

  /** Fetches the names of entries that came without one: another tab may have set what it had found in a registry. @param {string} registry @param {string} id */
  async askName(registry, id) {
    const { outbox } = this;
    const key = `${registry} ${id}`;
    if (!outbox || this.asked.has(key)) return;
    this.asked.add(key);
    try {
      const { entries } = await this.api.article(outbox.article);
      if (outbox !== this.outbox || entries[registry]?.[id] === undefined) return;
      for (const state of [outbox.base, outbox.shown]) {
        for (const [each, names] of Object.entries(entries))
          state.entries = { ...state.entries, [each]: { ...state.entries[each], ...names } };
      }
      this.redraw(null);
    } catch {
      this.asked.delete(key); // the next time it is drawn
    }
  }

  // Drawing -------------------------------------------------------------------------------------

  /** Shows the annotation as it now is. @param {Iterable<string> | null} ids of the marks that look different; null: all */
  redraw(ids) {
    if (this.active && !this.annotation.spans.has(this.active)) this.active = "";
    this.marking.recent = this.active || this.marking.recent;
    const changed = this.view.draw(this.annotation, ids);
    this.view.activate(this.active, this.active ? relativesOf(this.annotation, this.schema, this.active) : new Set());
    if (ids === null) this.stale = null;
    else for (const id of this.stale ? ids : []) this.stale?.add(id);
    this.beside.ask();
    if (changed && this.cursor.selection) this.drawCaret();
    this.frame.ask();
  }

  /** Shows in the panel and around what has been painted in the text: a frame later, so that a key is never waited for. */
  drawBeside() {
    const ids = this.stale;
    this.stale = new Set();
    this.panel.draw(this.active, ids);
    this.view.lack(new Set(this.panel.lacks.keys()));
    if (this.article) {
      if (ids === null || ids.size || this.outbox?.pending.length) this.shelf.keep(this.article.id, this.history);
      this.headline.show(this.article, this.annotation.published);
      this.follows.later.ask();
    }
    this.drawStatus();
  }

  /** Places what must be measured, once everything is written, so that the page is laid out once a frame. */
  settle() {
    if (!this.article) return;
    this.view.settle(this.cursor.point, this.sights.splice(0), this.linksShown());
    if (this.linker.choices) this.view.drawLetters(this.linker.choices);
    if (this.jumper.jumps.length) this.jumper.draw();
  }

  /** The links to draw: those of the active mark's record, or all. @returns {{from: Span, to: Span, title: string}[]} */
  linksShown() {
    if (!this.active && !this.allLinks) return [];
    const shown = new Set([this.active, ...this.view.lit]);
    return [...this.annotation.relations.values()].flatMap(({ type, from, to }) => {
      if (!this.allLinks && !(shown.has(from) && shown.has(to))) return [];
      const [one, two] = [this.annotation.spans.get(from), this.annotation.spans.get(to)];
      return one && two ? [{ from: one, to: two, title: this.schema.relation.get(type)?.title ?? type }] : [];
    });
  }

  drawCaret() {
    this.view.showCaret(this.cursor.point, this.cursor.selection, this.cursor.anchor);
    this.frame.ask();
  }

  drawStatus() {
    const savings = [this.outbox, ...this.opening.leaving].flatMap((outbox) => (outbox ? [outbox.saving] : []));
    this.status.show(savingOf(savings), !this.article && !this.opening.leaving.size);
    const status = this.article ? this.annotation.status : "";
    if (this.root.dataset.status !== status) this.root.dataset.status = status;
    this.status.showSubmit(this.submitting.done);
    this.panel.undo.disabled = !this.history.done.length;
    this.panel.redo.disabled = !this.history.undone.length;
    this.drawKeys();
  }

  drawKeys() {
    this.status.showKeys(this.article ? this.keysNow().filter(([key]) => key.trim()) : []);
  }

  /** The keys that matter now. @returns {[string, string][]} */
  keysNow() {
    const key = (/** @type {string} */ command) => this.keymap.keyOf(command);
    /** @type {[string, string][]} */
    const letters = this.cursor.snapping ? [] : [[key("toggle-snap"), "letters, not words"]];
    const labels = this.schema.labels.flatMap(({ hotkey, title }) =>
      hotkey ? [/** @type {[string, string]} */ ([hotkey, title])] : [],
    );
    const active = this.annotation.spans.get(this.active);
    const growing = this.marking.growing();
    if (this.linker.choices)
      return [
        ["letter", "links"],
        ["Enter", "nearest"],
        ["Esc", "leave"],
      ];
    if (this.jumper.jumps.length)
      return [
        ["letter", this.jumper.extend ? "up to that word" : "to that word"],
        ["Esc", "leave"],
      ];
    if (this.cursor.selection)
      return [
        ...labels,
        ...(growing
          ? [
              /** @type {[string, string]} */ ([
                key("add-fragment"),
                `add to “${excerpt(this.wording.words(growing), 20)}”`,
              ]),
            ]
          : []),
        ...letters,
      ];
    if (active) {
      const links = this.schema
        .linksOf(active.label)
        .filter(({ type, out }) => out && type.hotkey)
        .slice(0, 4);
      const date = dateOf(this.schema.label.get(active.label));
      const undated = date !== undefined && active.attributes[date.key] === undefined;
      const [option] = this.schema.numbered(active.label);
      const digits = option && option.value !== true && active.attributes[option.name] === undefined;
      const alone =
        this.schema.kinds.has(active.label) &&
        !this.annotation.relationsOf(active.id).some(({ from }) => from === active.id) &&
        links.length > 1;
      return [
        ...(alone && !undated ? [/** @type {[string, string]} */ ([key("record"), "link its record"])] : []),
        ...(digits && !undated ? [/** @type {[string, string]} */ (["1 … 9", option.title.split(":")[0]])] : []),
        ...(undated ? [/** @type {[string, string]} */ ([key("accept-date"), "take the date"])] : []),
        ...links.map(({ type }) => /** @type {[string, string]} */ ([type.hotkey ?? "", type.title])),
        [key("edit"), "details"],
        [`${key("end-back")} ${key("end-on")}`, "end"],
        [key("remove"), "remove"],
        ...letters,
      ];
    }
    return [
      ...labels,
      ["Shift+→", "select"],
      [`${key("next-mark")} ${key("previous-mark")}`, "marks"],
      [key("help"), "all keys"],
      ...letters,
    ];
  }

  /** @param {string} text @param {string} [kind] @param {HTMLElement[]} [buttons] */
  hint(text, kind, buttons) {
    this.status.hint(text, kind, buttons);
  }

  /** @param {string} text */
  say(text) {
    this.status.say(text);
  }

  /** Back to the text from a field, and to the mark it was asked for, if any. */
  toText() {
    const back = this.linker.askedFor;
    this.focusText();
    if (back) this.activate(back);
  }

  focusText() {
    const place = this.article ? this.view.root : this.opening.message.querySelector("button");
    if (document.activeElement !== place) place?.focus({ preventScroll: true });
  }

  // Caret and marks -----------------------------------------------------------------------------

  /** Follows the caret after a move. @param {boolean} extended */
  follow(extended) {
    if (!extended && this.active) this.activate("");
    this.bar.hide();
    this.sights = [this.cursor.point];
    this.drawCaret();
    this.drawKeys();
    this.aloud.ask();
  }

  /** Tells a screen reader what is selected, or the word at the caret. */
  readAloud() {
    const { selection, point } = this.cursor;
    const stretch = selection ?? this.tokens.wordAt(point);
    const words = stretch ? excerpt(this.tokens.offsets.slice(stretch.start, stretch.end), 120) : "";
    this.say(selection ? `${words}, selected` : words);
  }

  /** Makes a mark the active one; "" for none. @param {string} id @param {{reveal?: boolean, focus?: boolean}} [how] */
  activate(id, { reveal = false, focus = false } = {}) {
    this.linker.endLink();
    if (this.jumper.waiting) this.jumper.end();
    this.linker.askedFor = "";
    const span = this.annotation.spans.get(id);
    this.active = span ? id : "";
    this.marking.recent = this.active || this.marking.recent;
    if (span && reveal) {
      this.cursor.put(span.fragments[0][0]);
      this.bar.hide();
      this.sights = [endOf(span), this.cursor.point];
      this.say(this.wording.describe(span));
      this.drawCaret();
    }
    this.view.activate(this.active, this.active ? relativesOf(this.annotation, this.schema, this.active) : new Set());
    if (span) this.panel.reveal();
    this.beside.ask();
    this.frame.ask();
    if (focus) this.focusText();
  }

  // Keys ----------------------------------------------------------------------------------------

  /** Gives the text the focus if what had it is gone, or can have it no longer. */
  catchFocus() {
    if (document.hasFocus() && document.activeElement?.contains(this.root)) this.focusText();
  }

  /** A key pressed while nothing has the focus is meant for the text. @param {KeyboardEvent} event */
  strayKey(event) {
    if (!(/** @type {Node} */ (event.target).contains(this.root)) || [...MODIFIERS, "Tab"].includes(event.key)) return;
    this.focusText();
    this.key(event);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation();
    if (composes(event)) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const field = target.matches("input, select, textarea");
    const action = this.keymap.find(event, this.mac);
    if (!this.panel.sheet.hidden && (event.key === "Escape" || event.key === "?")) {
      event.preventDefault();
      this.closeSheet();
      return;
    }
    if (field && !(action?.kind === "command" && (action.command === "leave" || action.command === "submit"))) return;
    const control = event.ctrlKey || event.metaKey;
    if (!field && target.matches("button, a") && (event.key === "Enter" || event.key === " ") && !control) return;
    const waiting = this.linker.choices ? this.linker : this.jumper.waiting ? this.jumper : null;
    if (waiting && !field) {
      if (MODIFIERS.includes(event.key)) return;
      event.preventDefault();
      return waiting.key(event);
    }
    if (!action || (!this.article && !(action.kind === "command" && ["back", "browse"].includes(action.command))))
      return;
    event.preventDefault();
    if (event.repeat && (action.kind !== "command" || ONCE.includes(action.command))) return;
    const active = this.annotation.spans.get(this.active);
    if (action.kind === "label") this.marking.label(action.label);
    else if (action.kind === "option") this.marking.choose(action.number);
    else if (action.kind === "link")
      this.linker.beginLink(active ? this.schema.linksByKey(action.hotkey, active.label) : []);
    else this.run(action.command, action.extend);
  }

  /** @param {string} command @param {boolean} extend */
  run(command, extend) {
    if (!this.submitting.insists) this.hint("");
    if (this.cursor.run(command, extend)) return this.follow(extend);
    switch (command) {
      case "extend-sentence":
        if (!this.cursor.selection) this.activate("");
        this.cursor.move(this.tokens.sentenceEnd(this.cursor.point), true);
        return this.follow(true);
      case "jump":
        return this.jumper.begin(extend);
      case "toggle-snap":
        this.cursor.snapping = !this.cursor.snapping;
        this.hint(this.cursor.snapping ? "Selections take whole words." : "Selections take single characters.");
        return this.drawCaret();
      case "next-mark":
        return this.marking.stepMark(1);
      case "previous-mark":
        return this.marking.stepMark(-1);
      case "next-candidate":
        return this.marking.stepCandidate(1);
      case "previous-candidate":
        return this.marking.stepCandidate(-1);
      case "edit":
        return this.edit();
      case "accept-date":
        return void this.marking.acceptDate();
      case "leave":
        return this.leave();
      case "add-fragment":
        return this.marking.addFragment();
      case "remove-fragment":
        return this.marking.removeFragment();
      case "end-back":
        return this.marking.moveEdge("end", -1);
      case "end-on":
        return this.marking.moveEdge("end", 1);
      case "start-back":
        return this.marking.moveEdge("start", -1);
      case "start-on":
        return this.marking.moveEdge("start", 1);
      case "remove":
        return this.marking.remove();
      case "waive":
        return this.marking.waive();
      case "comment":
        return this.comment(this.active || null);
      case "record":
        return this.linker.linkRecord();
      case "links":
        this.allLinks = !this.allLinks;
        this.hint(this.allLinks ? "All links are shown." : "Only the links of the active record are shown.");
        return this.frame.ask();
      case "undo":
        return this.undo();
      case "redo":
        return this.redo();
      case "history":
        return void this.past.showHistory();
      case "find":
        return this.finder.open(this.tokens, this.cursor.point);
      case "publication":
        return this.headline.edit();
      case "follow-dates":
        if (!this.follows.open()) this.hint("Every date is read against the publication date as it stands.");
        return;
      case "guideline":
        return this.guideline();
      case "help":
        return this.help();
      case "submit":
        return void this.submitting.submit();
      case "next":
        return void this.opening.next();
      case "back":
        return void this.opening.back();
      case "browse":
        this.closeSheet();
        this.openSheet("Articles", [this.browse.root]);
        return this.browse.begin();
      case "skip":
        return this.submitting.askSkip();
    }
  }

  edit() {
    this.beside.now();
    if (this.active) return void this.panel.edit();
    const innermost = this.marking.here().pop();
    if (innermost) this.activate(innermost.id);
    else this.hint("No mark here: j and k go to the next and the previous one.");
  }

  /** @param {string | null} span @param {string} [id] of the comment; a new one without */
  comment(span, id) {
    const on = span === null ? undefined : this.annotation.spans.get(span);
    if (!this.article || (span !== null && !on)) return;
    const there = this.annotation.comments.get(id ?? "");
    this.panel.comment(
      on ? `${this.wording.label(on.label).toLowerCase()} “${excerpt(this.wording.words(on), 40)}”` : "this article",
      there ?? { id: this.newId(), span, flag: null, text: "" },
    );
  }

  guideline() {
    const label = this.schema.label.get(this.annotation.spans.get(this.active)?.label ?? "");
    if (label) this.panel.guideline(label.title, label.guideline);
    else
      this.panel.guideline(
        "Guidelines",
        this.schema.labels.map(({ title, guideline }) => `# ${title}\n\n${guideline ?? ""}`).join("\n\n"),
      );
  }

  leave() {
    this.submitting.insists = false;
    this.hint("");
    if (document.activeElement !== this.view.root) {
      this.headline.leave();
      if (this.panel.foot.contains(document.activeElement)) this.panel.foot.hidden = true;
      this.toText();
    } else if (this.cursor.anchor !== null) {
      this.cursor.drop();
      this.bar.hide();
      this.drawCaret();
      this.drawKeys();
    } else if (this.active) this.activate("");
    else this.follows.element.hidden = this.panel.foot.hidden = true;
  }

  /** @param {string} title @param {HTMLElement[]} content */
  openSheet(title, content) {
    const close = make("button", {
      type: "button",
      class: "sw-icon",
      "aria-label": "Close",
      text: "×",
      onclick: () => this.closeSheet(),
    });
    this.panel.showSheet([
      make(
        "div",
        { class: "sw-panel-head" },
        make("span", { class: "sw-count", text: title }),
        make("span", { class: "sw-grow" }),
        close,
      ),
      ...content,
    ]);
  }

  closeSheet() {
    this.panel.showSheet(null);
    if (this.past.state) this.past.visit(Infinity);
    this.focusText();
  }

  /** Tells all keys; what a key does, a click or a finger on its words does too. */
  help() {
    if (!this.panel.sheet.hidden) return this.closeSheet();
    const words = (/** @type {{title: string, command?: string}} */ { title, command }) =>
      command && command !== "help"
        ? make("button", {
            type: "button",
            class: "sw-do",
            onclick: () => (this.closeSheet(), this.run(command, false), this.showBar()),
            text: title,
          })
        : title;
    const groups = this.keymap
      .describe(this.schema)
      .map(({ group, keys }) =>
        make(
          "section",
          {},
          make("h2", { text: group }),
          make(
            "dl",
            {},
            ...keys.flatMap((each) => [
              make("dt", {}, ...(each.key ? [make("kbd", { class: "sw-kbd", text: each.key })] : [])),
              make("dd", {}, words(each)),
            ]),
          ),
        ),
      );
    this.openSheet("Keys", [
      ...groups,
      make("p", { class: "sw-quiet", text: "Shift with a move selects. In the text, Tab goes on to the panel." }),
    ]);
  }

  /** Asks for a line of words in the status line. @param {string} question @param {string} example @param {string} verb @param {string} value @param {(words: string) => void} take */
  askLine(question, example, verb, value, take) {
    const input = make("input", {
      type: "text",
      class: "sw-input",
      "aria-label": question,
      placeholder: example,
      maxlength: 500,
    });
    input.value = value;
    const done = () => {
      take(input.value.trim());
      this.focusText();
    };
    input.addEventListener("keydown", (event) => {
      if (composes(event) || event.key !== "Enter" || event.ctrlKey) return;
      event.preventDefault();
      event.stopPropagation();
      done();
    });
    this.hint(question, "", [
      input,
      make("button", { type: "button", class: "sw-button sw-small", text: verb, onclick: done }),
      make("button", {
        type: "button",
        class: "sw-button sw-small",
        text: "Cancel",
        onclick: () => (this.hint(""), this.focusText()),
      }),
    ]);
    input.focus();
    input.select();
  }

  // Mouse and touch -----------------------------------------------------------------------------

  /** A click while a link is being made. @param {string[]} ids the marks under it, innermost last @returns {boolean} */
  pick(ids) {
    if (this.jumper.waiting) this.jumper.end();
    if (!this.linker.choices) return false;
    const choice = this.linker.choices
      .filter(({ span }) => ids.includes(span.id))
      .sort((a, b) => ids.indexOf(b.span.id) - ids.indexOf(a.span.id))[0];
    if (choice) this.linker.link(choice);
    else this.linker.endLink();
    return true;
  }

  /** Goes through the marks under a click, innermost first. @param {string[]} ids innermost last */
  click(ids) {
    const at = ids.indexOf(this.active);
    const next = ids.length ? ids[at > 0 ? at - 1 : ids.length - 1] : "";
    if (next !== this.active) this.activate(next);
    const span = this.annotation.spans.get(next);
    if (span) this.say(this.wording.describe(span));
    this.drawCaret();
    this.drawKeys();
  }

  showBar() {
    const { selection, point, anchor } = this.cursor;
    if (selection) this.bar.show(selection, point >= (anchor ?? 0), this.marking.growing()?.label ?? "");
  }

  /** @param {() => void} action */
  fromBar(action) {
    getSelection()?.removeAllRanges();
    action();
    this.focusText();
  }
}
