// @ts-check
import { Tokens } from "./tokens.js";
import { emptyAnnotation } from "./annotation.js";
import { Schema } from "./schema.js";
import { palette } from "./palette.js";
import { Keymap, strokeOf } from "./keymap.js";
import { Api } from "./client.js";
import { storeOf } from "./tabs.js";
import { Later, composes, keptFocus, make } from "./dom.js";
import { takePlace, takeTheme } from "./surroundings.js";
import { dateInWords } from "./edtf.js";
import { kindOf, numberTyped } from "./kinds.js";
import { excerpt } from "./wording.js";
import { ArticleView } from "./article.js";
import { Cursor } from "./cursor.js";
import { Pointer } from "./pointer.js";
import { ending, laneMarks, laneSchema, laneTags, nextQuestion, plainValue, takingOf } from "./lanes.js";
import { Acts, StepOutbox } from "./steps.js";
import { Draft } from "./draft.js";
import { Overview } from "./overview.js";
import { KINDS, decisionsShown, offersShown, valueShown } from "./question.js";

/**
 * @typedef {import("./lanes.js").Question} Question
 * @typedef {import("./lanes.js").ReviewView} ReviewView
 * @typedef {import("./lanes.js").Taking} Taking
 * @typedef {{api: string, token: string, expires: number, annotator: string, project: string, schema: import("./schema.js").SchemaData, clauses: {label: string, text: string}[], article: string | null}} ReviewData
 */

/** So long after an answer that knows only some of the articles the rest is asked for, in milliseconds. */
const LOOK_AGAIN = 200;
/** So many sentences at most about what gold breaks or lacks. */
const MOST_FAULTS = 8;
/** @type {[string, string][]} */
const REVIEW_KEYS = [
  ["a … h", "take that lane's version (1 … 9 where it has no letter)"],
  ["Enter", "take what a majority has; go on from what is settled"],
  ["m", "what most have at each point"],
  ["u", "the union of all ends"],
  ["i", "the core that all share"],
  ["x  v", "some of each, where two differ in two points"],
  ["n", "none of these"],
  ["r", "draw it anew"],
  ["y", "take the same elsewhere, where it is offered"],
  ["z", "take the last decision back, or the list"],
  ["↓ ↑", "next, previous disagreement"],
  ["→ ←", "next, previous article"],
  ["w", "why: a note and a clause for the next decision"],
  ["o", "second opinion: also what others decided, unseen"],
  ["p", "policy and patterns: what becomes gold by itself, what annotators differ in"],
  ["?", "these keys"],
];

/** The review page: one disagreement after the other, settled by a key each. */
export class Review {
  /** @param {{data: ReviewData, parentElement: HTMLElement, setTriggerValue: (name: string, value: any) => void}} component */
  constructor({ data, parentElement, setTriggerValue }) {
    this.data = data;
    this.setTriggerValue = setTriggerValue;
    this.schema = new Schema(data.schema);
    this.keymap = new Keymap(this.schema);
    this.mac = /mac|iphone|ipad/iu.test(navigator.platform);
    let asked = 0;
    this.api = new Api(data, () => this.setTriggerValue("token_expired", Date.now() + ++asked));
    this.own = false;
    /** @type {{id: string, left: number}[]} */
    this.queue = [];
    this.open = 0;
    this.total = 0;
    this.articles = 0; // with something left; the queue has the first of them
    this.pending = 0; // articles the server has not looked at yet
    this.waiting = 0; // those in which spans want more votes
    this.alone = 0; // those of these that one alone has handed in
    /** @type {any} */
    this.again = null;
    /** @type {ReviewView | null} */
    this.article = null;
    this.current = "";
    /** Questions of this article whose decision is on its way. @type {Set<string>} */
    this.sent = new Set();
    this.acts = new Acts();
    /** @type {Draft | null} */
    this.draft = null;
    /** @type {{article: string, title: string | null, disagreement: string, take: string, version: string | null, before: string, words: string, after: string}[]} */
    this.alike = [];
    this.asks = 0; // how often «the same elsewhere» was asked for, so that a late answer is known
    this.tokens = new Tokens("");
    this.note = "";
    this.clause = "";
    this.turn = 0;
    this.shown = ""; // the question on the panel, and whether it is drawn anew
    /** @type {(() => void)[]} */
    this.cleanups = [];

    this.view = new ArticleView(new Schema(laneSchema(data.schema, [])));
    this.cursor = new Cursor(this.view, data.schema.snap !== "none");
    this.pointer = new Pointer(this.view, this.cursor, {
      press: () => this.focusText(),
      pick: () => false,
      stretch: () => this.drawCaret(),
      selected: () => this.draft && this.say("Press a label's key to mark the selection"),
      click: () => this.click(),
    });
    this.count = make("span", { class: "sw-count", "data-sw": "left" });
    const tool = (
      /** @type {string} */ text,
      /** @type {string} */ title,
      /** @type {string} */ name,
      /** @type {() => void} */ action,
    ) => {
      const onclick = (/** @type {MouseEvent} */ { detail }) => (action(), detail && this.focusText()); // by the mouse: the keys go on in the text
      return make(
        "button",
        { type: "button", class: "sw-icon", "data-sw": name, title, "aria-label": title, onclick },
        text,
      );
    };
    this.second = tool("②", "Second opinion: also what others decided, unseen (o)", "second", () =>
      this.secondOpinion(),
    );
    this.head = make(
      "div",
      { class: "sw-panel-head" },
      this.count,
      make("span", { class: "sw-grow" }),
      tool("↑", "Previous disagreement (↑)", "previous", () => this.step(-1)),
      tool("↓", "Next disagreement (↓)", "next", () => this.step(1)),
      tool("↶", "Take the last decision back (z)", "undo", () => this.undo()),
      this.second,
      tool("≡", "Policy and patterns (p)", "overview", () => this.showOverview()),
      tool("?", "All keys (?)", "help", () => this.toggleHelp()),
    );
    this.body = make("div", { class: "sw-review-body", "data-sw": "question", tabindex: "-1" });
    this.same = make("div", { class: "sw-follow", "data-sw": "alike" });
    this.same.hidden = true;
    this.help = make(
      "div",
      { class: "sw-foot", "data-sw": "keys" },
      make("h2", { text: "Keys" }),
      make(
        "dl",
        { class: "sw-review-keys" },
        ...REVIEW_KEYS.flatMap(([key, title]) => [
          make("dt", {}, make("kbd", { class: "sw-kbd", text: key })),
          make("dd", { text: title }),
        ]),
      ),
    );
    this.help.hidden = true;
    this.why = this.whyForm();
    this.overview = new Overview({
      preview: (rule, votes) => this.api.reviewPolicy(rule, votes),
      patterns: () => this.api.reviewPatterns(),
      setPolicy: (rule, votes) => {
        this.acts.add([{ number: this.outbox.put({ kind: "policy", rule, votes }), article: "", question: "" }]);
        this.focusText();
      },
      go: (article, question) => this.go(article, question),
    });
    this.panel = make(
      "aside",
      { class: "sw-panel sw-review", "aria-label": "Disagreement" },
      this.head,
      this.body,
      this.same,
      this.why,
      this.help,
      this.overview.root,
    );
    this.saved = make("span", { class: "sw-saved", "data-sw": "saved", "data-state": "saved", role: "status" });
    this.hints = make("div", { class: "sw-hints" });
    this.progress = make("span", { class: "sw-progress", "data-sw": "progress" });
    this.live = make("div", { class: "sw-live", "aria-live": "polite", "data-sw": "live" });
    const next = make(
      "button",
      { type: "button", class: "sw-button", "data-sw": "next-article", onclick: () => this.goArticle(1) },
      "Next article",
    );
    this.status = make(
      "footer",
      { class: "sw-status" },
      this.saved,
      this.hints,
      this.progress,
      tool("←", "Previous article (←)", "previous-article", () => this.goArticle(-1)),
      next,
    );
    this.message = make("div", { class: "sw-message" });
    this.message.hidden = true;
    this.colours = make("style");
    this.root = make(
      "div",
      { class: "sw", "data-sw": "review" },
      this.view.root,
      this.panel,
      this.status,
      this.live,
      this.message,
      this.colours,
    );
    parentElement.append(this.root);
    this.frame = new Later("frame", () => this.settle());
    /** @type {number[]} */
    this.sights = [];

    const store = storeOf(() => sessionStorage);
    const place = `saywhen/review/${data.project}/${encodeURIComponent(data.annotator)}`;
    const kept = JSON.parse(store?.getItem(place) ?? "null");
    const client =
      kept?.client ??
      `review-${Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    this.outbox = new StepOutbox(
      {
        client,
        send: (steps) =>
          this.api.reviewSteps({ client, steps, article: this.article?.article.id ?? null, own: this.own }),
        keep: (value) => (value ? store?.setItem(place, JSON.stringify(value)) : store?.removeItem(place)),
        answered: (answer) => this.answered(answer),
        changed: () => this.drawSaved(),
      },
      kept,
    );
    this.listen();
    takeTheme(this.root);
    takePlace(this.root);
    this.start();
  }

  /** @param {{data: ReviewData, setTriggerValue: (name: string, value: any) => void}} component */
  update({ data, setTriggerValue }) {
    this.setTriggerValue = setTriggerValue;
    this.data = data;
    this.api.renewed(data.token, data.expires);
    this.outbox.flush();
    takeTheme(this.root);
    takePlace(this.root);
  }

  destroy() {
    this.root.remove();
    this.outbox.close();
    clearTimeout(this.again);
    this.api.close();
    for (const cleanup of this.cleanups.splice(0)) cleanup();
    this.view.destroy();
  }

  listen() {
    const on = (
      /** @type {EventTarget} */ target,
      /** @type {string} */ name,
      /** @type {(event: any) => void} */ handler,
      /** @type {boolean} */ capture = false,
    ) => {
      target.addEventListener(name, handler, capture);
      this.cleanups.push(() => target.removeEventListener(name, handler, capture));
    };
    on(this.root, "keydown", (event) => this.key(event));
    on(window, "keydown", (event) => event.target === document.body && (this.focusText(), this.key(event)), true); // before Streamlit, which takes r and c
    for (const name of ["keyup", "keypress"]) on(this.root, name, (event) => event.stopPropagation());
    this.pointer.listen(on);
    on(window, "online", () => this.outbox.flush());
    on(window, "resize", () => (takePlace(this.root), this.frame.ask()));
    const observer = new ResizeObserver(() => this.frame.ask());
    observer.observe(this.view.body);
    this.cleanups.push(() => observer.disconnect());
  }

  // Articles ------------------------------------------------------------------------------------

  async start() {
    await this.fetchQueue();
    await this.goFirst(this.data.article ?? undefined);
  }

  /** @param {string} [id] the most valuable one if none is named */
  async goFirst(id = this.queue[0]?.id) {
    if (id) await this.go(id);
    else this.showEnd();
  }

  /** Asks for the rest of the queue; where nothing was left so far, the page goes on with what is found. */
  async lookFurther() {
    await this.fetchQueue();
    if (!this.message.hidden) await this.goFirst();
  }

  async fetchQueue() {
    try {
      const { articles, open, total, count, pending, waiting, alone } = await this.api.reviewQueue(this.own);
      [this.queue, this.open, this.total, this.articles, this.pending] = [articles, open, total, count, pending];
      [this.waiting, this.alone] = [waiting, alone];
      clearTimeout(this.again);
      if (pending) this.again = setTimeout(() => this.lookFurther(), LOOK_AGAIN);
      this.drawProgress();
    } catch (error) {
      this.tell(/** @type {Error} */ (error).message, true);
    }
  }

  /** @param {string} id @param {string} [question] to open first */
  async go(id, question = "") {
    const turn = ++this.turn;
    try {
      const view = await this.api.reviewArticle(id, this.own);
      if (turn === this.turn) this.show(view, question);
    } catch (error) {
      this.tell(/** @type {Error} */ (error).message, true);
    }
  }

  /** @param {1 | -1} along */
  async goArticle(along) {
    await this.fetchQueue();
    const here = this.article?.article.id;
    const at = this.queue.findIndex(({ id }) => id === here);
    const next =
      at < 0
        ? this.queue[along > 0 ? 0 : this.queue.length - 1]
        : this.queue[(at + along + this.queue.length) % this.queue.length];
    if (next && (next.id !== here || at >= 0)) await this.go(next.id);
    else this.showEnd();
  }

  /** @param {ReviewView} view @param {string} [question] */
  show(view, question = "") {
    const other = view.article.id !== this.article?.article.id;
    this.article = view;
    this.message.hidden = true;
    this.sent = this.acts.onTheirWay(view.article.id);
    if (other) {
      this.draft = null;
      this.alike = [];
      const lanes = view.lanes.map(({ lane }) => lane);
      const schema = new Schema(laneSchema(this.data.schema, lanes));
      this.view.schema = schema;
      this.view.styles.clear();
      this.colours.textContent = palette(schema.labels.map(({ colour }) => colour));
      this.tokens = new Tokens(view.article.text, view.article.language ?? undefined);
      this.view.open(this.tokens);
      this.cursor.open(this.tokens);
      this.drawHead();
    }
    const left = view.disagreements.some(({ id }) => id === (question || this.current));
    if (other || question || !left)
      this.current =
        question ||
        nextQuestion(view.disagreements, "")?.id ||
        (other ? (view.disagreements[0]?.id ?? "") : this.current);
    this.draw();
    this.reveal();
    if (other) this.focusText();
  }

  drawHead() {
    const { title, outlet, published } = /** @type {ReviewView} */ (this.article).article;
    this.view.head.replaceChildren(
      make(
        "div",
        { class: "sw-dateline" },
        ...(outlet ? [make("span", { class: "sw-outlet", text: outlet })] : []),
        make("span", { text: published?.value ? dateInWords(published.value) : "" }),
      ),
      make("h1", { class: "sw-title", dir: "auto", text: title || "Untitled" }),
    );
  }

  showEnd() {
    const { title, sentences } = ending(this);
    const policy = this.waiting
      ? [
          make(
            "button",
            { type: "button", class: "sw-button", "data-sw": "end-policy", onclick: () => this.showOverview() },
            "Policy and patterns",
          ),
          " ",
        ]
      : [];
    this.message.hidden = false;
    this.message.replaceChildren(
      make(
        "div",
        { class: "sw-message-text", "data-sw": "end" },
        make("h2", { text: title }),
        ...sentences.map((text) => make("p", { text })),
        ...policy,
        make("button", { type: "button", class: "sw-button", onclick: () => this.start() }, "Look again"),
      ),
    );
  }

  // Questions -----------------------------------------------------------------------------------

  get questions() {
    return this.article?.disagreements ?? [];
  }

  /** @returns {Question | null} */
  get question() {
    return this.questions.find(({ id }) => id === this.current) ?? null;
  }

  /** @param {1 | -1} along */
  step(along) {
    this.draft = null;
    this.current = nextQuestion(this.questions, this.current, along)?.id ?? "";
    this.draw();
    this.reveal();
  }

  reveal() {
    const { question } = this;
    if (question) this.sights = [question.end, question.start];
    this.frame.ask();
  }

  /** @param {Taking} taking */
  take(taking) {
    const { question } = this;
    if (question) this.decide(question, taking);
  }

  /** @param {Question} question @param {Taking & {spans?: any[], links?: any[]}} taking */
  decide(question, taking) {
    if (!this.article) return;
    const article = this.article.article.id;
    const why = { ...(this.note ? { note: this.note } : {}), ...(this.clause ? { clause: this.clause } : {}) };
    const number = this.outbox.put({ kind: "decide", article, disagreement: question.id, ...taking, ...why });
    this.acts.add([{ number, article, question: question.id }], this.draft);
    this.sent.add(question.id);
    this.draft = null;
    this.note = this.clause = "";
    this.syncWhy();
    this.forgetAlike();
    const rest = this.questions.filter(({ id }) => !this.sent.has(id));
    this.current = nextQuestion(rest, "")?.id ?? question.id;
    this.draw();
    this.reveal();
    this.say(`${this.leftHere()} left in this article`);
  }

  /** @param {import("./steps.js").StepAnswer} answer */
  answered({ revisions, refused, review }) {
    const here = this.article?.article.id ?? null;
    const ended = !this.message.hidden;
    const became = this.acts.answered(
      revisions,
      refused.map(({ number }) => number),
    );
    if (here && review?.article.id === here) {
      const drafting = this.draft;
      const current = this.current;
      this.show(review);
      this.draft = drafting;
      if (drafting && current !== this.current) {
        this.draft = null;
        this.tell("What annotators marked there has changed; what you drew does not fit it any more.", true);
      }
      this.message.hidden = !ended;
      this.draw();
    } else if (here && !ended) this.go(here); // what was decided when another article was on the page may be of this one
    for (const { steps, drawn } of became.refused) {
      const [{ article, question }] = steps;
      if (article !== here || !this.questions.some(({ id }) => id === question)) continue;
      this.sent.delete(question);
      this.current = question;
      this.draft = drawn;
      this.draw();
    }
    if (refused.length)
      this.tell(
        `Not taken: ${refused[0].reason}${refused.length > 1 ? ` (and ${refused.length - 1} more)` : ""}`,
        true,
      );
    const last = became.done[became.done.length - 1];
    if (this.acts.awaited) {
      this.acts.awaited -= 1;
      this.undo();
    } else if (last?.steps.length === 1 && last.steps[0].article === here && !this.sent.size)
      this.lookForAlike(last.steps[0]);
    this.fetchQueue().then(() => (ended ? this.goFirst() : undefined)); // the policy was set where nothing was left
  }

  leftHere() {
    return this.questions.filter(({ id, left }) => left && !this.sent.has(id)).length;
  }

  /** Takes the last act of this visit back, or where there is none one's own decision on this question. */
  async undo() {
    const last = this.acts.takeBack();
    if (last === "wait") {
      this.acts.awaited += 1;
      return this.tell("It is taken back as soon as it is saved.");
    }
    const own = this.question?.decisions.find((each) => each.own);
    const steps =
      last?.steps ??
      (own ? [{ revision: own.revision, article: this.article?.article.id ?? "", question: this.current }] : []);
    if (!steps.length) return this.tell(last ? "It was not taken." : "There is nothing of this visit to take back.");
    for (const { revision } of steps) this.outbox.put({ kind: "undo", revision });
    this.forgetAlike();
    this.drawAlike();
    const [{ article, question }] = steps;
    if (!article) return this.tell("The policy is taken back.");
    if (steps.length > 1) return this.tell(`Taken back in ${steps.length} places.`);
    if (article !== this.article?.article.id) await this.go(article, question);
    else {
      this.message.hidden = true;
      this.current = question;
      this.draft = null;
    }
    this.tell("Taken back.");
  }

  forgetAlike() {
    this.alike = [];
    this.asks += 1;
  }

  /** @param {{article: string, question: string}} decided */
  async lookForAlike({ article, question }) {
    const asked = ++this.asks;
    const found = await this.api.reviewAlike(article, question).then(
      (answer) => answer.found,
      () => [],
    );
    if (asked !== this.asks) return;
    this.alike = found;
    this.drawAlike();
  }

  /** Takes the same at every place of the list that is ticked, as one act. */
  takeAlike() {
    const boxes = /** @type {HTMLInputElement[]} */ ([...this.same.querySelectorAll("input")]);
    const ticked = this.alike.filter((_, at) => boxes[at]?.checked);
    this.acts.add(
      ticked.map(({ article, disagreement, take, version }) => {
        if (article === this.article?.article.id) this.sent.add(disagreement);
        return {
          number: this.outbox.put({
            kind: "decide",
            article,
            disagreement,
            take,
            version,
            note: "the same as elsewhere",
          }),
          article,
          question: disagreement,
        };
      }),
    );
    this.forgetAlike();
    if (this.sent.has(this.current))
      this.current =
        nextQuestion(
          this.questions.filter(({ id }) => !this.sent.has(id)),
          "",
        )?.id ?? this.current;
    this.draw();
    this.reveal();
    this.tell(
      `Taken in ${ticked.length} place${ticked.length === 1 ? "" : "s"}; z takes ${ticked.length === 1 ? "it" : "all of them"} back.`,
    );
  }

  // Drawing anew --------------------------------------------------------------------------------

  redraw() {
    const { question } = this;
    if (!question) return;
    const base =
      question.versions.find(({ id, spans }) => id === question.preselected?.version && spans.length) ??
      question.versions.find(({ spans }) => spans.length) ??
      question.versions[0];
    this.draft = new Draft(base);
    this.cursor.put(question.start);
    this.draw();
    this.focusText();
    this.say("Drawing anew: select words, then press a label's key. Enter takes it, Escape leaves");
  }

  takeDraft() {
    const { question, draft } = this;
    if (question && draft)
      this.decide(question, { take: "anew", ...draft.told((start, end) => this.tokens.offsets.slice(start, end)) });
  }

  /** @param {string} label */
  markDraft(label) {
    const { selection } = this.cursor;
    if (!this.draft || !selection) return this.tell("Select words first: with the mouse, or Shift and an arrow.");
    this.draft.mark(label, selection);
    this.cursor.put(selection.end);
    this.draw();
  }

  // Keys ----------------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation();
    if (composes(event)) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const stroke = strokeOf(event, this.mac);
    if (stroke === "Escape") {
      event.preventDefault();
      if (!this.overview.root.hidden) this.overview.hide();
      else if (!this.help.hidden) this.help.hidden = true;
      else if (this.draft && !target.matches("input, select, textarea")) this.draft = null;
      this.draw();
      return this.focusText();
    }
    const ticks = target.matches('input[type="checkbox"]'); // which takes no letters
    if (ticks && stroke === " ") return;
    if (ticks && stroke === "Enter" && this.same.contains(target)) return (this.takeAlike(), this.focusText());
    if (!ticks && target.matches("input, select, textarea")) {
      if (stroke === "Enter" && target.matches(".sw-why input")) this.focusText();
      return;
    }
    if (!this.overview.root.hidden) {
      if (stroke !== "p") return;
      this.overview.hide();
      return this.focusText();
    }
    if (target.matches("button") && (stroke === "Enter" || stroke === " ")) return;
    if (this.draft ? this.keyInDraft(event, stroke) : this.keyInQuestion(stroke)) event.preventDefault();
  }

  /** @param {KeyboardEvent} event @param {string} stroke @returns {boolean} */
  keyInDraft(event, stroke) {
    const { draft } = this;
    if (!draft) return false;
    if (stroke === "Enter") return (this.takeDraft(), true);
    if ((stroke === "Backspace" || stroke === "Delete") && draft.active >= 0)
      return (draft.remove(draft.active), this.draw(), true);
    const action = this.keymap.find(event, this.mac);
    if (action?.kind === "label") return (this.markDraft(action.label), true);
    if (action?.kind !== "command") return false;
    if (action.command === "add-fragment") {
      if (this.cursor.selection && draft.addFragment(this.cursor.selection)) this.draw();
      return true;
    }
    if (!this.cursor.run(action.command, action.extend)) return false;
    this.sights = [this.cursor.point];
    this.drawCaret();
    return true;
  }

  /** @param {string} stroke @returns {boolean} */
  keyInQuestion(stroke) {
    const ended = !this.message.hidden; // the question of before lies under the message
    const question = ended ? null : this.question;
    const taking = question && !(stroke === "Enter" && this.sent.has(question.id)) ? takingOf(stroke, question) : null;
    if (taking) return (this.take(taking), true);
    /** @type {Record<string, () => void>} */
    const others = {
      r: () => this.redraw(),
      z: () => this.undo(),
      "Ctrl+z": () => this.undo(),
      ArrowDown: () => this.step(1),
      ArrowUp: () => this.step(-1),
      ArrowRight: () => this.goArticle(1),
      ArrowLeft: () => this.goArticle(-1),
      w: () => /** @type {HTMLElement | null} */ (this.why.querySelector("input"))?.focus(),
      y: () => (this.alike.length ? this.takeAlike() : this.tell("There is no list of other places to take it in.")),
      o: () => this.secondOpinion(),
      p: () => this.showOverview(),
      "?": () => this.toggleHelp(),
      Enter: () => this.goOn(),
    };
    if (ended && !["z", "Ctrl+z", "ArrowRight", "ArrowLeft", "o", "p", "Enter"].includes(stroke)) return false;
    others[stroke]?.();
    return stroke in others;
  }

  /** On from what is settled: to what is left here, else to the next article. */
  goOn() {
    const { question } = this;
    if (!this.message.hidden) return this.goArticle(1);
    if (question?.left && !this.sent.has(question.id))
      return this.tell("There is no majority here: choose a lane, or r draws it anew.");
    if (!this.leftHere()) return this.goArticle(1);
    this.current =
      nextQuestion(
        this.questions.filter(({ id }) => !this.sent.has(id)),
        "",
      )?.id ?? this.current;
    this.draw();
    this.reveal();
  }

  async secondOpinion() {
    this.own = !this.own;
    this.second.setAttribute("aria-pressed", String(this.own));
    await this.fetchQueue();
    if (!this.message.hidden) await this.start();
    else if (this.article) await this.go(this.article.article.id);
    this.tell(
      this.own ? "Second opinion: what others decided is asked again, unseen." : "Only what nobody has decided.",
    );
  }

  async showOverview() {
    try {
      await this.overview.show();
    } catch (error) {
      this.overview.hide();
      this.tell(/** @type {Error} */ (error).message, true);
    }
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
  }

  /** Opens the smallest disagreement under the pointer. */
  click() {
    const point = this.cursor.point;
    if (this.draft) return;
    const at = this.questions
      .filter(({ start, end }) => start <= point && point < end)
      .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
    if (at && at.id !== this.current) {
      this.current = at.id;
      this.draw();
    }
  }

  focusText() {
    this.view.root.focus({ preventScroll: true });
  }

  // Drawing -------------------------------------------------------------------------------------

  draw() {
    this.drawMarks();
    this.drawPanel();
    this.drawAlike();
    this.drawSaved();
    this.drawProgress();
    this.drawCaret();
  }

  drawMarks() {
    const { question, draft, article } = this;
    if (!article) return;
    const agreed = article.agreed.map(({ id, fragments }) => ({ id, label: "agreed", fragments, attributes: {} }));
    const marks = draft
      ? draft.spans.map(({ fragments }, at) => ({
          id: `draft-${at}`,
          label: article.lanes[0]?.lane ?? "agreed",
          fragments,
          attributes: {},
        }))
      : question
        ? laneMarks(question)
        : [];
    const annotation = emptyAnnotation();
    annotation.spans = new Map([...agreed, ...marks].map((span) => [span.id, span]));
    this.view.draw(annotation);
    this.view.activate(draft ? `draft-${draft.active}` : "", new Set());
    const left = this.questions.filter(({ id, left: open }) => open && !this.sent.has(id));
    const stretches = left.map(({ start, end }) => ({ start, end }));
    const at = left.findIndex(({ id }) => id === this.current);
    this.view.showFound(
      stretches.map((each, index) => (index === at ? { start: each.start, end: each.start } : each)),
      -1,
    );
    this.frame.ask();
  }

  settle() {
    if (!this.article) return;
    this.view.settle(this.cursor.point, this.sights.splice(0), []);
    this.view.drawLetters(
      this.question && !this.draft
        ? laneTags(this.question).map(({ lanes, span }) => ({
            letter: lanes.join(" "),
            span,
            linked: null,
            made: false,
          }))
        : [],
    );
  }

  drawCaret() {
    this.view.showCaret(this.cursor.point, this.draft ? this.cursor.selection : null, this.cursor.anchor);
    this.root.classList.toggle("sw-drafting", this.draft !== null);
    this.frame.ask();
  }

  drawPanel() {
    const { question, article } = this;
    if (!article) return;
    const here = this.leftHere();
    this.count.textContent = here ? `${here} left in this article` : "This article is settled";
    this.count.dataset.left = String(here);
    const names = article.lanes.every(({ name }) => name !== null)
      ? [
          make(
            "p",
            { class: "sw-review-names" },
            ...article.lanes.flatMap(({ lane, name }) => [
              make("kbd", {
                class: "sw-lane",
                style: `--sw-tint:var(--sw-c${article.lanes.findIndex((each) => each.lane === lane)})`,
                text: lane,
              }),
              ` ${name}  `,
            ]),
          ),
        ]
      : [];
    const faults = article.faults
      .filter(
        ({ at }) =>
          !here ||
          !at.length ||
          (question &&
            question.state === "conflict" &&
            at[0][0] < question.end &&
            at[at.length - 1][1] > question.start),
      )
      .slice(0, MOST_FAULTS)
      .map(({ at, text }) =>
        make(
          "p",
          { class: "sw-fault", "data-sw": "fault" },
          ...(at.length
            ? [
                make("span", {
                  class: "sw-words",
                  text: excerpt(at.map(([start, end]) => this.tokens.offsets.slice(start, end)).join(" … "), 50),
                }),
                " ",
              ]
            : []),
          text,
        ),
      );
    if (!question) {
      this.body.replaceChildren(
        ...names,
        ...faults,
        make("p", {
          class: "sw-quiet",
          text: article.disagreements.length ? "" : "All who handed this article in agree.",
        }),
      );
      return;
    }
    const host = {
      schema: this.schema,
      lanes: article.lanes.map(({ lane }) => lane),
      slice: (/** @type {number} */ start, /** @type {number} */ end) => this.tokens.offsets.slice(start, end),
      entry: (/** @type {string} */ registry, /** @type {string} */ id) => article.entries[registry]?.[id] ?? id,
      take: (/** @type {Taking} */ taking) => (this.take(taking), this.focusText()),
    };
    const state = this.sent.has(question.id)
      ? "being saved"
      : ({
          open: "",
          rule: "settled by the policy",
          decided: "decided",
          differing: "reviewers differ; the first one's stands",
          conflict: "breaks the label set",
          closed: "closed with what it hung on",
        }[question.state] ?? "");
    const title = make(
      "div",
      { class: "sw-question-head" },
      make("h2", { text: KINDS[question.kinds[0]] ?? question.kinds[0] }),
      make("span", { class: "sw-quiet", "data-sw": "pattern", text: question.pattern.title }),
      ...(state ? [make("span", { class: "sw-state", "data-sw": "state", text: state })] : []),
    );
    const comments = article.lanes.flatMap(({ lane, comments: all }) =>
      all
        .filter(({ at }) => at === null || (at[0][0] < question.end && at[at.length - 1][1] > question.start))
        .map(({ flag, text }) =>
          make(
            "div",
            { class: "sw-comment", "data-sw": "comment" },
            make("kbd", { class: "sw-lane", style: `--sw-tint:var(--sw-c${host.lanes.indexOf(lane)})`, text: lane }),
            ...(flag
              ? [
                  make("span", {
                    class: "sw-flagged",
                    text: this.schema.flags.find(({ key }) => key === flag)?.title ?? flag,
                  }),
                ]
              : []),
            make("span", { dir: "auto", text }),
          ),
        ),
    );
    const anew = make(
      "button",
      { type: "button", class: "sw-offer", "data-sw": "anew", "aria-keyshortcuts": "r", onclick: () => this.redraw() },
      make("kbd", { class: "sw-kbd", text: "r" }),
      make("span", { class: "sw-take-title", text: "Draw it anew" }),
    );
    const inner = this.draft ? this.draftShown(this.draft, question) : [...offersShown(question, host), anew];
    const focus = keptFocus(this.body);
    const { scrollTop } = this.body;
    const shown = `${question.id} ${this.draft !== null}`;
    this.body.replaceChildren(...names, title, ...decisionsShown(question, host), ...faults, ...inner, ...comments);
    if (shown === this.shown) focus();
    this.body.scrollTop = shown === this.shown ? scrollTop : 0;
    this.shown = shown;
  }

  /** @param {Draft} draft @param {Question} question @returns {HTMLElement[]} */
  draftShown(draft, question) {
    const { article, schema } = this;
    const slice = (/** @type {number} */ start, /** @type {number} */ end) => this.tokens.offsets.slice(start, end);
    const entry = (/** @type {string} */ registry, /** @type {string} */ id) => article?.entries[registry]?.[id] ?? id;
    const versions = question.versions.flatMap(({ spans }) => spans);
    const change = (/** @type {() => void} */ action) => (action(), this.draw());
    const spans = draft.spans.map((span, at) => {
      const words = span.fragments.map(([start, end]) => slice(start, end)).join(" … ");
      const fields = (schema.label.get(span.label)?.attributes ?? [])
        .filter((attribute) => !kindOf(attribute).free)
        .flatMap((attribute) => {
          const { key, title } = attribute;
          const kind = kindOf(attribute);
          const now = span.attributes[key];
          /** @type {Map<string, any>} */
          const values = new Map();
          for (const value of [
            now,
            ...versions.map(({ attributes }) => attributes[key]),
            ...kind.values(attribute, article?.entries ?? {}),
          ])
            if (value !== undefined) values.set(plainValue(value), value);
          if (!kind.typed && !values.size) return [];
          const select = make(
            "select",
            {
              class: "sw-input",
              "aria-label": title,
              "data-attribute": key,
              onchange: () => change(() => draft.set(at, key, values.get(select.value) ?? null)),
            },
            make("option", { value: "", text: "none" }),
            ...[...values].map(([plain, value]) =>
              make("option", { value: plain, text: valueShown(schema, entry, span.label, key, value) }),
            ),
          );
          select.value = now === undefined ? "" : plainValue(now);
          const typed = kind.typed
            ? [
                make("input", {
                  class: "sw-input",
                  "aria-label": `${title}, ${kind.typed.how}`,
                  placeholder: kind.typed.example,
                  onchange: (/** @type {any} */ event) => this.readTyped(draft, at, attribute, event.target.value),
                }),
              ]
            : [];
          return [make("span", { class: "sw-field-name", text: title }), make("div", {}, select, ...typed)];
        });
      return make(
        "div",
        { class: `sw-draft-span${at === draft.active ? " sw-here" : ""}`, "data-sw": "draft-span" },
        make(
          "div",
          { class: "sw-line" },
          make(
            "button",
            {
              type: "button",
              class: "sw-card-top",
              "aria-pressed": String(at === draft.active),
              onclick: () => change(() => (draft.active = at)),
            },
            make("span", { class: "sw-offer-label", text: schema.label.get(span.label)?.title ?? span.label }),
            " ",
            make("span", { class: "sw-words", text: excerpt(words, 120) }),
          ),
          make("button", {
            type: "button",
            class: "sw-icon",
            title: "Remove",
            "aria-label": "Remove this span",
            text: "×",
            onclick: () => change(() => draft.remove(at)),
          }),
        ),
        make("div", { class: "sw-fields" }, ...fields),
      );
    });
    /** @type {Map<string, import("./lanes.js").DrawnLink>} */
    const links = new Map();
    const others = [
      ...(article?.agreed ?? []),
      ...this.questions.filter(({ id }) => id !== question.id).flatMap(({ versions: [first] }) => first.spans),
    ];
    for (const link of [
      ...draft.links,
      ...question.versions.flatMap((version) => version.links),
      ...draft.linkOffers(schema.relations, others),
    ])
      links.set(JSON.stringify(link), link);
    const drawn = new Set(draft.links.map((link) => JSON.stringify(link)));
    const boxes = [...links].map(([key, link]) => {
      const box = make("input", { type: "checkbox", onchange: () => change(() => draft.link(link, box.checked)) });
      box.checked = drawn.has(key);
      const words = (/** @type {import("./lanes.js").Place} */ { fragments }) =>
        excerpt(fragments.map(([start, end]) => slice(start, end)).join(" … "), 40);
      return make(
        "label",
        { class: "sw-flag" },
        box,
        `${words(link.from)} – ${schema.relation.get(link.type)?.title ?? link.type} – ${words(link.to)}`,
      );
    });
    const labels = make(
      "div",
      { class: "sw-link-buttons" },
      make("span", { class: "sw-quiet", text: "mark the selection:" }),
      ...this.schema.labels.map(({ key, title, hotkey }) =>
        make(
          "button",
          {
            type: "button",
            class: "sw-link-button",
            "data-label": key,
            onclick: () => (this.markDraft(key), this.focusText()),
          },
          title,
          ...(hotkey ? [make("kbd", { class: "sw-kbd", text: hotkey })] : []),
        ),
      ),
    );
    const buttons = make(
      "div",
      { class: "sw-tools sw-draft-tools" },
      make("button", {
        type: "button",
        class: "sw-button sw-small sw-primary",
        "data-sw": "take-draft",
        text: "Take it (Enter)",
        onclick: () => this.takeDraft(),
      }),
      make("button", {
        type: "button",
        class: "sw-button sw-small",
        text: "Leave (Esc)",
        onclick: () => ((this.draft = null), this.draw(), this.focusText()),
      }),
    );
    return [
      make("p", { class: "sw-quiet", text: "Drawing anew: select words in the text, then press a label's key." }),
      ...spans,
      ...(boxes.length ? [make("div", { class: "sw-flags" }, ...boxes)] : []),
      labels,
      buttons,
    ];
  }

  /** Takes over what was typed for an attribute. @param {Draft} draft @param {number} at @param {import("./schema.js").Attribute} attribute @param {string} words */
  async readTyped(draft, at, attribute, words) {
    if (kindOf(attribute).control === "date") return this.readDate(draft, at, attribute.key, words);
    const { value, error } = numberTyped(words, attribute);
    if (value === null) return this.tell(`${error}.`, true);
    draft.set(at, attribute.key, value);
    this.draw();
  }

  /** @param {Draft} draft @param {number} at @param {string} name @param {string} words */
  async readDate(draft, at, name, words) {
    const { article } = /** @type {ReviewView} */ (this.article);
    const span = draft.spans[at];
    try {
      const { readings, error } = await this.api.dates(words, article.published?.value ?? null, article.language);
      const reading = readings.find(({ edtf }) => edtf !== null);
      if (!reading) return this.tell(error ?? "These words have no place on the calendar.", true);
      const { edtf, timex3, mod } = reading;
      if (draft.spans[at] !== span) return; // it has been drawn over since
      draft.set(at, name, { edtf, ...(timex3 ? { timex3 } : {}), ...(mod ? { mod } : {}), words });
      this.draw();
    } catch (error) {
      this.tell(/** @type {Error} */ (error).message, true);
    }
  }

  drawAlike() {
    this.same.hidden = !this.alike.length;
    if (!this.alike.length) return this.same.replaceChildren();
    const rows = this.alike.map(({ disagreement, title, before, words, after }) => {
      const box = make("input", { type: "checkbox", value: disagreement });
      box.checked = true;
      return make(
        "label",
        { class: "sw-flag sw-alike-one" },
        box,
        make(
          "span",
          { class: "sw-words", dir: "auto" },
          before.replace(/\s+/gu, " "),
          make("b", { text: excerpt(words, 60) }),
          after.replace(/\s+/gu, " "),
        ),
        make("span", { class: "sw-quiet", text: title ?? "" }),
      );
    });
    this.same.replaceChildren(
      make(
        "div",
        { class: "sw-follow-head" },
        make("span", {
          class: "sw-follow-title",
          text: `The same in ${rows.length} other place${rows.length === 1 ? "" : "s"}?`,
        }),
        make(
          "button",
          {
            type: "button",
            class: "sw-button sw-small sw-primary",
            "data-sw": "take-alike",
            onclick: () => (this.takeAlike(), this.focusText()),
          },
          "Take it there too ",
          make("kbd", { class: "sw-kbd", text: "y" }),
        ),
      ),
      ...rows,
    );
  }

  whyForm() {
    const note = make("input", {
      class: "sw-input",
      "aria-label": "Note on the next decision",
      placeholder: "Why? A note on the next decision (w)",
      maxlength: 2000,
      oninput: () => (this.note = note.value.trim()),
    });
    const clause = make(
      "select",
      {
        class: "sw-input",
        "aria-label": "Clause of the guideline it rests on",
        onchange: () => (this.clause = clause.value),
      },
      make("option", { value: "", text: "no clause" }),
      ...this.data.clauses.map(({ label, text }) =>
        make("option", {
          value: text,
          text: `${this.schema.label.get(label)?.title ?? label}: ${excerpt(text.replace(/[*`]/gu, ""), 90)}`,
        }),
      ),
    );
    return make("div", { class: "sw-why", "data-sw": "why" }, note, clause);
  }

  syncWhy() {
    const [note, clause] = [this.why.querySelector("input"), this.why.querySelector("select")];
    if (note) note.value = this.note;
    if (clause) clause.value = this.clause;
  }

  drawSaved() {
    const { pending, failed } = this.outbox ?? { pending: [], failed: "" };
    const decided = this.acts.list.reduce((sum, { steps }) => sum + steps.length, 0);
    const state = !pending.length ? (failed ? "error" : "saved") : failed ? "offline" : "saving";
    const text =
      {
        saved: decided ? `saved · ${decided}` : "",
        saving: "saving …",
        offline: `offline, ${pending.length} kept`,
        error: failed,
      }[state] ?? "";
    this.saved.dataset.state = state;
    if (this.saved.textContent !== text) this.saved.textContent = text;
  }

  drawProgress() {
    this.progress.textContent = `${this.open} of ${this.total} left in ${this.articles} article${this.articles === 1 ? "" : "s"}${this.pending ? ` · ${this.pending} not looked at yet` : ""}`;
    this.progress.dataset.open = String(this.open);
    if (this.hints.querySelector(".sw-hint")) return;
    const keys = this.draft
      ? [
          ["Shift+→", "select"],
          ["Enter", "take it"],
          ["Esc", "leave"],
        ]
      : [
          ["Enter", "majority"],
          ["n", "none"],
          ["r", "anew"],
          ["z", "undo"],
          ["↓", "next"],
          ["?", "all keys"],
        ];
    this.hints.replaceChildren(
      ...keys.map(([key, meaning]) =>
        make("span", { class: "sw-hint-key" }, make("kbd", { class: "sw-kbd", text: key }), meaning),
      ),
    );
  }

  /** @param {string} text @param {boolean} [bad] */
  tell(text, bad = false) {
    this.hints.replaceChildren(make("span", { class: `sw-hint${bad ? " sw-bad" : ""}`, "data-sw": "hint", text }));
    this.say(text);
    setTimeout(
      () => {
        if (this.hints.textContent !== text) return;
        this.hints.replaceChildren();
        this.drawProgress();
      },
      bad ? 8000 : 4000,
    );
  }

  /** @param {string} text */
  say(text) {
    this.live.textContent = text;
  }
}
