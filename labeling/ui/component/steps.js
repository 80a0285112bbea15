// @ts-check

/**
 * @typedef {Record<string, any> & {kind: string, number: number}} Step
 * @typedef {{client: string, number: number, steps: Step[]}} KeptSteps
 * @typedef {{confirmed: number, revisions: Record<string, number>, refused: {number: number, reason: string}[], review: any}} StepAnswer
 */

const AGAIN_FIRST = 1000;
const AGAIN_MOST = 15000;
/** So many steps go in one message: the server holds its file for as long as it works them out. */
const MOST_STEPS = 100;

/** A reviewer's steps on their way to the server: numbered, kept until they are confirmed, sent again until they are. */
export class StepOutbox {
  /**
   * @param {{client: string, send: (steps: Step[]) => Promise<StepAnswer>, keep: (kept: KeptSteps | null) => void, answered: (answer: StepAnswer) => void, changed: () => void}} host
   * @param {KeptSteps | null} [kept] what an earlier page life of this tab left
   */
  constructor(host, kept = null) {
    this.host = host;
    this.number = kept?.number ?? 0;
    /** @type {Step[]} */
    this.pending = kept?.steps ?? [];
    this.sending = false;
    this.failed = "";
    this.pause = AGAIN_FIRST;
    /** @type {any} */
    this.timer = null;
    if (this.pending.length) this.flush();
  }

  /** @param {Record<string, any> & {kind: string}} step @returns {number} its number */
  put(step) {
    this.pending.push({ ...step, number: ++this.number });
    this.keep();
    this.flush();
    return this.number;
  }

  keep() {
    this.host.keep(this.pending.length ? { client: this.host.client, number: this.number, steps: this.pending } : null);
    this.host.changed();
  }

  /** Sends what is not confirmed, one message at a time. */
  async flush() {
    if (this.sending || !this.pending.length) return;
    clearTimeout(this.timer);
    this.sending = true;
    const sent = this.pending.slice(0, MOST_STEPS);
    /** @type {StepAnswer | null} */
    let answer = null;
    try {
      answer = await this.host.send(sent);
      this.failed = "";
      this.pause = AGAIN_FIRST;
      const last = sent[sent.length - 1].number;
      this.pending = this.pending.filter(({ number }) => number > last);
    } catch (error) {
      const { status, message } = /** @type {any} */ (error);
      this.failed = message;
      if (status >= 400 && status < 500 && status !== 401) {
        this.pending = this.pending.filter((step) => !sent.includes(step)); // it will never be taken
        answer = {
          confirmed: sent[sent.length - 1].number,
          revisions: {},
          refused: sent.map(({ number }) => ({ number, reason: message })),
          review: null,
        };
      } else {
        this.timer = setTimeout(() => this.flush(), this.pause);
        this.pause = Math.min(AGAIN_MOST, this.pause * 2);
      }
    }
    this.sending = false;
    this.keep();
    if (answer) this.host.answered(answer);
    if (answer && this.pending.length) this.flush();
  }

  close() {
    clearTimeout(this.timer);
  }
}

/**
 * @typedef {{number: number, article: string, question: string, revision: number | null}} Doing  a step and what it came to; `question` is "" where it is on none
 * @typedef {{steps: Doing[], drawn: any}} Act  what one key did: one step, or a list of them; what had been drawn for it
 */

/** The acts of this visit, latest last; each is undone as a whole. */
export class Acts {
  constructor() {
    /** @type {Act[]} */
    this.list = [];
    /** The number of acts to undo as soon as the server has answered them. */
    this.awaited = 0;
  }

  /** @param {{number: number, article: string, question: string}[]} steps @param {any} [drawn] */
  add(steps, drawn = null) {
    this.list.push({ steps: steps.map((step) => ({ ...step, revision: null })), drawn });
  }

  /** The questions of an article whose steps are on their way. @param {string} article @returns {Set<string>} */
  onTheirWay(article) {
    return new Set(
      this.list.flatMap(({ steps }) =>
        steps.filter((step) => step.revision === null && step.article === article).map(({ question }) => question),
      ),
    );
  }

  /** Applies what became of steps; returns the acts that are done now, and those of which steps were refused, with these. @param {Record<string, number>} revisions @param {number[]} refused @returns {{done: Act[], refused: Act[]}} */
  answered(revisions, refused) {
    const failed = [];
    const waited = this.list.filter(({ steps }) => steps.some(({ revision }) => revision === null));
    for (const act of waited) {
      const gone = act.steps.filter(({ number }) => refused.includes(number));
      if (gone.length) failed.push({ ...act, steps: gone });
      act.steps = act.steps.filter((step) => !gone.includes(step));
      for (const step of act.steps) step.revision ??= revisions[step.number] ?? null;
    }
    return {
      done: waited.filter(({ steps }) => steps.length && steps.every(({ revision }) => revision !== null)),
      refused: failed,
    };
  }

  /** Takes the last act off the list, to be undone; "wait" where it is not known yet what became of it, null where there is none. @returns {Act | "wait" | null} */
  takeBack() {
    const last = this.list[this.list.length - 1];
    if (!last) return null;
    if (last.steps.some(({ revision }) => revision === null)) return "wait";
    this.list.pop();
    return last;
  }
}
