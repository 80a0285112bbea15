import assert from "node:assert/strict";
import test from "node:test";
import { Annotation } from "../../labeling/ui/component/annotation.js";
import { Outbox, replayLeftovers, savingOf } from "../../labeling/ui/component/outbox.js";

const empty = () => new Annotation({ revision: 0, status: "new", published: null, spans: [], relations: [] });
const add = (id) => ({ kind: "add", id, label: "quote", fragments: [{ start: 0, end: 1, quote: "x" }] });
const tick = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

/** What the server does with a message, as the protocol says: skip what it has, stop at a gap, refuse without losing the number. */
class Server {
  ops = [];
  state = empty();
  messages = [];

  take({ client, revision, ops }) {
    this.messages.push(ops.map(({ number }) => number));
    if (ops.some(({ malformed }) => malformed)) throw Object.assign(new Error("malformed"), { status: 422 });
    const refused = [];
    for (const op of ops) {
      const known = this.confirmed(client);
      if (op.number <= known) continue;
      if (op.number > known + 1) break;
      const entry = { ...op, client, revision: this.ops.length + 1 };
      if (!this.state.apply(op)) {
        entry.refused = "no such span";
        refused.push({ number: op.number, reason: entry.refused });
      }
      this.ops.push(entry);
    }
    return {
      confirmed: this.confirmed(client),
      refused,
      ops: this.ops.filter((op) => op.revision > revision),
      revision: this.ops.length,
    };
  }

  confirmed(client) {
    return Math.max(0, ...this.ops.filter((op) => op.client === client).map(({ number }) => number));
  }
}

class Store {
  items = new Map();
  get length() {
    return this.items.size;
  }
  key(index) {
    return [...this.items.keys()][index] ?? null;
  }
  getItem(key) {
    return this.items.get(key) ?? null;
  }
  setItem(key, value) {
    this.items.set(key, value);
  }
  removeItem(key) {
    this.items.delete(key);
  }
}

class Clock {
  waits = [];
  actions = [];
  set = (action, wait) => {
    this.waits.push(wait);
    this.actions.push(action);
    return action;
  };
  clear = (action) => {
    this.actions = this.actions.filter((each) => each !== action);
  };
  async run() {
    for (const action of this.actions.splice(0)) action();
    await tick();
  }
}

let clients = 0;
function page(server, { store = new Store(), send, annotation = empty(), version } = {}) {
  const events = [];
  const released = [];
  const clock = new Clock();
  const outbox = new Outbox({
    annotation,
    newClient: () => `client${++clients}`,
    released: (client) => released.push(client),
    send: send ?? (async (message) => structuredClone(server.take(structuredClone(message)))),
    store,
    prefix: "saywhen/outbox/p/ana/",
    article: "a1",
    timers: clock,
    version,
    onchange: (event) => events.push(event),
  });
  return { outbox, store, clock, events, released };
}
const spans = (annotation) => [...annotation.spans.keys()].sort();
const noAnswer = () => Object.assign(new Error("no answer"), { status: 0 });

test("an op is shown at once, kept in the store, then confirmed and taken out of the store", async () => {
  const server = new Server();
  const { outbox, store } = page(server);
  outbox.push([add("s1")]);
  assert.deepEqual([spans(outbox.shown), outbox.saving.name, store.length], [["s1"], "saving", 1]);
  await tick();
  assert.deepEqual(
    [spans(outbox.base), outbox.saving.name, outbox.saving.revision, store.length],
    [["s1"], "saved", 1, 0],
  );
});

test("fifty ops pushed while messages are in flight arrive in order, once, one message at a time", async () => {
  const server = new Server();
  let flying = 0;
  const { outbox } = page(server, {
    send: async (message) => {
      assert.equal(++flying, 1);
      await tick();
      flying--;
      return structuredClone(server.take(message));
    },
  });
  for (let index = 0; index < 50; index++) {
    outbox.push([add(`s${index}`)]);
    if (index % 7 === 0) await tick();
  }
  await outbox.flush();
  assert.deepEqual(
    server.ops.map(({ number }) => number),
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
});

test("a lost message and a lost answer are sent again, with growing pauses, and taken once", async () => {
  const server = new Server();
  let lose = 12;
  const { outbox, clock } = page(server, {
    send: async (message) => {
      lose--;
      if (lose > 6) throw noAnswer();
      const answer = server.take(message);
      if (lose > 0) throw noAnswer();
      return structuredClone(answer);
    },
  });
  outbox.push([add("s1"), { kind: "set", id: "s1", name: "note", value: "x" }]);
  await tick();
  for (let turn = 0; turn < 12; turn++) await clock.run();
  assert.equal(server.ops.length, 2);
  assert.equal(outbox.saving.name, "saved");
  assert.deepEqual(clock.waits, [250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000, 5000]);
});

test("offline is said with the number kept, and retry sends at once", async () => {
  const server = new Server();
  let down = true;
  const { outbox, clock } = page(server, {
    send: async (message) => {
      if (down) throw noAnswer();
      return server.take(message);
    },
  });
  outbox.push([add("s1"), add("s2"), add("s3")]);
  await tick();
  await clock.run();
  assert.deepEqual([outbox.saving.name, outbox.saving.kept], ["offline", 3]);
  down = false;
  outbox.retry();
  await tick();
  assert.deepEqual([outbox.saving.name, server.ops.length], ["saved", 3]);
});

test("a refused op leaves the outbox, is reported, and no longer shows", async () => {
  const server = new Server();
  const other = page(server);
  const { outbox, events } = page(server);
  other.outbox.push([add("s1")]);
  await tick();
  outbox.poll();
  await tick();
  other.outbox.push([{ kind: "remove", id: "s1" }]);
  const late = { kind: "set", id: "s1", name: "note", value: "mine" };
  outbox.push([late, add("s2")]);
  await tick();
  await tick();
  outbox.poll();
  await tick();
  assert.deepEqual(spans(outbox.shown), ["s2"]);
  const refused = events.flatMap((event) => event.refused);
  assert.deepEqual(
    refused.map(({ reason }) => reason),
    ["no such span"],
  );
  assert.equal(refused[0].op, late, "the very op that was pushed");
});

test("a refusal is reported although the answer that first reported it was lost", async () => {
  const server = new Server();
  let lose = true;
  const { outbox, clock, events } = page(server, {
    send: async (message) => {
      const answer = structuredClone(server.take(structuredClone(message)));
      if (lose) throw noAnswer();
      return answer;
    },
  });
  outbox.push([add("s1"), { kind: "remove", id: "gone" }]);
  await tick();
  lose = false;
  await clock.run();
  assert.deepEqual(
    events.flatMap(({ refused }) => refused.map(({ op, reason }) => [op.id, reason])),
    [["gone", "no such span"]],
  );
});

test("what is pushed while news is fetched goes right after it, without a pause", async () => {
  const server = new Server();
  const { outbox, clock } = page(server);
  outbox.poll();
  outbox.push([add("s1")]);
  await tick();
  assert.deepEqual([outbox.saving.name, clock.waits], ["saved", []]);
});

test("two tabs with a bad network end in the same annotation as the server", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    let state = seed;
    const roll = (sides) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * sides);
    };
    const server = new Server();
    const send = async (message) => {
      if (roll(4) === 0) throw noAnswer();
      const answer = structuredClone(server.take(structuredClone(message)));
      if (roll(4) === 0) throw noAnswer();
      return answer;
    };
    const tabs = [page(server, { send }), page(server, { send })];
    for (let step = 0; step < 30; step++) {
      const tab = tabs[roll(2)];
      const id = `s${roll(4)}`;
      tab.outbox.push([
        [add(id), { kind: "remove", id }, { kind: "set", id, name: "note", value: String(step) }][roll(3)],
      ]);
      if (roll(2)) await tick();
      if (roll(3) === 0) for (const { clock } of tabs) await clock.run();
    }
    for (let turn = 0; turn < 60; turn++)
      for (const { clock, outbox } of tabs) {
        await clock.run();
        if (!outbox.pending.length) outbox.poll();
        await tick();
      }
    const expected = JSON.stringify(server.state.ordered());
    for (const { outbox } of tabs) {
      assert.equal(outbox.pending.length, 0, `seed ${seed}`);
      assert.equal(JSON.stringify(outbox.base.ordered()), expected, `base, seed ${seed}`);
      assert.equal(JSON.stringify(outbox.shown.ordered()), expected, `shown, seed ${seed}`);
    }
  }
});

test("a refusal of the token is said, keeps the ops, and ends when a new one works", async () => {
  const server = new Server();
  let valid = false;
  const { outbox } = page(server, {
    send: async (message) => {
      if (!valid) throw Object.assign(new Error("The token has expired."), { status: 401 });
      return server.take(message);
    },
  });
  outbox.push([add("s1")]);
  await tick();
  assert.deepEqual(
    [outbox.saving.name, outbox.saving.message, outbox.saving.kept],
    ["error", "The token has expired.", 1],
  );
  valid = true;
  outbox.retry();
  await tick();
  assert.equal(outbox.saving.name, "saved");
});

test("one malformed op is found, reported and omitted; the others arrive", async () => {
  const server = new Server();
  const { outbox, events } = page(server);
  const malformed = { ...add("s2"), malformed: true };
  outbox.push([add("s1"), malformed, add("s3")]);
  for (let turn = 0; turn < 5; turn++) await tick();
  assert.deepEqual(spans(server.state), ["s1", "s3"]);
  assert.deepEqual(spans(outbox.shown), ["s1", "s3"]);
  assert.deepEqual(
    events.flatMap((event) => event.refused).map(({ op }) => op === malformed),
    [true],
  );
  assert.equal(outbox.saving.name, "saved");
});

test("a server that has forgotten this client gets the kept ops under a new one", async () => {
  const server = new Server();
  const { outbox, clock } = page(server);
  outbox.push([add("s1")]);
  await tick();
  server.ops = [];
  server.state = empty();
  outbox.push([add("s2")]);
  await tick();
  await clock.run();
  assert.deepEqual(spans(server.state), ["s2"]);
  assert.equal(outbox.pending.length, 0);
});

test("a server whose state is older than the page's is never called saved", async () => {
  const server = new Server();
  const { outbox, clock } = page(server);
  outbox.push([add("s1"), add("s2"), add("s3")]);
  await tick();
  server.ops = [];
  server.state = empty();
  outbox.push([add("s4")]);
  await tick();
  await clock.run();
  assert.equal(outbox.saving.name, "error");
  assert.match(outbox.saving.message, /reload the page/u);
});

test("what a dead page left is sent once under its own client id and taken out; a living page's is left alone", async () => {
  const server = new Server();
  const store = new Store();
  const dead = page(server, {
    store,
    send: async (message) => {
      server.take(message); // taken, but the answer never came back
      throw noAnswer();
    },
  });
  dead.outbox.push([add("s1")]);
  await tick();
  dead.outbox.push([add("s2")]);
  dead.outbox.close();
  const living = page(server, { store, send: () => new Promise(() => {}) });
  living.outbox.push([add("s3")]);
  const parts = {
    store,
    prefix: "saywhen/outbox/p/ana/",
    ifDead: async (client, action) => {
      if (client !== living.outbox.client) await action();
    },
    send: async (article, message) => server.take(message),
    newClient: () => "new",
    released: () => {},
  };
  assert.deepEqual(await replayLeftovers(parts), { sent: 2, refused: [], stuck: [] });
  assert.deepEqual(await replayLeftovers(parts), { sent: 0, refused: [], stuck: [] });
  assert.deepEqual(
    server.ops.map(({ id, client }) => [id, client]),
    [
      ["s1", dead.outbox.client],
      ["s2", dead.outbox.client],
    ],
  );
  assert.equal(store.length, 1);
});

test("of a removed article nothing stays in the browser, one message says so, and nothing more is sent", async () => {
  let sent = 0;
  const send = async () => {
    sent++;
    throw Object.assign(new Error("this article was removed"), { status: 410 });
  };
  const { outbox, store, clock, events } = page(new Server(), { send });
  outbox.push([add("s1"), add("s2")]);
  await tick();
  assert.deepEqual([outbox.gone, outbox.pending.length, store.length], ["this article was removed", 0, 0]);
  assert.deepEqual(
    events.map(({ refused }) => refused.map(({ reason }) => reason)),
    [["this article was removed"]],
  );
  await outbox.flush();
  outbox.retry();
  outbox.poll();
  await clock.run();
  assert.equal(sent, 1);

  const dead = page(new Server(), { store, send: () => new Promise(() => {}) });
  dead.outbox.push([add("s1"), add("s2"), add("s3")]);
  dead.outbox.close();
  const prefix = "saywhen/outbox/p/ana/";
  const parts = { store, prefix, ifDead: (_, action) => action(), send, newClient: () => "new", released: () => {} };
  assert.deepEqual(await replayLeftovers(parts), { sent: 0, refused: ["this article was removed"], stuck: [] });
  assert.equal(store.length, 0);
});

test("of what a dead page left, the server's refusals are reported, and one malformed op does not hold up the rest", async () => {
  const server = new Server();
  const store = new Store();
  const dead = page(server, {
    store,
    send: async (message) => {
      server.take(structuredClone(message)); // taken, but the answer never came back
      throw noAnswer();
    },
  });
  dead.outbox.push([{ kind: "remove", id: "gone" }]);
  await tick();
  dead.outbox.push([{ ...add("bad"), malformed: true }, add("s1"), { kind: "remove", id: "gone too" }]);
  dead.outbox.close();
  const send = async (article, message) => structuredClone(server.take(structuredClone(message)));
  const told = await replayLeftovers({
    store,
    prefix: "saywhen/outbox/p/ana/",
    ifDead: (_, action) => action(),
    send,
    newClient: () => "new",
    released: () => {},
  });
  assert.deepEqual(told, { sent: 4, refused: ["no such span", "malformed", "no such span"], stuck: [] });
  assert.deepEqual(
    server.ops.map(({ client, number, id }) => [client, number, id]),
    [
      [dead.outbox.client, 1, "gone"],
      [dead.outbox.client, 2, "s1"],
      [dead.outbox.client, 3, "gone too"],
    ],
  );
  assert.equal(store.length, 0);
});

test("what is refused of an outbox closed meanwhile stays in the store, for the next page to report", async () => {
  const server = new Server();
  const { outbox, store } = page(server);
  outbox.push([{ kind: "remove", id: "gone" }]);
  outbox.close();
  await tick();
  assert.deepEqual([server.ops.length, store.length], [1, 1]);
  const told = await replayLeftovers({
    store,
    prefix: outbox.prefix,
    ifDead: (_, action) => action(),
    send: async (_, message) => server.take(message),
    newClient: () => "new",
    released: () => {},
  });
  assert.deepEqual([told.refused, server.ops.length, store.length], [["no such span"], 1, 0]);
});

test("what is no outbox is taken out of the store, and what stands beside it is sent", async () => {
  const server = new Server();
  const store = new Store();
  for (const [client, written] of [
    ["a", "{"],
    ["b", "{}"],
    ["c", "null"],
    ["d", JSON.stringify({ article: "a1", client: "d", revision: 0, ops: [] })],
  ])
    store.setItem(`x/a1/${client}`, written);
  store.setItem(
    "x/a1/e",
    JSON.stringify({ article: "a1", client: "e", revision: 0, ops: [{ ...add("s1"), number: 1 }] }),
  );
  const told = await replayLeftovers({
    store,
    prefix: "x/",
    ifDead: (_, action) => action(),
    send: async (_, message) => server.take(message),
    newClient: () => "new",
    released: () => {},
  });
  assert.deepEqual([told, store.length, server.ops.length], [{ sent: 1, refused: [], stuck: [] }, 0, 1]);
});

test("leftovers that cannot be sent stay", async () => {
  const store = new Store();
  store.setItem(
    "x/a1/c",
    JSON.stringify({ article: "a1", client: "c", revision: 0, ops: [{ ...add("s1"), number: 1 }] }),
  );
  const send = async () => {
    throw noAnswer();
  };
  await replayLeftovers({
    store,
    prefix: "x/",
    ifDead: (_, action) => action(),
    send,
    newClient: () => "new",
    released: () => {},
  });
  assert.equal(store.length, 1);
});

test("several outboxes amount to the worst of them, with everything that is kept", () => {
  const saving = (name, kept, message = "") => ({ name, kept, revision: kept + 1, message });
  assert.deepEqual(savingOf([saving("saved", 0), saving("offline", 3)]), {
    name: "offline",
    kept: 3,
    revision: 1,
    message: "",
  });
  assert.deepEqual(savingOf([saving("saving", 1), saving("error", 2, "No.")]), {
    name: "error",
    kept: 3,
    revision: 2,
    message: "No.",
  });
  assert.deepEqual(savingOf([]), { name: "saved", kept: 0, revision: 0, message: "" });
});

test("a page that goes away sends what is unconfirmed once more, and it counts once", async () => {
  const server = new Server();
  /** @type {(() => void) | null} */
  let release = null;
  const told = [];
  const { outbox } = page(server, {
    send: async (message, leaving = false) => {
      told.push({ leaving, numbers: message.ops.map(({ number }) => number) });
      if (!leaving) await new Promise((resolve) => (release = resolve));
      return structuredClone(server.take(structuredClone(message)));
    },
  });
  outbox.leave();
  assert.deepEqual(told, []); // nothing to send
  outbox.push([add("s1")]);
  outbox.push([add("s2")]);
  outbox.leave();
  await tick();
  assert.deepEqual(told, [
    { leaving: false, numbers: [1] },
    { leaving: true, numbers: [1, 2] },
  ]);
  assert.deepEqual(
    server.ops.map(({ number }) => number),
    [1, 2],
  );
  release();
  await tick();
  assert.deepEqual([server.ops.length, outbox.saving.name, spans(outbox.base)], [2, "saved", ["s1", "s2"]]);
});

test("a client id is released when its outbox is closed and empty, and not before", async () => {
  const server = new Server();
  const { outbox, released } = page(server);
  outbox.push([add("s1")]);
  await tick();
  assert.deepEqual(released, []);
  outbox.close();
  assert.deepEqual(released, [outbox.client]);
});

test("an outbox closed with something in it is released by the answer, and without one never", async () => {
  const server = new Server();
  const answered = page(server);
  answered.outbox.push([add("s1")]);
  answered.outbox.close();
  assert.deepEqual(answered.released, []);
  await tick();
  assert.deepEqual(answered.released, [answered.outbox.client]);
  const cut = page(server, { send: () => Promise.reject(noAnswer()) });
  cut.outbox.push([add("s2")]);
  cut.outbox.close();
  await tick();
  assert.deepEqual(cut.released, []);
});

test("a client id that is given up is released", async () => {
  const server = new Server();
  const { outbox, clock, released } = page(server);
  outbox.push([add("s1")]);
  await tick();
  const first = outbox.client;
  server.ops = [];
  server.state = empty();
  outbox.push([add("s2")]);
  await tick();
  await clock.run();
  assert.notEqual(outbox.client, first);
  assert.deepEqual(released, [first]);
});

test("a page that has an earlier label set goes on by what it sends itself, and says that it must be loaded again", async () => {
  const server = new Server();
  // As the server has it now: other names than this page knows, which must not get into what it shows.
  const migrated = {
    kind: "migrate",
    since: 1,
    version: 2,
    state: {
      status: "open",
      published: null,
      spans: [{ id: "s0", label: "words", fragments: [[0, 1]], attributes: {} }],
      relations: [],
    },
    client: "x",
    number: 1,
    revision: 5,
  };
  const versions = [];
  const send = async (message) => {
    versions.push(message.version);
    const confirmed = message.ops.at(-1).number;
    const refused = message.ops
      .filter(({ id }) => id === "bad")
      .map(({ number }) => ({ number, reason: "dropped in version 2" }));
    const ops = message.ops.map((op) => ({
      ...op,
      label: "words",
      client: message.client,
      revision: 5 + op.number,
      ...(op.id === "bad" ? { refused: "dropped in version 2" } : {}),
    }));
    return structuredClone({ confirmed, refused, ops: [migrated, ...ops], revision: 9, version: 2 });
  };
  const { outbox, events, store } = page(server, { send, version: 1 });
  outbox.push([add("s1"), add("bad")]);
  assert.equal(JSON.parse(store.getItem(store.key(0))).version, 1, "what is kept says under which version it was made");
  await tick();
  outbox.push([add("s2")]);
  await tick();
  assert.deepEqual(versions, [1, 1]);
  assert.deepEqual(
    [...outbox.shown.spans.values()].map(({ id, label }) => [id, label]),
    [
      ["s1", "quote"],
      ["s2", "quote"],
    ],
  );
  assert.equal(events.flatMap(({ refused }) => refused)[0].reason, "dropped in version 2");
  assert.deepEqual([outbox.saving.name, outbox.pending.length, store.length], ["error", 0, 0]);
  assert.match(outbox.saving.message, /reload the page to continue with version 2/);
  assert.equal(outbox.moved, true);
});

test("what a dead page left is sent with the version it was made under", async () => {
  const store = new Store();
  store.setItem(
    "saywhen/outbox/p/ana/a1/dead",
    JSON.stringify({ article: "a1", client: "dead", revision: 0, version: 1, ops: [{ ...add("s1"), number: 1 }] }),
  );
  const versions = [];
  const send = async (_, { version, client, ops }) => (
    versions.push(version),
    { confirmed: 1, refused: [], ops: [{ ...ops[0], client, revision: 1 }], revision: 1, version: 2 }
  );
  const told = await replayLeftovers({
    store,
    prefix: "saywhen/outbox/p/ana/",
    ifDead: async (_, action) => action(),
    send,
    newClient: () => "new",
    released: () => {},
  });
  assert.deepEqual([versions, told.sent, told.stuck, store.length], [[1], 1, [], 0]);
});
