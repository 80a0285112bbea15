import assert from "node:assert/strict";
import test from "node:test";
import { markdown } from "../../labeling/ui/component/markdown.js";

/** As much of a document as Markdown is built with; it can only hold elements and text. */
class Element {
  constructor(tag) {
    this.tagName = tag.toUpperCase();
    this.childNodes = [];
    this.attributes = {};
  }
  append(...children) {
    for (const child of children) {
      assert.ok(child instanceof Element || typeof child === "string");
      if (child) this.childNodes.push(child);
    }
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  set textContent(text) {
    this.childNodes = text ? [text] : [];
  }
}

const shown = (node) => {
  if (typeof node === "string") return node;
  const tag = node.tagName.toLowerCase();
  const attributes = Object.entries(node.attributes)
    .filter(([name]) => !["target", "rel"].includes(name))
    .map(([name, value]) => ` ${name}=${value}`);
  const inner = node.childNodes.map(shown).join("");
  return ["br", "hr"].includes(tag) ? `<${tag}>` : `<${tag}${attributes.join("")}>${inner}</${tag}>`;
};
const nodes = (text) => {
  globalThis.document = { createElement: (tag) => new Element(tag) };
  return markdown(text);
};
const html = (text) => nodes(text).map(shown).join("");

// prettier-ignore
const CASES = [
  ["a paragraph of two lines", "one\ntwo", "<p>one two</p>"],
  ["two paragraphs", "one\n\n\ntwo\n", "<p>one</p><p>two</p>"],
  ["nothing", " \n\n", ""],
  ["Windows line ends", "one\r\n\r\ntwo", "<p>one</p><p>two</p>"],
  ["a hard break by spaces", "one  \ntwo", "<p>one<br>two</p>"],
  ["a hard break by a backslash", "one\\\ntwo", "<p>one<br>two</p>"],
  ["headings", "# One\n## Two ##\n###### Six", "<h3>One</h3><h4>Two</h4><h6>Six</h6>"],
  ["a number sign that is no heading", "#1 of them", "<p>#1 of them</p>"],
  ["a heading ends a paragraph", "one\n# Two\nthree", "<p>one</p><h3>Two</h3><p>three</p>"],
  ["a list", "- one\n- two", "<ul><li>one</li><li>two</li></ul>"],
  ["a list by asterisks or plus signs", "* one\n\n+ two", "<ul><li>one</li></ul><ul><li>two</li></ul>"],
  ["a list right after a paragraph", "These:\n- one\n- two", "<p>These:</p><ul><li>one</li><li>two</li></ul>"],
  ["an item over lines", "- one\n  goes on\n- two\nand on", "<ul><li>one goes on</li><li>two and on</li></ul>"],
  ["an ordered list", "1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"],
  ["an ordered list by parentheses", "1) one\n2) two", "<ol><li>one</li><li>two</li></ol>"],
  ["an ordered list that starts at three", "3. three\n4. four", "<ol start=3><li>three</li><li>four</li></ol>"],
  ["an ordered list right after a paragraph", "So:\n1. one", "<p>So:</p><ol><li>one</li></ol>"],
  ["a year that ends a sentence", "It was in\n1986. Then not.", "<p>It was in 1986. Then not.</p>"],
  ["a dash in a sentence", "one - two", "<p>one - two</p>"],
  ["a dash without a space", "-one", "<p>-one</p>"],
  ["a list in a list", "- one\n  - two\n    - three\n- four", "<ul><li>one<ul><li>two<ul><li>three</li></ul></li></ul></li><li>four</li></ul>"],
  ["a list in an ordered list, indented by two", "1. one\n  - two\n2. three", "<ol><li>one<ul><li>two</li></ul></li><li>three</li></ol>"],
  ["an ordered list in a list, indented by four", "- one\n    1. two\n    2. three", "<ul><li>one<ol><li>two</li><li>three</li></ol></li></ul>"],
  ["a list indented by a tab", "- one\n\t- two", "<ul><li>one<ul><li>two</li></ul></li></ul>"],
  ["a list that is indented as a whole", "  - one\n  - two", "<ul><li>one</li><li>two</li></ul>"],
  ["items apart are paragraphs", "- one\n\n- two", "<ul><li><p>one</p></li><li><p>two</p></li></ul>"],
  ["an item of two paragraphs", "1. one\n\n   more\n2. two", "<ol><li><p>one</p><p>more</p></li><li><p>two</p></li></ol>"],
  ["a paragraph after a list", "- one\n\ntwo", "<ul><li>one</li></ul><p>two</p>"],
  ["another kind of list after a list", "- one\n1. two", "<ul><li>one</li></ul><ol><li>two</li></ol>"],
  ["a quote", "> one\n> two\n\nthree", "<blockquote><p>one two</p></blockquote><p>three</p>"],
  ["a list in a quote", "> - one\n> - two", "<blockquote><ul><li>one</li><li>two</li></ul></blockquote>"],
  ["a rule", "one\n\n---\n\ntwo", "<p>one</p><hr><p>two</p>"],
  ["a rule of stars is no list", "* * *", "<hr>"],
  ["a block of code", "```yaml\na: *b*\n  - c\n```\nd", "<pre><code>a: *b*\n  - c</code></pre><p>d</p>"],
  ["a block of code without an end", "~~~\n<b>", "<pre><code><b></code></pre>"],
  ["a block of code in an item", "- one\n  ```\n  two\n  ```", "<ul><li>one<pre><code>two</code></pre></li></ul>"],
  ["emphasis", "*one* and _two_", "<p><em>one</em> and <em>two</em></p>"],
  ["bold", "**one** and __two__", "<p><strong>one</strong> and <strong>two</strong></p>"],
  ["both", "***one***", "<p><em><strong>one</strong></em></p>"],
  ["emphasis in bold", "**one *two* three**", "<p><strong>one <em>two</em> three</strong></p>"],
  ["bold in emphasis", "*one **two** three*", "<p><em>one <strong>two</strong> three</em></p>"],
  ["emphasis in a word", "un*believ*able", "<p>un<em>believ</em>able</p>"],
  ["underscores in a word", "said_by_whom and __init__.py", "<p>said_by_whom and <strong>init</strong>.py</p>"],
  ["asterisks apart", "2 * 3 * 4", "<p>2 * 3 * 4</p>"],
  ["an asterisk alone", "one* and **two", "<p>one* and **two</p>"],
  ["emphasis over lines", "*one\ntwo*", "<p><em>one two</em></p>"],
  ["emphasis of quotation marks", "*“one”*, he said", "<p><em>“one”</em>, he said</p>"],
  ["code", "`one *two*`", "<p><code>one *two*</code></p>"],
  ["code with backticks", "`` a`b ``", "<p><code>a`b</code></p>"],
  ["code without an end", "`one *two*", "<p>`one <em>two</em></p>"],
  ["code before emphasis", "*one `two* three`", "<p>*one <code>two* three</code></p>"],
  ["escapes", "\\*one\\* \\[two\\] \\a", "<p>*one* [two] \\a</p>"],
  ["a link", "see [the *guide*](https://example.com/a_b_c).", "<p>see <a href=https://example.com/a_b_c>the <em>guide</em></a>.</p>"],
  ["a link with a title", '[a](http://example.com "The title")', "<p><a href=http://example.com/ title=The title>a</a></p>"],
  ["a link with parentheses", "[a](https://example.com/x_(y))", "<p><a href=https://example.com/x_(y)>a</a></p>"],
  ["a link in angle brackets", "[a](<https://example.com/x y>)", "<p><a href=https://example.com/x%20y>a</a></p>"],
  ["a link by mail", "[write](mailto:desk@example.com)", "<p><a href=mailto:desk@example.com>write</a></p>"],
  ["an address", "<https://example.com/>", "<p><a href=https://example.com/>https://example.com/</a></p>"],
  ["a link in emphasis", "*[a](https://example.com/)*", "<p><em><a href=https://example.com/>a</a></em></p>"],
  ["brackets in a link", "[a [b]](https://example.com/)", "<p><a href=https://example.com/>a [b]</a></p>"],
  ["no link in a link", "[a <https://b.example/>](https://example.com/)", "<p><a href=https://example.com/>a <https://b.example/></a></p>"],
  ["brackets alone", "[a] and [b] (c)", "<p>[a] and [b] (c)</p>"],
  ["a link that runs a script", "[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"],
  ["a script spelled otherwise", "[a](JaVaScRiPt:alert(1)) [b](<java\tscript:x>)", "<p>[a](JaVaScRiPt:alert(1)) [b](<java    script:x>)</p>"],
  ["a link to data", "[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>"],
  ["a link without a host", "[a](/relative) [b](//host)", "<p>[a](/relative) [b](//host)</p>"],
  ["HTML is text", '<img src=x onerror="alert(1)"> <b>x</b>', '<p><img src=x onerror="alert(1)"> <b>x</b></p>'],
];

for (const [what, text, expected] of CASES) {
  test(`Markdown: ${what}`, () => assert.equal(html(text), expected));
}

test("a link is opened in a tab that can't reach the page", () => {
  const [paragraph] = nodes("[a](https://example.com/)");
  assert.deepEqual(paragraph.childNodes[0].attributes, {
    href: "https://example.com/",
    target: "_blank",
    rel: "noopener noreferrer",
  });
});

test("whatever is written, only known elements are made, links are safe, and no word is lost or takes long", () => {
  const ALLOWED = ["P", "H3", "H4", "H5", "H6", "UL", "OL", "LI", "BLOCKQUOTE", "PRE", "CODE", "HR", "BR", "EM"];
  const allowed = new Set([...ALLOWED, "STRONG", "A"]);
  const attributes = new Set(["href", "title", "target", "rel", "start"]);
  const parts = [
    "*",
    "**",
    "_",
    "`",
    "```\n",
    "[",
    "](",
    ")",
    "<",
    ">",
    "> ",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "  ",
    "\t",
    "# ",
  ];
  parts.push(
    "word",
    "é“",
    "\\",
    '"',
    "javascript:x",
    "https://a.example/",
    "<script>",
    "<https://a.example>",
    "---\n",
    "😀",
  );
  let seed = 1;
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
  const check = (node) => {
    if (typeof node === "string") return node;
    assert.ok(allowed.has(node.tagName), node.tagName);
    for (const name of Object.keys(node.attributes)) assert.ok(attributes.has(name), name);
    if (node.tagName === "A") {
      assert.match(node.attributes.href, /^(?:https?|mailto):/u);
      assert.equal(node.attributes.rel, "noopener noreferrer");
    }
    return node.childNodes.map(check).join("");
  };
  for (let round = 0; round < 4000; round++) {
    const text = Array.from({ length: 1 + random(40) }, () => parts[random(parts.length)]).join("");
    const words = (value) => value.split("word").length;
    const said = nodes(text).map(check).join("\n");
    if (!text.includes("```")) assert.equal(words(said), words(text), JSON.stringify(text));
  }
  for (const part of [
    "[",
    "*a ",
    "a*",
    "`",
    "> ",
    "- ",
    "_a*",
    "[](",
    "\\",
    "<",
    "``` ",
    "1. a\n",
    "  - a\n",
    "**a* ",
  ]) {
    const started = performance.now();
    nodes(part.repeat(1000)).map(check);
    assert.ok(performance.now() - started < 2000, part);
  }
});
