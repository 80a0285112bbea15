import assert from "node:assert/strict";
import test from "node:test";
import { EVERYTHING, Search, choicesOf, isDay, pieces, tally } from "../../labeling/ui/component/search.js";

/** A server with articles 1 … `size`, of which those are found whose number holds the words; it answers when told to. */
function searching(size) {
  const asked = [];
  const open = [];
  const taken = [];
  const timers = [];
  const server = { unread: 0 };
  const search = new Search({
    find: (wanted, limit, offset) =>
      new Promise((resolve, reject) => {
        asked.push([wanted.q, limit, offset]);
        const ids = Array.from({ length: size }, (_, index) => String(index + 1)).filter((id) => id.includes(wanted.q));
        open.push({
          answer: () =>
            resolve({
              total: ids.length,
              unread: server.unread,
              rows: ids.slice(offset, offset + limit).map((id) => ({ id })),
            }),
          fail: () => reject(new Error("The server does not answer.")),
        });
      }),
    take: ({ id }) => taken.push(id),
    onchange: () => {},
    timers: {
      set: (action, wait) => timers.push({ action, wait }) - 1,
      clear: (handle) => (timers[handle] = undefined),
    },
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    search,
    server,
    asked,
    taken,
    waits: () => timers.filter(Boolean).map(({ wait }) => wait),
    type: (q) => search.look({ ...EVERYTHING, q }),
    rest: () => timers.splice(0).forEach((timer) => timer?.action()),
    answer: (which = 0) => (open.splice(which, 1)[0].answer(), settle()),
    fail: () => (open.shift().fail(), settle()),
    ids: () => search.rows.map(({ id }) => id),
  };
}

test("words are looked for once the typing rests", async () => {
  const at = searching(300);
  for (const q of ["1", "12", "123"]) at.type(q);
  assert.deepEqual([at.asked, at.waits()], [[], [120]]);
  at.rest();
  await at.answer();
  assert.deepEqual([at.asked, at.ids()], [[["123", 50, 0]], ["123"]]);
});

test("an answer that comes after a newer question is passed over", async () => {
  const at = searching(30);
  at.type("1");
  at.rest();
  at.type("12");
  await at.answer();
  assert.deepEqual(at.ids(), []);
  at.rest();
  at.type("13");
  at.rest();
  await at.answer(1);
  assert.deepEqual(at.ids(), ["13"]);
  await at.answer();
  assert.deepEqual(at.ids(), ["13"]);
});

test("more is asked for page by page, one at a time, and not beyond the end", async () => {
  const at = searching(120);
  at.search.again();
  await at.answer();
  at.search.more();
  at.search.more();
  await at.answer();
  at.search.more();
  await at.answer();
  at.search.more();
  assert.deepEqual(at.asked, [
    ["", 50, 0],
    ["", 50, 50],
    ["", 50, 100],
  ]);
  assert.deepEqual(
    at.ids(),
    Array.from({ length: 120 }, (_, index) => String(index + 1)),
  );
});

test("going down near the end asks for more; going up or down ends at the ends", async () => {
  const at = searching(60);
  at.search.again();
  await at.answer();
  at.search.step(-10);
  assert.equal(at.search.at, 0);
  at.search.step(30);
  assert.equal(at.asked.length, 1);
  at.search.step(30);
  assert.deepEqual([at.search.at, at.asked.at(-1)], [49, ["", 50, 50]]);
  await at.answer();
  at.search.step(100);
  assert.equal(at.search.at, 59);
});

test("Enter takes the article at hand, or the first that the words just typed find", async () => {
  const at = searching(30);
  at.search.again();
  await at.answer();
  at.search.step(1);
  at.search.take();
  at.type("23");
  at.search.take();
  assert.deepEqual(at.taken, ["2"]);
  at.rest();
  await at.answer();
  assert.deepEqual(at.taken, ["2", "23"]);
  at.type("x");
  at.search.take();
  at.rest();
  await at.answer();
  at.search.take();
  assert.deepEqual(at.taken, ["2", "23"]);
});

test("what is typed on after Enter is not taken", async () => {
  const at = searching(30);
  at.type("2");
  at.search.take();
  at.type("23");
  at.rest();
  await at.answer();
  assert.deepEqual([at.ids(), at.taken], [["23"], []]);
});

test("looked for again, as much is there as before, and the same article is at hand", async () => {
  const at = searching(300);
  at.search.again();
  await at.answer();
  at.search.more();
  await at.answer();
  at.search.step(70);
  at.search.again();
  await at.answer();
  assert.deepEqual([at.asked.at(-1), at.search.rows[at.search.at].id], [["", 100, 0], "71"]);
});

test("a search without an answer says so, keeps what there was and is tried again, at once with Enter", async () => {
  const at = searching(30);
  at.search.again();
  await at.answer();
  at.type("23");
  at.rest();
  await at.fail();
  assert.deepEqual([tally(at.search), at.ids().length, at.taken], ["The server does not answer.", 30, []]);
  at.rest();
  await at.fail();
  at.search.take();
  at.rest();
  await at.answer();
  assert.deepEqual([tally(at.search), at.taken, at.waits()], ["1 article", ["23"], []]);
});

test("while the server takes new articles in, what is found so far is shown, and it is asked again at once", async () => {
  const at = searching(30);
  at.server.unread = 12_000;
  at.type("23");
  at.rest();
  at.search.take();
  await at.answer();
  assert.deepEqual(
    [tally(at.search), at.ids(), at.taken, at.waits()],
    ["1 so far; 12,000 articles are still being indexed", ["23"], ["23"], [0]],
  );
  at.type("zebra");
  at.rest();
  at.search.take();
  await at.answer();
  at.rest();
  at.server.unread = 0;
  await at.answer();
  assert.deepEqual(
    [tally(at.search), at.taken, at.waits(), at.asked.length],
    ["no article contains these words", ["23"], [], 3],
  );
});

for (const [text, ranges, expected] of [
  ["", [], []],
  ["no word", [], ["no word"]],
  ["a bridge there", [[2, 8]], ["a ", "[bridge]", " there"]],
  [
    "bridge, bridge",
    [
      [0, 6],
      [8, 14],
    ],
    ["[bridge]", ", ", "[bridge]"],
  ],
  [
    "新橋橋😀x",
    [
      [1, 2],
      [2, 3],
      [3, 4],
    ],
    ["新", "[橋]", "[橋]", "[😀]", "x"],
  ],
]) {
  test(`${JSON.stringify(text)} is cut at ${JSON.stringify(ranges)} in code points`, () => {
    assert.deepEqual(
      pieces(text, ranges).map((piece) => (piece.found ? `[${piece.text}]` : piece.text)),
      expected,
    );
  });
}

test("a filter is offered where it leaves something out, or is set", () => {
  assert.deepEqual(choicesOf({}, 3, ""), []);
  assert.deepEqual(choicesOf({ Wire: 3 }, 3, ""), []);
  assert.deepEqual(choicesOf({ Wire: 2 }, 3, ""), [["Wire", 2]]);
  assert.deepEqual(choicesOf({ Wire: 3 }, 3, "Wire"), [["Wire", 3]]);
  assert.deepEqual(choicesOf({ Wire: 2, Sun: 1 }, 3, "Post"), [
    ["Wire", 2],
    ["Sun", 1],
    ["Post", 0],
  ]);
});

for (const [written, fits] of [
  ["2018", true],
  ["2018-11", true],
  ["2018-11-04", true],
  ["201", false],
  ["2018-", false],
  ["2018-13", false],
  ["2018-11-32", false],
  ["2018-11~", false],
  ["yesterday", false],
]) {
  test(`“${written}” is ${fits ? "" : "not yet "}a day, month or year`, () => assert.equal(isDay(written), fits));
}

for (const [state, said] of [
  [{ total: 1234, rows: { length: 50 } }, "50 of 1,234"],
  [{ total: 3, rows: { length: 3 } }, "3 articles"],
  [{ total: 1, rows: { length: 1 } }, "1 article"],
  [{ wanted: { q: "zebra" }, narrowed: true }, "no article contains these words"],
  [{ wanted: EVERYTHING, narrowed: true }, "no article matches"],
  [{}, "no articles yet"],
]) {
  test(`the tally says “${said}”`, () =>
    assert.equal(
      tally({ total: 0, unread: 0, rows: [], error: "", wanted: EVERYTHING, narrowed: false, ...state }),
      said,
    ));
}
