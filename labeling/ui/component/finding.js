// @ts-check
import { FindBar } from "./find.js";

/** Finding words in the article: a bar above the text, what it finds shaded. */
export class Finding {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    this.bar = new FindBar({
      show: (found, at) => {
        desk.view.shades.find(found, at);
        if (!found[at]) return;
        desk.layout.sights = [found[at].end, found[at].start];
        desk.layout.frame.ask();
      },
      leave: (stretch) => {
        if (stretch) {
          desk.cursor.put(stretch.start);
          desk.caret.follow(false);
        }
        desk.keyboard.focusText();
      },
    });
  }

  open() {
    this.bar.open(this.desk.tokens, this.desk.cursor.point);
  }

  clear() {
    this.bar.close();
  }
}
