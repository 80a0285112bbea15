// @ts-check

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {{sent: Op[], back: Op[][]}} Step  one action: its ops as they went out, and what takes each of them back
 * @typedef {(ops: Op[]) => Op[][]} Carry  sends ops out and returns, for each, what takes it back
 */

/** The actions that can be undone and redone. */
export class History {
  /** @param {string | null} [written] what `toString` gave, e.g. before the page was loaded again */
  constructor(written = null) {
    const { done, undone } = written ? JSON.parse(written) : { done: [], undone: [] };
    /** @type {Step[]} */
    this.done = done;
    /** @type {Step[]} */
    this.undone = undone;
  }

  toString() {
    return JSON.stringify({ done: this.done, undone: this.undone });
  }

  /** Takes note of an action; what had been undone is then gone for good. @param {Op[]} sent @param {Op[][]} back one that nothing takes back is no step */
  record(sent, back) {
    if (!back.flat().length) return;
    this.done.push({ sent, back });
    this.undone = [];
  }

  /** Takes the last action back. @param {Carry} send @returns {boolean} whether there was one */
  undo(send) {
    return turn(this.done, this.undone, send);
  }

  /** Does the last undone action again. @param {Carry} send @returns {boolean} whether there was one */
  redo(send) {
    return turn(this.undone, this.done, send);
  }

  /** Forgets ops that were refused, these very objects: there is nothing of them to take back. @param {Op[]} refused */
  drop(refused) {
    const left = (/** @type {Step} */ { sent, back }) => {
      const kept = sent.map((op) => !refused.includes(op));
      return { sent: sent.filter((_, index) => kept[index]), back: back.filter((_, index) => kept[index]) };
    };
    const rest = (/** @type {Step[]} */ steps) => steps.map(left).filter(({ back }) => back.flat().length);
    this.done = rest(this.done);
    this.undone = rest(this.undone);
  }
}

/** The storage for the steps of articles while the tab is open, so that none is lost when the page is reloaded. */
export class Shelf {
  /** @param {import("./outbox.js").Store} store of this tab alone @param {string} prefix of the keys */
  constructor(store, prefix) {
    this.store = store;
    this.prefix = prefix;
  }

  /** @param {string} article @returns {History} */
  take(article) {
    try {
      return new History(this.store.getItem(this.prefix + article));
    } catch {
      return new History(); // someone else's, or torn
    }
  }

  /** @param {string} article @param {History} history */
  keep(article, history) {
    const key = this.prefix + article;
    if (!history.done.length && !history.undone.length) return this.store.removeItem(key);
    for (;;) {
      try {
        return this.store.setItem(key, String(history));
      } catch {
        // Full: the article that was kept first has been left longest.
        const other = Array.from({ length: this.store.length }, (_, index) => this.store.key(index)).find(
          (each) => each?.startsWith(this.prefix) && each !== key,
        );
        if (!other) return;
        this.store.removeItem(other);
      }
    }
  }
}

/** @param {Step[]} from @param {Step[]} to @param {Carry} send @returns {boolean} */
function turn(from, to, send) {
  const step = from.pop();
  if (!step) return false;
  const sent = step.back.toReversed().flat();
  to.push({ sent, back: send(sent) });
  return true;
}
