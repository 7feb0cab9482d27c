//# allFunctionsCalledOnLoad
/** Draws one message. Text stays text, and only addresses of allowed kinds become links. */
import { button, el } from "./dom.js";
import { contactForm } from "./forms.js";
import { WORDS } from "./words.js";

const ITEM = /^\s*- /;
const INSIDE_A_NUMBER = /(?<=\d) (?=\d)/g;
const LEAVE = "#leave"; // marks the link by which somebody who is watched gets away from the page
const ALLOWED = ["tel:", "sms:", "https:"];

/** Make the node of a message that is in the log. `actions`: `choose`, `rate`, `rating`, `leave`. */
export function messageNode(message, actions) {
  const node = el("article", {
    class: `message ${message.author} kind-${message.kind}`,
    "data-seq": message.seq,
    "data-kind": message.kind,
    "data-author": message.author,
  });
  const lang = message.author === "bot" && !message.category && "en"; // the safety screen speaks others too
  node.append(head(message), el("div", { class: "text", lang }, ...paragraphs(message.text)));
  if (message.author === "visitor") return node;
  node.append(...[
    progress(message.form),
    contactList(message.contacts, WORDS.contacts),
    message.form?.kind === "contact" ? contactForm(message.form, actions) : null,
    sources(message.sources),
    suggestions(message.suggestions, actions),
    message.author === "bot" && message.kind === "answer" ? feedback(message.seq, actions) : null,
  ].filter(Boolean));
  return node;
}

/** Make the node of a message that is still to be sent; `settle` turns it into a sent one. */
export function pendingNode(item) {
  return el(
    "article",
    { class: "message visitor pending", "data-author": "visitor" },
    el("p", { class: "by" }, el("span", { class: "name", text: WORDS.you })),
    el("div", { class: "text" }, ...paragraphs(item.text)),
    el("p", { class: "delivery", text: WORDS.sending }),
  );
}

export function showDelivery(node, item) {
  node.classList.toggle("failed", item.failed);
  node.querySelector(".delivery").textContent = item.failed ? item.reason || WORDS.unsent : WORDS.sending;
}

/** Turn a pending node into that of the stored message. */
export function settle(node, message) {
  node.classList.remove("pending", "failed");
  node.classList.add(`kind-${message.kind}`);
  Object.assign(node.dataset, { seq: message.seq, kind: message.kind });
  node.querySelector(".delivery").remove();
  node.querySelector(".by").append(time(message.sent_at));
}

/** Make a remark of the widget itself. */
export function noticeNode(text) {
  return el("article", { class: "message system kind-notice", "data-kind": "notice" },
    el("div", { class: "text" }, ...paragraphs(text)));
}

function head(message) {
  const label = message.author === "bot" ? WORDS.kinds[message.kind] : null;
  return el(
    "p",
    { class: "by" },
    el("span", { class: "name", text: authorOf(message) }),
    label && el("span", { class: "kind", text: label }),
    time(message.sent_at),
  );
}

/** Who said a message, in words. */
export function authorOf({ author, author_name }) {
  if (author === "clinician") return author_name ? `${author_name} (${WORDS.clinician.toLowerCase()})` : WORDS.clinician;
  return { visitor: WORDS.you, bot: WORDS.assistant }[author] ?? WORDS.system;
}

function time(sentAt) {
  const moment = new Date(sentAt);
  return Number.isNaN(moment.valueOf()) ? "" : el("time", { datetime: sentAt, text: WORDS.clock(moment) });
}

function progress(form) {
  if (form?.kind !== "guide" || !form.question) return null;
  return el("p", { class: "progress" }, el("progress", { value: form.step, max: form.of, "aria-hidden": "true" }),
    WORDS.progress(form.step, form.of));
}

function sources(list) {
  if (!list?.length) return null;
  const items = list.map(({ title, heading, url, corrected }) =>
    el("li", {}, url ? link(title, url) : el("span", { text: title }),
      heading && el("span", { class: "heading", text: heading }),
      corrected && el("span", { class: "corrected", text: WORDS.corrected(corrected) })));
  return el("details", { class: "sources" },
    el("summary", { text: WORDS.sources }), el("ul", { role: "list" }, ...items));
}

function suggestions(list, { choose }) {
  if (!list?.length) return null;
  const buttons = list.map((suggestion) =>
    el("li", {}, button({ class: "suggestion", "data-value": suggestion.value, text: suggestion.label },
      () => choose(suggestion))));
  return el("ul", { class: "suggestions", role: "list", "aria-label": WORDS.suggestions }, ...buttons);
}

function feedback(seq, { rate, rating }) {
  const said = el("span", { class: "said", role: "status" });
  const buttons = [true, false].map((helpful) =>
    button({
      class: "rate", "aria-pressed": String(rating(seq) === helpful), text: helpful ? WORDS.helpful : WORDS.notHelpful,
    }, () => give(helpful)));
  const press = (helpful) =>
    buttons.forEach((button, index) => (button.ariaPressed = helpful === (index === 0)));

  async function give(helpful) {
    press(helpful);
    try {
      await rate(seq, helpful);
      said.textContent = WORDS.thanks;
    } catch {
      press(rating(seq));
      said.textContent = WORDS.end.failed;
    }
  }
  return el("div", { class: "feedback", role: "group", "aria-label": WORDS.helpfulAsk },
    el("span", { text: WORDS.helpfulAsk }), ...buttons, said);
}

/** Make paragraphs, and lists of lines that start with "- ". */
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

/** Make a link, or plain text when `href` is not an absolute address of an allowed kind. */
export function link(label, href, attributes = {}) {
  const scheme = URL.canParse(href) && new URL(href).protocol;
  if (!ALLOWED.includes(scheme)) return el("span", { text: label });
  if (new URL(href).hash === LEAVE) return leaving(label, href, attributes);
  const away = scheme === "https:" ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return el("a", { href, text: label, ...away, ...attributes });
}

export function contactList(contacts, label) {
  if (!contacts?.length) return null;
  const items = contacts.map((contact) => el("li", {}, link(contact.label.replace(INSIDE_A_NUMBER, "\u00a0"), contact.href)));
  return el("ul", { class: "contacts", role: "list", "aria-label": label }, ...items);
}

/** Make the quick exit: the page is replaced, so that "back" does not lead to it, and this tab forgets the chat. */
function leaving(label, href, attributes) {
  const leave = (event) => {
    event.preventDefault();
    event.target.dispatchEvent(new CustomEvent("leave", { bubbles: true, composed: true }));
    location.replace(href);
  };
  return el("a", { href, text: label, rel: "noreferrer", on: { click: leave }, ...attributes });
}
