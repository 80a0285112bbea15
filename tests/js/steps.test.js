import assert from "node:assert/strict";
import test from "node:test";
import { Acts, StepOutbox } from "../../labeling/ui/component/steps.js";

function hosted(send, kept = null) {
  const seen = { kept: null, answers: [] };
  const host = {
    client: "client-1",
    send,
    keep: (value) => (seen.kept = value),
    answered: (answer) => seen.answers.push(answer),
    changed: () => {},
  };
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
  const { outbox } = hosted(async (steps) => (sent.push(...steps), { confirmed: 7, revisions: {}, refused: [] }), {
    client: "client-1",
    number: 7,
    steps: [{ kind: "undo", revision: 3, number: 7 }],
  });
  await settled();
  assert.equal(outbox.put({ kind: "undo", revision: 4 }), 8);
  await settled();
  assert.deepEqual(
    sent.map(({ number }) => number),
    [7, 8],
  );
  outbox.close();
});

test("what the server will never take is reported and not sent for ever", async () => {
  const { outbox, seen } = hosted(async () => {
    throw Object.assign(new Error("nothing was taken"), { status: 422 });
  });
  outbox.put({ kind: "nonsense" });
  await settled();
  assert.equal(outbox.failed, "nothing was taken");
  assert.equal(seen.kept, null);
  assert.deepEqual(seen.answers[0].refused, [{ number: 1, reason: "nothing was taken" }]);
});

test("many steps go in several messages, in their order", async () => {
  const sent = [];
  const { outbox } = hosted(
    async (steps) => (sent.push(steps.length), { confirmed: steps.at(-1).number, revisions: {}, refused: [] }),
  );
  for (let at = 0; at < 250; at++) outbox.put({ kind: "undo", revision: 1 });
  await settled();
  assert.deepEqual(sent, [1, 100, 100, 49]);
  assert.deepEqual(outbox.pending, []);
});

const on = (number, question = `q${number}`, article = "one") => ({ number, article, question });

test("a step is on its way until it is known what became of it, in its own article only", () => {
  const acts = new Acts();
  acts.add([on(1)]);
  acts.add([on(2, "q1", "two"), on(3)]);
  assert.deepEqual([...acts.onTheirWay("one")], ["q1", "q3"]);
  assert.deepEqual(
    acts.answered({ 1: 11 }, []).done.map(({ steps }) => steps[0].revision),
    [11],
  );
  assert.deepEqual([...acts.onTheirWay("one")], ["q3"]);
  assert.deepEqual([...acts.onTheirWay("two")], ["q1"]);
});

test("what is taken back is always the last act, a list as one, and only when it is known what became of it", () => {
  const acts = new Acts();
  assert.equal(acts.takeBack(), null);
  acts.add([on(1)]);
  acts.add([on(2), on(3)]);
  acts.answered({ 1: 11, 2: 12 }, []);
  assert.equal(acts.takeBack(), "wait");
  acts.answered({ 3: 13 }, []);
  assert.deepEqual(
    acts.takeBack().steps.map(({ revision }) => revision),
    [12, 13],
  );
  assert.deepEqual(
    acts.takeBack().steps.map(({ revision }) => revision),
    [11],
  );
});

test("a refused step is not on its way any more, is reported with what was drawn for it, and is not taken back", () => {
  const acts = new Acts();
  acts.add([on(1)], "drawn");
  acts.add([on(2)]);
  const { done, refused } = acts.answered({ 2: 12 }, [1]);
  assert.deepEqual(
    refused.map(({ steps, drawn }) => [steps[0].question, drawn]),
    [["q1", "drawn"]],
  );
  assert.deepEqual(
    done.map(({ steps }) => steps[0].question),
    ["q2"],
  );
  assert.deepEqual([...acts.onTheirWay("one")], []);
  assert.equal(acts.takeBack().steps[0].revision, 12);
  assert.deepEqual(acts.takeBack().steps, []);
});
