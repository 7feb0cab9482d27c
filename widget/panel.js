//# allFunctionsCalledOnLoad
/** The frame around the messages, and what stays in sight: what this is, numbers to call, how the line stands. */
import { button, el, icon } from "./dom.js";
import { contactList, link } from "./message.js";
import { LANG, LANGUAGES, WORDS } from "./words.js";

const NARROW = matchMedia("(max-width: 40em)");
const FOCUSABLE = "a[href], button:not([disabled]), input, textarea, summary, [tabindex='0']";
const TYPING_MS = 6000;
const IN_THE_US = ["911", "988"]; // shown as such until the service has told this clinic's numbers

export class Panel {
  #close;
  #title;
  #owner;
  #hours;
  #strip;
  #pinned = el("section", { "aria-label": WORDS.contacts });
  #pinnedSeq = 0;
  #state;
  #thinking;
  #typing;
  #typingUntil = 0;
  #name = null; // of the clinician

  /** `log` and `foot` are nodes to show. */
  constructor({ log, foot, onClose, onLanguage }) {
    const other = Object.keys(LANGUAGES).find((lang) => lang !== LANG);
    this.#close = button({ class: "close", "aria-label": WORDS.close }, onClose, icon("close"));
    this.#title = el("h2", { text: WORDS.title });
    this.#owner = el("p", { role: "status", text: WORDS.owners.bot });
    this.#hours = el("p", { hidden: true });
    this.#strip = el("div", { class: "strip", role: "region", "aria-label": WORDS.emergencyRegion });
    this.#state = el("p", { class: "state", role: "status" });
    this.#typing = el("p", { class: "thinking", role: "status" });
    this.#thinking = el("p", { class: "thinking late", "aria-hidden": "true", hidden: true }, WORDS.thinking, ...dots());
    this.node = el(
      "section",
      { class: "panel", role: "dialog", "aria-label": WORDS.dialog(), hidden: true, on: { keydown: (event) => this.#key(event, onClose) } },
      el("header", {}, this.#title, button({ class: "quiet", lang: other, text: LANGUAGES[other] }, () => onLanguage(other)),
        this.#close, el("div", { class: "who" }, this.#owner, this.#hours, WORDS.inEnglish && el("p", { text: WORDS.inEnglish }))),
      this.#strip,
      this.#pinned,
      log,
      el("footer", {}, this.#thinking, this.#typing, this.#state, ...foot),
    );
    this.numbers(null);
    this.unpin();
    this.#fit(); // before there is anything to lay out
    NARROW.addEventListener("change", () => this.#fit());
    for (const name of ["resize", "scroll"]) visualViewport?.addEventListener(name, () => this.#fit());
  }

  show() {
    this.node.hidden = false;
  }

  hide() {
    this.node.hidden = true;
  }

  focus() {
    this.#close.focus();
  }

  /** Say whose panel this is, and whether anybody is there now. */
  clinic(clinic) {
    if (!clinic) return;
    this.#title.textContent = clinic.name;
    this.node.ariaLabel = WORDS.dialog(clinic.name);
    this.#hours.hidden = clinic.open_now !== false || Date.parse(clinic.opens_next) < Date.now();
    if (this.#hours.hidden) return;
    const opens = clinic.opens_next && new Date(clinic.opens_next);
    this.#hours.textContent = WORDS.closed(opens && `${WORDS.day(opens)}, ${WORDS.clock(opens)}`);
  }

  /** Show the emergency number and the crisis line of `contacts`; null: not yet known. */
  numbers(contacts) {
    const short = contacts?.filter(({ href }) => /^tel:\d{3}$/.test(href)).map(({ href }) => href.slice(4));
    const [emergency, line] = short ?? IN_THE_US;
    const item = (name, number) => el("span", {}, `${name}: `, link(number, `tel:${number}`, { "aria-label": `${name}: ${number}` }));
    show(this.#strip,
      ...(short?.length ? [] : [el("span", { text: `${WORDS.emergency}: ${WORDS.local}` })]),
      ...(emergency ? [item(short ? WORDS.emergency : WORDS.inTheUs, emergency)] : []),
      ...(line ? [item(WORDS.crisisLine, line)] : []),
    );
  }

  /** Keep the last urgent message's ways to help in sight. An answer says that a crisis flag was lowered. */
  pin(message) {
    if (message.seq < this.#pinnedSeq) return;
    if (message.kind === "answer" && this.#pinned.classList.contains("kind-crisis")) this.unpin();
    if (!isUrgent(message)) return;
    this.#pinnedSeq = message.seq;
    this.#pinned.className = `pinned kind-${message.kind}`;
    const heading = el("p", { class: "pinned-title", text: WORDS.kinds[message.kind] });
    show(this.#pinned, heading, contactList(message.contacts, WORDS.contacts));
    this.#pinned.hidden = false;
  }

  unpin() {
    this.#pinnedSeq = 0;
    this.#pinned.className = "pinned";
    this.#pinned.hidden = true;
  }

  /** Say who has the conversation, and the visitor's place in the queue. */
  owner(owner, place) {
    this.node.dataset.owner = owner;
    if (owner !== "clinician") this.#name = null;
    const words = owner === "clinician" ? WORDS.owners.clinician(this.#name)
      : owner === "waiting" ? [WORDS.owners.waiting, place && WORDS.place(place)].filter(Boolean).join(" ") : WORDS.owners.bot;
    if (this.#owner.textContent !== words) this.#owner.textContent = words;
  }

  /** Say that `name` is typing, for a while; with null, that they no longer are. `known`: who the clinician is. */
  typing(name, known) {
    clearTimeout(this.#typingUntil);
    const words = name ? WORDS.typing(name) : "";
    if (this.#typing.textContent !== words) this.#typing.replaceChildren(...(name ? [words, ...dots()] : []));
    if (name) this.#typingUntil = setTimeout(() => this.typing(null), TYPING_MS);
    if (known) this.#name = known;
    if (known && this.node.dataset.owner === "clinician") this.owner("clinician");
  }

  /** Say how the line stands; nothing when all is well. */
  say(text) {
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }

  thinking(busy) {
    this.#thinking.hidden = !busy;
  }

  /** On a phone the panel is the whole screen, less the keyboard. */
  #fit() {
    this.node.ariaModal = NARROW.matches;
    if (NARROW.matches && visualViewport?.scale === 1) {
      this.node.style.height = `${visualViewport.height}px`;
      this.node.style.top = `${visualViewport.offsetTop}px`;
    } else {
      this.node.style.height = this.node.style.top = "";
    }
  }

  #key(event, onClose) {
    if (event.key === "Escape" && !event.isComposing) {
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

/** Crisis, emergency, and abuse (j), whose kind is another. */
function isUrgent({ kind, category }) {
  return ["crisis", "emergency"].includes(kind) || (kind === "advice" && category === "j");
}

/** Put other children into a node, unless they are the same. A focused link hands the focus to the one in its place. */
function show(node, ...children) {
  const next = node.cloneNode();
  next.append(...children.filter(Boolean));
  if (next.isEqualNode(node)) return;
  const at = [...node.querySelectorAll("a")].findIndex((link) => link.matches(":focus"));
  node.replaceChildren(...next.childNodes);
  node.querySelectorAll("a")[at]?.focus();
}

function dots() {
  return [el("i"), el("i"), el("i")];
}
