import assert from "node:assert/strict";
import test from "node:test";
import { History, Shelf } from "../../labeling/ui/component/history.js";

/** A state that adds numbers up; taking an addition back is adding its negative. */
function adder() {
  const state = { sum: 0 };
  const send = (ops) => {
    for (const { by } of ops) state.sum += by;
    return ops.map(({ by }) => [{ kind: "add", by: -by }]);
  };
  const history = new History();
  const act = (...by) => {
    const ops = by.map((each) => ({ kind: "add", by: each }));
    history.record(ops, send(ops));
    return ops;
  };
  return { state, send, history, act };
}

test("undo takes back whole actions, redo does them again, in turn", () => {
  const { state, send, history, act } = adder();
  act(1);
  act(10, 20);
  const seen = [];
  for (const step of ["undo", "undo", "redo", "redo", "undo", "redo"]) {
    assert.ok(history[step](send));
    seen.push(state.sum);
  }
  assert.deepEqual(seen, [1, 0, 1, 31, 1, 31]);
});

test("where there is nothing to undo or redo, nothing happens", () => {
  const { state, send, history, act } = adder();
  assert.equal(history.undo(send), false);
  act(1);
  assert.equal(history.redo(send), false);
  assert.equal(state.sum, 1);
});

test("a new action ends what could be done again", () => {
  const { state, send, history, act } = adder();
  act(1);
  history.undo(send);
  act(5);
  assert.equal(history.redo(send), false);
  assert.equal(state.sum, 5);
});

test("an action that cannot be taken back is no step", () => {
  const { send, history } = adder();
  history.record([{ kind: "register" }], [[]]);
  assert.equal(history.undo(send), false);
});

test("an action of which all was refused is no step any more", () => {
  const { state, send, history, act } = adder();
  act(1);
  const refused = act(10, 20);
  state.sum -= 30;
  history.drop(refused);
  assert.ok(history.undo(send));
  assert.equal(state.sum, 0);
  assert.equal(history.undo(send), false);
});

test("of an action of which a part was refused, the rest is taken back", () => {
  const { state, send, history, act } = adder();
  const [, refused] = act(10, 20, 30);
  state.sum -= 20;
  history.drop([refused]);
  assert.ok(history.undo(send));
  assert.equal(state.sum, 0);
  assert.ok(history.redo(send));
  assert.equal(state.sum, 40);
});

test("what was to take an action back and was refused cannot be done again", () => {
  const { send, history, act } = adder();
  act(1);
  history.undo(send);
  history.drop(history.undone[0].sent);
  assert.equal(history.redo(send), false);
});

test("an op equal to a refused one stays a step", () => {
  const { send, history, act } = adder();
  act(1);
  history.drop(act(1));
  assert.ok(history.undo(send));
  assert.equal(history.undo(send), false);
});

test("steps survive being written and read again", () => {
  const { state, send, history, act } = adder();
  act(1);
  act(10, 20);
  history.undo(send);
  const again = new History(String(history));
  assert.ok(again.redo(send));
  assert.equal(state.sum, 31);
  assert.ok(again.undo(send) && again.undo(send) && !again.undo(send));
  assert.equal(state.sum, 0);
});

test("the shelf keeps an article's steps, forgets those of an empty history, and makes room where the store is full", () => {
  const items = new Map();
  const store = {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    removeItem: (key) => items.delete(key),
    setItem: (key, value) => {
      if (items.size >= 2 && !items.has(key)) throw new Error("full");
      items.set(key, value);
    },
  };
  const shelf = new Shelf(store, "undo/");
  const { history, act } = adder();
  act(1);
  for (const article of ["a", "b", "c"]) shelf.keep(article, history);
  assert.deepEqual([...items.keys()], ["undo/b", "undo/c"]);
  assert.equal(shelf.take("c").done.length, 1);
  assert.equal(shelf.take("a").done.length, 0);
  shelf.keep("c", new History());
  assert.deepEqual([...items.keys()], ["undo/b"]);
  items.set("undo/x", "{torn");
  assert.equal(shelf.take("x").done.length, 0);
});
