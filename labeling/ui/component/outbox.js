// @ts-check
import { Annotation } from "./annotation.js";

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {Op & {number: number}} NumberedOp
 * @typedef {{client: string, revision: number, ops: NumberedOp[], version?: number}} Message  `version` of the label set the ops were made under; without it, the newest
 * @typedef {{confirmed: number, refused: {number: number, reason: string}[], ops: (NumberedOp & {client: string, at: string, revision: number, refused?: string})[], revision: number, version?: number}} Answer  `version` of the label set that holds now
 * @typedef {(message: Message, leaving?: boolean) => Promise<Answer>} Send  `leaving`: the page is going away, no one waits for the answer; rejects with an error whose `status` is the HTTP status, 0 for no answer at all
 * @typedef {{getItem: (key: string) => string | null, setItem: (key: string, value: string) => void, removeItem: (key: string) => void, key: (index: number) => string | null, readonly length: number}} Store
 * @typedef {{set: (action: () => void, milliseconds: number) => any, clear: (handle: any) => void}} Timers
 * @typedef {{name: "saved" | "saving" | "offline" | "error", kept: number, revision: number, message: string}} Saving
 */

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5000;
const OPS_IN_A_MESSAGE = 500;

/** Returns the summary of several outboxes: the worst state, all unconfirmed ops, the first one's revision. @param {Saving[]} savings @returns {Saving} */
export function savingOf(savings) {
  const order = ["error", "offline", "saving", "saved"];
  const worst = [...savings].sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name))[0];
  const kept = savings.reduce((sum, saving) => sum + saving.kept, 0);
  return { name: worst?.name ?? "saved", message: worst?.message ?? "", kept, revision: savings[0]?.revision ?? 0 };
}

/** The unconfirmed ops of an article and their way to the server: one message at a time, resent whole until it is answered. */
export class Outbox {
  /**
   * @param {object} parts
   * @param {Annotation} parts.annotation the confirmed state to start from
   * @param {() => string} parts.newClient makes a random client id
   * @param {(client: string) => void} parts.released receives a client id under which nothing is stored or sent now
   * @param {Send} parts.send
   * @param {Store} parts.store
   * @param {string} parts.prefix of the key the outbox is kept under, e.g. "saywhen/outbox/project/annotator/"
   * @param {string} parts.article
   * @param {Timers} parts.timers
   * @param {(event: {rebuilt: boolean, refused: {op: Op, reason: string}[], confirmed: boolean}) => void} [parts.onchange]
   * @param {number} [parts.version] of the label set this page runs
   * @param {{client: string, ops: NumberedOp[]}} [parts.left] what a page that is dead had not got confirmed, to be sent under its client id
   */
  constructor({ annotation, newClient, released, send, store, prefix, article, timers, onchange, version, left }) {
    this.base = annotation;
    this.shown = annotation.copy();
    this.newClient = newClient;
    this.released = released;
    this.client = left?.client ?? newClient();
    this.send = send;
    this.store = store;
    this.prefix = prefix;
    this.article = article;
    this.version = version;
    this.timers = timers;
    this.onchange = onchange ?? (() => {});
    /** @type {NumberedOp[]} */
    this.pending = left?.ops ?? [];
    this.number = this.pending.at(-1)?.number ?? 0;
    this.flying = false;
    this.failures = 0;
    this.alone = false; // a message was called malformed: find the op by sending them one by one
    this.message = "";
    this.stale = "";
    /** Whether the label set has changed since this page was loaded. */
    this.moved = false;
    this.stopped = false;
    /** Why the article is no longer there: it was removed from the project. */
    this.gone = "";
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

  /** Accepts ops of the person at the keyboard: shown at once, kept, sent. @param {Op[]} ops each gets its number; a refusal names these very objects */
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
    return {
      client: this.client,
      revision: this.base.revision,
      version: this.version,
      ops: this.pending.slice(0, this.alone ? 1 : OPS_IN_A_MESSAGE),
    };
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
      (answer) => this.answered(answer, letter.ops),
      (error) => this.failed(error, letter.ops),
    );
  }

  /** @param {Answer} answer @param {NumberedOp[]} ops what it answers to */
  answered(answer, ops) {
    this.flying = false;
    const refused = this.refusedBy(answer);
    if (this.stopped) {
      if (!refused.length) this.forget(answer.confirmed); // else they stay in the store, for the next page to tell
      if (!this.pending.length) this.released(this.client);
      return;
    }
    if (answer.revision < this.base.revision) {
      // Only a server whose file was put back to an earlier day says so: its work is not what is shown here.
      this.stale = "The server has an older state of this article than this page; reload the page.";
    }
    const before = this.pending.length;
    this.moved ||= this.version !== undefined && (answer.version ?? 0) > this.version;
    const fresh = this.moved ? [] : answer.ops.filter((op) => op.revision > this.base.revision);
    for (const op of fresh) if (!op.refused) this.base.apply(op);
    if (this.moved) {
      // What the log says is of a label set that this page does not have: it goes on by what it sent itself.
      this.stale = `The label set has changed: reload the page to continue with version ${answer.version}. Your work is saved.`;
      for (const op of this.pending)
        if (op.number <= answer.confirmed && !refused.some((each) => each.op === op)) this.base.apply(op);
    } else this.base.revision = Math.max(this.base.revision, answer.revision);
    this.forget(answer.confirmed);
    const rebuilt = refused.length > 0 || fresh.some((op) => op.client !== this.client || op.refused);
    if (rebuilt) {
      this.shown = this.base.copy();
      for (const op of this.pending) this.shown.apply(op);
    }
    this.shown.revision = this.base.revision;
    const stuck = ops.length > 0 && this.pending[0] === ops[0];
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

  /** Returns the unconfirmed ops that an answer refuses. The log in it has refusals in an answer that was lost, too. @param {Answer} answer @returns {{op: NumberedOp, reason: string}[]} */
  refusedBy(answer) {
    const reasons = new Map(
      answer.ops.filter(({ client }) => client === this.client).map(({ number, refused }) => [number, refused]),
    );
    return this.pending.flatMap((op) => {
      const reason = reasons.get(op.number);
      return reason ? [{ op, reason }] : [];
    });
  }

  /** @param {any} error @param {NumberedOp[]} ops */
  failed(error, ops) {
    this.flying = false;
    if (this.stopped) return;
    const status = Number(error?.status ?? 0);
    if (status === 410) {
      // Nothing of a removed article stays in this browser either.
      const refused = this.pending.slice(0, 1).map((op) => ({ op, reason: String(error.message) }));
      this.gone = this.message = String(error.message);
      this.stopped = true;
      this.pending = [];
      this.keep();
      this.onchange({ rebuilt: true, refused, confirmed: false });
      this.settle();
      return;
    }
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
    this.message =
      status >= 400 && (status < 500 || (status === 503 && this.failures > 3)) ? String(error.message) : "";
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
      else
        this.store.setItem(
          this.key,
          JSON.stringify({
            article: this.article,
            client: this.client,
            revision: this.base.revision,
            version: this.version,
            ops: this.pending,
          }),
        );
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
 * @param {(client: string) => void} parts.released
 * @returns {Promise<{sent: number, refused: string[], stuck: string[]}>} how many ops went, the reasons of those refused, and of what the server will not have
 */
export async function replayLeftovers({ store, prefix, ifDead, ...parts }) {
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
    await ifDead(key.slice(key.lastIndexOf("/") + 1), async () => {
      const left = leftUnder(store, key);
      if (!left) return;
      const outcome = await resend(left, { store, prefix, ...parts });
      sent += outcome.sent;
      refused.push(...outcome.refused);
      stuck.push(...outcome.stuck);
    });
  }
  return { sent, refused, stuck };
}

/** @param {Store} store @param {string} key @returns {{article: string, client: string, revision: number, version?: number, ops: NumberedOp[]} | null} */
function leftUnder(store, key) {
  const written = store.getItem(key);
  try {
    const left = JSON.parse(written ?? "null");
    if (left?.ops.length) return left;
  } catch {
    // torn: there is nothing to be had of it
  }
  if (written !== null) store.removeItem(key);
  return null;
}

/**
 * Sends one dead page's ops until they are confirmed or a message fails; then the rest is kept for the next time.
 * @param {{article: string, client: string, revision: number, version?: number, ops: NumberedOp[]}} left
 * @param {{store: Store, prefix: string, send: (article: string, message: Message) => Promise<Answer>, newClient: () => string, released: (client: string) => void}} parts
 * @returns {Promise<{sent: number, refused: string[], stuck: string[]}>}
 */
function resend({ article, revision, version, ...left }, { send, ...parts }) {
  const count = left.ops.length;
  /** @type {string[]} */
  const refused = [];
  /** @type {any} */
  let fault = null;
  return new Promise((resolve) => {
    const outbox = new Outbox({
      ...parts,
      annotation: new Annotation({ revision, status: "new", published: null, spans: [], relations: [] }),
      article,
      version,
      left,
      send: (message) => {
        fault = null;
        return send(article, message).catch((error) => Promise.reject((fault = error)));
      },
      timers: { set: (action) => queueMicrotask(action), clear: () => {} },
      onchange: (event) => {
        refused.push(...event.refused.map(({ reason }) => reason));
        const { pending, failures } = outbox;
        if (pending.length && failures <= (fault ? 0 : 1)) return; // once the server may know too little: then everything is sent again
        outbox.close();
        const { status = 0, message = "" } = fault ?? {};
        // What no next time will help with is reported.
        resolve({
          sent: outbox.gone ? 0 : count - pending.length,
          refused,
          stuck: status >= 400 && status < 500 && status !== 401 && pending.length ? [String(message)] : [],
        });
      },
    });
    outbox.wake();
  });
}
