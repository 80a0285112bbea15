import assert from "node:assert/strict";
import test from "node:test";
import { Queue } from "../../labeling/ui/component/queue.js";

/** A server with articles a, b, c … of which `todo` are still to do. */
function server(todo) {
  const asked = [];
  const bundle = (id) => ({ article: id ? { id } : null });
  return {
    asked,
    todo,
    next: async (after) => {
      asked.push(after);
      return bundle([...todo].sort().find((id) => id > (after ?? "")) ?? [...todo].sort()[0]);
    },
    previous: async (before) => bundle("abc"[("abc".indexOf(before) || 0) - 1]),
    article: async (id) => {
      if (!"abc".includes(id)) throw Object.assign(new Error("no such article"), { status: 404 });
      return bundle(id);
    },
  };
}

test("the article looked for ahead is shown without asking again", async () => {
  const api = server(new Set("abc"));
  const queue = new Queue(api);
  queue.look("a");
  queue.look("a");
  const { bundle, ahead } = await queue.next("a");
  assert.deepEqual([bundle.article.id, ahead, api.asked], ["b", true, ["a"]]);
});

test("looking ahead is of no use from another article, nor twice", async () => {
  const api = server(new Set("abc"));
  const queue = new Queue(api);
  queue.look("a");
  assert.deepEqual(await queue.next("b"), { bundle: { article: { id: "c" } }, ahead: false });
  assert.equal((await queue.next("a")).ahead, false);
});

test("the last article to do does not come again once it is done", async () => {
  const api = server(new Set("c"));
  const queue = new Queue(api);
  queue.look("c");
  await queue.ahead.bundle;
  api.todo.delete("c");
  assert.deepEqual(await queue.next("c"), { bundle: { article: null }, ahead: false });
});

test("looking ahead in vain is no fault: the server is asked when it matters", async () => {
  const api = server(new Set("ab"));
  let down = true;
  const queue = new Queue({ ...api, next: (after) => (down ? Promise.reject(new Error("down")) : api.next(after)) });
  queue.look("a");
  await queue.ahead.bundle;
  down = false;
  assert.equal((await queue.next("a")).bundle.article.id, "b");
});

test("an article that is not there gives way to the first one to do", async () => {
  const queue = new Queue(server(new Set("b")));
  assert.equal((await queue.first("zzz")).bundle.article.id, "b");
  assert.equal((await queue.first("c")).bundle.article.id, "c");
});

test("before the first article there is none", async () => {
  await assert.rejects(new Queue(server(new Set("a"))).previous("a"), /first article/);
});
