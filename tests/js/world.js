/**
 * Tabs of one annotator on two machines, and a network that holds every request and every answer until it learns what
 * becomes of it. The modules are the page's own; the server is a real one. A line on stdin is a scenario, a line on
 * stdout what it ended in (see tests/test_convergence.py). Nothing happens but by a scenario's actions, so that the
 * same actions end in the same.
 */
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import { addOp, Annotation, fragmentsOf } from "../../labeling/ui/component/annotation.js";
import { Api } from "../../labeling/ui/component/client.js";
import { Shelf } from "../../labeling/ui/component/history.js";
import { linkChoices, linkOps } from "../../labeling/ui/component/linking.js";
import { Outbox } from "../../labeling/ui/component/outbox.js";
import { Schema } from "../../labeling/ui/component/schema.js";
import { Tab } from "../../labeling/ui/component/tabs.js";

const agent = new Agent({ keepAlive: true });
const settled = () => new Promise(setImmediate);
const pick = (list, index) => (list.length ? list[index % list.length] : undefined);

// What a browser has -----------------------------------------------------------------------------

class Store {
  items = new Map();
  get length() {
    return this.items.size;
  }
  key = (index) => [...this.items.keys()][index] ?? null;
  getItem = (key) => this.items.get(key) ?? null;
  setItem = (key, value) => void this.items.set(key, value);
  removeItem = (key) => void this.items.delete(key);
}

class Locks {
  /** @type {Map<string, Page>} */
  held = new Map();

  async request(name, options, action) {
    if (typeof options === "function") return this.request(name, {}, options);
    if (this.held.has(name)) {
      if (!options.ifAvailable) throw new Error("a client id is made twice");
      return action(null);
    }
    const owner = here;
    this.held.set(name, owner);
    try {
      return await action({ name });
    } finally {
      if (this.held.get(name) === owner) this.held.delete(name);
    }
  }

  /** What a browser does when a page dies. @param {Page} page */
  free(page) {
    for (const [name, owner] of this.held) if (owner === page) this.held.delete(name);
  }
}

class Channel {
  constructor() {
    this.channels = here.machine.channels;
    this.channels.add(this);
  }
  postMessage(data) {
    for (const each of this.channels)
      if (each !== this) queueMicrotask(() => each.onmessage?.({ data: structuredClone(data) }));
  }
  close() {
    this.channels.delete(this);
  }
}

class Machine {
  store = new Store();
  locks = new Locks();
  channels = new Set();
}

/** The page whose code is running. @type {Page} */
let here;
let random = 0;
const nonce = Math.floor(Math.random() * 2 ** 32); // client ids of this process are no other's
const crypto = {
  getRandomValues(bytes) {
    new DataView(bytes.buffer).setUint32(0, nonce);
    new DataView(bytes.buffer).setUint32(bytes.length - 4, ++random);
    return bytes;
  },
};
const has = (name, get) => Object.defineProperty(globalThis, name, { configurable: true, get });
has("localStorage", () => here.machine.store);
has("navigator", () => ({ locks: here.machine.locks }));
has("crypto", () => crypto);
has("BroadcastChannel", () => Channel);
has("fetch", () => (url, how) => here.world.asked(url, how));

// A page -----------------------------------------------------------------------------------------

/** One life of a page in a tab: what the workspace does, without drawing. */
class Page {
  /** @param {World} world @param {Machine} machine @param {Store} session what outlives the page in its tab */
  constructor(world, machine, session) {
    here = this;
    Object.assign(this, { world, machine, session, alive: true, outbox: null, told: [] });
    this.number = world.pages.push(this) - 1;
    this.tab = new Tab(
      world.project,
      world.annotator,
      (article, revision) => revision > (this.outbox?.base.revision ?? 0) && this.outbox?.poll(),
    );
    this.shelf = new Shelf(session, "saywhen/undo/");
    let tokens = 1;
    this.api = new Api({ api: `${this.number}:`, token: "1", expires: 0 }, () =>
      queueMicrotask(() => this.api.renewed(String(++tokens), 0)),
    );
    this.timers = {
      set: (action, wait) => world.timer(this, action, wait),
      clear: (handle) => world.timers.delete(handle),
    };
    this.start();
  }

  async start() {
    await this.replay();
    this.timers.set(() => this.replay().then((sent) => sent && this.outbox?.poll()), 3000);
    for (;;) {
      try {
        this.open(await this.api.article(this.world.article));
        return;
      } catch {
        await new Promise((resolve) => this.timers.set(resolve, 500));
      }
    }
  }

  async replay() {
    return (await this.tab.replay(this.api)).sent;
  }

  open({ annotation, entries }) {
    const { world } = this;
    if (!this.alive || this.closed) return;
    this.history = this.shelf.take(world.article);
    this.outbox = new Outbox({
      annotation: new Annotation(annotation, entries, world.schema),
      newClient: () => this.tab.newClient(),
      released: (client) => this.tab.release(client),
      send: (message, leaving) => this.api.ops(world.article, message, leaving),
      store: this.tab.store,
      prefix: this.tab.prefix,
      article: world.article,
      timers: this.timers,
      onchange: (event) => this.changed(event),
    });
    world.clients.push({ page: this, client: this.outbox.client, made: [] });
    this.made = world.clients.at(-1).made;
  }

  /** @param {any[]} ops one action that can be undone */
  act(ops) {
    if (!ops.length) return;
    this.history.record(ops, this.send(ops));
    this.keep();
  }

  send(ops) {
    const trial = this.outbox.shown.copy();
    const back = ops.map((op) => {
      const inverse = trial.inverse(op, this.world.slice);
      trial.apply(op);
      return inverse;
    });
    this.made.push(...ops);
    this.outbox.push(ops);
    return back;
  }

  turn(way) {
    this.history[way]((ops) => this.send(ops));
    this.keep();
  }

  changed({ refused, confirmed }) {
    this.history.drop(refused.map(({ op }) => op));
    this.keep();
    this.told.push(...refused.map(({ reason }) => reason));
    if (confirmed) this.tab.tell(this.outbox.article, this.outbox.base.revision);
  }

  keep() {
    this.shelf.keep(this.world.article, this.history);
  }

  /** The page is there no more; what it asked for may still reach the server. */
  die() {
    this.alive = false;
    for (const timer of this.world.timers) if (timer.page === this) this.world.timers.delete(timer);
    this.machine.locks.free(this);
    this.tab.channel.close();
    this.world.drop();
  }

  /** Another page of the app is shown in its place; its answers still come. */
  unmount() {
    this.closed = true;
    this.outbox?.close();
    this.api.close();
    this.tab.close();
  }
}

// The world --------------------------------------------------------------------------------------

class World {
  constructor({ url, token, project, annotator, article, text, schema }) {
    Object.assign(this, { url, token, project, annotator, article });
    this.schema = new Schema(schema);
    this.points = [...text];
    this.slice = (start, end) => this.points.slice(start, end).join("");
    this.machines = [new Machine(), new Machine()];
    /** @type {Page[]} */
    this.pages = [];
    /** @type {{page: Page, client: string, made: any[]}[]} */
    this.clients = [];
    this.timers = new Set();
    /** Requests on their way, and answers on theirs. */
    this.air = [];
    this.ids = 0;
    /** Ids of comments that no server takes. */
    this.wrong = new Set();
  }

  isWrong({ kind, id }) {
    return kind === "comment" && this.wrong.has(id);
  }

  get living() {
    return this.pages.filter(({ alive, closed }) => alive && !closed);
  }

  newId() {
    return `i${++this.ids}`;
  }

  timer(page, action, wait) {
    const timer = { page, action, wait };
    this.timers.add(timer);
    return timer;
  }

  asked(address, { method, headers, body }) {
    headers.Authorization = `Bearer ${this.token}`;
    const [number, path] = address.split(":", 2);
    return new Promise((resolve, reject) =>
      this.air.push({ page: this.pages[number], method, path, headers, body, resolve, reject, answer: null }),
    );
  }

  /** What is in the air to or for a page that is gone goes nowhere. */
  drop() {
    this.air = this.air.filter(({ page, answer }) => page?.alive || !answer);
  }

  /** Takes a request to the server, and holds the answer. */
  async carry(letter) {
    if (!letter || letter.answer) return;
    try {
      letter.answer = await new Promise((resolve, reject) => {
        const there = request(
          this.url + letter.path,
          { method: letter.method, headers: letter.headers, agent },
          async (response) => {
            const parts = [];
            try {
              for await (const part of response) parts.push(part);
              resolve({ status: response.statusCode, text: Buffer.concat(parts).toString() });
            } catch (error) {
              reject(error);
            }
          },
        );
        there.on("error", reject);
        there.end(letter.body);
      });
      this.drop();
    } catch {
      await this.lose(letter);
    }
  }

  /** Hands an answer to the page that waits for it. */
  async deliver(letter) {
    if (!letter?.answer) return;
    this.air = this.air.filter((each) => each !== letter);
    if (!letter.page?.alive) return;
    const { status, text } = letter.answer;
    here = letter.page;
    letter.resolve({ ok: status < 300, status, json: async () => JSON.parse(text) });
    await settled();
  }

  /** The page gets no answer. */
  async lose(letter) {
    if (!letter) return;
    this.air = this.air.filter((each) => each !== letter);
    if (!letter.page?.alive) return;
    here = letter.page;
    letter.reject(new TypeError("lost"));
    await settled();
  }

  /** The page gives up waiting, and the request arrives all the same, later. */
  async late(letter) {
    if (!letter || letter.answer) return;
    await this.lose(letter);
    this.air.push({ ...letter, page: null });
  }

  async answer(letter, status, error) {
    if (!letter || letter.answer) return;
    letter.answer = { status, text: JSON.stringify({ error }) };
    this.drop();
    await this.deliver(letter);
  }

  async mail() {
    for (const letter of [...this.air]) {
      await this.carry(letter);
      await this.deliver(letter);
    }
  }

  async tick(page) {
    for (const timer of [...this.timers]) {
      if (timer.page !== page || !this.timers.delete(timer)) continue;
      here = page;
      timer.action();
      await settled();
    }
  }

  /** Nothing fails any more, until nothing moves any more. */
  async peace() {
    for (let round = 0; this.air.length || this.timers.size; round++) {
      if (round > 1000) throw new Error("the tabs do not come to rest");
      await this.mail();
      for (const page of this.pages) await this.tick(page);
    }
  }

  /** The end of every scenario: the person comes back to both machines, and looks at every tab. */
  async end() {
    await this.peace();
    for (const machine of this.machines) new Page(this, machine, new Store());
    await settled();
    await this.peace();
    for (const page of this.living) {
      here = page;
      page.outbox.poll();
    }
    await settled();
    await this.peace();
  }

  result() {
    const plain = ({ status, skipReason, published, relations, comments, judgments, ...state }) => ({
      status,
      skip_reason: skipReason,
      published,
      spans: state.spans,
      relations: [...relations.values()],
      comments: [...comments.values()],
      ...(judgments.size ? { judgments: [...judgments.values()] } : {}),
    });
    const content = (state) => plain({ ...state, spans: state.ordered() });
    return {
      pages: this.living.map(({ outbox, told, number, made }) => ({
        number,
        client: outbox.client,
        shown: content(outbox.shown),
        base: content(outbox.base),
        entries: outbox.shown.entries,
        saving: outbox.saving,
        told,
        wrong: made.filter((op) => this.isWrong(op)).length,
      })),
      clients: this.clients.map(({ client, made }) => ({
        client,
        made: made.filter((op) => !this.isWrong(op)).map(({ number: _, ...op }) => op),
      })),
      left: this.machines.flatMap(({ store }) => [...store.items.keys()]),
    };
  }
}

// What can happen --------------------------------------------------------------------------------

const WORDS = [
  "x",
  " y ",
  "new\nline",
  "nul\0inside",
  "😀",
  "e\u0301",
  "a\u2028b",
  "<b>",
  "\"'\\",
  "عاجل",
  "constructor",
  "\u{10ffff}",
  "\ufeffmark",
  "null",
];
const DATES = [
  "2018-11-04",
  "2018-11",
  "2018-11-08/2018-11-11",
  "[2018-11-08,2018-11-09]",
  "2018~",
  "2018-11-04/..",
  "soon",
];

/** A stretch of the text; the borders are few, so that marks meet. */
function stretch({ points }, which, where) {
  const step = 5;
  const start = (where % Math.floor(points.length / step - 4)) * step;
  return [start, start + step * (1 + (which % 4))];
}

function valueOf(world, attribute, which) {
  if (which % 7 === 0) return null;
  if (which % 11 === 0) return pick([true, false, "x", { edtf: "2018" }, ""], which);
  if (attribute.type === "flag") return which % 3 > 0;
  if (attribute.type === "choice") return pick(attribute.options, which).key;
  if (attribute.type === "date")
    return { edtf: pick(DATES, which), ...(which % 2 ? { words: pick(WORDS, which), against: "2018-11-04" } : {}) };
  if (attribute.type === "registry") return `${world.annotator}-e${which % 4}`;
  return pick(WORDS, which);
}

/** What a person does in a page, as the ops of one action. */
const DEEDS = {
  ops: (world, state, ops) => ops,
  add(world, state, which, where) {
    return [
      addOp(
        {
          id: world.newId(),
          label: pick(world.schema.labels, which).key,
          fragments: [stretch(world, which >> 2, where)],
          attributes: {},
        },
        world.slice,
      ),
    ];
  },
  parts(world, state, which, where) {
    const [start, end] = stretch(world, 0, where);
    return [
      {
        kind: "add",
        id: world.newId(),
        label: pick(world.schema.labels, which).key,
        fragments: fragmentsOf(
          [
            [start, end],
            [end + 2, end + 4],
          ],
          world.slice,
        ),
      },
    ];
  },
  relabel(world, state, which, where) {
    const span = pick(state.ordered(), where);
    return span ? [{ kind: "change", id: span.id, label: pick(world.schema.labels, which).key }] : [];
  },
  reshape(world, state, which, where) {
    const span = pick(state.ordered(), which);
    return span
      ? [{ kind: "change", id: span.id, fragments: fragmentsOf([stretch(world, which >> 3, where)], world.slice) }]
      : [];
  },
  set(world, state, which, where) {
    const span = pick(state.ordered(), where);
    const attribute = pick(world.schema.label.get(span?.label)?.attributes ?? [], which);
    return span && attribute
      ? [{ kind: "set", id: span.id, name: attribute.key, value: valueOf(world, attribute, (which >> 2) + where) }]
      : [];
  },
  waive(world, state, which, where) {
    const span = pick(state.ordered(), where);
    return span
      ? [
          {
            kind: "waive",
            id: span.id,
            name: pick(["said_by", "note", "value", "who"], which),
            reason: pick([null, ...WORDS], which >> 2),
          },
        ]
      : [];
  },
  remove(world, state, which) {
    const span = pick(state.ordered(), which);
    return span ? [{ kind: "remove", id: span.id }] : [];
  },
  link(world, state, which, where) {
    const span = pick(state.ordered(), where);
    const choice = span && pick(linkChoices(state, span, world.schema.linksOf(span.label)), which);
    return (choice && linkOps(state, span.id, choice, () => world.newId(), world.slice)) ?? [];
  },
  relate(world, state, which, where) {
    const [from, to] = [pick(state.ordered(), which), pick(state.ordered(), where)];
    return from && to
      ? [
          {
            kind: "relate",
            id: world.newId(),
            type: pick(world.schema.relations, which + where).key,
            from: from.id,
            to: to.id,
          },
        ]
      : [];
  },
  unrelate(world, state, which) {
    const relation = pick([...state.relations.values()], which);
    return relation ? [{ kind: "unrelate", id: relation.id }] : [];
  },
  comment(world, state, which, where) {
    const old =
      which % 3
        ? undefined
        : pick(
            [...state.comments.values()].filter((each) => !world.isWrong({ kind: "comment", ...each })),
            where,
          );
    const span = which % 2 ? (pick(state.ordered(), where)?.id ?? null) : null;
    return [
      {
        kind: "comment",
        id: old?.id ?? world.newId(),
        span,
        flag: pick([null, "ask", "unclear"], where),
        text: pick(WORDS, which),
      },
    ];
  },
  uncomment(world, state, which) {
    const comment = pick([...state.comments.values()], which);
    return comment ? [{ kind: "uncomment", id: comment.id }] : [];
  },
  publish(world, state, which) {
    return [
      {
        kind: "publish",
        value: pick([null, ...DATES], which),
        basis: pick([null, "metadata", "inferred", "unknown"], which >> 3),
      },
    ];
  },
  judge(world, state, which, where) {
    const spans = state.ordered().slice(where % 3, (where % 3) + (which % 3));
    return [
      {
        kind: "judge",
        id: `quote:${where % 4}`,
        suggester: "default",
        version: pick(["1", "2"], which),
        verdict: pick(["accepted", "corrected", "rejected", null], which >> 1),
        spans: spans.map(({ id }) => id),
      },
    ];
  },
  register(world, state, which, where) {
    const span = state.ordered().filter(({ label }) => label === "speaker")[where % 3];
    const id = `${world.annotator}-e${which % 4}`;
    return [
      { kind: "register", registry: "source", id, name: pick(["Zoé", "Ana", "Bo"], which >> 2) },
      ...(span ? [{ kind: "set", id: span.id, name: "who", value: id }] : []),
    ];
  },
  finish(world, state, which) {
    return [
      pick([{ kind: "submit" }, { kind: "reopen" }, { kind: "skip" }, { kind: "skip", reason: "no quotes" }], which),
    ];
  },
  wrong(world, state, which) {
    const op = pick(
      [
        { kind: "comment", id: world.newId(), text: "half a pair: \ud83d" },
        { kind: "comment", id: world.newId(), text: "x".repeat(5001) },
        { kind: "comment", id: world.newId(), text: " " },
      ],
      which,
    );
    world.wrong.add(op.id);
    return [op];
  },
};

/** What else happens in or to a page. */
const EVENTS = {
  undo: (world, page) => page.outbox && page.turn("undo"),
  redo: (world, page) => page.outbox && page.turn("redo"),
  hide: (world, page) => page.outbox?.leave(),
  focus: (world, page) => page.outbox?.poll(),
  online: (world, page) => page.outbox?.retry(),
  reload(world, page, which) {
    if (which % 2) page.outbox?.leave();
    page.die();
    return EVENTS.open(world, page, which);
  },
  close(world, page, which) {
    if (which % 2) page.outbox?.leave();
    page.die();
  },
  unmount(world, page, which) {
    page.unmount();
    return which % 2 ? EVENTS.open(world, page, which) : undefined;
  },
  tick: (world, page) => world.tick(page),
  /** The next page of a tab; the network is kind to it, or is not. */
  async open(world, { machine, session }, which) {
    new Page(world, machine, session);
    await settled();
    for (let round = 0; which % 3 && round < 4; round++) await world.mail();
  },
};

/** What happens on the way. */
const NETWORK = {
  tab: (world, which) =>
    world.living.length < 5
      ? EVENTS.open(world, { machine: world.machines[which % 2], session: new Store() }, which)
      : undefined,
  mail: (world) => world.mail(),
  carry: (world, which) =>
    world.carry(
      pick(
        world.air.filter(({ answer }) => !answer),
        which,
      ),
    ),
  deliver: (world, which) =>
    world.deliver(
      pick(
        world.air.filter(({ answer }) => answer),
        which,
      ),
    ),
  lose: (world, which) => world.lose(pick(world.air, which)),
  late: (world, which) =>
    world.late(
      pick(
        world.air.filter(({ answer }) => !answer),
        which,
      ),
    ),
  busy: (world, which) => world.answer(pick(world.air, which), 503, "busy"),
  expired: (world, which) => world.answer(pick(world.air, which), 401, "sign in again"),
  async kill(world) {
    const going = Promise.all(world.air.map((letter) => world.carry(letter)));
    await ask({ please: "kill" });
    await going;
    await settled();
  },
  start: () => ask({ please: "start" }),
};

/** @param {World} world @param {[string, number, number, number]} action what, in which tab, and two numbers more */
async function happen(world, [what, who, which, where]) {
  if (NETWORK[what]) await NETWORK[what](world, which);
  else {
    const page = pick(DEEDS[what] ? world.living.filter(({ outbox }) => outbox) : world.living, who);
    if (!page) return;
    here = page;
    if (EVENTS[what]) await EVENTS[what](world, page, which);
    else {
      const { shown } = page.outbox;
      const ops = DEEDS[what](world, shown, which, where);
      page.act(ops.length ? ops : DEEDS.add(world, shown, which, where));
    }
  }
  await settled();
}

async function play(scenario) {
  const world = new World(scenario);
  for (const machine of [0, 0, 1]) new Page(world, world.machines[machine], new Store());
  await settled();
  await world.peace();
  for (const action of scenario.actions) await happen(world, action);
  await world.end();
  return world.result();
}

// Lines in and out -------------------------------------------------------------------------------

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

async function ask(question) {
  say(question);
  await lines.next();
}

for (;;) {
  const { value, done } = await lines.next();
  if (done) break;
  try {
    say(await play(JSON.parse(value)));
  } catch (error) {
    say({ error: String(error.stack) });
  }
}
process.exit();
