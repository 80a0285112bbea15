// @ts-check
import { Annotation } from "./annotation.js";

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {Op & {number: number}} NumberedOp
 * @typedef {{client: string, revision: number, ops: NumberedOp[]}} Message
 * @typedef {{confirmed: number, refused: {number: number, reason: string}[], ops: (NumberedOp & {client: string, at: string, revision: number, refused?: string})[], revision: number}} Answer
 * @typedef {(message: Message, leaving?: boolean) => Promise<Answer>} Send  `leaving`: the page is going away, nobody waits for the answer; rejects with an error whose `status` is the HTTP status, 0 for no answer at all
 * @typedef {{getItem: (key: string) => string | null, setItem: (key: string, value: string) => void, removeItem: (key: string) => void, key: (index: number) => string | null, readonly length: number}} Store
 * @typedef {{set: (action: () => void, milliseconds: number) => any, clear: (handle: any) => void}} Timers
 * @typedef {{name: "saved" | "saving" | "offline" | "error", kept: number, revision: number, message: string}} Saving
 */

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5000;
const OPS_IN_A_MESSAGE = 500;

/** What all of several outboxes amount to: the worst state, everything kept, the first one's revision. @param {Saving[]} savings @returns {Saving} */
export function savingOf(savings) {
  const order = ["error", "offline", "saving", "saved"];
  const worst = [...savings].sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name))[0];
  const kept = savings.reduce((sum, saving) => sum + saving.kept, 0);
  return { name: worst?.name ?? "saved", message: worst?.message ?? "", kept, revision: savings[0]?.revision ?? 0 };
}

/** What is confirmed, what is not yet, and the way from one to the other: one message in flight, resent whole until it is answered. */
export class Outbox {
  /**
   * @param {object} parts
   * @param {Annotation} parts.annotation the confirmed state to start from
   * @param {() => string} parts.newClient makes a random client id
   * @param {(client: string) => void} parts.released told of a client id under which nothing is kept or sent any more
   * @param {Send} parts.send
   * @param {Store} parts.store
   * @param {string} parts.prefix of the key the outbox is kept under, e.g. "saywhen/outbox/project/annotator/"
   * @param {string} parts.article
   * @param {Timers} parts.timers
   * @param {(event: {rebuilt: boolean, refused: {op: Op, reason: string}[], confirmed: boolean}) => void} [parts.onchange]
   */
  constructor({ annotation, newClient, released, send, store, prefix, article, timers, onchange }) {
    this.base = annotation;
    this.shown = annotation.copy();
    this.newClient = newClient;
    this.released = released;
    this.client = newClient();
    this.send = send;
    this.store = store;
    this.prefix = prefix;
    this.article = article;
    this.timers = timers;
    this.onchange = onchange ?? (() => {});
    /** @type {NumberedOp[]} */
    this.pending = [];
    this.number = 0;
    this.flying = false;
    this.failures = 0;
    this.alone = false; // a message was called malformed: find the op by sending them one by one
    this.message = "";
    this.stale = "";
    this.stopped = false;
    this.asked = false;
    /** @type {any} */
    this.timer = null;
    /** @type {(() => void)[]} */
    this.waiting = [];
  }

  /** @returns {Saving} */
  get saving() {
    const kept = this.pending.length;
    const message = this.message || this.stale;
    const name = message ? "error" : this.failures > 1 ? "offline" : kept ? "saving" : "saved";
    return { name, kept, revision: this.base.revision, message };
  }

  /** Takes in ops of the person at the keyboard: shown at once, kept, sent. @param {Op[]} ops each gets its number; a refusal names these very objects */
  push(ops) {
    for (const op of ops) {
      this.shown.apply(op);
      this.pending.push(Object.assign(op, { number: ++this.number }));
    }
    this.keep();
    this.wake();
  }

  /** Fetches what is new on the server, by an empty message if need be. */
  poll() {
    this.asked = true;
    this.wake();
  }

  /** Tries again at once, e.g. when the network is back. */
  retry() {
    if (this.stopped) return;
    this.message = "";
    if (this.timer !== null) this.timers.clear(this.timer);
    this.timer = null;
    this.asked = true;
    this.wake();
  }

  /** Resolves when nothing is left to confirm. @returns {Promise<void>} */
  flush() {
    if (!this.pending.length && !this.flying) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** The page may be going away: sends what is unconfirmed once more, in a way that outlives it. Numbers make it count once. */
  leave() {
    if (this.pending.length && !this.stopped) this.send(this.letter(), true).catch(() => {});
  }

  /** @returns {Message} */
  letter() {
    return { client: this.client, revision: this.base.revision, ops: this.pending.slice(0, this.alone ? 1 : OPS_IN_A_MESSAGE) };
  }

  /** Stops sending; what is unconfirmed stays in the store. */
  close() {
    this.stopped = true;
    if (this.timer !== null) this.timers.clear(this.timer);
    this.timer = null;
    if (!this.pending.length) this.released(this.client);
  }

  wake() {
    if (this.stopped || this.flying || this.timer !== null || (!this.pending.length && !this.asked)) return;
    const letter = this.letter();
    this.flying = true;
    this.asked = false;
    this.send(letter).then(
      (answer) => this.answered(answer),
      (error) => this.failed(error, letter.ops),
    );
  }

  /** @param {Answer} answer */
  answered(answer) {
    this.flying = false;
    if (this.stopped) {
      this.forget(answer.confirmed);
      if (!this.pending.length) this.released(this.client);
      return;
    }
    if (answer.revision < this.base.revision) {
      // Only a server whose file was put back to an earlier day says so: its work is not what is shown here.
      this.stale = "The server has an older state of this article than this page; reload the page.";
    }
    const before = this.pending.length;
    const ownOps = new Map(this.pending.map((op) => [op.number, op]));
    const fresh = answer.ops.filter((op) => op.revision > this.base.revision);
    for (const op of fresh) if (!op.refused) this.base.apply(op);
    this.base.revision = Math.max(this.base.revision, answer.revision);
    const refused = [];
    for (const { number, reason } of answer.refused) {
      const op = ownOps.get(number);
      if (op) refused.push({ op, reason });
    }
    this.forget(answer.confirmed);
    const rebuilt = refused.length > 0 || fresh.some((op) => op.client !== this.client || op.refused);
    if (rebuilt) {
      this.shown = this.base.copy();
      for (const op of this.pending) this.shown.apply(op);
    }
    this.shown.revision = this.base.revision;
    const stuck = this.pending.length > 0 && this.pending.length === before;
    if (stuck && answer.confirmed < this.pending[0].number - 1) this.renumber(1, this.newClient()); // the server knows less of this client than it confirmed
    if (stuck) this.pause();
    else {
      this.failures = 0;
      this.alone = false;
      this.message = "";
    }
    this.onchange({ rebuilt, refused, confirmed: this.pending.length < before });
    this.settle();
    this.wake();
  }

  /** @param {any} error @param {NumberedOp[]} ops */
  failed(error, ops) {
    this.flying = false;
    if (this.stopped) return;
    const status = Number(error?.status ?? 0);
    if ((status === 400 || status === 413 || status === 422) && ops.length) {
      const refused = [];
      if (ops.length === 1) {
        refused.push({ op: this.pending[0], reason: String(error.message) });
        this.pending.shift();
        this.renumber(ops[0].number, this.client); // nothing of this message was taken, so the numbers after it are still free
        this.shown = this.base.copy();
        for (const op of this.pending) this.shown.apply(op);
        this.alone = false;
      } else this.alone = true;
      this.onchange({ rebuilt: refused.length > 0, refused, confirmed: false });
      this.settle();
      this.wake();
      return;
    }
    this.message = status >= 400 && (status < 500 || (status === 503 && this.failures > 3)) ? String(error.message) : "";
    this.asked = true;
    this.pause();
    this.onchange({ rebuilt: false, refused: [], confirmed: false });
  }

  pause() {
    const wait = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(this.failures, 10));
    this.failures++;
    if (this.timer !== null) this.timers.clear(this.timer);
    this.timer = this.timers.set(() => {
      this.timer = null;
      this.wake();
    }, wait);
  }

  /** @param {number} confirmed */
  forget(confirmed) {
    const left = this.pending.filter((op) => op.number > confirmed);
    if (left.length === this.pending.length) return;
    this.pending = left;
    this.keep();
  }

  /** @param {number} first @param {string} client */
  renumber(first, client) {
    if (client !== this.client) {
      this.store.removeItem(this.key);
      this.released(this.client);
    }
    this.client = client;
    this.pending.forEach((op, index) => (op.number = first + index));
    this.number = first + this.pending.length - 1;
    this.keep();
  }

  get key() {
    return `${this.prefix}${this.article}/${this.client}`;
  }

  keep() {
    try {
      if (!this.pending.length) this.store.removeItem(this.key);
      else this.store.setItem(this.key, JSON.stringify({ article: this.article, client: this.client, revision: this.base.revision, ops: this.pending }));
    } catch {
      // a full or forbidden store only costs the second copy: the ops are still sent
    }
  }

  settle() {
    if (this.pending.length || this.flying) return;
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/**
 * Sends what dead pages left in the store, each under its own client id, once, and takes it out of the store.
 * @param {object} parts
 * @param {Store} parts.store
 * @param {string} parts.prefix
 * @param {(client: string, action: () => Promise<void>) => Promise<void>} parts.ifDead runs the action unless a living page holds the client id
 * @param {(article: string, message: Message) => Promise<Answer>} parts.send
 * @param {() => string} parts.newClient
 * @returns {Promise<{sent: number, refused: string[], stuck: string[]}>} how many ops went, the reasons of those refused, and of what the server will not have
 */
export async function replayLeftovers({ store, prefix, ifDead, send, newClient }) {
  const keys = [];
  for (let index = 0; index < store.length; index++) {
    const key = store.key(index);
    if (key?.startsWith(prefix)) keys.push(key);
  }
  let sent = 0;
  /** @type {string[]} */
  const refused = [];
  /** @type {string[]} */
  const stuck = [];
  for (const key of keys.sort()) {
    const written = store.getItem(key);
    if (!written) continue;
    /** @type {{article: string, client: string, revision: number, ops: NumberedOp[]}} */
    let left;
    try {
      left = JSON.parse(written);
    } catch {
      store.removeItem(key);
      continue;
    }
    await ifDead(left.client, async () => {
      try {
        let { client, ops } = left;
        for (let tries = 0; ops.length && tries < 100; tries++) {
          const first = ops[0].number;
          const answer = await send(left.article, { client, revision: left.revision, ops: ops.slice(0, OPS_IN_A_MESSAGE) });
          refused.push(...answer.refused.map(({ reason }) => reason));
          const rest = ops.filter((op) => op.number > answer.confirmed);
          sent += ops.length - rest.length;
          ops = rest;
          if (answer.confirmed < first - 1) {
            client = newClient();
            ops = ops.map((op, index) => ({ ...op, number: index + 1 }));
          }
        }
        if (!ops.length && store.getItem(key) === written) store.removeItem(key);
      } catch (error) {
        // kept for the next time; what no next time will help with is told
        const { status = 0, message = "" } = /** @type {{status?: number, message?: string}} */ (error);
        if (status >= 400 && status < 500 && status !== 401) stuck.push(String(message));
      }
    });
  }
  return { sent, refused, stuck };
}
