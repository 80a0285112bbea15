// @ts-check
import { composes, make } from "./dom.js";
import { valueInWords } from "./calendar.js";
import { kindOf } from "./kinds.js";
import { numberControl } from "./numberfield.js";
import { dateValue } from "./reading.js";
import { CalendarStrip } from "./strip.js";
import { isPronoun } from "./phrases.js";

/**
 * @typedef {import("./schema.js").Attribute} Attribute
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {import("./client.js").Api} Api
 * @typedef {{title: string, detail?: string, value?: any, pick: () => void}} Choice  `value`: what it would set
 * @typedef {object} Control
 * @property {HTMLElement} element
 * @property {(value: any) => void} sync
 * @property {() => void} focus
 * @property {() => Promise<boolean>} [accept]  takes over what the span's words say, where they say one thing only; whether they do
 * @typedef {object} Surroundings
 * @property {Api} api
 * @property {(value: any, before?: Op[]) => void} set  null takes the value away; `before` are ops that go first
 * @property {(id: string, reading: import("./client.js").Reading, value: any) => void} fill  sets what a reading of a date says
 * @property {() => string} id  the span's
 * @property {() => void} done  back to the text
 * @property {() => string} words  the span's own words
 * @property {null | (() => import("./phrases.js").Name[])} names  the names in the article, where a span's words name its entry, as a speaker's do and a quote's or a date's do not
 * @property {(stretch: [number, number]) => boolean} within  whether a stretch is a part of the span
 * @property {() => string} lead  the word before the span that a date's value hangs on
 * @property {(value: any) => string} digit  the key that sets the attribute to a value
 * @property {(registry: string) => {id: string, same: boolean}[]} mentioned  entries of the registry that the article's marks name, likeliest for the span first
 * @property {() => string | null} against  the publication date, EDTF
 * @property {() => string | null} language  the article's, BCP 47
 * @property {() => string} before  the sentence up to the span
 * @property {() => string} acceptKey  the key that takes over what the words say
 * @property {() => string} remark  what is to be said of the value: against which date it was read, if not against this one
 * @property {(registry: string, id: string) => string} nameOf
 * @property {() => string} newId
 */

let comboNumber = 0;

/** A text field with a list of choices under it: typing looks them up, arrows move, Enter takes one. */
export class Combo {
  /**
   * @param {object} parts
   * @param {string} parts.label for a screen reader
   * @param {string} [parts.placeholder]
   * @param {number} parts.pause milliseconds of rest before a look-up
   * @param {(query: string) => Promise<{choices: Choice[], note?: string}>} parts.find
   * @param {() => string} [parts.prefill] what to start from when the field is empty
   * @param {(choice: Choice | null) => void} [parts.preview] told of the choice that Enter would take
   * @param {() => void} parts.clear
   * @param {() => void} parts.done
   */
  constructor({ label, placeholder, pause, find, prefill, preview, clear, done }) {
    this.find = find;
    this.pause = pause;
    this.prefill = prefill;
    this.preview = preview;
    this.clear = clear;
    this.done = done;
    this.id = `sw-combo-${++comboNumber}`;
    this.value = "";
    this.typed = false;
    this.turn = 0;
    this.takeWhenFound = false;
    this.moved = false; // an arrow has gone through the choices
    this.at = 0;
    /** @type {Choice[]} */
    this.choices = [];
    /** @type {any} */
    this.timer = null;
    this.input = make("input", {
      type: "text",
      class: "sw-input",
      role: "combobox",
      "aria-label": label,
      "aria-expanded": "false",
      "aria-controls": this.id,
      "aria-autocomplete": "list",
      placeholder,
      autocomplete: "off",
      spellcheck: "false",
    });
    this.list = make("ul", {
      class: "sw-choices",
      tabindex: "-1",
      role: "listbox",
      id: this.id,
      "aria-label": `${label}: choices`,
    });
    this.list.hidden = true;
    this.note = make("div", { class: "sw-note", role: "status" });
    this.note.hidden = true;
    this.element = make("div", { class: "sw-combo" }, this.input, this.list, this.note);
    this.input.addEventListener("focus", () => this.open());
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("input", () => {
      this.typed = true;
      this.takeWhenFound = false;
      this.look(this.pause);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {string} value */
  sync(value) {
    this.value = value;
    if (document.activeElement !== this.input) {
      this.input.value = value;
      this.typed = false;
    }
  }

  open() {
    this.typed = false;
    if (!this.input.value && this.prefill) this.input.value = this.prefill();
    this.input.select();
    this.look(0);
  }

  close() {
    clearTimeout(this.timer);
    this.turn++;
    this.takeWhenFound = false;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.preview?.(null);
    const dangling = this.typed && this.input.value.trim() !== this.value;
    if (!dangling) this.input.value = this.value;
    this.say(dangling && this.input.value.trim() ? "Not taken yet: press Enter in the field." : "");
  }

  /** @param {string} text */
  say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }

  /** @param {number} pause */
  look(pause) {
    clearTimeout(this.timer);
    this.moved = false;
    const turn = ++this.turn;
    this.list.setAttribute("aria-busy", "true");
    this.timer = setTimeout(async () => {
      const query = this.input.value.trim();
      let found;
      try {
        found = await this.find(query);
      } catch (error) {
        found = { choices: [], note: String(/** @type {Error} */ (error).message) };
      }
      if (turn !== this.turn) return;
      this.choices = found.choices;
      this.at = 0;
      this.timer = null;
      this.list.setAttribute("aria-busy", "false");
      this.say(found.note ?? "");
      this.show();
      if (this.takeWhenFound) this.take();
    }, pause);
    this.choices = [];
  }

  show() {
    this.list.replaceChildren(
      ...this.choices.map((choice, index) =>
        make(
          "li",
          {
            class: index === this.at ? "sw-choice sw-here" : "sw-choice",
            role: "option",
            id: `${this.id}-${index}`,
            "aria-selected": index === this.at ? "true" : "false",
            onmousedown: (/** @type {Event} */ event) => {
              event.preventDefault();
              this.pick(choice);
            },
          },
          make("span", { class: "sw-choice-title", text: choice.title }),
          make("span", { class: "sw-choice-detail", text: choice.detail ?? "" }),
        ),
      ),
    );
    const open = this.choices.length > 0 && document.activeElement === this.input;
    this.list.hidden = !open;
    this.preview?.(open ? this.choices[this.at] : null);
    this.input.setAttribute("aria-expanded", String(open));
    if (open) {
      this.input.setAttribute("aria-activedescendant", `${this.id}-${this.at}`);
      this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  take() {
    if (!this.choices.length && this.timer !== null) {
      this.takeWhenFound = true;
      return;
    }
    this.takeWhenFound = false;
    const choice = this.choices[this.at];
    if (choice) this.pick(choice);
  }

  /** Takes a choice, also one that a look-up under way is about to replace: it is what the person sees. @param {Choice} choice */
  pick(choice) {
    clearTimeout(this.timer);
    this.timer = null;
    this.turn++;
    this.takeWhenFound = false;
    this.typed = false;
    choice.pick();
    this.done();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (composes(event)) return;
    const move = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (move && this.choices.length) {
      this.at = (this.at + move + this.choices.length) % this.choices.length;
      this.typed = true;
      this.moved = true;
      this.show();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      if (!this.input.value.trim() && this.typed && !this.moved) {
        this.typed = false;
        this.clear();
        this.done();
      } else if (this.value && this.input.value.trim() === this.value && !this.typed) this.done();
      else if (this.choices.length || this.timer !== null) this.take();
      else if (!this.input.value.trim()) this.done();
      else return;
    } else if (event.key === "Tab" && this.typed && this.input.value.trim()) {
      const choice = this.choices[this.at];
      if (choice) {
        this.typed = false;
        choice.pick();
      }
      return;
    } else if (event.key === "Escape" && this.typed && this.value !== this.input.value) {
      this.input.value = this.value;
      this.typed = false;
      this.look(0);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** @type {Record<import("./kinds.js").ControlName, (attribute: Attribute, around: Surroundings) => Control>} */
export const CONTROLS = {
  select: choiceControl,
  text: textControl,
  checkbox: flagControl,
  date: dateControl,
  entry: registryControl,
  number: numberControl,
};

/** @param {Attribute} attribute @param {Surroundings} around @returns {Control} */
export function controlFor(attribute, around) {
  return CONTROLS[kindOf(attribute).control](attribute, around);
}

/** @param {Attribute} attribute @param {Surroundings} around @returns {Control} */
function flagControl(attribute, around) {
  const box = make("input", { type: "checkbox", onchange: () => around.set(box.checked ? true : null) });
  const element = make(
    "label",
    { class: "sw-flag", title: attribute.guideline, "data-digit": around.digit(true) || null },
    box,
    make("span", { text: attribute.title }),
  );
  return { element, sync: (value) => (box.checked = value === true), focus: () => box.focus() };
}

/** @param {Attribute} attribute @param {Surroundings} around @returns {Control} */
function choiceControl(attribute, around) {
  const select = make(
    "select",
    { class: "sw-input", "aria-label": attribute.title, onchange: () => around.set(select.value || null) },
    make("option", { value: "", text: "–" }),
    ...(attribute.options ?? []).map(({ key, title }) =>
      make("option", { value: key, text: [title, around.digit(key)].join("  ").trim() }),
    ),
  );
  select.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    around.done();
  });
  return { element: select, sync: (value) => (select.value = value ?? ""), focus: () => select.focus() };
}

/** @param {Attribute} attribute @param {Surroundings} around @returns {Control} */
function textControl(attribute, around) {
  let value = "";
  const input = make("input", {
    type: "text",
    class: "sw-input",
    "aria-label": attribute.title,
    autocomplete: "off",
    maxlength: 2000,
  });
  const commit = () => {
    const typed = input.value.trim();
    if (typed !== value) around.set(typed || null);
  };
  input.addEventListener("change", commit);
  input.addEventListener("keydown", (event) => {
    if (composes(event) || event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    commit();
    around.done();
  });
  const sync = (/** @type {string | undefined} */ next) => {
    value = next ?? "";
    if (document.activeElement !== input) input.value = value;
  };
  return { element: input, sync, focus: () => input.focus() };
}

/** @param {Attribute} attribute @param {Surroundings} around @returns {Control} */
function registryControl(attribute, around) {
  const registry = attribute.registry ?? "";
  const tidy = (/** @type {string} */ words) =>
    words.replace(/\s+/gu, " ").replace(/^["“”„«»\s]+|["“”„«»,.;:\s]+$/gu, "");
  const named = () => {
    const words = tidy(around.words());
    return words.length > 80 ? `${words.slice(0, 79)}…` : words;
  };
  const make_ = (/** @type {string} */ name) => {
    const id = around.newId();
    return {
      title: `Make “${name}”`,
      detail: "new",
      pick: () => around.set(id, [{ kind: "register", registry, id, name }]),
    };
  };
  /** @type {Combo} */
  const combo = new Combo({
    label: attribute.title,
    placeholder: "type 2–3 letters",
    pause: 80,
    done: around.done,
    clear: () => around.set(null),
    find: async (query) => {
      const typing = combo.typed && query !== "";
      const replacing = !typing && query !== "" && query === combo.value; // all that stands in the field is selected
      const words = named();
      const name = typing ? tidy(query) : words;
      const capital = !around.names
        ? ""
        : (words
            .split(" ")
            .findLast((word) => /^\p{Lu}/u.test(word) && !isPronoun(word) && !/^(?:The|An?)$/u.test(word)) ?? "");
      const { entries } = await around.api.registry(registry, typing ? query : replacing ? "" : capital);
      const here = around.mentioned(registry);
      const named_ = new Map([
        ...here.map(({ id }) => /** @type {[string, string]} */ ([id, around.nameOf(registry, id)])),
        ...entries.map((entry) => /** @type {[string, string]} */ ([entry.id, entry.name])),
      ]);
      const ids = new Set(entries.map(({ id }) => id));
      const nearby = here.filter(({ id, same }) => (typing ? ids.has(id) : same || !capital || ids.has(id)));
      const fresh =
        !typing &&
        (around.names
          ? !capital && !isPronoun(words) && !/^(?:the|this|that|his|her|its|their)\s/iu.test(words)
          : words.length > 40); // a pronoun, or «the» this and that, was named before
      const choices = [...new Set([...nearby.map(({ id }) => id), ...ids])].slice(0, 8).map((id) => {
        const title = named_.get(id) ?? "";
        const count = here.some((each) => each.id === id) ? "in this article" : "";
        return { title, detail: count, pick: () => around.set(id, [{ kind: "register", registry, id, name: title }]) };
      });
      const there = new Set([...named_.values()].map((each) => each.toLowerCase()));
      const all = around.names?.() ?? [];
      const begun = (/** @type {string} */ each) =>
        each
          .toLowerCase()
          .split(/\s+/u)
          .some((word) => word.startsWith(query.toLowerCase()));
      const own = all.filter(({ start, end }) => around.within([start, end])).slice(-1); // «the minister, Anna Brook» is Anna Brook
      const likely = (typing ? all.filter((each) => begun(each.name)).slice(0, 3) : own).map((each) => each.name);
      const makes = [...new Map([...likely, name].map((each) => [each.toLowerCase(), each])).values()]
        .filter((each) => each && !there.has(each.toLowerCase()))
        .map(make_);
      return { choices: fresh && !nearby.some(({ same }) => same) ? [...makes, ...choices] : [...choices, ...makes] };
    },
  });
  return {
    element: combo.element,
    sync: (value) => combo.sync(value ? around.nameOf(registry, value) : ""),
    focus: () => combo.input.focus(),
  };
}

/** @param {Attribute} attribute @param {Surroundings} around @returns {Control} */
function dateControl(attribute, around) {
  const strip = new CalendarStrip();
  const said = make("div", { class: "sw-date-value" });
  const element = make("div", { class: "sw-date" });
  /** @type {any} */
  let value;
  /** @type {Choice | null} */
  let previewed = null;
  /** What the span's own words say, with the word before them if that tells more: looked up once for the words and the publication date. @type {{of: string, readings: {reading: import("./client.js").Reading, words: string}[], ready: Promise<void>}} */
  let own = { of: "", readings: [], ready: Promise.resolve() };

  const ask = () => {
    const [words, lead, against, language, before] = [
      around.words().slice(0, 200),
      around.lead(),
      around.against(),
      around.language(),
      around.before(),
    ];
    const of = JSON.stringify([words, lead, against, language, before]);
    if (of === own.of) return own;
    const ways = lead ? [`${lead} ${words}`, words] : [words];
    /** @type {typeof own} */
    const now = { of, readings: [], ready: Promise.resolve() };
    now.ready = Promise.all(ways.map((each) => around.api.dates(each, against, language, before))).then(
      (found) => {
        const all = found.flatMap(({ readings }, index) =>
          readings.map((reading) => ({ reading, words: ways[index] })),
        );
        now.readings = [...new Map(all.toReversed().map((each) => [each.reading.explain, each])).values()].toReversed();
        if (now === own) draw();
      },
      () => {
        if (now === own) own = { ...own, of: "" }; // asked again when it is shown next
      },
    );
    return (own = now);
  };
  const take = (
    /** @type {string} */ id,
    /** @type {import("./client.js").Reading} */ reading,
    /** @type {string} */ words,
  ) => around.fill(id, reading, dateValue(reading, words, around.against()));

  /** Shows the choice at hand, or the value, or else what the words seem to say. */
  const draw = () => {
    const [best, another] = value || previewed ? [] : own.readings;
    const shown = previewed ? previewed.value : (value ?? (best && dateValue(best.reading, best.words, null)));
    const words = previewed?.title ?? best?.reading.explain ?? (value ? valueInWords(value, { weekdays: true }) : "");
    element.classList.toggle("sw-proposed", !value && !previewed);
    strip.show(shown ?? null, around.against(), words || "No date yet");
    said.title = shown ? [shown.edtf, shown.timex3, shown.mod].filter(Boolean).join(" · ") : "";
    if (previewed || !best)
      return said.replaceChildren(
        words,
        ...(value && !previewed && around.remark()
          ? [make("span", { class: "sw-remark", text: around.remark() })]
          : []),
      );
    const accept = make(
      "button",
      {
        type: "button",
        class: "sw-accept",
        tabindex: "-1",
        title: another ? "Choose a reading" : "Take this reading",
        onclick: () => (another ? combo.input.focus() : (take(around.id(), best.reading, best.words), around.done())),
      },
      make("kbd", { class: "sw-kbd", text: around.acceptKey() }),
      words,
      ...(another ? [make("span", { class: "sw-quiet", text: " or another" })] : []),
    );
    said.replaceChildren(accept);
  };

  const read = async (/** @type {string} */ words) => {
    const { readings, error } = await around.api.dates(words, around.against(), around.language(), around.before());
    return { readings: readings.map((reading) => ({ reading, words })), error };
  };

  /** @type {Combo} */
  const combo = new Combo({
    label: attribute.title,
    placeholder: "words or EDTF",
    pause: 120,
    done: around.done,
    clear: () => around.set(null),
    prefill: around.words,
    preview: (choice) => {
      if (choice === previewed) return;
      previewed = choice;
      draw();
    },
    find: async (query) => {
      if (!query) return { choices: [] };
      const asked = !value && !combo.typed ? ask() : null;
      await asked?.ready;
      const { readings, error } = asked?.readings.length
        ? { readings: asked.readings, error: null }
        : await read(query);
      const choices = readings.map(({ reading, words }) => ({
        title: reading.explain,
        detail:
          reading.edtf === null
            ? (reading.timex3 ?? "")
            : reading.mod
              ? `${reading.edtf} ${reading.mod}`
              : reading.edtf,
        value: dateValue(reading, words, around.against()),
        pick: () => take(around.id(), reading, words),
      }));
      return {
        choices,
        note: error ?? (choices.length ? "" : "No reading: try a day (8 November 2018) or EDTF (2018-11-08)."),
      };
    },
  });
  combo.element.insertBefore(element, combo.list);
  element.append(strip.element, said);
  const sync = (/** @type {any} */ next) => {
    value = next;
    combo.sync(value ? (value.words ?? value.edtf) : "");
    if (!value) ask();
    draw();
  };
  const accept = async () => {
    const id = around.id();
    if (value) return false;
    const asked = ask();
    await asked.ready;
    if (asked.readings.length !== 1) return false;
    take(id, asked.readings[0].reading, asked.readings[0].words);
    return true;
  };
  return { element: combo.element, sync, focus: () => combo.input.focus(), accept };
}
