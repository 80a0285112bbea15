// @ts-check
import { Tokens } from "./tokens.js";
import { dateAround, nameAround, quotationAround } from "./around.js";
import { Annotation, endOf, fragmentsOf, joinFragment, readingOrder, uuid7 } from "./annotation.js";
import { Schema } from "./schema.js";
import { Keymap } from "./keymap.js";
import { Outbox, replayLeftovers } from "./outbox.js";
import { Api } from "./client.js";
import { ArticleView, make } from "./article.js";
import { Combo, dateInWords } from "./controls.js";
import { Panel, excerpt } from "./panel.js";

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./annotation.js").Span} Span
 * @typedef {import("./client.js").Bundle} Bundle
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {import("./schema.js").RelationType} RelationType
 * @typedef {{api: string, token: string, expires: number, annotator: string, project: string, schema: import("./schema.js").SchemaData, article: string | null}} Data
 * @typedef {{data: Data, parentElement: HTMLElement, setTriggerValue: (name: string, value: any) => void}} Component
 * @typedef {{letter: string, span: Span, type: RelationType, out: boolean, linked: string | null}} LinkChoice
 */

const LETTERS = "asdfjklgheiruowqptyvbncmxz";
const BASES = ["stated", "metadata", "url", "inferred", "unknown"];
const HINT_FOR = 5000;

/** The whole workspace: it opens articles, turns keys and clicks into ops, and shows what they make. */
class Workspace {
  /** @param {Component} component */
  constructor({ data, parentElement, setTriggerValue }) {
    this.data = data;
    this.setTriggerValue = setTriggerValue;
    this.schema = new Schema(data.schema);
    this.keymap = new Keymap(this.schema);
    this.mac = /mac|iphone|ipad/iu.test(navigator.platform);
    let asked = 0;
    this.api = new Api(data, () => this.setTriggerValue("token_expired", Date.now() + ++asked));
    this.view = new ArticleView(this.schema);
    this.panel = new Panel(this.schema, {
      api: this.api,
      annotation: () => this.annotation,
      act: (ops) => this.act(ops),
      activate: (id) => this.activate(id, { reveal: true, focus: true }),
      toText: () => this.focusText(),
      link: (type, out) => this.beginLink(this.schema.relation.has(type) ? [{ type: /** @type {RelationType} */ (this.schema.relation.get(type)), out }] : []),
      run: (command) => {
        this.run(command, false);
        if (command !== "help") this.focusText();
      },
      words: (span) => this.words(span),
      slice: (start, end) => this.slice(start, end),
      relabel: (id, label) => this.relabel(id, label),
      dropFragment: (id, fragment) => this.dropFragment(id, fragment),
      against: () => this.published()?.value ?? null,
      newId: () => this.newId(),
      keyOf: (command) => this.keymap.keyOf(command),
    });
    this.annotation = emptyAnnotation();
    /** @type {Outbox | null} */
    this.outbox = null;
    /** @type {import("./client.js").Article | null} */
    this.article = null;
    this.lastArticle = "";
    this.caret = 0;
    /** @type {number | null} */
    this.anchor = null;
    this.exact = false;
    this.snapping = data.schema.snap !== "none";
    this.active = "";
    /** @type {number | null} */
    this.goal = null;
    /** @type {LinkChoice[] | null} */
    this.choices = null;
    /** @type {{undo: Op[], redo: Op[]}[]} */
    this.done = [];
    /** @type {Op[][]} */
    this.undone = [];
    this.touch = false;
    /** @type {{point: number, x: number, y: number, ids: string[], moved: boolean} | null} */
    this.drag = null;
    this.busy = false;
    this.insists = false;
    /** @type {any} */
    this.hintTimer = null;
    this.hintShown = false;
    this.keysShown = "";
    /** @type {(() => void)[]} */
    this.cleanups = [];
    this.opening = 0;

    this.saved = make("span", { class: "sw-saved", "data-sw": "saved", "data-state": "saved", "data-revision": "0", role: "status" });
    this.middle = make("div", { class: "sw-hints" });
    this.progress = make("span", { class: "sw-progress", "data-sw": "progress" });
    const button = (/** @type {string} */ name, /** @type {string} */ text, /** @type {string} */ command, kind = "sw-button") =>
      make("button", { type: "button", class: kind, "data-sw": name, title: `${text} (${this.keymap.keyOf(command)})`, "aria-keyshortcuts": this.keymap.keyOf(command).replace("Ctrl", "Control"), onclick: () => this.run(command, false) }, text);
    this.submitButton = button("submit", "Submit & next", "submit", "sw-button sw-primary");
    this.status = make("footer", { class: "sw-status" }, this.saved, this.middle, this.progress, button("back", "Back", "back"), button("skip", "Skip", "skip"), this.submitButton);
    this.live = make("div", { class: "sw-live", "aria-live": "polite", "data-sw": "live" });
    this.bar = make("div", { class: "sw-bar", role: "toolbar", "aria-label": "Labels" });
    this.bar.hidden = true;
    this.bar.addEventListener("mousedown", (event) => event.preventDefault());
    this.view.page.append(this.bar);
    this.message = make("div", { class: "sw-message" });
    this.message.hidden = true;
    this.root = make("div", { class: "sw", "data-sw": "workspace" }, this.view.root, this.panel.root, this.status, this.live, this.message);
    this.schema.labels.forEach((label, index) => this.root.style.setProperty(`--sw-l${index}`, label.colour));
    const palette = make("style", { text: `.sw{${this.schema.labels.map((_, index) => `--sw-c${index}:color-mix(in oklab, var(--sw-l${index}) var(--sw-pure), var(--sw-toward));`).join("")}}` });
    this.root.append(palette);
    parentElement.append(this.root); // beside what Streamlit keeps there: the style
    this.listen();
    this.theme();
    this.place();
    this.start();
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
    this.api.close();
    for (const cleanup of this.cleanups.splice(0)) cleanup();
    if (this.view.highlight) CSS.highlights.delete("sw-selection");
  }

  // The page around -----------------------------------------------------------------------------

  listen() {
    const on = (/** @type {EventTarget} */ target, /** @type {string} */ name, /** @type {(event: any) => void} */ handler, /** @type {AddEventListenerOptions} */ options = {}) => {
      target.addEventListener(name, handler, options);
      this.cleanups.push(() => target.removeEventListener(name, handler, options));
    };
    on(this.root, "keydown", (event) => this.key(event));
    for (const name of ["keyup", "keypress"]) on(this.root, name, (event) => event.stopPropagation());
    on(this.view.page, "pointerdown", (event) => (this.touch = event.pointerType !== "mouse"));
    on(this.view.root, "mousedown", (event) => this.mouseDown(event));
    on(window, "mousemove", (event) => this.mouseMove(event));
    on(window, "mouseup", (event) => this.mouseUp(event));
    on(document, "selectionchange", () => this.nativeSelection());
    on(window, "online", () => this.outbox?.retry());
    on(window, "offline", () => this.drawStatus());
    on(window, "focus", () => this.outbox?.poll());
    on(document, "visibilitychange", () => document.visibilityState === "visible" && this.outbox?.poll());
    on(window, "resize", () => this.place());
    if (document.fonts) on(document.fonts, "loadingdone", () => this.layout());
    if (typeof ResizeObserver === "function") {
      const observer = new ResizeObserver(() => this.layout());
      observer.observe(this.view.root);
      const main = document.querySelector('[data-testid="stMain"]');
      const around = new ResizeObserver(() => this.place());
      if (main) around.observe(main);
      this.cleanups.push(() => (observer.disconnect(), around.disconnect()));
    }
    if (typeof BroadcastChannel === "function") {
      this.channel = new BroadcastChannel(`saywhen/${this.data.project}/${this.data.annotator}`);
      this.channel.onmessage = ({ data }) => {
        if (data?.article === this.article?.id && data.revision > (this.outbox?.base.revision ?? 0)) this.outbox?.poll();
      };
      this.cleanups.push(() => this.channel?.close());
    }
  }

  theme() {
    const probe = make("i", { style: "display:none;color:var(--st-background-color, white)" });
    this.root.append(probe);
    const [red, green, blue] = (getComputedStyle(probe).color.match(/[\d.]+/gu) ?? ["255", "255", "255"]).map(Number);
    probe.remove();
    this.root.dataset.theme = red * 0.3 + green * 0.59 + blue * 0.11 < 128 ? "dark" : "light";
  }

  /** Fits the workspace under Streamlit's header and beside its sidebar. */
  place() {
    const main = document.querySelector('[data-testid="stMain"]')?.getBoundingClientRect();
    const header = document.querySelector('[data-testid="stHeader"]')?.getBoundingClientRect();
    this.root.style.setProperty("--sw-top", `${Math.max(0, Math.round(header?.bottom ?? 0))}px`);
    this.root.style.setProperty("--sw-left", `${Math.max(0, Math.round(main?.left ?? 0))}px`);
    this.layout();
  }

  /** Sets a short article in two columns where that saves scrolling, like a newspaper's page. */
  layout() {
    const { root, page } = this.view;
    const fits = () => page.scrollHeight <= root.clientHeight + 2;
    page.classList.remove("sw-columns", "sw-tight");
    if (root.clientWidth >= 980 && (this.article?.text.length ?? 0) < 6000 && !fits()) {
      page.classList.add("sw-columns");
      if (!fits()) page.classList.add("sw-tight");
      if (!fits()) page.classList.remove("sw-columns", "sw-tight");
    }
    if (!this.article) return;
    this.view.measure();
    this.view.placeCaret(this.caret);
    this.drawLinks();
    if (this.choices) this.view.drawLetters(this.choices.map(({ letter, span, linked }) => ({ letter, span, linked: linked !== null })));
  }

  // Opening articles ----------------------------------------------------------------------------

  async start() {
    await this.replay();
    const again = setTimeout(() => this.replay().then((sent) => sent && this.outbox?.poll()), 3000); // a page just closed may hold its lock a little longer
    this.cleanups.push(() => clearTimeout(again));
    const wanted = this.data.article;
    await this.go(async () => {
      if (wanted) {
        try {
          return await this.api.article(wanted);
        } catch (error) {
          if (/** @type {any} */ (error).status !== 404) throw error;
        }
      }
      return this.api.next(null);
    });
  }

  get prefix() {
    return `saywhen/outbox/${this.data.project}/${this.data.annotator}/`;
  }

  /** @returns {Promise<number>} how many ops of dead pages were sent */
  async replay() {
    const { sent, refused } = await replayLeftovers({
      store: localStore(),
      prefix: this.prefix,
      ifDead: async (client, action) => {
        if (!navigator.locks) return action();
        await navigator.locks.request(`saywhen/${client}`, { ifAvailable: true }, async (lock) => {
          if (lock) await action();
        });
      },
      send: (article, message) => this.api.ops(article, message),
      newClient: () => this.newClient(),
    });
    if (refused.length) this.hint(`Of the work kept from before, ${refused.length} could not be taken in: ${refused[0]}`, "bad");
    return sent;
  }

  newClient() {
    const client = `c${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    if (navigator.locks) navigator.locks.request(`saywhen/${client}`, () => new Promise((release) => this.cleanups.push(() => release(undefined)))).catch(() => {});
    return client;
  }

  newId() {
    return uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  }

  /** @param {() => Promise<Bundle>} fetchBundle */
  async go(fetchBundle) {
    const turn = ++this.opening;
    for (let pause = 500; ; pause = Math.min(5000, pause * 2)) {
      try {
        const bundle = await fetchBundle();
        if (turn === this.opening) this.open(bundle);
        return;
      } catch (error) {
        if (turn !== this.opening) return;
        const { status, message } = /** @type {any} */ (error);
        if (this.article || (status >= 400 && status < 500)) {
          this.hint(message, "bad");
          if (!this.article) this.show([make("h2", { text: "The article cannot be opened." }), make("p", { text: message }), make("p", { text: "Reload the page to try again." })]);
          return;
        }
        this.show([make("p", { class: "sw-quiet", text: "Waiting for the server …" })]);
        await new Promise((resolve) => setTimeout(resolve, pause));
        if (turn !== this.opening) return;
      }
    }
  }

  /** @param {Bundle} bundle */
  open({ article, annotation, entries }) {
    this.leaveOutbox();
    this.endLink();
    this.insists = false;
    this.hint("");
    this.done = [];
    this.undone = [];
    this.active = "";
    this.anchor = null;
    this.goal = null;
    this.exact = false;
    this.bar.hidden = true;
    this.panel.clear();
    this.article = article;
    if (!article) {
      this.annotation = emptyAnnotation();
      this.root.dataset.article = "";
      this.allDone();
      return;
    }
    this.message.hidden = true;
    this.root.classList.remove("sw-finished");
    this.lastArticle = article.id;
    this.root.dataset.article = article.id;
    const address = new URL(location.href);
    address.searchParams.set("article", article.id);
    history.replaceState(history.state, "", address);
    this.outbox = new Outbox({
      annotation: new Annotation(annotation, entries, this.schema),
      newClient: () => this.newClient(),
      send: (message) => this.api.ops(article.id, message),
      store: localStore(),
      prefix: this.prefix,
      article: article.id,
      timers: { set: (action, wait) => setTimeout(action, wait), clear: (handle) => clearTimeout(handle) },
    });
    const outbox = this.outbox;
    outbox.onchange = (event) => this.changed(outbox, event);
    this.annotation = outbox.shown;
    this.tokens = new Tokens(article.text, article.language ?? undefined);
    this.caret = this.tokens.paragraphs[0]?.start ?? 0;
    this.view.open(this.tokens);
    this.drawHead();
    this.view.draw(this.annotation);
    this.panel.draw("");
    this.panel.list.scrollTop = 0;
    this.layout();
    this.drawCaret();
    this.drawStatus();
    this.focusText();
    this.say(`Article ${article.position}: ${article.title ?? "untitled"}`);
    this.countProgress();
    if (annotation.status === "submitted") this.hint("This article is submitted; what you change now is kept too.");
    if (annotation.status === "skipped") this.hint("This article was skipped; submit it to take it back in.");
  }

  /** Lets the outbox of the article being left send what it still has. */
  leaveOutbox() {
    const left = this.outbox;
    this.outbox = null;
    if (!left) return;
    left.onchange = () => {};
    left.flush().then(() => left.close());
    this.cleanups.push(() => left.close());
  }

  async countProgress() {
    try {
      const { total, submitted, skipped } = await this.api.progress();
      this.progress.textContent = this.article ? `${this.article.position} of ${total}` : `${total} articles`;
      this.progress.title = `${submitted} submitted, ${skipped} skipped, ${total - submitted - skipped} to do`;
      return { total, submitted, skipped };
    } catch {
      return null;
    }
  }

  /** @param {HTMLElement[]} content */
  show(content) {
    this.message.hidden = false;
    this.message.replaceChildren(make("div", { class: "sw-message-text" }, ...content));
  }

  async allDone() {
    this.root.classList.add("sw-finished");
    this.view.open(new Tokens(""));
    this.drawStatus();
    const figures = await this.countProgress();
    if (this.article) return;
    const back = make("button", { type: "button", class: "sw-button", text: "Back to the last article", onclick: () => this.back() });
    if (!figures || figures.total === 0) this.show([make("h2", { text: "There is nothing to label yet." }), make("p", { text: "Import articles on the Import page; they appear here." })]);
    else {
      const skipped = figures.skipped ? `, ${figures.skipped} skipped` : "";
      this.show([make("h2", { text: `All ${figures.total} articles are done.` }), make("p", { text: `${figures.submitted} submitted${skipped}.` }), back]);
      back.focus();
    }
    this.say("All articles are done.");
  }

  // Ops -----------------------------------------------------------------------------------------

  /** Carries out ops as one action that can be undone. @param {Op[]} ops */
  act(ops) {
    if (!ops.length || !this.outbox) return;
    const undo = this.send(ops);
    if (undo.length) {
      this.done.push({ undo, redo: ops });
      this.undone = [];
    }
  }

  /** @param {Op[]} ops @returns {Op[]} what takes them back */
  send(ops) {
    if (!this.outbox) return [];
    /** @type {Op[]} */
    const back = [];
    const trial = this.annotation.copy();
    for (const op of ops) {
      back.unshift(...trial.inverse(op, (start, end) => this.slice(start, end)));
      trial.apply(op);
    }
    this.outbox.push(ops);
    this.insists = false;
    this.annotation = this.outbox.shown;
    this.redraw();
    return back;
  }

  undo() {
    const step = this.done.pop();
    if (!step) return this.hint("Nothing to undo.");
    this.undone.push(this.send(step.undo));
    this.say("undone");
  }

  redo() {
    const ops = this.undone.pop();
    if (!ops) return this.hint("Nothing to redo.");
    this.done.push({ undo: this.send(ops), redo: ops });
    this.say("redone");
  }

  /** @param {Outbox} outbox @param {{rebuilt: boolean, refused: {op: Op, reason: string}[], confirmed: boolean}} event */
  changed(outbox, { rebuilt, refused, confirmed }) {
    if (outbox !== this.outbox) return;
    if (rebuilt) {
      this.annotation = outbox.shown;
      this.redraw();
      this.drawHead();
    } else this.drawStatus();
    if (refused.length) this.hint(`Not taken: ${refused[0].reason}`, "bad");
    if (confirmed) this.channel?.postMessage({ article: this.article?.id, revision: outbox.base.revision });
  }

  // Drawing -------------------------------------------------------------------------------------

  redraw() {
    if (this.active && !this.annotation.spans.has(this.active)) this.active = "";
    const changed = this.view.draw(this.annotation);
    this.view.activate(this.active, this.relatives());
    this.panel.draw(this.active);
    this.drawStatus();
    const published = JSON.stringify(this.published());
    if (published !== this.publishedShown) this.drawHead();
    // All writing to the page is done: from here on places are read, so that it is laid out once.
    if (changed) this.drawCaret();
    this.drawLinks();
  }

  relatives() {
    const relatives = new Set();
    if (!this.active) return relatives;
    const heads = new Set();
    for (const { from, to } of this.annotation.relations.values()) {
      if (from === this.active) relatives.add(to);
      if (to === this.active) heads.add(from);
    }
    for (const head of heads) relatives.add(head);
    if (heads.size === 1) for (const { from, to } of this.annotation.relations.values()) if (heads.has(from)) relatives.add(to);
    relatives.delete(this.active);
    return relatives;
  }

  drawLinks() {
    const links = [];
    if (this.active) {
      for (const { type, from, to } of this.annotation.relations.values()) {
        if (from !== this.active && to !== this.active) continue;
        const [one, two] = [this.annotation.spans.get(from), this.annotation.spans.get(to)];
        if (one && two) links.push({ from: one, to: two, title: this.schema.relation.get(type)?.title ?? type });
      }
    }
    this.view.drawLinks(links);
  }

  /** @returns {Stretch | null} */
  selection() {
    if (this.anchor === null || this.anchor === this.caret) return null;
    const [start, end] = [Math.min(this.anchor, this.caret), Math.max(this.anchor, this.caret)];
    return this.exact || !this.snapping ? { start, end } : (this.tokens?.snap(start, end) ?? null);
  }

  drawCaret() {
    this.view.showCaret(this.caret, this.selection(), this.anchor);
  }

  drawStatus() {
    const saving = this.outbox?.saving ?? { name: "saved", kept: 0, revision: 0, message: "" };
    const text =
      saving.name === "saved" ? (this.article ? `saved · rev ${saving.revision}` : "") : saving.name === "saving" ? "saving …" : saving.name === "offline" ? `offline, ${saving.kept} kept` : `${saving.message} ${saving.kept} kept.`;
    if (this.saved.textContent !== text) this.saved.textContent = text;
    this.saved.dataset.state = saving.name;
    this.saved.dataset.revision = String(saving.revision);
    this.saved.dataset.kept = String(saving.kept);
    this.root.dataset.status = this.article ? this.annotation.status : "";
    this.panel.undo.disabled = !this.done.length;
    this.panel.redo.disabled = !this.undone.length;
    if (!this.hintShown) this.drawKeys();
  }

  /** The keys that matter now, in the status line. */
  drawKeys() {
    const key = (/** @type {string} */ command) => this.keymap.keyOf(command);
    /** @type {[string, string][]} */
    let keys = [];
    const labels = /** @type {[string, string][]} */ (this.schema.labels.filter(({ hotkey }) => hotkey).map(({ hotkey, title }) => [hotkey ?? "", title]));
    const active = this.annotation.spans.get(this.active);
    if (!this.article) keys = [];
    else if (this.choices) keys = [["letter", "links"], ["Enter", "nearest"], ["Esc", "leave"]];
    else if (this.selection()) keys = active && this.schema.label.get(active.label)?.fragments ? [...labels, [key("add-fragment"), "add to the mark"]] : labels;
    else if (active) {
      const links = this.schema.linksOf(active.label).filter(({ type, out }) => out && type.hotkey).slice(0, 4);
      keys = [...links.map(({ type }) => /** @type {[string, string]} */ ([type.hotkey ?? "", type.title])), [key("edit"), "details"], [`${key("end-back")} ${key("end-on")}`, "end"], [key("remove"), "remove"]];
    } else keys = [...labels, ["Shift+→", "select"], [`${key("next-mark")} ${key("previous-mark")}`, "marks"], [key("help"), "all keys"]];
    const shown = JSON.stringify([keys, this.snapping]);
    if (shown === this.keysShown) return;
    this.keysShown = shown;
    this.middle.replaceChildren(
      ...keys.map(([name, title]) => make("span", { class: "sw-hint-key" }, make("kbd", { class: "sw-kbd", text: name }), title)),
      ...(this.snapping ? [] : [make("span", { class: "sw-hint-key sw-quiet" }, make("kbd", { class: "sw-kbd", text: key("toggle-snap") }), "letters, not words")]),
    );
  }

  /** Says something in the status line for a while. @param {string} text @param {string} [kind] @param {HTMLElement[]} [buttons] */
  hint(text, kind = "", buttons = []) {
    clearTimeout(this.hintTimer);
    this.hintShown = Boolean(text);
    this.keysShown = "";
    if (!text) {
      this.drawKeys();
      return;
    }
    this.middle.replaceChildren(make("span", { class: `sw-hint ${kind ? `sw-${kind}` : ""}`, "data-sw": "hint", title: text, text }), ...buttons);
    this.say(text);
    if (!buttons.length) this.hintTimer = setTimeout(() => this.hint(""), kind === "bad" ? 2 * HINT_FOR : HINT_FOR);
  }

  /** Tells a screen reader. @param {string} text */
  say(text) {
    this.live.textContent = text;
  }

  focusText() {
    if (this.article) this.view.root.focus({ preventScroll: true });
  }

  // The headline --------------------------------------------------------------------------------

  published() {
    return this.annotation.published ?? this.article?.published ?? null;
  }

  drawHead() {
    const article = this.article;
    if (!article) return;
    const published = this.published();
    this.publishedShown = JSON.stringify(published);
    const own = this.annotation.published !== null;
    const date = make("button", { type: "button", class: published ? "sw-published" : "sw-published sw-lacks", "data-sw": "published", title: `Publication date: ${published ? `${published.value}, ${published.basis}${own ? ", set by you" : ""}` : "unknown"} (${this.keymap.keyOf("publication")})`, onclick: () => this.editPublication() });
    if (published) date.append(dateInWords(published.value), make("span", { class: "sw-basis", text: own ? `${published.basis}, by you` : published.basis }));
    else date.textContent = "publication date unknown — set it";
    this.dateline = make("div", { class: "sw-dateline" });
    if (article.outlet) this.dateline.append(make("span", { class: "sw-outlet", text: article.outlet }));
    this.dateline.append(date);
    if (article.url) {
      const safe = /^https?:\/\//iu.test(article.url);
      const shown = excerpt(article.url.replace(/^https?:\/\/(www\.)?/iu, ""), 48);
      this.dateline.append(safe ? make("a", { class: "sw-url", href: article.url, target: "_blank", rel: "noopener noreferrer", text: shown, title: article.url }) : make("span", { class: "sw-url", text: shown }));
    }
    this.view.head.replaceChildren(this.dateline, make("h1", { class: "sw-title", dir: "auto", text: article.title || "Untitled" }));
  }

  editPublication() {
    if (!this.article || !this.dateline) return;
    const published = this.published();
    const basis = make("select", { class: "sw-input", "aria-label": "Where the publication date comes from" }, ...BASES.map((name) => make("option", { value: name, text: name })));
    basis.value = published ? published.basis : "inferred";
    const done = () => {
      this.drawHead();
      this.focusText();
    };
    const publish = (/** @type {string | null} */ value) => this.act([{ kind: "publish", value, basis: value === null ? null : basis.value }]);
    const combo = new Combo({
      label: "Publication date",
      placeholder: "4 November 2018",
      pause: 120,
      clear: () => publish(null),
      done,
      find: async (query) => {
        if (!query) return { choices: [], note: "" };
        const { readings, error } = await this.api.dates(query, published?.value ?? null);
        return { choices: readings.map((reading) => ({ title: reading.explain, detail: reading.edtf, pick: () => publish(reading.edtf) })), note: error ?? "" };
      },
    });
    combo.sync(published?.value ?? "");
    basis.addEventListener("change", () => {
      if (published) publish(published.value);
    });
    basis.addEventListener("keydown", (event) => {
      if (event.key === "Enter") done();
    });
    const imported = this.annotation.published ? [make("button", { type: "button", class: "sw-button sw-small", text: "as imported", onclick: () => (publish(null), done()) })] : [];
    const form = make("div", { class: "sw-publication" }, make("span", { class: "sw-quiet", text: "published" }), combo.element, basis, ...imported, make("button", { type: "button", class: "sw-button sw-small", text: "done", onclick: done }));
    this.dateline.replaceChildren(form);
    this.publishedShown = undefined;
    combo.input.focus();
    this.publishedShown = JSON.stringify(this.published());
  }

  // Caret and marks -----------------------------------------------------------------------------

  /** @param {number} start @param {number} end @returns {string} */
  slice(start, end) {
    return this.tokens?.offsets.slice(start, end) ?? "";
  }

  /** @param {Span} span @returns {string} */
  words(span) {
    return span.fragments.map(([start, end]) => this.slice(start, end)).join(" … ");
  }

  /** @param {number} point @param {boolean} extend @param {boolean} [exact] */
  moveTo(point, extend, exact = false) {
    if (extend) {
      if (this.anchor === null) {
        this.anchor = this.caret;
        this.exact = false;
      }
      if (exact) this.exact = true;
    } else {
      this.anchor = null;
      this.exact = false;
      if (this.active) this.activate("");
    }
    this.caret = point;
    this.bar.hidden = true;
    this.view.reveal(point);
    this.drawCaret();
    if (!this.hintShown) this.drawKeys();
  }

  /** @param {string} command @param {boolean} extend @returns {boolean} whether it was a move */
  move(command, extend) {
    const { tokens, caret, view } = this;
    if (!tokens) return false;
    const anchor = this.anchor ?? caret;
    const vertical = command.startsWith("line-") && !command.endsWith("start") && !command.endsWith("end");
    if (!vertical) this.goal = null;
    /** @type {number} */
    let point;
    switch (command) {
      case "word-right":
        point = tokens.wordBorder(caret, 1, extend && caret >= anchor ? "end" : "start");
        if (extend && caret < anchor) point = Math.min(point, anchor);
        break;
      case "word-left":
        point = tokens.wordBorder(caret, -1, extend && caret > anchor ? "end" : "start");
        if (extend && caret > anchor) point = point === caret ? anchor : Math.max(point, anchor);
        break;
      case "character-right":
      case "character-left":
        this.moveTo(tokens.character(caret, command === "character-right" ? 1 : -1), extend, true);
        return true;
      case "line-down":
      case "line-up": {
        const moved = view.line(caret, command === "line-down" ? 1 : -1, this.goal);
        point = moved.point;
        this.goal = moved.goal;
        break;
      }
      case "line-start":
      case "line-end":
        point = view.lineBorder(caret, command === "line-end" ? 1 : -1);
        break;
      case "paragraph-down":
      case "paragraph-up":
        point = tokens.paragraphBorder(caret, command === "paragraph-down" ? 1 : -1);
        break;
      case "text-start":
        point = tokens.paragraphs[0]?.start ?? 0;
        break;
      case "text-end":
        point = tokens.paragraphs[tokens.paragraphs.length - 1]?.end ?? 0;
        break;
      case "page-down":
      case "page-up": {
        const rect = view.caretRect(caret);
        if (!rect) return true;
        const before = view.root.scrollTop;
        const step = (view.root.clientHeight - 80) * (command === "page-down" ? 1 : -1);
        view.root.scrollTop += step;
        const scrolled = view.root.scrollTop - before;
        const left = Math.abs(scrolled) < Math.abs(step) / 2 ? step : 0;
        point = view.pointAt(rect.left, rect.top + 4 + left) ?? caret;
        break;
      }
      default:
        return false;
    }
    this.moveTo(point, extend);
    return true;
  }

  /** Makes a mark the active one; "" for none. @param {string} id @param {{reveal?: boolean, focus?: boolean}} [how] */
  activate(id, { reveal = false, focus = false } = {}) {
    if (this.choices) this.endLink();
    this.active = this.annotation.spans.has(id) ? id : "";
    const span = this.annotation.spans.get(this.active);
    if (span && reveal) {
      this.caret = span.fragments[0][0];
      this.anchor = null;
      this.bar.hidden = true;
      this.say(`${this.schema.label.get(span.label)?.title}: ${excerpt(this.words(span), 80)}`);
    }
    this.view.activate(this.active, this.relatives());
    this.panel.draw(this.active);
    this.drawStatus();
    if (span && reveal) {
      this.view.reveal(endOf(span));
      this.view.reveal(this.caret);
      this.drawCaret();
    }
    if (span) this.panel.reveal(this.active);
    this.drawLinks();
    if (focus) this.focusText();
  }

  /** @param {1 | -1} direction */
  stepMark(direction) {
    const ordered = [...this.annotation.spans.values()].sort(readingOrder);
    if (!ordered.length) return this.hint("Nothing is marked yet.");
    const at = ordered.findIndex(({ id }) => id === this.active);
    let next;
    if (at >= 0) next = ordered[at + direction];
    else next = direction > 0 ? ordered.find((span) => span.fragments[0][0] >= this.caret) : ordered.findLast((span) => span.fragments[0][0] < this.caret);
    if (next) this.activate(next.id, { reveal: true });
    else this.hint(direction > 0 ? "This is the last mark." : "This is the first mark.");
  }

  /** @param {string} key of the label */
  label(key) {
    const label = this.schema.label.get(key);
    if (!label || !this.tokens) return;
    const selection = this.selection();
    if (selection) return this.addSpan(key, selection);
    if (this.active) return this.relabel(this.active, key);
    const has = (/** @type {string} */ type) => label.attributes.some((attribute) => attribute.type === type);
    /** @type {Stretch | null | undefined} */
    let found;
    if (label.quotation) found = quotationAround(this.tokens, this.caret);
    else if (has("date")) found = dateAround(this.tokens, this.caret);
    else if (has("registry")) found = nameAround(this.tokens, this.caret);
    else found = this.tokens.wordAt(this.caret);
    if (found) this.addSpan(key, found);
    else this.hint(label.quotation ? "No quotation marks around the caret: select the words first (Shift+→)." : "Select the words first (Shift+→).");
  }

  /** @param {string} label @param {Stretch} stretch */
  addSpan(label, { start, end }) {
    const same = [...this.annotation.spans.values()].find((span) => span.label === label && span.fragments.length === 1 && span.fragments[0][0] === start && span.fragments[0][1] === end);
    const id = same?.id ?? this.newId();
    this.active = id;
    this.anchor = null;
    this.exact = false;
    this.caret = end;
    this.bar.hidden = true;
    if (same) {
      this.activate(id);
      this.drawCaret();
      return;
    }
    this.say(`${this.schema.label.get(label)?.title} added: ${excerpt(this.slice(start, end), 80)}`);
    this.act([{ kind: "add", id, label, fragments: fragmentsOf([[start, end]], (from, to) => this.slice(from, to)) }]);
    this.panel.reveal(id);
  }

  /** @param {string} id @param {string} label */
  relabel(id, label) {
    const span = this.annotation.spans.get(id);
    if (!span || span.label === label) return;
    if (span.fragments.length > 1 && !this.schema.label.get(label)?.fragments) return this.hint(`${this.schema.label.get(label)?.title} takes one stretch; this mark has ${span.fragments.length} parts.`, "bad");
    this.act([{ kind: "change", id, label }]);
    this.say(`now ${this.schema.label.get(label)?.title}`);
  }

  /** @param {Span} span @param {[number, number][]} pairs */
  reshape(span, pairs) {
    this.act([{ kind: "change", id: span.id, fragments: fragmentsOf(pairs, (start, end) => this.slice(start, end)) }]);
  }

  addFragment() {
    const span = this.annotation.spans.get(this.active);
    const selection = this.selection();
    if (!span || !selection) return this.hint("Activate a mark (j, k), then select the words to add to it.");
    const pairs = joinFragment(span.fragments, selection.start, selection.end);
    if (pairs.length > 1 && !this.schema.label.get(span.label)?.fragments) return this.hint(`A ${this.schema.label.get(span.label)?.title.toLowerCase()} is one stretch.`, "bad");
    this.anchor = null;
    this.exact = false;
    this.caret = selection.end;
    this.bar.hidden = true;
    this.say(`part added: ${excerpt(this.slice(selection.start, selection.end), 60)}`);
    this.reshape(span, pairs);
  }

  /** @param {string} id @param {number} fragment */
  dropFragment(id, fragment) {
    const span = this.annotation.spans.get(id);
    if (span && span.fragments.length > 1) this.reshape(span, span.fragments.filter((_, index) => index !== fragment));
    this.focusText();
  }

  /** @param {"start" | "end"} edge @param {1 | -1} direction */
  moveEdge(edge, direction) {
    const span = this.annotation.spans.get(this.active);
    if (!span || !this.tokens) return this.hint("Activate a mark first (j, k or Enter).");
    const pairs = span.fragments.map(([start, end]) => /** @type {[number, number]} */ ([start, end]));
    const at = edge === "end" ? pairs.length - 1 : 0;
    const pair = pairs[at];
    if (edge === "end") pair[1] = this.tokens.wordBorder(pair[1], direction, "end");
    else pair[0] = this.tokens.wordBorder(pair[0], direction, "start");
    const before = pairs[at - 1];
    const after = pairs[at + 1];
    if (pair[0] >= pair[1] || (before && pair[0] <= before[1]) || (after && pair[1] >= after[0])) return;
    this.caret = edge === "end" ? pair[1] : pair[0];
    this.reshape(span, pairs);
    this.view.reveal(this.caret);
  }

  // Linking -------------------------------------------------------------------------------------

  /** Puts letters on what the active mark can be linked to. @param {{type: RelationType, out: boolean}[]} links */
  beginLink(links) {
    const span = this.annotation.spans.get(this.active);
    if (!span) return this.hint("Activate a mark first (j, k or Enter), then link it.");
    if (!links.length) return this.hint(`A ${this.schema.label.get(span.label)?.title.toLowerCase()} has no such link.`);
    const distance = (/** @type {Span} */ other) => Math.min(...other.fragments.flatMap(([start, end]) => span.fragments.map(([from, to]) => Math.max(0, start - to, from - end))));
    /** @type {Omit<LinkChoice, "letter">[]} */
    const found = [];
    const seen = new Set([span.id]);
    for (const { type, out } of links) {
      for (const other of this.annotation.spans.values()) {
        if (seen.has(other.id) || !(out ? type.to : type.from).includes(other.label)) continue;
        seen.add(other.id);
        const linked = [...this.annotation.relations.values()].find((relation) => relation.type === type.key && relation.from === (out ? span.id : other.id) && relation.to === (out ? other.id : span.id));
        found.push({ span: other, type, out, linked: linked?.id ?? null });
      }
    }
    if (!found.length) {
      const wanted = new Set(links.flatMap(({ type, out }) => (out ? type.to : type.from)).map((key) => this.schema.label.get(key)?.title.toLowerCase()));
      return this.hint(`Nothing to link to yet: mark a ${[...wanted].join(" or ")} first.`);
    }
    found.sort((a, b) => distance(a.span) - distance(b.span) || readingOrder(a.span, b.span));
    this.choices = found.slice(0, LETTERS.length).map((choice, index) => ({ ...choice, letter: LETTERS[index] }));
    this.root.classList.add("sw-linking");
    this.view.drawLetters(this.choices.map(({ letter, span, linked }) => ({ letter, span, linked: linked !== null })));
    this.hint("");
    this.focusText();
    this.say(`link: ${this.choices.slice(0, 5).map(({ letter, span }) => `${letter}, ${excerpt(this.words(span), 30)}`).join("; ")}`);
  }

  endLink() {
    if (!this.choices) return;
    this.choices = null;
    this.root.classList.remove("sw-linking");
    this.view.drawLetters([]);
    this.drawStatus();
  }

  /** @param {LinkChoice} choice */
  link({ span, type, out, linked }) {
    const [from, to] = out ? [this.active, span.id] : [span.id, this.active];
    this.endLink();
    if (linked) {
      this.act([{ kind: "unrelate", id: linked }]);
      this.say(`no longer ${type.title}`);
      return;
    }
    const there = [...this.annotation.relations.values()].filter((relation) => relation.type === type.key && relation.from === from);
    const full = type.max !== null && type.max !== undefined && there.length >= type.max;
    if (full && type.max !== 1) return this.hint(`“${type.title}” can be set ${type.max} times; remove one first.`, "bad");
    this.act([...(full ? [{ kind: "unrelate", id: there[0].id }] : []), { kind: "relate", id: this.newId(), type: type.key, from, to }]);
    this.say(`${type.title} ${excerpt(this.words(span), 60)}`);
  }

  // Keys ----------------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation();
    if (event.isComposing || event.keyCode === 229) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const field = target.matches("input, select, textarea");
    const action = this.keymap.find(event, this.mac);
    if (!this.panel.sheet.hidden && (event.key === "Escape" || event.key === "?")) {
      event.preventDefault();
      this.panel.showSheet(null);
      this.focusText();
      return;
    }
    if (field && !(action?.kind === "command" && (action.command === "leave" || action.command === "submit"))) return;
    if (!field && target.matches("button, a") && (event.key === "Enter" || event.key === " ") && !event.ctrlKey && !event.metaKey) return;
    if (this.choices && !field) {
      if (["Shift", "Control", "Alt", "Meta", "AltGraph"].includes(event.key)) return;
      event.preventDefault();
      const choice = event.key === "Enter" ? this.choices[0] : this.choices.find(({ letter }) => letter === event.key.toLowerCase());
      if (choice && !event.ctrlKey && !event.metaKey) this.link(choice);
      else this.endLink();
      return;
    }
    if (!action || (!this.article && !(action.kind === "command" && action.command === "back"))) return;
    event.preventDefault();
    const repeats = action.kind === "command" && !["remove", "submit", "next", "back", "skip", "help", "guideline"].includes(action.command);
    if (event.repeat && !repeats) return;
    if (action.kind === "label") this.label(action.label);
    else if (action.kind === "link") {
      const span = this.annotation.spans.get(this.active);
      this.beginLink(span ? this.schema.linksByKey(action.hotkey, span.label) : []);
    } else if (action.kind === "attribute") {
      const label = this.schema.label.get(this.annotation.spans.get(this.active)?.label ?? "");
      const attribute = label?.attributes.find(({ hotkey }) => hotkey === action.hotkey);
      if (attribute) this.panel.edit(attribute.key);
    } else this.run(action.command, action.extend);
  }

  /** @param {string} command @param {boolean} extend */
  run(command, extend) {
    if (this.hintShown && !this.insists) this.hint("");
    if (this.move(command, extend)) return;
    this.goal = null;
    switch (command) {
      case "extend-sentence":
        if (this.tokens) {
          const sentence = this.tokens.sentenceAt(this.caret);
          if (this.anchor === null && sentence && this.active) this.activate("");
          this.moveTo(this.tokens.sentenceEnd(this.caret), true);
        }
        break;
      case "toggle-snap":
        this.snapping = !this.snapping;
        this.hint(this.snapping ? "Selections take whole words." : "Selections take single characters.");
        this.drawCaret();
        break;
      case "next-mark":
        this.stepMark(1);
        break;
      case "previous-mark":
        this.stepMark(-1);
        break;
      case "edit": {
        if (!this.active) {
          const over = [...this.annotation.spans.values()].filter(({ fragments }) => fragments.some(([start, end]) => start <= this.caret && this.caret <= end)).sort(readingOrder);
          if (!over.length) return this.hint("No mark here: j and k go to the next and the previous one.");
          this.activate(over[over.length - 1].id);
        } else this.panel.edit();
        break;
      }
      case "leave":
        this.leave();
        break;
      case "add-fragment":
        this.addFragment();
        break;
      case "remove-fragment": {
        const span = this.annotation.spans.get(this.active);
        const index = span?.fragments.findIndex(([start, end]) => start <= this.caret && this.caret <= end) ?? -1;
        if (span && span.fragments.length > 1 && index >= 0) this.dropFragment(span.id, index);
        else this.hint("The caret is in no part of a mark of several parts.");
        break;
      }
      case "end-back":
        this.moveEdge("end", -1);
        break;
      case "end-on":
        this.moveEdge("end", 1);
        break;
      case "start-back":
        this.moveEdge("start", -1);
        break;
      case "start-on":
        this.moveEdge("start", 1);
        break;
      case "remove":
        if (this.active) {
          const id = this.active;
          this.active = "";
          this.act([{ kind: "remove", id }]);
          this.say("mark removed");
        } else this.hint("No mark is active: j and k choose one.");
        break;
      case "undo":
        this.undo();
        break;
      case "redo":
        this.redo();
        break;
      case "publication":
        this.editPublication();
        break;
      case "guideline": {
        const label = this.schema.label.get(this.annotation.spans.get(this.active)?.label ?? "");
        if (label) this.panel.guideline(label.title, label.guideline);
        else this.panel.guideline("Guidelines", this.schema.labels.map(({ title, guideline }) => `# ${title}\n\n${guideline ?? ""}`).join("\n\n"));
        break;
      }
      case "help":
        this.help();
        break;
      case "submit":
        this.submit();
        break;
      case "next":
        this.next();
        break;
      case "back":
        this.back();
        break;
      case "skip":
        this.askSkip();
        break;
    }
  }

  leave() {
    this.insists = false;
    this.hint("");
    if (document.activeElement !== this.view.root) {
      this.drawHead();
      this.focusText();
    } else if (this.anchor !== null) {
      this.anchor = null;
      this.exact = false;
      this.bar.hidden = true;
      this.drawCaret();
      this.drawKeys();
    } else if (this.active) this.activate("");
    else this.panel.foot.hidden = true;
  }

  help() {
    if (!this.panel.sheet.hidden) return this.panel.showSheet(null);
    const groups = this.keymap.describe(this.schema).map(({ group, keys }) =>
      make("section", {}, make("h3", { text: group }), make("dl", {}, ...keys.flatMap(({ key, title }) => [make("dt", {}, make("kbd", { class: "sw-kbd", text: key })), make("dd", { text: title })]))),
    );
    const close = make("button", { type: "button", class: "sw-icon", "aria-label": "Close", text: "×", onclick: () => (this.panel.showSheet(null), this.focusText()) });
    this.panel.showSheet([make("div", { class: "sw-panel-head" }, make("span", { class: "sw-count", text: "Keys" }), make("span", { class: "sw-grow" }), close), ...groups, make("p", { class: "sw-quiet", text: "Shift with a move selects. In the text, Tab goes on to the panel." })]);
  }

  // Submit, skip, next --------------------------------------------------------------------------

  async submit() {
    const outbox = this.outbox;
    if (!outbox || this.busy) return;
    const missing = this.schema.missing(this.annotation);
    if (missing.length && !this.insists) {
      const first = missing[0];
      const span = this.annotation.spans.get(first.id);
      const words = span ? excerpt(this.words(span), 28) : "";
      this.hint(`${missing.length === 1 ? "One thing is missing" : `${missing.length} things are missing`}: “${first.what}” of ${words}`, "bad", [
        make("button", { type: "button", class: "sw-button sw-small", "data-sw": "first-missing", text: "Go to first", onclick: () => (this.activate(first.id, { reveal: true, focus: true }), this.hint("")) }),
        make("button", { type: "button", class: "sw-button sw-small", "data-sw": "submit-anyway", text: "Submit anyway", onclick: () => this.submit() }),
      ]);
      this.insists = true;
      return;
    }
    this.insists = false;
    await this.finish({ kind: "submit" }, "submitted");
  }

  /** Ends the work on an article, once everything is saved, and goes on. @param {Op} op @param {string} status */
  async finish(op, status) {
    const outbox = this.outbox;
    if (!outbox || this.busy) return;
    this.busy = true;
    this.submitButton.disabled = true;
    const slow = setTimeout(() => this.hint("Waiting until everything is saved …"), 700);
    try {
      await outbox.flush();
      if (outbox !== this.outbox) return;
      if (outbox.base.status !== status) {
        outbox.push([op]);
        this.annotation = outbox.shown;
        this.drawStatus();
        await outbox.flush();
      }
      if (outbox !== this.outbox) return;
      if (outbox.base.status === status) await this.next();
    } finally {
      clearTimeout(slow);
      this.busy = false;
      this.submitButton.disabled = false;
    }
  }

  askSkip() {
    if (!this.article) return;
    const input = make("input", { type: "text", class: "sw-input", "aria-label": "Why skip this article", placeholder: "why? (may stay empty)", maxlength: 500 });
    const skip = () => {
      const reason = input.value.trim();
      this.finish(reason ? { kind: "skip", reason } : { kind: "skip" }, "skipped");
      this.hint("");
      this.focusText();
    };
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey) return;
      event.preventDefault();
      event.stopPropagation();
      skip();
    });
    this.hint("Skip this article", "", [input, make("button", { type: "button", class: "sw-button sw-small", text: "Skip", onclick: skip }), make("button", { type: "button", class: "sw-button sw-small", text: "Keep", onclick: () => (this.hint(""), this.focusText()) })]);
    input.focus();
  }

  async next() {
    const here = this.article?.id ?? null;
    await this.go(async () => {
      const bundle = await this.api.next(here);
      return bundle;
    });
  }

  async back() {
    const here = this.article?.id;
    if (!here) {
      if (this.lastArticle) await this.go(() => this.api.article(this.lastArticle));
      return;
    }
    await this.go(async () => {
      const bundle = await this.api.previous(here);
      if (!bundle.article) throw Object.assign(new Error("This is the first article."), { status: 404 });
      return bundle;
    });
  }

  // Mouse and touch -----------------------------------------------------------------------------

  /** @param {MouseEvent} event */
  mouseDown(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.button !== 0 || !this.article || target.closest("button, a, input, select, .sw-bar, .sw-combo")) return;
    const scrollbar = event.clientX >= this.view.root.getBoundingClientRect().left + this.view.root.clientWidth;
    if (scrollbar) return;
    const native = getSelection();
    if (this.touch && native && !native.isCollapsed) return;
    event.preventDefault();
    native?.removeAllRanges();
    this.focusText();
    if (this.hintShown && !this.insists) this.hint("");
    const ids = this.view.idsAt(target);
    if (this.choices) {
      const choice = this.choices.filter(({ span }) => ids.includes(span.id)).sort((a, b) => ids.indexOf(b.span.id) - ids.indexOf(a.span.id))[0];
      if (choice) this.link(choice);
      else this.endLink();
      return;
    }
    const point = this.view.pointAt(event.clientX, event.clientY);
    if (point === null || !this.tokens) return;
    this.goal = null;
    if (event.detail === 2 || event.detail >= 3) {
      const stretch = event.detail === 2 ? this.tokens.wordAt(point) : this.tokens.sentenceAt(point);
      if (!stretch) return;
      this.anchor = stretch.start;
      this.caret = stretch.end;
      this.exact = false;
      this.drawCaret();
      this.drawKeys();
      this.drag = { point: stretch.start, x: event.clientX, y: event.clientY, ids: [], moved: true };
      return;
    }
    if (event.shiftKey) {
      this.moveTo(point, true, event.altKey);
      this.showBar();
      return;
    }
    this.drag = { point, x: event.clientX, y: event.clientY, ids, moved: false };
    this.anchor = null;
    this.exact = event.altKey;
    this.caret = point;
    this.bar.hidden = true;
    this.drawCaret();
  }

  /** @param {MouseEvent} event */
  mouseMove(event) {
    if (!this.drag || !(event.buttons & 1) || event.detail > 1) return;
    if (!this.drag.moved && Math.abs(event.clientX - this.drag.x) + Math.abs(event.clientY - this.drag.y) < 4) return;
    const view = this.view.root.getBoundingClientRect();
    if (event.clientY > view.bottom - 24) this.view.root.scrollTop += 18;
    if (event.clientY < view.top + 24) this.view.root.scrollTop -= 18;
    const point = this.view.pointAt(event.clientX, event.clientY);
    if (point === null) return;
    if (this.drag.moved && point === this.caret) return;
    const stretched = this.drag.moved;
    this.drag.moved = true;
    if (!stretched && point === this.drag.point) return;
    this.anchor = this.drag.point;
    this.caret = point;
    this.exact = event.altKey;
    this.drawCaret();
    this.drawKeys();
  }

  /** @param {MouseEvent} event */
  mouseUp(event) {
    const drag = this.drag;
    this.drag = null;
    if (!drag || !this.article) return;
    if (this.selection()) {
      this.showBar();
      return;
    }
    if (drag.moved && event.detail !== 1) return;
    this.anchor = null;
    const at = drag.ids.indexOf(this.active);
    const next = drag.ids.length ? drag.ids[at > 0 ? at - 1 : drag.ids.length - 1] : "";
    if (next !== this.active) this.activate(next);
    this.drawCaret();
  }

  /** Takes over what a finger has selected. */
  nativeSelection() {
    if (!this.touch || !this.tokens) return;
    const native = getSelection();
    if (!native || native.isCollapsed || !native.anchorNode || !this.view.body.contains(native.anchorNode)) return;
    const range = native.getRangeAt(0);
    const pointOf = (/** @type {Node} */ node, /** @type {number} */ offset) => {
      for (const { runs } of this.view.drawn) {
        const run = runs.find((each) => each.node === node);
        if (run) return this.tokens?.offsets.points(run.unit + offset) ?? null;
      }
      return null;
    };
    const [start, end] = [pointOf(range.startContainer, range.startOffset), pointOf(range.endContainer, range.endOffset)];
    if (start === null || end === null) return;
    this.anchor = start;
    this.caret = end;
    this.exact = false;
    this.drawCaret();
    this.showBar();
  }

  /** Shows the labels beside the selection, not over it. */
  showBar() {
    const selection = this.selection();
    if (!selection) return;
    const active = this.annotation.spans.get(this.active);
    const buttons = this.schema.labels.map(({ key, title, hotkey }, index) =>
      make("button", { type: "button", class: "sw-bar-button", "data-label": key, style: `--sw-tint:var(--sw-c${index})`, "aria-keyshortcuts": hotkey, onclick: () => {
        getSelection()?.removeAllRanges();
        this.label(key);
        this.focusText();
      } }, title, ...(hotkey ? [make("kbd", { class: "sw-kbd", text: hotkey })] : [])),
    );
    if (active && this.schema.label.get(active.label)?.fragments) {
      buttons.push(make("button", { type: "button", class: "sw-bar-button", "data-label": "+", style: `--sw-tint:var(--sw-c${this.schema.index.get(active.label)})`, onclick: () => (this.addFragment(), this.focusText()) }, `add to ${this.schema.label.get(active.label)?.title.toLowerCase()}`, make("kbd", { class: "sw-kbd", text: this.keymap.keyOf("add-fragment") })));
    }
    this.bar.replaceChildren(...buttons);
    this.bar.hidden = false;
    const page = this.view.page.getBoundingClientRect();
    const view = this.view.root.getBoundingClientRect();
    const rects = this.view.range(selection.start, selection.end)?.getClientRects();
    if (!rects?.length) return;
    const [first, last] = [rects[0], rects[rects.length - 1]];
    const height = this.bar.offsetHeight;
    const forward = this.caret >= (this.anchor ?? 0);
    const below = last.bottom + 12 + height < view.bottom;
    const above = first.top - 8 - height > view.top;
    const under = (forward && below) || !above;
    const top = under ? last.bottom + 12 : first.top - 8 - height;
    const centre = under ? last.right - this.bar.offsetWidth / 2 : first.left;
    const left = Math.min(Math.max(centre, page.left + 4), page.right - this.bar.offsetWidth - 4);
    this.bar.style.transform = `translate(${left - page.left}px, ${top - page.top}px)`;
  }
}

/** @returns {Annotation} */
function emptyAnnotation() {
  return new Annotation({ revision: 0, status: "new", published: null, spans: [], relations: [] });
}

/** The browser's store; one in memory where that is forbidden. @returns {import("./outbox.js").Store} */
function localStore() {
  try {
    localStorage.getItem("");
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {}, removeItem: () => {}, key: () => null, length: 0 };
  }
}

/** @type {WeakMap<HTMLElement, Workspace>} */
const workspaces = new WeakMap();

/** What Streamlit calls at mount and at every change of data or theme. @param {Component} component @returns {() => void} */
export default function mount(component) {
  const { parentElement } = component;
  const there = workspaces.get(parentElement);
  if (there) there.update(component);
  else workspaces.set(parentElement, new Workspace(component));
  return () => {
    workspaces.get(parentElement)?.destroy();
    workspaces.delete(parentElement);
  };
}
