import assert from "node:assert/strict";
import test from "node:test";
import { route } from "../../labeling/ui/component/connectors.js";

const PITCH = 28;
const COLUMN = { left: 24, right: 624 };
/** The letters of a line by its number, 13 pixels of the 28 that lines are apart. */
const line = (number, column = COLUMN) => ({ ...column, top: PITCH * number, bottom: PITCH * number + 13 });
const stop = (number, left, right, column = COLUMN) => ({ ...line(number), left, right, column, pitch: PITCH });
/** The corners of a path; where it is rounded, the corner itself. */
const corners = (path) => [...path.matchAll(/[MLQ]([-\d.]+),([-\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
/** Whether a straight part of a path, which runs across or down, passes through a box. */
const strikes = ([x1, y1], [x2, y2], { left, right, top, bottom }) =>
  Math.max(x1, x2) > left && Math.min(x1, x2) < right && Math.max(y1, y2) > top && Math.min(y1, y2) < bottom;

test("a link strikes through no line of its column, wherever its ends are and however many links there are", () => {
  const lines = Array.from({ length: 12 }, (_, number) => line(number));
  for (let from = 1; from < 11; from++)
    for (let to = 1; to < 11; to++)
      for (const [left, right] of [
        [40, 90],
        [300, 480],
        [560, 620],
      ])
        for (let number = 0; number < 7; number++) {
          const way = corners(route(stop(from, 100, 180), stop(to, left, right), number).path);
          const struck = way.slice(1).flatMap((point, at) => lines.filter((each) => strikes(way[at], point, each)));
          assert.deepEqual(struck, [], `from line ${from} to line ${to}, link ${number}`);
        }
});

test("a link between columns runs between them", () => {
  const [one, two] = [
    { left: 0, right: 300 },
    { left: 344, right: 644 },
  ];
  const way = corners(route(stop(2, 20, 80, one), stop(9, 400, 460, two), 0).path);
  assert.ok(way.some(([x]) => x > one.right && x < two.left));
  for (const column of [one, two])
    for (let number = 0; number < 12; number++)
      assert.ok(!way.slice(1).some((point, at) => strikes(way[at], point, line(number, column))));
});

test("links beside one another have ways of their own, and end where their spans are", () => {
  const ways = [0, 1, 2].map((number) => route(stop(2, 100, 180), stop(7, 40, 90), number));
  assert.equal(new Set(ways.map(({ path }) => path)).size, 3);
  for (const { end } of ways) {
    assert.equal(end.y, line(7).top);
    assert.ok(end.x >= 40 && end.x <= 90);
  }
});
