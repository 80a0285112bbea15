// @ts-check

/**
 * @typedef {object} EdtfDate  digits as EDTF writes them, `X` for one not known; `month` may be a season's code, 21 to 24
 * @property {string} year
 * @property {string} month
 * @property {string} day
 * @property {string} time  with its zone; "" where none is given
 * @property {boolean} approximate  some part is: ~ or %
 * @property {boolean} uncertain  some part is: ? or %
 * @typedef {EdtfDate | ".." | ""} EdtfEnd  an end of an interval: a date, open, unknown
 * @typedef {{kind: "date", date: EdtfDate} | {kind: "interval", start: EdtfEnd, end: EdtfEnd} | {kind: "oneOf" | "allOf", items: {start: EdtfEnd, end: EdtfEnd}[]}} Edtf  a single date of a set starts and ends with itself
 */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const SEASONS = ["spring", "summer", "autumn", "winter"];
const MILLISECONDS = 86_400_000; // of a day

const EDTF_DATE =
  /^([?~%]?)(-?[\dX]{4}|Y-?\d{5,})([?~%]?)(?:-([?~%]?)([\dX]{2})([?~%]?)(?:-([?~%]?)([\dX]{2})([?~%]?)(?:T([\d:]+)(Z|[+-][\d:]+)?)?)?)?$/u;

/** An EDTF value taken apart, null if it is none. That a day exists is the server's business. @param {string} text @returns {Edtf | null} */
export function parseEdtf(text) {
  /** @param {string} part @returns {EdtfEnd | null} */
  const end = (part) => (part === "" || part === ".." ? part : parseDate(part));
  if (/^\[.+\]$|^\{.+\}$/u.test(text)) {
    const items = text
      .slice(1, -1)
      .split(",")
      .map((item) => {
        const [from, to, more] = item.trim().split("..");
        const start = from ? parseDate(from) : "..";
        return more === undefined
          ? { start, end: to === undefined ? start : to ? parseDate(to) : ".." }
          : { start: null, end: null };
      });
    if (items.some(({ start, end }) => start === null || end === null)) return null;
    return {
      kind: text[0] === "[" ? "oneOf" : "allOf",
      items: /** @type {{start: EdtfEnd, end: EdtfEnd}[]} */ (items),
    };
  }
  const [from, to, more] = text.split("/");
  if (to === undefined) {
    const date = parseDate(from);
    return date && { kind: "date", date };
  }
  const [first, last] = [end(from), end(to)];
  if (more !== undefined || first === null || last === null || (typeof first === "string" && typeof last === "string"))
    return null;
  return { kind: "interval", start: first, end: last };
}

/** @param {string} text @returns {EdtfDate | null} */
function parseDate(text) {
  const found = EDTF_DATE.exec(text);
  if (!found) return null;
  const marks = [1, 3, 4, 6, 7, 9].map((at) => found[at] ?? "").join("");
  return {
    year: found[2],
    month: found[5] ?? "",
    day: found[8] ?? "",
    time: found[10] ? found[10] + (found[11] ?? "") : "",
    approximate: /[~%]/u.test(marks),
    uncertain: /[?%]/u.test(marks),
  };
}

/** A calendar day as a number of days; month 1 to 12, or beyond into another year. @param {number} year @param {number} month @param {number} day @returns {number} */
export function dayNumber(year, month, day) {
  return Math.round(new Date(0).setUTCFullYear(year, month - 1, day) / MILLISECONDS);
}

/** @param {number} number @returns {{year: number, month: number, day: number, weekday: number}} weekday 0 is Sunday */
export function dayOf(number) {
  const date = new Date(number * MILLISECONDS);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
  };
}

/** The first and the last day that a date can mean, and whether digits are left open in it; null for years that no calendar page has. @param {EdtfDate} date @returns {{first: number, last: number, some: boolean} | null} */
export function daysOf({ year, month, day }) {
  if (!/^[\dX]{4}$/u.test(year) || year.startsWith("XX")) return null;
  const [from, to] = [Number(year.replace(/X/gu, "0")), Number(year.replace(/X/gu, "9"))];
  const some = /X/u.test(year + month + day);
  if (/^2[1-4]$/u.test(month)) {
    const begins = (Number(month) - 20) * 3;
    return { first: dayNumber(from, begins, 1), last: dayNumber(to, begins + 3, 0), some };
  }
  const months = matching(month || "XX", 12);
  if (!months.length) return null;
  const [least, most] = [months[0], months[months.length - 1]];
  const days = (/** @type {number} */ y, /** @type {number} */ m) =>
    matching(day || "XX", dayOf(dayNumber(y, m + 1, 0)).day);
  const [early, late] = [days(from, least), days(to, most)];
  if (!early.length || !late.length) return null;
  return { first: dayNumber(from, least, early[0]), last: dayNumber(to, most, late[late.length - 1]), some };
}

/** @param {string} digits two of them @param {number} limit @returns {number[]} the numbers from 1 that they can be */
function matching(digits, limit) {
  const like = new RegExp(`^${digits.replace(/X/gu, "\\d")}$`, "u");
  return Array.from({ length: limit }, (_, index) => index + 1).filter((number) =>
    like.test(String(number).padStart(2, "0")),
  );
}

/** An EDTF value as people write it: “8–11 Nov 2018”, “17 or 18 Jan 2019”, “about 2018”; what is none as it is. @param {string} edtf @param {{weekdays?: boolean}} [how] @returns {string} */
export function dateInWords(edtf, { weekdays = false } = {}) {
  const value = parseEdtf(edtf);
  if (!value) return edtf;
  if (value.kind === "date") return oneInWords(value.date, weekdays);
  if (value.kind === "interval") {
    const { start, end } = value;
    if (typeof start === "string")
      return `until ${oneInWords(/** @type {EdtfDate} */ (end), weekdays)}${start ? "" : ", start unknown"}`;
    if (typeof end === "string") return `from ${oneInWords(start, weekdays)}${end ? " on" : ", end unknown"}`;
    return rangeInWords(start, end, weekdays);
  }
  const parts = value.items.map(({ start, end }, index) => {
    if (typeof start === "string") return `until ${oneInWords(/** @type {EdtfDate} */ (end), weekdays)}`;
    if (typeof end === "string") return `from ${oneInWords(start, weekdays)} on`;
    if (start !== end) return rangeInWords(start, end, weekdays);
    const next = value.items[index + 1]?.start;
    return next && typeof next !== "string" ? briefly(start, next, weekdays) : oneInWords(start, weekdays);
  });
  const last = parts.pop() ?? "";
  const joined = parts.length ? `${parts.join(", ")} ${value.kind === "oneOf" ? "or" : "and"} ${last}` : last;
  return value.kind === "oneOf" && value.items.some(({ start, end }) => start !== end) ? `some time ${joined}` : joined;
}

/** @param {EdtfDate} start @param {EdtfDate} end @param {boolean} weekdays @returns {string} */
function rangeInWords(start, end, weekdays) {
  const [from, to] = [briefly(start, end, weekdays), oneInWords(end, weekdays)];
  if (!start.day || !end.day) return `${from} to ${to}`;
  return /^\d+$/u.test(from) ? `${from}–${to}` : `${from} – ${to}`;
}

/** A date in words, without the month and year that `next` repeats. @param {EdtfDate} date @param {EdtfDate} next @param {boolean} weekdays @returns {string} */
function briefly(date, next, weekdays) {
  const all = oneInWords(date, weekdays);
  const plain = (/** @type {EdtfDate} */ { approximate, uncertain, time }) => !approximate && !uncertain && !time;
  if (
    !plain(date) ||
    date.time ||
    !/^\d\d$/u.test(date.month) ||
    date.month > "12" ||
    date.year !== next.year ||
    !next.month ||
    !date.day !== !next.day
  )
    return all;
  const yearless = all.slice(0, all.lastIndexOf(" "));
  return date.day && date.month === next.month ? yearless.slice(0, yearless.lastIndexOf(" ")) : yearless;
}

/** @param {EdtfDate} date @param {boolean} weekdays @returns {string} */
function oneInWords(date, weekdays) {
  const { year, month, day, time, approximate, uncertain } = date;
  const clock = time ? `, ${time.replace(/Z$/u, " UTC").replace(/([+-][\d:]+)$/u, " UTC$1")}` : "";
  return `${approximate ? "about " : ""}${plainInWords(year, month, day, weekdays)}${clock}${uncertain ? " (uncertain)" : ""}`;
}

/** @param {string} year @param {string} month @param {string} day @param {boolean} weekdays @returns {string} */
function plainInWords(year, month, day, weekdays) {
  const number = Number(year.replace(/^Y/u, ""));
  const in_ = /^\d{3}X$/u.test(year)
    ? `the ${Number(year.slice(0, 3))}0s`
    : /^\d\dXX$/u.test(year)
      ? `${year.replace(/X/gu, "0")} to ${year.replace(/X/gu, "9")}`
      : Number.isNaN(number)
        ? `a year like ${year}`
        : number > 0
          ? String(number)
          : `${1 - number} BC`;
  if (!month) return in_;
  const of = year.includes("X") ? ` of ${in_}` : ` ${in_}`;
  if (month > "20" && month < "25")
    return `${SEASONS[Number(month) - 21]}${month === "24" && number > 0 ? ` ${number}/${String((number + 1) % 100).padStart(2, "0")}` : of}`;
  const name = MONTHS[Number(month) - 1];
  if (!name)
    return `${day ? `${day === "XX" ? "some day" : day} of ` : ""}${month === "XX" ? "some month" : `month ${month}`} of ${in_}`;
  if (!day) return `${name}${of}`;
  if (!/^\d\d$/u.test(day)) return `${day === "XX" ? "some day" : `a day like ${day}`} of ${name}${of}`;
  const weekday =
    weekdays && number > 0 ? `${WEEKDAYS[dayOf(dayNumber(number, Number(month), Number(day))).weekday]} ` : "";
  return `${weekday}${Number(day)} ${name}${of}`;
}
