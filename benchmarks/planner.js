// @ts-check
import { Tokens } from "../labeling/ui/component/tokens.js";
import { Candidates, parted } from "../labeling/ui/component/candidates.js";
import { linkChoices, recordLinks } from "../labeling/ui/component/linking.js";
import { asTyped, jumpsFrom, wordsFrom } from "../labeling/ui/component/jumping.js";
import { withMarks } from "../labeling/ui/component/quotation.js";
import { Schema } from "../labeling/ui/component/schema.js";
import { Cursor } from "../labeling/ui/component/cursor.js";

/**
 * @typedef {{start: number, end: number}} Stretch
 * @typedef {{id: string, label: string, fragments: [number, number][]}} Mark
 * @typedef {{point: number, anchor: number | null, exact: boolean, active: string}} State  what a key press starts from
 */

/** A key held with another is no further action but takes a moment: of two ways of as many actions the plainer one is taken. */
const HELD = 0.01;
/** How far around a stretch selections are tried. */
const AROUND = 220;

/** How far around it jumps are. */
const WORDS_NEAR = 30;

/** Finds the fewest keys from a caret to a span, with the page's own rules for what keys do; lines and pages are omitted. */
export class Planner {
  /**
   * @param {string} text @param {string | undefined} language @param {import("../labeling/ui/component/schema.js").SchemaData} data
   * @param {import("../labeling/ui/component/candidates.js").CandidateData} candidates as the server sends them
   * @param {(word: Stretch) => boolean} [sees] whether a word is visible, and so can be jumped to
   */
  constructor(text, language, data, candidates, sees = () => true) {
    this.sees = sees;
    this.tokens = new Tokens(text, language, candidates.sentences);
    this.candidates = new Candidates(candidates, this.tokens);
    this.schema = new Schema(data);
    const view = /** @type {any} */ ({});
    this.cursor = new Cursor(view, true);
    this.cursor.tokens = this.tokens;
    this.moves = data.commands
      .filter(({ command, group }) => group === "Move" && !/^(?:line|page)-|^jump$/u.test(command))
      .map(({ command, keys }) => ({ command, key: keys[0] }));
    this.slice = (/** @type {number} */ start, /** @type {number} */ end) => this.tokens.offsets.slice(start, end);
    /** @type {Map<string, any>} */
    this.known = new Map();
  }

  /** @template T @param {string} key @param {() => T} find @returns {T} */
  once(key, find) {
    if (!this.known.has(key)) this.known.set(key, find());
    return this.known.get(key);
  }

  /** @param {string} label @param {Stretch} stretch @returns {Stretch} */
  policy(label, { start, end }) {
    const marks = this.schema.label.get(label)?.marks;
    return marks ? withMarks(this.slice, start, end, marks) : { start, end };
  }

  /** @param {State} state @param {string} command @param {boolean} extend @returns {State} */
  move({ point, anchor, exact, active }, command, extend) {
    Object.assign(this.cursor, { point, anchor, exact });
    if (command === "extend-sentence") this.cursor.move(this.tokens.sentenceEnd(point), true);
    else this.cursor.run(command, extend);
    return {
      point: this.cursor.point,
      anchor: this.cursor.anchor,
      exact: this.cursor.exact,
      active: extend ? active : "",
    };
  }

  /** @param {State} state @returns {Stretch | null} */
  selection({ point, anchor, exact }) {
    Object.assign(this.cursor, { point, anchor, exact });
    return this.cursor.selection;
  }

  /** Where a key that goes to spans or to candidates leads. @param {State} state @param {Mark[]} marks in reading order @param {string} key @returns {State | null} */
  step({ point, anchor, exact, active: id }, marks, key) {
    const selection = this.selection({ point, anchor, exact, active: id });
    const active = marks.find((mark) => mark.id === id);
    if (key === "n" || key === "Shift+n") {
      const from = selection?.start ?? active?.fragments[0][0] ?? point;
      const found = this.candidates.next(from, key === "n" ? 1 : -1, this.schema.labels, marks, selection?.end);
      return found && { point: found.end, anchor: found.start, exact: true, active: "" };
    }
    const mark =
      key === "Enter"
        ? !active && marks.findLast(({ fragments }) => fragments.some(([start, end]) => start <= point && point <= end))
        : active
          ? marks[marks.indexOf(active) + (key === "j" ? 1 : -1)]
          : key === "j"
            ? marks.find(({ fragments }) => fragments[0][0] >= point)
            : marks.findLast(({ fragments }) => fragments[0][0] < point);
    if (!mark) return null;
    return key === "Enter"
      ? { point, anchor, exact, active: mark.id }
      : { point: mark.fragments[0][0], anchor: null, exact: false, active: mark.id };
  }

  /**
   * The cheapest way from a state to a goal.
   * @param {State} from @param {Mark[]} marks @param {string[]} steps keys that go to spans and to candidates
   * @param {(state: State) => string[] | null} finish the keys that reach the goal from a state, if they do
   * @param {(point: number) => boolean} [begins] whether a selection may begin at a point @param {Stretch} [within] where selections are tried
   * @returns {string[] | null}
   */
  search(from, marks, steps, finish, begins = () => false, within = { start: 0, end: 0 }) {
    const queue = new Heap();
    const seen = new Set();
    const near = [...this.words().values()]
      .filter(({ start, end }) => start >= within.start - WORDS_NEAR && end <= within.end + WORDS_NEAR)
      .filter((word) => this.sees(word));
    queue.add({ state: from, cost: 0, keys: [] });
    for (let way; (way = queue.take());) {
      const { state, cost, keys } = way;
      if (!state) return keys;
      const id = `${state.point} ${state.anchor} ${state.exact} ${state.active}`;
      if (seen.has(id)) continue;
      seen.add(id);
      const last = finish(state);
      if (last) queue.add({ state: null, cost: cost + last.length, keys: [...keys, ...last] });
      const go = (/** @type {string} */ key, /** @type {State | null} */ next) =>
        next && queue.add({ state: next, cost: cost + 1 + HELD * (key.split("+").length - 1), keys: [...keys, key] });
      for (const { command, key } of this.moves) {
        const move = () => this.move(state, command, false).point;
        go(key, {
          point: state.anchor === null ? this.once(`${command} ${state.point}`, move) : move(),
          anchor: null,
          exact: false,
          active: "",
        });
      }
      for (const key of steps) go(key, this.step(state, marks, key));
      const leap = (/** @type {Stretch} */ word, /** @type {boolean} */ extend, /** @type {State} */ next) => {
        const jump = this.jump(word, state.point, extend);
        if (jump) queue.add({ state: next, cost: cost + jump.length, keys: [...keys, ...jump] });
      };
      if (state === from)
        for (const word of near) leap(word, false, { point: word.start, anchor: null, exact: false, active: "" });
      if (state.anchor === null && !begins(state.point)) continue;
      const moves = state.active && (state.anchor === null || state === from); // the active span's edge, and no selection
      for (const word of moves ? [] : near) {
        const anchor = state.anchor ?? state.point;
        leap(word, true, { ...state, anchor, point: word.start >= anchor ? word.end : word.start });
      }
      for (const { command, key } of [
        ...this.moves.filter(({ key }) => key.length > 1),
        { command: "extend-sentence", key: "e" },
      ]) {
        const next = this.move(state, command, true);
        if (next.point < within.start - AROUND || next.point > within.end + AROUND || next.point === state.point)
          continue;
        go(key === "e" ? key : key.replace(/([^+]+)$/u, "Shift+$1"), next);
      }
    }
    return null;
  }

  /**
   * The fewest keys that span a stretch, or with `part` add it to the span last made.
   * @param {State} from @param {Mark[]} marks that exist @param {string} label @param {Stretch} wanted @param {boolean} part @returns {string[] | null}
   */
  mark(from, marks, label, wanted, part) {
    const [first, last] = [this.tokens.wordAt(wanted.start), this.tokens.wordAt(wanted.end - 1)];
    const begins = (/** @type {number} */ point) =>
      (point >= wanted.start - 2 && point <= (first?.end ?? wanted.start)) ||
      (point >= (last?.start ?? wanted.end) && point <= wanted.end + 2);
    const finish = (/** @type {State} */ state) => {
      const selection = this.selection(state);
      const taken = selection
        ? this.policy(label, selection)
        : state.active || part
          ? null
          : this.around(state.point, label);
      if (!taken) return null;
      if (part) return taken.start === wanted.start && taken.end === wanted.end ? ["f"] : null;
      const edges = this.edges(taken, wanted);
      return edges && [this.schema.label.get(label)?.hotkey ?? "", ...edges];
    };
    const steps = ["n", "Shift+n", ...(part ? [] : ["j", "k"])]; // a part is added to the span that was active last
    return this.search(from, marks, steps, finish, begins, wanted);
  }

  /** The fewest keys that make a span the active one. @param {State} from @param {Mark[]} marks @param {string} id @returns {string[] | null} */
  activate(from, marks, id) {
    return this.search(from, marks, ["j", "k", "n", "Shift+n", "Enter"], ({ active }) => (active === id ? [] : null));
  }

  /** Where a click and the label's key, with the keys that move edges after it, mark a stretch. @param {Mark[]} marks @param {string} label @param {Stretch} wanted @returns {{point: number, keys: string[]} | null} */
  click(marks, label, wanted) {
    for (let point = wanted.start; point < wanted.end; point++) {
      if (marks.some(({ fragments }) => fragments.some(([start, end]) => start <= point && point <= end))) continue;
      const taken = this.around(point, label);
      const edges = taken && this.edges(taken, wanted);
      if (edges) return { point, keys: [this.schema.label.get(label)?.hotkey ?? "", ...edges] };
    }
    return null;
  }

  /** Whether dragging over a stretch selects just what is wanted. @param {string} label @param {Stretch} wanted @returns {boolean} */
  drags(label, wanted) {
    const selected = this.tokens.snap(wanted.start, wanted.end);
    const taken = selected && this.policy(label, selected);
    return taken?.start === wanted.start && taken.end === wanted.end;
  }

  /** What a label's key takes at a point with nothing selected. @param {number} point @param {string} label @returns {Stretch | null} */
  around(point, label) {
    return this.once(`${label} ${point}`, () => {
      const data = this.schema.label.get(label);
      const found = data && this.candidates.at(point, data);
      return found ? this.policy(label, found) : null;
    });
  }

  /** The sentence up to a point, with which the page has a date there read. @param {number} point @returns {string} */
  before(point) {
    const sentence = this.tokens.sentenceAt(point);
    return sentence ? this.slice(sentence.start, point) : "";
  }

  /** What the key that links a whole record would link the active span with. @param {Mark[]} marks @param {string} id of the active one @returns {{type: string, id: string}[]} `id` as the page names it */
  record(marks, id) {
    const head = marks.find((mark) => mark.id === id);
    if (!head) return [];
    const labels = this.schema.labels.filter(
      ({ quotation, attributes }) => !quotation && !attributes.some(({ type }) => type === "date"),
    );
    const partners = this.candidates.partners(head.fragments, labels);
    const links = (this.schema.kinds.get(head.label) ?? []).flatMap((kind) => kind.links);
    return recordLinks(this.thereOf(marks), { ...head, attributes: {} }, links, (label) => partners.get(label)).map(
      ({ type, span }) => ({ type: type.key, id: span.id }),
    );
  }

  /** @param {Mark[]} marks @returns {any} the annotation that they make */
  thereOf(marks) {
    return { spans: new Map(marks.map((mark) => [mark.id, { ...mark, attributes: {} }])), relations: new Map() };
  }

  /** What a link's key puts letters on that is not marked yet, as the page names it. @param {Mark[]} marks @param {string} id of the active one @param {string} kind @returns {string[]} */
  offered(marks, id, kind) {
    const active = marks.find((mark) => mark.id === id);
    const type = this.schema.relation.get(kind);
    if (!active || !type) return [];
    const near = (/** @type {string} */ key) => {
      const label = this.schema.label.get(key);
      return label ? this.candidates.near(active.fragments, label).map((found) => parted(found, label)) : [];
    };
    const choices = linkChoices(
      this.thereOf(marks),
      { ...active, attributes: {} },
      [{ type, out: type.from.includes(active.label) }],
      near,
    );
    return choices.flatMap(({ made, span }) => (made ? [span.id] : []));
  }

  /** The words that a jump leads to, by their start. @returns {Map<number, Stretch>} */
  words() {
    return this.once(
      "words",
      () =>
        new Map(
          this.tokens.paragraphs.flatMap((paragraph) => this.tokens.words(paragraph).map((word) => [word.start, word])),
        ),
    );
  }

  /** The keys that jump to a word: two, and its letter where several begin alike; null where it has none. @param {Stretch} word @param {number} point @param {boolean} extend @returns {string[] | null} */
  jump(word, point, extend) {
    const initial = asTyped(this.slice(word.start, word.start + 1));
    if (!/^[!-~]$/u.test(initial)) return null; // no key of the keyboard makes it
    const alike = this.once(`from ${initial}`, () => wordsFrom(this.tokens, this.tokens.paragraphs, initial));
    const found = jumpsFrom(alike, point).find(({ word: { start } }) => start === word.start);
    return found ? [extend ? "Shift+z" : "z", initial, ...(found.letter ? [`letter ${word.start}`] : [])] : null;
  }

  /** The keys that move a span's edges: by words, or its end to a word and its start to one before it. @param {Stretch} taken @param {Stretch} wanted @returns {string[] | null} */
  edges(taken, wanted) {
    const plain = this.steps(taken, wanted);
    if (plain && plain.length < 3) return plain;
    const ways = plain ? [plain] : [];
    const [first, last] = [this.words().get(wanted.start), this.tokens.wordAt(wanted.end - 1)];
    const end =
      last && this.sees(last) && last.start > taken.start && wanted.end > taken.start
        ? this.jump(last, taken.end, true)
        : null;
    const start = first && this.sees(first) && wanted.start < taken.start ? this.jump(first, taken.start, true) : null;
    for (const [keys, there] of /** @type {[string[] | null, Stretch][]} */ ([
      [end, { start: taken.start, end: last?.end ?? 0 }],
      [start, { start: wanted.start, end: taken.end }],
    ])) {
      const rest = keys && this.steps(there, wanted);
      if (keys && rest) ways.push([...keys, ...rest]);
    }
    if (start && end) {
      const rest = this.steps({ start: wanted.start, end: last?.end ?? 0 }, wanted);
      if (rest) ways.push([...start, ...end, ...rest]);
    }
    return ways.sort((a, b) => a.length - b.length)[0] ?? null;
  }

  /** The keys that move a span's edges, a word at a time. @param {Stretch} taken @param {Stretch} wanted @returns {string[] | null} */
  steps(taken, wanted) {
    /** @type {string[]} */
    const keys = [];
    for (const [side, back, on] of /** @type {["start" | "end", string, string][]} */ ([
      ["end", "[", "]"],
      ["start", "{", "}"],
    ])) {
      let at = taken[side];
      const direction = wanted[side] > at ? 1 : -1;
      while (at !== wanted[side]) {
        const next = this.tokens.wordBorder(at, direction, side);
        if (next === at || (next - wanted[side]) * direction > 0 || keys.length > 20) return null;
        at = next;
        keys.push(direction > 0 ? on : back);
      }
    }
    return keys;
  }
}

/** Ways, the cheapest first. */
class Heap {
  constructor() {
    /** @type {any[]} */
    this.all = [];
  }

  /** @param {any} way */
  add(way) {
    const { all } = this;
    let at = all.push(way) - 1;
    while (at) {
      const up = (at - 1) >> 1;
      if (all[up].cost <= all[at].cost) break;
      [all[up], all[at]] = [all[at], all[up]];
      at = up;
    }
  }

  take() {
    const { all } = this;
    const [top] = all;
    const last = all.pop();
    if (all.length) {
      all[0] = last;
      for (let at = 0; ;) {
        const [one, two] = [2 * at + 1, 2 * at + 2];
        let least = at;
        if (all[one]?.cost < all[least].cost) least = one;
        if (all[two]?.cost < all[least].cost) least = two;
        if (least === at) break;
        [all[at], all[least]] = [all[least], all[at]];
        at = least;
      }
    }
    return top;
  }
}
