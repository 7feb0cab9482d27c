/** Draws one message. */
import { contactForm } from "./contact.js";
import { el } from "./dom.js";
import { contactList, link } from "./links.js";
import { paragraphs } from "./text.js";
import { WORDS } from "./words.js";

const CLOCK = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" });

/** Make the node of a message that is in the log. `actions`: `choose`, `rate`, `rating`, `leave`. */
export function messageNode(message, actions) {
  const node = el("article", {
    class: `message ${message.author} kind-${message.kind}`,
    "data-seq": message.seq,
    "data-kind": message.kind,
    "data-author": message.author,
  });
  node.append(head(message), el("div", { class: "text" }, ...paragraphs(message.text)));
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
    { class: "message visitor pending", "data-client-id": item.client_id, "data-author": "visitor" },
    el("p", { class: "by" }, el("span", { class: "name", text: WORDS.you })),
    el("div", { class: "text" }, ...paragraphs(item.text)),
    el("p", { class: "delivery", text: WORDS.sending }),
  );
}

/** Show on a pending message how it stands. */
export function showDelivery(node, item) {
  node.classList.toggle("failed", item.failed);
  node.querySelector(".delivery").textContent = item.failed ? item.reason || WORDS.unsent : WORDS.sending;
}

/** Turn a pending node into that of the stored message, in place, so that it is not announced again. */
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
    el("span", { class: "name", text: nameOf(message) }),
    label && el("span", { class: "kind", text: label }),
    time(message.sent_at),
  );
}

function nameOf({ author, author_name }) {
  if (author === "clinician") return author_name ? `${author_name} (${WORDS.clinician.toLowerCase()})` : WORDS.clinician;
  return { visitor: WORDS.you, bot: WORDS.assistant }[author] ?? WORDS.system;
}

function time(sentAt) {
  const moment = new Date(sentAt);
  return Number.isNaN(moment.valueOf()) ? "" : el("time", { datetime: sentAt, text: CLOCK.format(moment) });
}

function progress(form) {
  if (form?.kind !== "guide" || !form.question) return null;
  return el("p", { class: "progress", text: WORDS.progress(form.step, form.of) });
}

function sources(list) {
  if (!list?.length) return null;
  const items = list.map(({ title, heading, url }) =>
    el("li", {}, url ? link(title, url) : el("span", { text: title }), heading && el("span", { class: "heading", text: heading })));
  return el("details", { class: "sources" },
    el("summary", { text: WORDS.sources }), el("ul", { role: "list" }, ...items));
}

function suggestions(list, { choose }) {
  if (!list?.length) return null;
  const buttons = list.map((suggestion) =>
    el("li", {}, el("button", {
      type: "button", class: "suggestion", "data-value": suggestion.value, text: suggestion.label,
      on: { click: () => choose(suggestion) },
    })));
  return el("ul", { class: "suggestions", role: "list", "aria-label": WORDS.suggestions }, ...buttons);
}

function feedback(seq, { rate, rating }) {
  const said = el("span", { class: "said", role: "status" });
  const buttons = [true, false].map((helpful) =>
    el("button", {
      type: "button", class: "rate", "aria-pressed": String(rating(seq) === helpful),
      text: helpful ? WORDS.helpful : WORDS.notHelpful,
      on: { click: () => give(helpful) },
    }));
  const press = (helpful) =>
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(helpful === (index === 0))));

  async function give(helpful) {
    press(helpful);
    try {
      await rate(seq, helpful);
      said.textContent = WORDS.thanks;
    } catch {
      press(rating(seq));
      said.textContent = WORDS.notRated;
    }
  }
  return el("div", { class: "feedback", role: "group", "aria-label": WORDS.helpfulAsk },
    el("span", { text: WORDS.helpfulAsk }), ...buttons, said);
}
