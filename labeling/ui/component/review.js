// @ts-check
import { Schema } from "./schema.js";
import { Keymap } from "./keymap.js";
import { Api } from "./client.js";
import { storeOf } from "./tabs.js";
import { make } from "./dom.js";
import { takePlace, takeTheme } from "./surroundings.js";
import { nextQuestion } from "./lanes.js";
import { Acts, StepOutbox } from "./steps.js";
import { Alike } from "./alike.js";
import { LaneText } from "./lanetext.js";
import { Drafting } from "./drafting.js";
import { Overview } from "./overview.js";
import { reviewKey } from "./reviewcommands.js";
import { ReviewKeyboard } from "./reviewkeyboard.js";
import { ReviewPanel } from "./reviewpanel.js";
import { ReviewQueue } from "./reviewqueue.js";
import { ReviewStatus } from "./reviewstatus.js";
import { Why } from "./why.js";

/**
 * @typedef {import("./lanes.js").Question} Question
 * @typedef {import("./lanes.js").ReviewView} ReviewView
 * @typedef {import("./lanes.js").Taking} Taking
 * @typedef {{api: string, token: string, expires: number, annotator: string, project: string, schema: import("./schema.js").SchemaData, clauses: {label: string, text: string}[], article: string | null}} ReviewData
 */

/** The review page: one disagreement after the other, resolved by a key each; every decision is a step that can be taken back. */
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
    /** @type {ReviewView | null} */
    this.article = null;
    this.current = "";
    /** Questions of this article whose decision is on its way. @type {Set<string>} */
    this.sent = new Set();
    this.acts = new Acts();
    this.turn = 0;
    /** @type {(() => void)[]} */
    this.cleanups = [];
    this.entry = (/** @type {string} */ registry, /** @type {string} */ id) =>
      this.article?.entries[registry]?.[id] ?? id;

    this.text = new LaneText(this);
    this.keyboard = new ReviewKeyboard(this);
    this.drafting = new Drafting(this);
    this.queue = new ReviewQueue(this);
    this.alike = new Alike(this);
    this.why = new Why(data.clauses, this.schema);
    this.overview = new Overview({
      preview: (rule, votes) => this.api.reviewPolicy(rule, votes),
      patterns: () => this.api.reviewPatterns(),
      setPolicy: (rule, votes) => this.setPolicy(rule, votes),
      go: (article, question) => this.go(article, question),
    });
    this.panel = new ReviewPanel(this);
    this.status = new ReviewStatus(this);
    this.root = make(
      "div",
      { class: "sw", "data-sw": "review" },
      this.text.view.root,
      this.panel.root,
      this.status.root,
      this.status.live,
      this.queue.message,
      this.text.colors,
    );
    parentElement.append(this.root);
    this.outbox = this.makeOutbox();
    this.listen();
    takeTheme(this.root);
    takePlace(this.root);
    this.start();
  }

  /** The outbox of this tab, with what an earlier life of its page left. @returns {StepOutbox} */
  makeOutbox() {
    const store = storeOf(() => sessionStorage);
    const place = `saywhen/review/${this.data.project}/${encodeURIComponent(this.data.annotator)}`;
    const kept = JSON.parse(store?.getItem(place) ?? "null");
    const random = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0"));
    const client = kept?.client ?? `review-${random.join("")}`;
    const host = {
      client,
      send: (/** @type {import("./steps.js").Step[]} */ steps) =>
        this.api.reviewSteps({ client, steps, article: this.article?.article.id ?? null, own: this.queue.own }),
      keep: (/** @type {import("./steps.js").KeptSteps | null} */ value) =>
        value ? store?.setItem(place, JSON.stringify(value)) : store?.removeItem(place),
      answered: (/** @type {import("./steps.js").StepAnswer} */ answer) => this.answered(answer),
      changed: () => this.status.drawSaved(),
    };
    return new StepOutbox(host, kept);
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
    this.queue.close();
    this.api.close();
    for (const cleanup of this.cleanups.splice(0)) cleanup();
    this.text.view.destroy();
  }

  listen() {
    /** @type {import("./workspace.js").Listen} */
    const on = (target, name, handler, capture = false) => {
      target.addEventListener(name, handler, capture);
      this.cleanups.push(() => target.removeEventListener(name, handler, capture));
    };
    this.keyboard.listen(on);
    this.text.listen(on);
    on(window, "online", () => this.outbox.flush());
    on(window, "resize", () => takePlace(this.root));
  }

  /** A small button; by the mouse, the keys go on in the text. @param {string} text @param {string} title @param {string} name @param {() => void} action @returns {HTMLButtonElement} */
  tool(text, title, name, action) {
    const onclick = (/** @type {MouseEvent} */ { detail }) => (action(), detail && this.focusText());
    return make(
      "button",
      { type: "button", class: "sw-icon", "data-sw": name, title, "aria-label": title, onclick },
      text,
    );
  }

  // Articles ------------------------------------------------------------------------------------

  async start() {
    await this.queue.fetch();
    await this.queue.goFirst(this.data.article ?? undefined);
  }

  /** @param {string} id @param {string} [question] to open first */
  async go(id, question = "") {
    const turn = ++this.turn;
    try {
      const view = await this.api.reviewArticle(id, this.queue.own);
      if (turn === this.turn) this.show(view, question);
    } catch (error) {
      this.tell(/** @type {Error} */ (error).message, true);
    }
  }

  /** @param {1 | -1} along */
  goArticle(along) {
    return this.queue.goAlong(along);
  }

  /** @param {ReviewView} view @param {string} [question] */
  show(view, question = "") {
    const other = view.article.id !== this.article?.article.id;
    this.article = view;
    this.queue.message.hidden = true;
    this.sent = this.acts.onTheirWay(view.article.id);
    if (other) {
      this.drafting.draft = null;
      this.alike.places = [];
      this.text.open(view, this.data.schema);
    }
    const left = view.disagreements.some(({ id }) => id === (question || this.current));
    if (other || question || !left)
      this.current =
        question ||
        nextQuestion(view.disagreements, "")?.id ||
        (other ? (view.disagreements[0]?.id ?? "") : this.current);
    this.draw();
    this.text.reveal();
    if (other) this.focusText();
  }

  // Questions -----------------------------------------------------------------------------------

  get questions() {
    return this.article?.disagreements ?? [];
  }

  /** @returns {Question | null} */
  get question() {
    return this.questions.find(({ id }) => id === this.current) ?? null;
  }

  leftHere() {
    return this.questions.filter(({ id, left }) => left && !this.sent.has(id)).length;
  }

  /** The question to go on with, of those whose decision is not on its way. @returns {string | undefined} its id */
  nextLeft() {
    const rest = this.questions.filter(({ id }) => !this.sent.has(id));
    return nextQuestion(rest, "")?.id;
  }

  /** @param {1 | -1} along */
  step(along) {
    this.drafting.draft = null;
    this.current = nextQuestion(this.questions, this.current, along)?.id ?? "";
    this.draw();
    this.text.reveal();
  }

  /** On from what is resolved: to what is left here, else to the next article. */
  goOn() {
    const { question } = this;
    if (this.queue.ended) return this.goArticle(1);
    if (question?.left && !this.sent.has(question.id))
      return this.tell(`No majority here. Choose a version, or press ${reviewKey("redraw")} to redraw it.`);
    if (!this.leftHere()) return this.goArticle(1);
    this.current = this.nextLeft() ?? this.current;
    this.draw();
    this.text.reveal();
  }

  // Steps ---------------------------------------------------------------------------------------

  /** @param {Taking} taking */
  take(taking) {
    const { question } = this;
    if (question) this.decide(question, taking);
  }

  /** @param {Question} question @param {Taking & {spans?: any[], links?: any[]}} taking */
  decide(question, taking) {
    if (!this.article) return;
    const article = this.article.article.id;
    const step = { kind: "decide", article, disagreement: question.id, ...taking, ...this.why.take() };
    this.acts.add([{ number: this.outbox.put(step), article, question: question.id }], this.drafting.draft);
    this.sent.add(question.id);
    this.drafting.draft = null;
    this.alike.forget();
    this.current = this.nextLeft() ?? question.id;
    this.draw();
    this.text.reveal();
    this.say(`${this.leftHere()} left in this article`);
  }

  /** @param {string} rule @param {number} votes */
  setPolicy(rule, votes) {
    this.acts.add([{ number: this.outbox.put({ kind: "policy", rule, votes }), article: "", question: "" }]);
    this.focusText();
  }

  /** @param {import("./steps.js").StepAnswer} answer */
  answered({ revisions, refused, review }) {
    const here = this.article?.article.id ?? null;
    const { ended } = this.queue;
    const numbers = refused.map(({ number }) => number);
    const became = this.acts.answered(revisions, numbers);
    if (here && review?.article.id === here) this.refresh(review, ended);
    else if (here && !ended) this.go(here); // what was decided when another article was on the page may be of this one
    for (const { steps, drawn } of became.refused) {
      const [{ article, question }] = steps;
      if (article !== here || !this.questions.some(({ id }) => id === question)) continue;
      this.sent.delete(question);
      this.current = question;
      this.drafting.draft = drawn;
      this.draw();
    }
    const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : "";
    if (refused.length) this.tell(`Not saved: ${refused[0].reason}${more}`, true);
    const last = became.done.at(-1);
    if (this.acts.awaited) {
      this.acts.awaited -= 1;
      this.undo();
    } else if (last?.steps.length === 1 && last.steps[0].article === here && !this.sent.size)
      this.alike.look(last.steps[0]);
    this.queue.fetch().then(() => (ended ? this.queue.goFirst() : undefined)); // the policy was set where nothing was left
  }

  /** Shows the article as the server now has it, with what is being drawn. @param {ReviewView} review @param {boolean} ended whether the message stays over it */
  refresh(review, ended) {
    const { current } = this;
    const drawing = this.drafting.draft;
    this.show(review);
    this.drafting.draft = drawing;
    if (drawing && current !== this.current) {
      this.drafting.draft = null;
      this.tell("The annotations here have changed, so your drawing was discarded.", true);
    }
    this.queue.message.hidden = !ended;
    this.draw();
  }

  /** Takes the last act of this visit back, or where there is none one's own decision on this question. */
  async undo() {
    const last = this.acts.takeBack();
    if (last === "wait") {
      this.acts.awaited += 1;
      return this.tell("It will be undone as soon as it is saved.");
    }
    const own = this.question?.decisions.find((each) => each.own);
    const steps =
      last?.steps ??
      (own ? [{ revision: own.revision, article: this.article?.article.id ?? "", question: this.current }] : []);
    if (!steps.length) return this.tell(last ? "It wasn't saved." : "Nothing to undo since you opened this page.");
    for (const { revision } of steps) this.outbox.put({ kind: "undo", revision });
    this.alike.forget();
    this.alike.draw();
    const [{ article, question }] = steps;
    if (!article) return this.tell("Policy change undone.");
    if (steps.length > 1) return this.tell(`Undone in ${steps.length} places.`);
    if (article !== this.article?.article.id) await this.go(article, question);
    else {
      this.queue.message.hidden = true;
      this.current = question;
      this.drafting.draft = null;
    }
    this.tell("Undone.");
  }

  async secondOpinion() {
    this.queue.own = !this.queue.own;
    this.panel.second.setAttribute("aria-pressed", String(this.queue.own));
    await this.queue.fetch();
    if (this.queue.ended) await this.start();
    else if (this.article) await this.go(this.article.article.id);
    this.tell(
      this.queue.own
        ? "Second opinion: you review others' decisions without seeing them."
        : "Showing only what no one has decided.",
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

  focusText() {
    this.text.view.root.focus({ preventScroll: true });
  }

  // Drawing -------------------------------------------------------------------------------------

  draw() {
    this.text.drawMarks();
    this.panel.draw();
    this.alike.draw();
    this.status.drawSaved();
    this.status.drawProgress();
    this.text.drawCaret();
  }

  /** @param {string} text @param {boolean} [bad] */
  tell(text, bad = false) {
    this.status.tell(text, bad);
  }

  /** @param {string} text */
  say(text) {
    this.status.say(text);
  }
}
