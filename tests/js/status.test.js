import assert from "node:assert/strict";
import test from "node:test";
import { sessionInWords } from "../../labeling/ui/component/status.js";

for (const [session, said] of [
  [{ articles: 0, marks: 0, marks_per_hour: null }, ""],
  [{ articles: 0, marks: 1, marks_per_hour: null }, "1 span"],
  [{ articles: 1, marks: 12, marks_per_hour: null }, "1 article · 12 spans"],
  [{ articles: 4, marks: 40, marks_per_hour: 96 }, "4 articles · 96 spans/h"],
  [{ articles: 2, marks: 0, marks_per_hour: 0 }, "2 articles"],
]) {
  test(`a session is told as “${said}”`, () => assert.equal(sessionInWords({ since: null, ...session }), said));
}
