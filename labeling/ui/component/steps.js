// @ts-check

/**
 * @typedef {Record<string, any> & {kind: string, number: number}} Step
 * @typedef {{client: string, number: number, steps: Step[]}} KeptSteps
 * @typedef {{confirmed: number, revisions: Record<string, number>, refused: {number: number, reason: string}[], review: any}} StepAnswer
 */

const AGAIN_FIRST = 1000;
const AGAIN_MOST = 15000;

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
    const sent = this.pending.slice();
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
      if (status >= 400 && status < 500 && status !== 401) this.pending = this.pending.filter((step) => !sent.includes(step)); // it will never be taken
      else {
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
