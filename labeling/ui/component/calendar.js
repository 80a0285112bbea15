// @ts-check
import { dateInWords, dayNumber, dayOf, parseEdtf, daysOf } from "./edtf.js";

/**
 * @typedef {import("./edtf.js").EdtfEnd} EdtfEnd
 * @typedef {{edtf?: string | null, mod?: string | null, timex3?: string | null}} DateParts  without `edtf`: a time that has no place on the calendar
 * @typedef {"whole" | "interval" | "one-of" | "all-of" | "some" | "frame"} Mark
 *   whole: one day, month, season, year …; interval: from first to last; one-of, all-of: a date of a set; some: a stretch that
 *   holds the date, digits being left open; frame: the unit of which a modifier takes the early, middle or late part
 * @typedef {object} Cell  a day, month, year, decade or century
 * @property {string} name
 * @property {Mark | ""} mark
 * @property {boolean} begins  the value begins here; it goes on from the cell before otherwise
 * @property {boolean} ends
 * @property {"" | "open" | "unknown"} beyond  the value goes on past the strip: the end is open, or not known
 * @property {boolean} part  the modifier's part of the frame
 * @property {boolean} approximate
 * @property {boolean} uncertain
 * @property {boolean} published  the publication date falls here
 * @property {boolean} rest  Saturday, Sunday
 * @property {boolean} gap  stands for all that is omitted between its neighbors
 * @typedef {{unit: Unit, cells: Cell[], groups: {names: string[], count: number}[]}} Calendar  `names` of a group: the fullest first
 * @typedef {"day" | "month" | "year" | "decade" | "century"} Unit
 * @typedef {{first: number, last: number, mark: Mark, open: "" | "start" | "end", unknown: boolean, start: Looseness, end: Looseness}} Piece  day numbers, both included
 * @typedef {{approximate: boolean, uncertain: boolean}} Looseness
 */

/** Days are shown for what lies within six weeks of the publication, months within three years. */
const NEAR = 42;
const FAR = 3 * 366;
const MONTH_NAMES = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
/** More cells than this are too narrow to be distinguished. */
const MOST = { day: 63, month: 48, year: 30, decade: 30, century: 30 };
const LEAST = { day: 21, month: 12, year: 9, decade: 6, century: 6 };
/** @type {Unit[]} */
const UNITS = ["day", "month", "year", "decade", "century"];
const YEARS = { year: 1, decade: 10, century: 100 };

/**
 * Returns the calendar strip of a date value around the publication date; null if a calendar cannot show the value.
 * @param {DateParts} value @param {string | null} published EDTF @returns {Calendar | null}
 */
export function calendarOf({ edtf, mod, timex3 }, published) {
  const pieces = piecesOf(edtf ?? "");
  if (!pieces?.length) return null;
  const part = partOf(pieces, mod, timex3);
  if (part)
    pieces.unshift({
      first: part.first,
      last: part.last,
      mark: "frame",
      open: "",
      unknown: false,
      start: part.loose,
      end: part.loose,
    });
  const value = parseEdtf(published ?? "");
  const day = value?.kind === "date" ? daysOf(value.date) : null;
  const first = Math.min(...pieces.map((piece) => piece.first));
  const last = Math.max(...pieces.map((piece) => piece.last));
  const away = day ? Math.max(day.first - first, last - day.last, day.last - day.first) : last - first;
  let scale = UNITS.indexOf(away <= NEAR ? "day" : away <= FAR ? "month" : "year");
  while (indexOf(last, UNITS[scale]) - indexOf(first, UNITS[scale]) + 1 > MOST[UNITS[scale]] - 4)
    if (++scale === UNITS.length) return null;
  const unit = UNITS[scale];
  const cells = shownAround(unit, pieces, day).map((index) => cellOf(unit, index, pieces, part, day));
  for (const { open, unknown } of pieces)
    if (open)
      /** @type {{cell: Cell}} */ (cells.at(open === "end" ? -1 : 0)).cell.beyond = unknown ? "unknown" : "open";
  return { unit, cells: cells.map(({ cell }) => cell), groups: grouped(cells.map(({ group }) => group)) };
}

/** TIMEX3's modifiers that an EDTF value does not show. @type {Record<string, string>} */
const UNSAID = {
  START: "early part",
  MID: "middle part",
  END: "late part",
  LESS_THAN: "less than this",
  MORE_THAN: "more than this",
  EQUAL_OR_LESS: "at most this",
  EQUAL_OR_MORE: "at least this",
};

/** TIMEX3's references, which have no place on the calendar. @type {Record<string, string>} */
const REFERENCES = {
  PAST_REF: "some time in the past",
  PRESENT_REF: "the present",
  FUTURE_REF: "some time in the future",
};

/** A date value as people write it, with its modifier unless it is that part already. @param {DateParts} value @param {{weekdays?: boolean}} [how] @returns {string} */
export function valueInWords({ edtf, mod, timex3 }, how) {
  if (!edtf) return [REFERENCES[timex3 ?? ""] ?? timex3, UNSAID[mod ?? ""]].filter(Boolean).join(", ");
  const pieces = piecesOf(edtf);
  const modifier = pieces?.length === 1 && wholeOf(pieces[0], timex3) ? undefined : UNSAID[mod ?? ""];
  return dateInWords(edtf, how) + (modifier ? `, ${modifier}` : "");
}

/** @param {string} edtf @returns {Piece[] | null} */
function piecesOf(edtf) {
  const value = parseEdtf(edtf);
  if (!value) return null;
  const between = (/** @type {EdtfEnd} */ start, /** @type {EdtfEnd} */ end, /** @type {Mark} */ mark) => {
    const from = typeof start === "string" ? null : daysOf(start);
    const to = typeof end === "string" ? null : daysOf(end);
    if ((!from && typeof start !== "string") || (!to && typeof end !== "string")) return null;
    const [one, other] = [from ?? to, to ?? from];
    if (!one || !other) return null;
    /** @type {Piece} */
    const piece = {
      first: one.first,
      last: other.last,
      mark,
      open: from ? (to ? "" : "end") : "start",
      unknown: start === "" || end === "",
      start: looseness(start),
      end: looseness(end),
    };
    return piece;
  };
  /** @type {(Piece | null)[]} */
  let pieces;
  if (value.kind === "date") pieces = [between(value.date, value.date, daysOf(value.date)?.some ? "some" : "whole")];
  else if (value.kind === "interval") pieces = [between(value.start, value.end, "interval")];
  else pieces = value.items.map(({ start, end }) => between(start, end, value.kind === "oneOf" ? "one-of" : "all-of"));
  return pieces.includes(null) ? null : /** @type {Piece[]} */ (pieces);
}

/** @param {EdtfEnd} end @returns {Looseness} */
function looseness(end) {
  return typeof end === "string"
    ? { approximate: false, uncertain: false }
    : { approximate: end.approximate, uncertain: end.uncertain };
}

/**
 * The unit that a modifier takes a part of, and that part: the value itself where its TIMEX3 value names the unit (“8 to 11
 * November” as the end of 2018-W45), or else a third of the value.
 * @param {Piece[]} pieces @param {string | null | undefined} mod @param {string | null | undefined} timex3
 * @returns {{first: number, last: number, from: number, to: number, loose: Looseness} | null} day numbers; the part lies in [from, to]
 */
function partOf(pieces, mod, timex3) {
  if (pieces.length !== 1 || pieces[0].open || !mod || !["START", "MID", "END"].includes(mod)) return null;
  const { first, last, start: loose } = pieces[0];
  const whole = wholeOf(pieces[0], timex3);
  if (whole) return { ...whole, from: first, to: last, loose };
  const days = last - first + 1;
  if (days < 3) return null;
  const [one, two] = [first + Math.round(days / 3), first + Math.round((2 * days) / 3)];
  pieces.length = 0;
  return {
    first,
    last,
    from: mod === "START" ? first : mod === "MID" ? one : two,
    to: mod === "START" ? one - 1 : mod === "MID" ? two - 1 : last,
    loose,
  };
}

/** The longer unit that a TIMEX3 value names around a stretch. @param {Piece} piece @param {string | null | undefined} timex3 @returns {{first: number, last: number} | null} */
function wholeOf({ first, last }, timex3) {
  const whole = timexStretch(timex3 ?? "");
  return whole && whole.first <= first && whole.last >= last && whole.last - whole.first > last - first ? whole : null;
}

/** The days of a TIMEX3 week, weekend, quarter, half, season, decade, century or plain date; null for anything else. @param {string} timex3 @returns {{first: number, last: number} | null} */
function timexStretch(timex3) {
  const found = /^(\d{4})-(?:W(\d\d)(-WE)?|([QH])(\d)|(SP|SU|FA|WI))$/u.exec(timex3);
  if (!found) {
    const value = parseEdtf(/^\d{2,3}$/u.test(timex3) ? timex3.padEnd(4, "X") : timex3);
    const stretch = value?.kind === "date" && !value.date.time ? daysOf(value.date) : null;
    return stretch && { first: stretch.first, last: stretch.last };
  }
  const year = Number(found[1]);
  if (found[2]) {
    const fourth = dayNumber(year, 1, 4); // always in the year's first week
    const monday = fourth - ((dayOf(fourth).weekday + 6) % 7) + 7 * (Number(found[2]) - 1);
    return { first: monday + (found[3] ? 5 : 0), last: monday + 6 };
  }
  const length = found[4] === "H" ? 6 : 3;
  const begins = found[6] ? 3 * ["SP", "SU", "FA", "WI"].indexOf(found[6]) + 3 : length * (Number(found[5]) - 1) + 1;
  return { first: dayNumber(year, begins, 1), last: dayNumber(year, begins + length, 0) };
}

/** The place of the cell that a day falls in. @param {number} number @param {Unit} unit @returns {number} */
function indexOf(number, unit) {
  if (unit === "day") return number;
  const { year, month } = dayOf(number);
  return unit === "month" ? 12 * year + month - 1 : Math.floor(year / YEARS[unit]);
}

/** The first day of a cell. @param {number} index @param {Unit} unit @returns {number} */
function startOf(index, unit) {
  if (unit === "day") return index;
  return unit === "month" ? dayNumber(0, index + 1, 1) : dayNumber(index * YEARS[unit], 1, 1);
}

/** The places of the cells to show, NaN for a gap: the value and the publication date with a margin, whole weeks of days. @param {Unit} unit @param {Piece[]} pieces @param {{first: number, last: number} | null} day @returns {number[]} */
function shownAround(unit, pieces, day) {
  const margin = unit === "year" ? 2 : 1;
  const within = (/** @type {{first: number, last: number}[]} */ stretches, before = margin, after = margin) => {
    let from = indexOf(Math.min(...stretches.map(({ first }) => first)), unit) - before;
    let to = indexOf(Math.max(...stretches.map(({ last }) => last)), unit) + after;
    if (unit === "day") {
      from -= ((dayOf(from + before).weekday + 6) % 7) - before;
      to += ((7 - dayOf(to - after).weekday) % 7) - after;
    }
    return { from, to };
  };
  const step = unit === "day" ? 7 : margin + 1;
  const [opensBefore, opensAfter] = ["start", "end"].map((side) => pieces.some(({ open }) => open === side));
  const grow = (/** @type {{from: number, to: number}} */ run) => ({
    from: run.from - (opensBefore ? step : 0),
    to: run.to + (opensAfter ? step : 0),
  });
  let run = grow(within(day ? [...pieces, day] : pieces));
  if (run.to - run.from + 1 > MOST[unit] && day) {
    const [value, marker] = [grow(within(pieces)), within([day])];
    const [one, two] = value.from < marker.from ? [value, marker] : [marker, value];
    return [...numbers(one.from, one.to), NaN, ...numbers(two.from, two.to)];
  }
  for (let after = true; run.to - run.from + 1 < LEAST[unit]; after = !after)
    run = after
      ? { ...run, to: run.to + (unit === "day" ? 7 : 1) }
      : { ...run, from: run.from - (unit === "day" ? 7 : 1) };
  return numbers(run.from, run.to);
}

/** @param {number} from @param {number} to @returns {number[]} */
function numbers(from, to) {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** @param {Unit} unit @param {number} index @param {Piece[]} pieces @param {{from: number, to: number} | null} part @param {{first: number, last: number} | null} day @returns {{cell: Cell, group: string[]}} */
function cellOf(unit, index, pieces, part, day) {
  /** @type {Cell} */
  const cell = {
    name: "",
    mark: "",
    begins: false,
    ends: false,
    beyond: "",
    part: false,
    approximate: false,
    uncertain: false,
    published: false,
    rest: false,
    gap: Number.isNaN(index),
  };
  if (cell.gap) return { cell: { ...cell, name: "⋯" }, group: [] };
  const [first, last] = [startOf(index, unit), startOf(index + 1, unit) - 1];
  const holds = (/** @type {number} */ from, /** @type {number} */ to) => from <= last && to >= first;
  const covers = (/** @type {Piece} */ piece) =>
    holds(piece.open === "start" ? -Infinity : piece.first, piece.open === "end" ? Infinity : piece.last);
  const piece = pieces.find(covers);
  if (piece) {
    cell.mark = piece.mark;
    cell.begins = piece.open !== "start" && piece.first >= first;
    cell.ends = piece.open !== "end" && piece.last <= last;
    const both = cell.begins === cell.ends; // the middle is as loose as both ends are, a cell of its own as either is
    for (const how of /** @type {const} */ (["approximate", "uncertain"])) {
      const [start, end] = [piece.start[how], piece.end[how]];
      cell[how] = !both ? (cell.begins ? start : end) : cell.begins ? start || end : start && end;
    }
    if (piece.mark === "all-of" || piece.mark === "one-of") [cell.begins, cell.ends] = [true, true];
  }
  if (part) {
    const shared = Math.min(part.to, last) - Math.max(part.from, first) + 1;
    cell.part = shared >= Math.min(last - first + 1, part.to - part.from + 1) / 2; // half a cell, or half of a part that is smaller
  }
  if (part && !cell.part) [cell.approximate, cell.uncertain] = [false, false];
  cell.published = day !== null && holds(day.first, day.last);
  const { year, month, day: date, weekday } = dayOf(first);
  cell.rest = unit === "day" && (weekday === 0 || weekday === 6);
  const name = MONTH_NAMES[month - 1];
  switch (unit) {
    case "day":
      return {
        cell: { ...cell, name: String(date) },
        group: [`${name} ${year}`, `${name.slice(0, 3)} ${year}`, name.slice(0, 3)],
      };
    case "month":
      return { cell: { ...cell, name: name[0] }, group: [String(year)] };
    case "year":
      return { cell: { ...cell, name: String(year % 100).padStart(2, "0") }, group: [`${Math.floor(year / 10)}0s`] };
    case "decade":
      return {
        cell: { ...cell, name: String((10 * index) % 100).padStart(2, "0") },
        group: [`${Math.floor(index / 10)}00s`],
      };
    default:
      return { cell: { ...cell, name: String(index) }, group: ["hundreds of years"] };
  }
}

/** @param {string[][]} names of the cells' groups @returns {{names: string[], count: number}[]} */
function grouped(names) {
  /** @type {{names: string[], count: number}[]} */
  const groups = [];
  for (const each of names) {
    const last = groups[groups.length - 1];
    if (last && last.names[0] === each[0]) last.count++;
    else groups.push({ names: each, count: 1 });
  }
  return groups;
}
