/** The row above the text box: a way to a person, and a way to erase the chat, asked about once. */
import { el, icon } from "./dom.js";
import { WORDS } from "./words.js";

export class Tools {
  #row;
  #question;
  #ask;
  #keep;

  /** @param {{person: () => void, erase: () => void}} actions */
  constructor({ person, erase }) {
    this.#ask = el("button", { type: "button", class: "quiet", text: WORDS.erase, on: { click: () => this.#asking(true) } });
    this.#keep = el("button", { type: "button", class: "quiet", text: WORDS.eraseNo, on: { click: () => this.#asking(false) } });
    this.#row = el("div", { class: "tools" },
      el("button", { type: "button", class: "person", on: { click: person } }, icon("person"), el("span", { text: WORDS.person })),
      this.#ask);
    const yes = el("button", { type: "button", class: "danger", text: WORDS.eraseYes, on: { click: () => { this.#asking(false); erase(); } } });
    this.#question = el("div", { class: "erase", role: "group", "aria-label": WORDS.erase, hidden: true },
      el("span", { text: WORDS.eraseAsk }), yes, this.#keep);
    this.node = el("div", {}, this.#question, this.#row);
  }

  /** There is something to erase only once a conversation is open. */
  set canErase(can) {
    this.#ask.hidden = !can;
  }

  #asking(asking) {
    this.#question.hidden = !asking;
    (asking ? this.#keep : this.#ask).focus();
  }
}
