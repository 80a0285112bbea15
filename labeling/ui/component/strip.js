// @ts-check
import { make } from "./dom.js";
import { calendarOf } from "./calendar.js";

/** The room for the names of months or years, in characters: the strip's width by that of a letter. */
const ROOM = 52;
/** With more cells than this only some are named, so that the names stay apart. */
const ALL_NAMED = 24;

/** A small calendar that shows a date value around the publication date: patterns, not colors, say what kind of value it is. */
export class CalendarStrip {
  constructor() {
    this.element = make("div", { class: "sw-strip", role: "img", "aria-label": "No date yet" });
    this.shown = "";
  }

  /** @param {import("./calendar.js").DateParts | null} value null: an empty strip @param {string | null} published EDTF @param {string} words what a screen reader says */
  show(value, published, words) {
    const shown = JSON.stringify([value, published, words]);
    if (shown === this.shown) return;
    this.shown = shown;
    const calendar = value && calendarOf(value, published);
    this.element.setAttribute("aria-label", words);
    this.element.title = words;
    this.element.style.setProperty("--sw-cells", String(calendar?.cells.length ?? 1));
    if (!calendar) return this.element.replaceChildren();
    const { unit, cells, groups } = calendar;
    const crowded = cells.length > ALL_NAMED;
    this.element.replaceChildren(
      ...groups.map(({ names, count }) =>
        make("span", {
          class: "sw-strip-group",
          "aria-hidden": "true",
          style: `grid-column:span ${count}`,
          text: names.find((name) => name.length <= (count / cells.length) * ROOM) ?? "",
        }),
      ),
      ...cells.map((cell, index) => {
        const named = !crowded || unit === "month" || (unit === "day" ? index % 7 === 0 : cell.name.endsWith("0"));
        const arrow = { open: index ? "→" : "←", unknown: "?", "": "" }[cell.beyond];
        const firm = !cell.approximate && !cell.uncertain;
        const solid =
          firm &&
          (cell.part ||
            cell.mark === "all-of" ||
            (cell.mark === "interval" && (cell.begins || cell.ends)) ||
            (cell.mark === "whole" && cell.begins && cell.ends));
        const marks = [
          "sw-day",
          cell.mark && `sw-is-${cell.mark}`,
          cell.begins && "sw-begins",
          cell.ends && "sw-ends",
          solid && "sw-solid",
          cell.approximate && "sw-approximate",
          cell.uncertain && "sw-uncertain",
          crowded && named && "sw-named",
          cell.published && "sw-today",
          cell.rest && "sw-rest",
          cell.gap && "sw-gap",
          unit === "day" && index % 7 === 0 && "sw-monday",
        ];
        return make("span", {
          class: marks.filter(Boolean).join(" "),
          "aria-hidden": "true",
          text: arrow || (named || cell.gap ? cell.name : ""),
        });
      }),
    );
  }
}
