/** The text box: Enter sends, Shift+Enter starts a new line, and too long a text is said, never cut. */
import { el, icon } from "./dom.js";
import { LIMIT, WORDS } from "./words.js";

const NEAR_LIMIT = LIMIT - 200;

export class Composer {
  #box;
  #send;
  #count;
  #onSend;
  #warn;

  /**
   * @param {(text: string) => void} onSend gets what was typed
   * @param {(text: string) => void} warn says something aloud
   */
  constructor(onSend, warn) {
    this.#onSend = onSend;
    this.#warn = warn;
    this.#box = el("textarea", {
      id: "box", rows: "1", placeholder: WORDS.placeholder, "aria-label": WORDS.box, "aria-describedby": "hint count",
      autocomplete: "off", enterkeyhint: "send",
      on: { input: () => this.#changed(), keydown: (event) => this.#key(event) },
    });
    this.#send = el("button", { type: "submit", class: "send", "aria-label": WORDS.send }, icon("send"));
    this.#count = el("p", { id: "count", class: "count", hidden: true });
    this.node = el(
      "form",
      { class: "composer", novalidate: true, on: { submit: (event) => { event.preventDefault(); this.#submit(); } } },
      el("div", { class: "field" }, this.#box, this.#send),
      this.#count,
      el("p", { id: "hint", class: "hint", text: WORDS.hint }),
    );
  }

  /** Move the focus here. */
  focus() {
    this.#box.focus({ preventScroll: true });
  }

  /** Give a text back that could not be sent, before whatever was typed since. */
  giveBack(text) {
    this.#box.value = [text, this.#box.value].filter(Boolean).join("\n");
    this.#changed();
  }

  get #length() {
    return [...this.#box.value.trim()].length; // as the service counts: characters, not UTF-16 units
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = this.#box.value.trim();
    if (!text) return;
    if (this.#length > LIMIT) return this.#warn(WORDS.tooLongOnce);
    this.#box.value = "";
    this.#changed();
    this.#onSend(text);
  }

  #changed() {
    const length = this.#length;
    const over = length > LIMIT;
    if (over && this.#count.className === "count") this.#warn(WORDS.tooLongOnce);
    this.#count.hidden = length < NEAR_LIMIT;
    this.#count.className = over ? "count over" : "count";
    this.#count.textContent = over ? WORDS.tooLong(length) : WORDS.count(length);
    this.#box.setAttribute("aria-invalid", String(over));
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight}px`;
  }
}
