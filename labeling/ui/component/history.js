// @ts-check

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {{sent: Op[], back: Op[][]}} Step  one action: its ops as they went out, and what takes each of them back
 * @typedef {(ops: Op[]) => Op[][]} Carry  sends ops out and returns, for each, what takes it back
 */

/** What can be undone and done again, action by action. */
export class History {
  constructor() {
    /** @type {Step[]} */
    this.done = [];
    /** @type {Step[]} */
    this.undone = [];
  }

  clear() {
    this.done = [];
    this.undone = [];
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

/** @param {Step[]} from @param {Step[]} to @param {Carry} send @returns {boolean} */
function turn(from, to, send) {
  const step = from.pop();
  if (!step) return false;
  const sent = step.back.toReversed().flat();
  to.push({ sent, back: send(sent) });
  return true;
}
