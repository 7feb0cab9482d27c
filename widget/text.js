/** Turns the plain text of a message into paragraphs and lists. */
import { el } from "./dom.js";

const ITEM = /^\s*- /;

/** Make nodes of `text`: blank lines part paragraphs, lines that start with "- " become a list. */
export function paragraphs(text) {
  const nodes = [];
  for (const block of text.split(/\n\s*\n/)) {
    let open = null;
    for (const line of block.split("\n").filter((it) => it.trim())) {
      const tag = ITEM.test(line) ? "ul" : "p";
      if (open?.localName !== tag) nodes.push((open = el(tag)));
      if (tag === "ul") open.append(el("li", { text: line.replace(ITEM, "") }));
      else open.append(...(open.hasChildNodes() ? [el("br")] : []), line);
    }
  }
  return nodes;
}
