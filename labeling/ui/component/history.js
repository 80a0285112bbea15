// @ts-check

/** @typedef {import("./annotation.js").Op} Op */

/** What can be undone and done again: each step the ops of one action. */
export class History {
  constructor() {
    /** @type {{undo: Op[], redo: Op[]}[]} */
    this.done = [];
    /** @type {{undo: Op[], redo: Op[]}[]} */
    this.undone = [];
  }

  clear() {
    this.done = [];
    this.undone = [];
  }

  /** Takes note of an action and of what takes it back; what had been undone is then gone for good. @param {Op[]} ops @param {Op[]} inverse nothing if it cannot be undone */
  record(ops, inverse) {
    if (!inverse.length) return;
    this.done.push({ undo: inverse, redo: ops });
    this.undone = [];
  }

  /** Takes the last action back. @param {(ops: Op[]) => Op[]} send carries ops out and returns what takes them back @returns {boolean} whether there was one */
  undo(send) {
    const step = this.done.pop();
    if (!step) return false;
    this.undone.push({ undo: step.undo, redo: send(step.undo) });
    return true;
  }

  /** Does the last undone action again. @param {(ops: Op[]) => Op[]} send @returns {boolean} whether there was one */
  redo(send) {
    const step = this.undone.pop();
    if (!step) return false;
    this.done.push({ undo: send(step.redo), redo: step.redo });
    return true;
  }
}
