// What a person sees of the label page, read off the page alone. Offsets are code points of the article's text.
window.eyes = (() => {
  const paragraphs = () => [...document.querySelectorAll('[data-sw="p"]')];
  const article = () => document.querySelector('[data-sw="article"]');
  const points = (text) => [...text].length;
  const units = (text, count) => [...text].slice(0, count).join("").length;
  const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

  /** The text nodes of a paragraph, each with the point it starts at. */
  function runs(paragraph) {
    const found = [];
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    for (let at = Number(paragraph.dataset.start); walker.nextNode(); at += points(walker.currentNode.data)) {
      found.push({ node: walker.currentNode, start: at, end: at + points(walker.currentNode.data) });
    }
    return found;
  }

  /** The first rectangle of [start, end), which lies in one paragraph. */
  function rectangle(paragraph, start, end) {
    const all = runs(paragraph);
    const first = all.find((run) => run.end > start);
    const last = all.findLast((run) => run.start < end);
    const range = document.createRange();
    range.setStart(first.node, units(first.node.data, start - first.start));
    range.setEnd(last.node, units(last.node.data, end - last.start));
    return [...range.getClientRects()].find(({ width }) => width > 0) ?? null;
  }

  /** Every character as people count them: [start, end) in points. */
  function characters(paragraph) {
    let at = Number(paragraph.dataset.start);
    return [...graphemes.segment(paragraph.textContent)].map(({ segment }) => ({
      text: segment,
      start: at,
      end: (at += points(segment)),
    }));
  }

  const center = ({ left, right }) => (left + right) / 2;

  /** Whether the reading goes on to the left at a character: by its script; where it has none, by where its neighbours stand. */
  function goesLeft(all, index, boxOf) {
    const [before, here, after] = [-1, 0, 1].map((by) => all[index + by]?.text ?? "");
    if (/\p{N}/u.test(here) && /\p{N}/u.test(before + after)) return false;
    if (/\p{L}/u.test(here)) return /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(here);
    const box = boxOf(index);
    const level = (other) => other && Math.abs(other.top - box.top) < box.height / 2;
    const [one, other] = [boxOf(index - 1), boxOf(index + 1)];
    return level(other) ? center(other) < center(box) : Boolean(level(one) && center(one) > center(box));
  }

  /**
   * Where to press the mouse to come down at `point`: on the near half of the character after it (side "start") or before it
   * (side "end"). Null where no character starts or ends; `seen` returns whether it is visible.
   */
  function place(point, side) {
    const paragraph = paragraphs().find(({ dataset }) =>
      side === "start" ? point < dataset.end && point >= dataset.start : point <= dataset.end && point > dataset.start,
    );
    if (!paragraph) return null;
    const all = characters(paragraph);
    const index = all.findIndex((each) => each[side] === point);
    if (index < 0) return null;
    const boxOf = (at) => all[at] && rectangle(paragraph, all[at].start, all[at].end);
    const box = boxOf(index);
    if (!box) return null;
    const left = (side === "start") !== goesLeft(all, index, boxOf);
    const x = left
      ? Math.max(Math.ceil(box.left), Math.round(box.left + box.width / 4))
      : Math.min(Math.floor(box.right), Math.round(box.right - box.width / 4));
    const y = Math.round((box.top + box.bottom) / 2);
    const view = article().getBoundingClientRect();
    return { x, y, seen: y > view.top + 4 && y < view.bottom - 4, above: y <= view.top + 4 };
  }

  /** The points of a DOM position inside of the text. */
  function pointOf(node, offset) {
    const paragraph = node.parentElement.closest('[data-sw="p"]');
    const run = runs(paragraph).find((each) => each.node === node);
    return run.start + points(node.data.slice(0, offset));
  }

  const joined = (pieces) => {
    const merged = [];
    for (const [start, end] of pieces.sort((a, b) => a[0] - b[0])) {
      const last = merged[merged.length - 1];
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else merged.push([start, end]);
    }
    return merged;
  };

  /** The stretches that stand out as selected. */
  function selected() {
    return joined(
      [...(CSS.highlights.get("sw-selection") ?? [])].map((range) => [
        pointOf(range.startContainer, range.startOffset),
        pointOf(range.endContainer, range.endOffset),
      ]),
    );
  }

  const pieces = (id) => [...document.querySelectorAll(`[data-spans~="${id}"]`)];

  /** The stretches that are underlined for a span, paragraph by paragraph. */
  function marked(id) {
    return joined(
      pieces(id).map((piece) => [pointOf(piece.firstChild, 0), pointOf(piece.lastChild, piece.lastChild.data.length)]),
    );
  }

  /** Where a click lands on this mark and on none of `others` inside of it; null if it is hidden under them. */
  function spot(id, others) {
    for (const piece of pieces(id)) {
      const ids = piece.dataset.spans.split(" ");
      if (ids.slice(ids.indexOf(id) + 1).some((each) => others.includes(each))) continue;
      for (const box of piece.getClientRects()) {
        if (box.width < 3) continue;
        const view = article().getBoundingClientRect();
        const y = Math.round((box.top + box.bottom) / 2);
        return {
          x: Math.round(center(box)),
          y,
          seen: y > view.top + 4 && y < view.bottom - 4,
          above: y <= view.top + 4,
        };
      }
    }
    return null;
  }

  /** The letters shown at the start of a mark, or at a point of the text where one could be made, while letters are shown. */
  function letters(where) {
    const paragraph =
      typeof where === "number" && paragraphs().findLast(({ dataset }) => Number(dataset.start) <= where);
    const box = paragraph ? rectangle(paragraph, where, where + 1) : pieces(where)[0].getClientRects()[0];
    const shown = [...document.querySelectorAll("[data-letter]")].map((letter) => {
      const { left, top, bottom } = letter.getBoundingClientRect();
      const away = Math.abs(left - box.left) + Math.abs((top + bottom) / 2 - box.top);
      return { letter: letter.dataset.letter, away };
    });
    return shown.filter(({ away }) => away < 12).map(({ letter }) => letter);
  }

  /** The visible letters: whether each is dashed, for something that isn't marked yet, and where it stands. */
  function lettered() {
    const view = article().getBoundingClientRect();
    return [...document.querySelectorAll("[data-letter]")].flatMap((element) => {
      const { left, top, bottom } = element.getBoundingClientRect();
      const made = getComputedStyle(element).outlineStyle === "dashed";
      const seen = bottom > view.top && bottom < view.bottom;
      return seen ? [{ letter: element.textContent, made, left, middle: (top + bottom) / 2 }] : [];
    });
  }

  /** How far a letter is from the upper left corner of a box. */
  const away = (letter, box) => Math.abs(letter.left - box.left) + Math.abs(letter.middle - box.top);

  /** The letter on a span, while letters are shown; null without one. */
  function letterOn(id) {
    const [box] = pieces(id)[0]?.getClientRects() ?? [];
    const [nearest] = lettered()
      .filter((letter) => box && !letter.made && away(letter, box) < 12)
      .sort((a, b) => away(a, box) - away(b, box));
    return nearest?.letter ?? null;
  }

  /** The words that a frame stands around, as a stretch. */
  function within(frame) {
    const inside = ({ left, right, top, bottom }) =>
      center({ left, right }) > frame.left &&
      center({ left, right }) < frame.right &&
      (top + bottom) / 2 > frame.top &&
      (top + bottom) / 2 < frame.bottom;
    for (const paragraph of paragraphs()) {
      const { left, right, top, bottom } = paragraph.getBoundingClientRect();
      if (bottom < frame.top || top > frame.bottom || right < frame.left || left > frame.right) continue;
      const words = [...paragraph.textContent.matchAll(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu)].map(
        ({ 0: word, index }) => {
          const start = Number(paragraph.dataset.start) + points(paragraph.textContent.slice(0, index));
          return [start, start + points(word)];
        },
      );
      const found = words.filter(([start, end]) => {
        const box = rectangle(paragraph, start, end);
        return box && inside(box);
      });
      if (found.length) return [found[0][0], found[found.length - 1][1]];
    }
    return null;
  }

  /** The frames with a letter, around what would be marked: the letter, the stretch of words, and where to click. */
  function framed() {
    const frames = [...document.querySelectorAll(".sw-candidate")].map((element) => element.getBoundingClientRect());
    const letters = lettered().filter(({ made }) => made);
    const first = (frame) => letters.find((letter) => away(letter, frame) < 12);
    const found = [];
    for (const frame of frames) {
      const letter = first(frame);
      const stretch = within(frame);
      if (!stretch) continue;
      const last = found[found.length - 1];
      if (letter) found.push({ letter: letter.letter, stretch, x: center(frame), y: (frame.top + frame.bottom) / 2 });
      else if (last && stretch[0] >= last.stretch[1]) last.stretch = [last.stretch[0], stretch[1]]; // goes on in the next line
    }
    return found;
  }

  /** The frames of the suggestion that is shown: which colour each has, the stretch of words in it, and the digit on it, if any. */
  function penciled() {
    const digits = [...document.querySelectorAll(".sw-pencils .sw-letter")].map((element) => {
      const { left, top, bottom } = element.getBoundingClientRect();
      return { digit: element.textContent, left, middle: (top + bottom) / 2 };
    });
    const found = [];
    for (const element of document.querySelectorAll(".sw-pencil")) {
      const frame = element.getBoundingClientRect();
      const stretch = within(frame);
      if (!stretch) continue;
      const tint = element.style.getPropertyValue("--sw-tint");
      const digit = digits.find((each) => away(each, frame) < 12)?.digit ?? "";
      const last = found[found.length - 1];
      const goesOn =
        last?.tint === tint && !digit && stretch[0] >= last.stretch[0] && stretch[0] <= last.stretch[1] + 1;
      if (goesOn) last.stretch[1] = Math.max(last.stretch[1], stretch[1]);
      else found.push({ tint, stretch, digit });
    }
    return found;
  }

  /** The name of what has the focus, as a screen reader says it. */
  function focused() {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.closest("label")?.textContent ?? element?.textContent ?? "";
  }

  /** Whether the paragraph at a point is written from right to left. */
  const leftward = (point) =>
    getComputedStyle(paragraphs().findLast(({ dataset }) => Number(dataset.start) <= point) ?? paragraphs()[0])
      .direction === "rtl";

  const active = () => article().dataset.active ?? "";
  const number = (name) => (article().dataset[name] === undefined ? null : Number(article().dataset[name]));

  return {
    place,
    selected,
    marked,
    spot,
    letters,
    letterOn,
    framed,
    penciled,
    focused,
    active,
    leftward,
    caret: () => number("caret"),
    anchor: () => number("anchor"),
  };
})();
