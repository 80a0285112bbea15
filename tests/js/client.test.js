import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";
import { Api } from "../../labeling/ui/component/client.js";

/** A server that takes one token only; says which it was shown. */
async function server(context, wanted) {
  const shown = [];
  const http = createServer((request, response) => {
    shown.push(request.headers.authorization);
    const good = request.headers.authorization === `Bearer ${wanted}`;
    const there = request.url === "/progress";
    response.writeHead(good ? (there ? 200 : 404) : 401, { "Content-Type": "application/json" });
    response.end(
      JSON.stringify(
        good ? (there ? { total: 1 } : { error: "there is no such article" }) : { error: "sign in again" },
      ),
    );
  });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  context.after(() => http.close());
  return { api: `http://127.0.0.1:${http.address().port}`, shown };
}

const LATER = () => Date.now() / 1000 + 3600;

test("a token that no longer holds is asked for anew, and the request goes again with it", async (context) => {
  const { api, shown } = await server(context, "new");
  const client = new Api({ api, token: "old", expires: LATER() }, () =>
    setTimeout(() => client.renewed("new", LATER())),
  );
  context.after(() => client.close());
  assert.deepEqual(await client.progress(), { total: 1 });
  assert.deepEqual(shown, ["Bearer old", "Bearer new"]);
});

test("a token asked for in vain is asked for again", async (context) => {
  const { api } = await server(context, "new");
  let asked = 0;
  const client = new Api(
    { api, token: "old", expires: LATER() },
    () => ++asked === 2 && client.renewed("new", LATER()),
  );
  context.after(() => client.close());
  assert.deepEqual(await client.progress(), { total: 1 });
  assert.equal(asked, 2);
});

test("requests that find the token dead at the same time ask for one new token", async (context) => {
  const { api } = await server(context, "new");
  let asked = 0;
  const client = new Api({ api, token: "old", expires: LATER() }, () => {
    asked++;
    setTimeout(() => client.renewed("new", LATER()), 50);
  });
  context.after(() => client.close());
  await Promise.all([client.progress(), client.progress(), client.progress()]);
  assert.equal(asked, 1);
});

test("an error carries the server's words and status; no answer at all has the status 0", async (context) => {
  const { api } = await server(context, "new");
  const client = new Api({ api, token: "new", expires: LATER() }, () => {});
  const nowhere = new Api({ api: "http://127.0.0.1:1", token: "new", expires: LATER() }, () => {});
  context.after(() => [client, nowhere].forEach((each) => each.close()));
  await assert.rejects(client.article("none"), { status: 404, message: "there is no such article" });
  await assert.rejects(nowhere.progress(), { status: 0 });
});
