import assert from "node:assert/strict";
import test from "node:test";
import { withMarks } from "../../labeling/ui/component/quotation.js";

/** [policy, text in which ‹…› is selected, what it becomes] */
for (const [policy, text, expected] of [
  ["in", "he said “‹We meet›” and left", "“We meet”"],
  ["in", "he said “‹We meet›,” and left", "“We meet,”"],
  ["in", "he said “‹We meet,›” and left", "“We meet,”"],
  ["in", "he said ‹“We meet›” and left", "“We meet”"],
  ["in", "he said “‹We meet”› and left", "“We meet”"],
  ["in", "he said ‹“We meet”› and left", "“We meet”"],
  ["in", "he said “‹He said “no” to us›.” So", "“He said “no” to us.”"],
  ["in", "he said “‹We› meet” and left", "We"],
  ["in", "„‹Wir treffen uns›“, sagte er", "„Wir treffen uns“"],
  ["in", "«‹On se voit›», a-t-il dit", "«On se voit»"],
  ["in", "«\u00a0‹On se voit›\u00a0», a-t-il dit", "«\u00a0On se voit\u00a0»"],
  ["in", "«\u00a0‹On se voit›\u202f!\u00a0» a-t-il dit", "«\u00a0On se voit\u202f!\u00a0»"],
  ["in", "‹«\u00a0On se voit›\u00a0», a-t-il dit", "«\u00a0On se voit\u00a0»"],
  ["in", "« Oui » ‹et› « non »", "et"],
  ["in", "「‹会う›」と言った", "「会う」"],
  ["in", '"‹We meet›" he said', '"We meet"'],
  ["in", "‹We meet›", "We meet"],
  ["in", "he said ''‹We meet›,'' and left", "''We meet,''"],
  ["in", "``‹We meet,›'' he said", "``We meet,''"],
  ["in", "‹''We meet,''› he said", "''We meet,''"],
  ["in", "''No'' ‹and› ''never''", "and"],
  ["out", "‹''We meet,''› he said", "We meet,"],
  ["out", "‹''No'' and ''never''›", "''No'' and ''never''"],
  ["in", "😀“‹We 😀 meet›”😀", "“We 😀 meet”"],
  ["out", "he said ‹“We meet”› and left", "We meet"],
  ["out", "he said ‹“We meet,”› and left", "We meet,"],
  ["out", "he said ‹“We meet›” and left", "We meet"],
  ["out", "he said “‹We meet”› and left", "We meet"],
  ["out", "‹“No” and “never”›", "“No” and “never”"],
  ["out", "‹“He said “no” to us.”›", "He said “no” to us."],
  ["out", "that ‹talks went “well”› so far", "talks went “well”"],
  ["out", "‹“”›", "“”"],
  ["out", "‹“ ”›", "“ ”"],
  ["out", "‹«\u00a0On se voit\u00a0»›, a-t-il dit", "On se voit"],
  ["out", "‹«\u00a0On se voit›\u00a0», a-t-il dit", "On se voit"],
  ["out", "«\u00a0‹On se voit\u00a0»›, a-t-il dit", "On se voit"],
]) {
  test(`marks ${policy}: ${text}`, () => {
    const points = [...text].filter((each) => each !== "‹" && each !== "›");
    const start = [...text].indexOf("‹");
    const end = [...text].indexOf("›") - 1;
    const found = withMarks((from, to) => points.slice(from, to).join(""), start, end, policy);
    assert.equal(points.slice(found.start, found.end).join(""), expected);
  });
}
