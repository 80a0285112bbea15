import assert from "node:assert/strict";
import test from "node:test";
import { StepOutbox } from "../../labeling/ui/component/steps.js";

function hosted(send, kept = null) {
  const seen = { kept: null, answers: [] };
  const host = { client: "client-1", send, keep: (value) => (seen.kept = value), answered: (answer) => seen.answers.push(answer), changed: () => {} };
  return { outbox: new StepOutbox(host, kept), seen };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("a step is kept until it is confirmed, and sent again with its number", async () => {
  const sent = [];
  let fails = true;
  const { outbox, seen } = hosted(async (steps) => {
    sent.push(steps.map(({ number }) => number));
    if (fails) throw Object.assign(new Error("The server does not answer."), { status: 0 });
    return { confirmed: steps.at(-1).number, revisions: {}, refused: [] };
  });
  outbox.put({ kind: "undo", revision: 1 });
  await settled();
  assert.equal(seen.kept.steps.length, 1);
  fails = false;
  outbox.put({ kind: "undo", revision: 2 });
  await settled();
  assert.deepEqual(sent, [[1], [1, 2]]);
  assert.equal(seen.kept, null);
  outbox.close();
});

test("what an earlier page life left is sent with the numbers it had", async () => {
  const sent = [];
  const { outbox } = hosted(async (steps) => (sent.push(...steps), { confirmed: 7, revisions: {}, refused: [] }), { client: "client-1", number: 7, steps: [{ kind: "undo", revision: 3, number: 7 }] });
  await settled();
  assert.equal(outbox.put({ kind: "undo", revision: 4 }), 8);
  await settled();
  assert.deepEqual(sent.map(({ number }) => number), [7, 8]);
  outbox.close();
});

test("what the server will never take is told and not sent for ever", async () => {
  const { outbox, seen } = hosted(async () => {
    throw Object.assign(new Error("nothing was taken"), { status: 422 });
  });
  outbox.put({ kind: "nonsense" });
  await settled();
  assert.equal(outbox.failed, "nothing was taken");
  assert.equal(seen.kept, null);
});
