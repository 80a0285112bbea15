// @ts-check
import { Candidates } from "./candidates.js";
import { Completing } from "./completing.js";
import { Tokens } from "./tokens.js";
import { emptyAnnotation, endOf, uuid7 } from "./annotation.js";
import { History, Shelf } from "./history.js";
import { Schema } from "./schema.js";
import { palette } from "./palette.js";
import { Keymap } from "./keymap.js";
import { savingOf } from "./outbox.js";
import { Api } from "./client.js";
import { Queue } from "./queue.js";
import { Tab, storeOf } from "./tabs.js";
import { Later, make } from "./dom.js";
import { takeTheme } from "./surroundings.js";
import { Wording } from "./wording.js";
import { ArticleView } from "./article.js";
import { Cursor } from "./cursor.js";
import { Caret } from "./caret.js";
import { COMMANDS } from "./commands.js";
import { Details } from "./details.js";
import { Finding } from "./finding.js";
import { KeyHints } from "./hints.js";
import { Keyboard } from "./keyboard.js";
import { Layout } from "./layout.js";
import { relativesOf } from "./records.js";
import { Headline } from "./headline.js";
import { StatusLine } from "./status.js";
import { Marking } from "./marking.js";
import { Linker } from "./linker.js";
import { Jumper } from "./jumper.js";
import { Past } from "./past.js";
import { Opening } from "./opening.js";
import { Sheets } from "./sheets.js";
import { Suggesting } from "./suggesting.js";
import { correctionOps } from "./suggestions.js";
import { Submitting } from "./submitting.js";
import { Versions } from "./versions.js";
import { Waiving } from "./waiving.js";

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./annotation.js").Annotation} Annotation
 * @typedef {import("./outbox.js").Outbox} Outbox
 * @typedef {{api: string, token: string, expires: number, annotator: string, project: string, schema: import("./schema.js").SchemaData, article: string | null}} Data
 * @typedef {{data: Data, parentElement: HTMLElement, setTriggerValue: (name: string, value: any) => void}} Component
 * @typedef {(target: EventTarget, name: string, handler: (event: any) => void, capture?: boolean) => void} Listen
 */

/**
 * A part of the workspace: it reads the desk's state, changes it by ops, and joins in where it has one of these.
 * @typedef {object} Extension
 * @property {(on: Listen) => void} [listen]  adds its listeners, once
 * @property {boolean} [waiting]  whether the next key is its own, before any command
 * @property {(event: KeyboardEvent) => void} [key]  takes that key
 * @property {() => import("./hints.js").KeyHint[]} [keys]  what keys do while it waits
 * @property {(ids: string[]) => boolean} [pick]  takes a click on spans, innermost last, and says whether it did
 * @property {() => void} [interrupt]  another mark becomes the active one
 * @property {() => void} [clear]  another article is opened
 * @property {() => void} [placed]  the text has been laid out again
 */

/** The label page: an article, its annotation, and the extensions that show it and turn keys and clicks into ops. */
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
    const shelf = `saywhen/undo/${data.project}/${encodeURIComponent(data.annotator)}/${data.schema.version}/`;
    this.shelf = new Shelf(
      storeOf(() => sessionStorage),
      shelf,
    );
    this.history = new History();
    this.annotation = emptyAnnotation();
    /** @type {Outbox | null} */
    this.outbox = null;
    /** @type {import("./client.js").Article | null} */
    this.article = null;
    this.tokens = new Tokens("");
    this.candidates = new Candidates(null, this.tokens);
    this.active = "";
    /** Entries whose names have been asked for. @type {Set<string>} */
    this.asked = new Set();
    this.afterwards = new Later("painted", () => this.article && this.queue.look(this.article.id));
    /** @type {(() => void)[]} */
    this.cleanups = [];
    this.wording = new Wording(
      this.schema,
      () => this.annotation,
      (start, end) => this.tokens.offsets.slice(start, end),
      (registry, id) => this.askName(registry, id),
    );
    this.view = new ArticleView(this.schema);
    this.cursor = new Cursor(this.view.lines, data.schema.snap !== "none");

    this.opening = new Opening(this);
    this.submitting = new Submitting(this);
    this.marking = new Marking(this);
    this.waiving = new Waiving(this);
    this.linker = new Linker(this);
    this.completing = new Completing(this);
    this.jumper = new Jumper(this);
    this.past = new Past(this);
    this.layout = new Layout(this);
    this.caret = new Caret(this);
    this.keyboard = new Keyboard(this);
    this.hints = new KeyHints(this);
    this.status = new StatusLine(
      (command) => this.run(command, false),
      (command) => this.keymap.keyOf(command),
    );
    this.headline = new Headline(this.view.head, {
      api: this.api,
      publish: (value, basis) => this.act([{ kind: "publish", value, basis }]),
      done: () => this.keyboard.focusText(),
      key: this.keymap.keyOf("publication"),
    });
    this.details = new Details(this);
    this.sheets = new Sheets(this);
    this.suggesting = new Suggesting(this);
    this.versions = new Versions(this);
    this.finding = new Finding(this);
    /** @type {Extension[]} */
    this.extensions = [
      this.jumper,
      this.linker,
      this.completing,
      this.suggesting,
      this.versions,
      this.submitting,
      this.past,
      this.finding,
      this.marking,
      this.caret,
      this.details,
      this.layout,
      this.keyboard,
    ];
    this.root = this.build();
    parentElement.append(this.root); // beside what Streamlit keeps there: the style
    this.listen();
    takeTheme(this.root);
    this.layout.place();
    this.opening.start();
  }

  /** @returns {HTMLElement} */
  build() {
    const { panel } = this.details;
    return make(
      "div",
      { class: "sw", "data-sw": "workspace" },
      this.view.root,
      this.finding.bar.root,
      panel.root,
      this.status.root,
      this.status.live,
      this.opening.message,
      make("style", { text: palette(this.schema.labels.map(({ colour }) => colour)) }),
    );
  }

  /** Applies new data from Python: the token, and the theme. @param {Component} component */
  update({ data, setTriggerValue }) {
    this.setTriggerValue = setTriggerValue;
    const before = this.data;
    this.data = data;
    this.api.renewed(data.token, data.expires);
    if (data.token !== before.token) this.outbox?.retry();
    takeTheme(this.root);
    this.layout.place();
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

  listen() {
    /** @type {Listen} */
    const on = (target, name, handler, capture = false) => {
      target.addEventListener(name, handler, capture);
      this.cleanups.push(() => target.removeEventListener(name, handler, capture));
    };
    for (const each of this.extensions) each.listen?.(on);
    const outboxes = () => [this.outbox, ...this.opening.leaving];
    on(window, "online", () => outboxes().forEach((outbox) => outbox?.retry()));
    on(window, "offline", () => this.drawStatus());
    on(window, "focus", () => this.outbox?.poll());
    on(window, "pagehide", () => {
      this.details.later.now();
      for (const outbox of outboxes()) outbox?.leave();
    });
    on(document, "visibilitychange", () => document.visibilityState === "visible" && this.outbox?.poll());
  }

  newId() {
    return uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  }

  // Ops -----------------------------------------------------------------------------------------

  /** Carries out ops as one action that can be undone. @param {Op[]} ops */
  act(ops) {
    if (!ops.length || !this.outbox || !this.past.present()) return;
    const all = [...ops, ...correctionOps(this.annotation, ops)];
    this.history.record(all, this.send(all));
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
    if (outbox.gone) return this.opening.open(/** @type {any} */ ({ article: null }), outbox.gone);
    this.history.drop(refused.map(({ op }) => op));
    if (rebuilt && !this.past.state) {
      const before = this.annotation;
      this.annotation = outbox.shown;
      this.redraw(this.annotation.changedSince(before));
    } else this.drawStatus();
    if (refused.length) this.hint(`Not saved: ${refused[0].reason}`, "bad");
    if (!confirmed) return;
    this.tab.tell(outbox.article, outbox.base.revision);
    this.suggesting.renew();
    this.versions.later.ask();
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

  // Commands ------------------------------------------------------------------------------------

  /** @param {string} command @param {boolean} extend whether Shift is held with a move */
  run(command, extend) {
    if (!this.submitting.insists) this.hint("");
    COMMANDS[command]?.run(this, extend);
  }

  /** Leaves what is open: a field, then the selection, then the active span, then what is below the cards. */
  leave() {
    this.submitting.insists = false;
    this.hint("");
    if (document.activeElement !== this.view.root) {
      this.headline.leave();
      this.details.leaveFoot();
      this.details.toText();
    } else if (this.cursor.anchor !== null) this.caret.drop();
    else if (this.active) this.activate("");
    else this.details.closeFoot();
  }

  /** A click that an extension waits for. @param {string[]} ids the marks under it, innermost last @returns {boolean} */
  pick(ids) {
    return this.extensions.some((each) => each.pick?.(ids));
  }

  /** Makes a span the active one; "" for none. @param {string} id @param {{reveal?: boolean, focus?: boolean}} [how] */
  activate(id, { reveal = false, focus = false } = {}) {
    for (const each of this.extensions) each.interrupt?.();
    const span = this.annotation.spans.get(id);
    this.active = span ? id : "";
    this.marking.remember();
    if (span && reveal) {
      this.caret.put(span.fragments[0][0]);
      this.layout.sights = [endOf(span), this.cursor.point];
      this.say(this.wording.describe(span));
    }
    this.showActive();
    if (span) this.details.panel.reveal();
    this.details.later.ask();
    this.layout.frame.ask();
    if (focus) this.keyboard.focusText();
  }

  /** Lets go of what belongs to an article that is left. */
  clear() {
    for (const each of this.extensions) {
      each.interrupt?.();
      each.clear?.();
    }
    this.hint("");
    this.asked.clear();
    this.active = "";
  }

  // Drawing -------------------------------------------------------------------------------------

  /** Shows the annotation as it now is. @param {Iterable<string> | null} ids of the spans that look different; null: all */
  redraw(ids) {
    if (this.active && !this.annotation.spans.has(this.active)) this.active = "";
    this.marking.remember();
    const changed = this.view.draw(this.annotation, ids);
    this.suggesting.later.ask();
    this.showActive();
    this.details.ask(ids);
    if (changed && this.cursor.selection) this.caret.draw();
    this.layout.frame.ask();
  }

  showActive() {
    const relatives = this.active ? relativesOf(this.annotation, this.schema, this.active) : new Set();
    this.view.activate(this.active, relatives);
    this.versions.later.ask();
  }

  drawStatus() {
    const savings = [this.outbox, ...this.opening.leaving].flatMap((outbox) => (outbox ? [outbox.saving] : []));
    this.status.show(savingOf(savings), !this.article && !this.opening.leaving.size);
    const status = this.article ? this.annotation.status : "";
    if (this.root.dataset.status !== status) this.root.dataset.status = status;
    this.status.showSubmit(this.submitting.done);
    this.details.panel.undo.disabled = !this.history.done.length;
    this.details.panel.redo.disabled = !this.history.undone.length;
    this.hints.draw();
  }

  /** @param {string} text @param {string} [kind] @param {HTMLElement[]} [buttons] */
  hint(text, kind, buttons) {
    this.status.hint(text, kind, buttons);
  }

  /** Announces a text to a screen reader, in place of the words at the caret if these still wait. @param {string} text */
  say(text) {
    this.caret.aloud.cancel();
    this.status.say(text);
  }
}
