/** Keeps the last crisis or emergency message's way to help in sight while the conversation goes on. */
import { el } from "./dom.js";
import { contactList } from "./links.js";
import { WORDS } from "./words.js";

export class Pinned {
  #seq = 0;

  constructor() {
    this.node = el("section", { class: "pinned", "aria-label": WORDS.contacts, hidden: true });
  }

  /** Pin `message` if it is of a kind to be pinned and none later is. */
  consider(message) {
    if (!isUrgent(message) || message.seq < this.#seq) return;
    this.#seq = message.seq;
    this.node.className = `pinned kind-${message.kind}`;
    const heading = el("p", { class: "pinned-title", text: WORDS.kinds[message.kind] });
    this.node.replaceChildren(...[heading, contactList(message.contacts, WORDS.contacts)].filter(Boolean));
    this.node.hidden = false;
  }

  /** Take it down: another conversation has begun. */
  clear() {
    this.#seq = 0;
    this.node.hidden = true;
    this.node.replaceChildren();
  }
}

/** Crisis, emergency, and abuse (j), whose kind is another. */
function isUrgent({ kind, category }) {
  return ["crisis", "emergency"].includes(kind) || (kind === "advice" && category === "j");
}
