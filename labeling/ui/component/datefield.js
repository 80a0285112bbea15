// @ts-check
import { valueInWords } from "./calendar.js";
import { Combo } from "./combo.js";
import { make } from "./dom.js";
import { countedAs, dateValue } from "./reading.js";
import { CalendarStrip } from "./strip.js";

/**
 * @typedef {import("./schema.js").Attribute} Attribute
 * @typedef {import("./client.js").Reading} Reading
 * @typedef {import("./combo.js").Choice} Choice
 * @typedef {import("./controls.js").Surroundings} Surroundings
 * @typedef {import("./reading.js").WordsRead} WordsRead
 * @typedef {{of: string, readings: WordsRead[], ready: Promise<void>}} OwnReadings
 */

/** So many other readings stand beside a date's value. */
const MOST_OTHERS = 2;

/** The control of a date. @param {Attribute} attribute @param {Surroundings} around @returns {import("./controls.js").Control} */
export function dateControl(attribute, around) {
  const field = new DateField(attribute, around);
  return {
    element: field.combo.element,
    sync: (value) => field.sync(value),
    focus: () => field.combo.input.focus(),
    accept: (likeliest) => field.accept(likeliest),
  };
}

/** A date's value on a strip of the calendar, what the span's words say of it, and a field to type another in words or EDTF. */
class DateField {
  /** @param {Attribute} attribute @param {Surroundings} around */
  constructor(attribute, around) {
    this.around = around;
    this.strip = new CalendarStrip();
    this.said = make("div", { class: "sw-date-value" });
    this.element = make("div", { class: "sw-date" }, this.strip.element, this.said);
    /** @type {any} */
    this.value = undefined;
    /** @type {Choice | null} */
    this.previewed = null;
    /** The readings of the span's own words, with the word before them if that helps; they are looked up once for the words and the publication date. @type {OwnReadings} */
    this.own = { of: "", readings: [], ready: Promise.resolve() };
    this.combo = new Combo({
      label: attribute.title,
      placeholder: "date in words or EDTF",
      pause: 120,
      done: around.done,
      clear: () => around.set(null),
      prefill: around.words,
      preview: (choice) => this.preview(choice),
      find: (query) => this.find(query),
    });
    this.combo.element.insertBefore(this.element, this.combo.list);
  }

  /** @param {any} value */
  sync(value) {
    this.value = value;
    this.combo.sync(value ? (value.words ?? notation(value)) : "");
    if (!value || value.words) this.ask();
    this.draw();
  }

  /** Takes over what the span's words say, where they say one thing only; in place of a value that they say already, the next one. @param {boolean} likeliest where they can say several, the likeliest @returns {Promise<boolean>} whether they do */
  async accept(likeliest) {
    const id = this.around.id();
    const asked = this.ask();
    await asked.ready;
    const { readings } = asked;
    if (this.value) {
      const [next] = this.others();
      if (next) this.take(id, next);
      return next !== undefined;
    }
    if (!readings.length || (readings.length > 1 && !likeliest)) return false;
    this.take(id, readings[0]);
    return true;
  }

  /** What else the words can mean, from the reading after the value on; nothing where the value is none of their readings. @returns {WordsRead[]} */
  others() {
    const { readings } = this.own;
    const now = readings.findIndex(({ reading }) => this.value && notation(reading) === notation(this.value));
    return now < 0 ? [] : [...readings.slice(now + 1), ...readings.slice(0, now)];
  }

  /** Looks up what the span's own words say. @returns {OwnReadings} */
  ask() {
    const { around } = this;
    const words = around.words().slice(0, 200);
    const [against, language, before] = [around.against(), around.language(), around.before()];
    const of = JSON.stringify([words, against, language, before]);
    if (of === this.own.of) return this.own;
    /** @type {OwnReadings} */
    const now = { of, readings: [], ready: Promise.resolve() };
    const read = async (/** @type {string} */ each) => {
      const { readings, lead } = await around.api.dates(each, against, language, before);
      return { found: readings.map((reading) => ({ reading, words: each })), lead };
    };
    const readAll = async () => {
      const { found, lead } = await read(words);
      return lead ? [...(await read(`${lead} ${words}`)).found, ...found] : found;
    };
    now.ready = readAll().then(
      (all) => {
        now.readings = [...new Map(all.toReversed().map((each) => [each.reading.explain, each])).values()].toReversed();
        if (now === this.own) this.draw();
      },
      () => {
        if (now === this.own) this.own = { ...this.own, of: "" }; // asked again when it is shown next
      },
    );
    return (this.own = now);
  }

  /** @param {string} id @param {WordsRead} read */
  take(id, { reading, words }) {
    this.around.fill(id, reading, dateValue(reading, words, this.around.against()));
  }

  /** @param {Choice | null} choice */
  preview(choice) {
    if (choice === this.previewed) return;
    this.previewed = choice;
    this.draw();
  }

  /** Shows the active choice, or the value, or else what the words seem to say. */
  draw() {
    const { around, value, previewed, said } = this;
    const [best, another] = value || previewed ? [] : this.own.readings;
    const shown = previewed ? previewed.value : (value ?? (best && dateValue(best.reading, best.words, null)));
    const words = previewed?.title ?? best?.reading.explain ?? (value ? valueInWords(value, { weekdays: true }) : "");
    this.element.classList.toggle("sw-proposed", !value && !previewed);
    this.strip.show(shown ?? null, around.against(), words || "No date yet");
    said.title = shown ? [shown.edtf, shown.timex3, shown.mod].filter(Boolean).join(" · ") : "";
    if (best && !previewed) return said.replaceChildren(this.acceptButton(best, another, words));
    const remark = value && !previewed ? around.remark() : "";
    const others = value && !previewed ? this.others().slice(0, MOST_OTHERS) : [];
    said.replaceChildren(
      words,
      ...(remark ? [make("span", { class: "sw-remark", text: remark })] : []),
      ...others.map((read, index) => this.otherButton(read, index)),
    );
  }

  /** A button for another reading; the key of the first takes it too. @param {WordsRead} read @param {number} index @returns {HTMLElement} */
  otherButton(read, index) {
    const onclick = () => {
      this.take(this.around.id(), read);
      this.around.done();
    };
    return make(
      "button",
      { type: "button", class: "sw-other", tabindex: "-1", title: "Take this date instead", onclick },
      ...(index ? [] : [make("kbd", { class: "sw-kbd", text: this.around.acceptKey() })]),
      read.reading.explain,
    );
  }

  /** @param {WordsRead} best @param {WordsRead | undefined} another @param {string} words @returns {HTMLElement} */
  acceptButton(best, another, words) {
    const onclick = () => {
      if (another) return this.combo.input.focus();
      this.take(this.around.id(), best);
      this.around.done();
    };
    const title = another ? "Choose a date" : "Accept this date";
    return make(
      "button",
      { type: "button", class: "sw-accept", tabindex: "-1", title, onclick },
      make("kbd", { class: "sw-kbd", text: this.around.acceptKey() }),
      words,
      ...(another ? [make("span", { class: "sw-quiet", text: " or another" })] : []),
    );
  }

  /** @param {string} words @returns {Promise<{readings: WordsRead[], error: string | null}>} */
  async read(words) {
    const { around } = this;
    const { readings, error } = await around.api.dates(words, around.against(), around.language(), around.before());
    return { readings: readings.map((reading) => ({ reading, words })), error };
  }

  /** @param {string} query @returns {Promise<{choices: Choice[], note?: string}>} */
  async find(query) {
    if (!query) return { choices: [] };
    const own = this.ask();
    await own.ready;
    const asked = !this.value && !this.combo.typed && own.readings.length > 0;
    const { readings, error } = asked ? { readings: own.readings, error: null } : await this.read(query);
    const choices = readings.map((read) => ({
      title: read.reading.explain,
      detail: notation(read.reading),
      value: dateValue(read.reading, read.words, this.around.against()),
      pick: () => this.take(this.around.id(), { ...read, reading: countedAs(own.readings, read) }),
    }));
    const none = choices.length ? "" : "No date found. Try a day (8 November 2018) or EDTF (2018-11-08).";
    return { choices, note: error ?? none };
  }
}

/** A reading as it is written down: EDTF with its modifier, or TIMEX3 where it has no place on the calendar. @param {import("./calendar.js").DateParts} value @returns {string} */
function notation({ edtf, timex3, mod }) {
  return [edtf ?? timex3, mod].filter(Boolean).join(" ");
}
