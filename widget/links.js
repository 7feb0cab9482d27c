/** Links out of the chat. Only addresses of a known kind become links; anything else stays text. */
import { el } from "./dom.js";

const INSIDE_A_NUMBER = /(?<=\d) (?=\d)/g;

const LEAVE = "#leave"; // marks the link by which somebody who is watched gets away from the page

const ALLOWED = new Set(["tel:", "sms:", "https:"]);

function schemeOf(href) {
  try {
    return new URL(href).protocol; // absolute addresses only
  } catch {
    return "";
  }
}

/** Make a link, or plain text when `href` is not of an allowed kind. */
export function link(label, href, attributes = {}) {
  const scheme = schemeOf(href);
  if (!ALLOWED.has(scheme)) return el("span", { text: label });
  if (new URL(href).hash === LEAVE) return leaving(label, href, attributes);
  const away = scheme === "https:" ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return el("a", { href, text: label, ...away, ...attributes });
}

/** Make the list of a message's contacts, or null when it has none. */
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
