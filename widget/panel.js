/** The frame around the messages: what this is, the emergency numbers, how the line stands. */
import { el, icon } from "./dom.js";
import { link } from "./links.js";
import { WORDS } from "./words.js";

const NARROW = matchMedia("(max-width: 640px)");
const FOCUSABLE = "a[href], button:not([disabled]), input, textarea, summary, [tabindex='0']";

export class Panel {
  #close;
  #title;
  #owner;
  #state;
  #thinking;

  /** @param {{parts: Node[], onClose: () => void}} options `parts` go between the head and the end */
  constructor({ pinned, log, tools, composer, onClose }) {
    this.#close = el("button", { type: "button", class: "close", "aria-label": WORDS.close, on: { click: onClose } }, icon("close"));
    this.#title = el("h2", { id: "title", text: WORDS.title });
    this.#owner = el("p", { class: "owner", text: WORDS.owners.bot });
    this.#state = el("p", { class: "state", role: "status" });
    this.#thinking = el("p", { class: "thinking", "aria-hidden": "true", hidden: true },
      WORDS.thinking, el("i"), el("i"), el("i"));
    this.node = el(
      "section",
      { class: "panel", role: "dialog", "aria-label": WORDS.dialog(), hidden: true, on: { keydown: (event) => this.#key(event, onClose) } },
      el("header", {}, el("div", { class: "titles" }, this.#title, this.#owner), this.#close),
      emergencyStrip(),
      pinned,
      log,
      el("footer", {}, this.#thinking, this.#state, tools, composer),
    );
    NARROW.addEventListener("change", () => this.#fit());
    visualViewport?.addEventListener("resize", () => this.#fit());
    visualViewport?.addEventListener("scroll", () => this.#fit());
  }

  show() {
    this.node.hidden = false;
    this.#fit();
  }

  hide() {
    this.node.hidden = true;
  }

  /** Move the focus to the first thing in the panel. */
  focus() {
    this.#close.focus();
  }

  /** Say whose panel this is. */
  clinic(clinic) {
    if (!clinic) return;
    this.#title.textContent = clinic.name;
    this.node.setAttribute("aria-label", WORDS.dialog(clinic.name));
  }

  /** Say who has the conversation. */
  owner(owner) {
    this.#owner.textContent = WORDS.owners[owner] ?? WORDS.owners.bot;
    this.node.dataset.owner = owner;
  }

  /** Say how the line stands, in words; nothing when all is well. */
  say(text) {
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }

  /** Show whether an answer is on its way. */
  thinking(busy) {
    this.#thinking.hidden = !busy;
  }

  /** On a phone the panel is the whole screen, less the keyboard. */
  #fit() {
    this.node.setAttribute("aria-modal", String(NARROW.matches));
    if (NARROW.matches && visualViewport && visualViewport.scale === 1) {
      this.node.style.height = `${visualViewport.height}px`;
      this.node.style.top = `${visualViewport.offsetTop}px`;
    } else {
      this.node.style.height = this.node.style.top = "";
    }
  }

  #key(event, onClose) {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
    if (event.key === "Tab" && NARROW.matches) this.#stay(event);
  }

  /** The page behind cannot be seen on a phone, so Tab goes round in here. */
  #stay(event) {
    const stops = [...this.node.querySelectorAll(FOCUSABLE)].filter((node) => node.checkVisibility?.() ?? true);
    const [first, last] = [stops[0], stops[stops.length - 1]];
    const here = this.node.getRootNode().activeElement;
    if (event.shiftKey ? here === first : here === last) {
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  }
}

function emergencyStrip() {
  const item = (name, number) => el("span", {}, `${name}: `, link(number, `tel:${number}`, { "aria-label": `${name}: ${number}` }));
  return el("div", { class: "strip", role: "region", "aria-label": WORDS.emergencyRegion },
    item(WORDS.emergency, "911"), el("span", { "aria-hidden": "true", text: " · " }), item(WORDS.crisisLine, "988"));
}
