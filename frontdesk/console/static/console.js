// What keeps an open page up to date. Without it every page works; it then shows what was so when it was loaded.

import { alertSignedOut, allowAlert, setUpAlerts, showBadge, takeWaiting } from "./alerts.js";
import { setUpKeys } from "./keys.js";
import { setUpSwitches } from "./switches.js";

// The one Trusted Types policy of the console. htmx puts the server's own HTML in place by it; text can become neither a
// script nor a script's address, as those two are not made here.
if (window.trustedTypes) {
  trustedTypes.createPolicy("default", { createHTML: (html) => html });
}

const CLOCK_MS = 15_000;
const TYPING_MS = 3_000; // the chat shows it for six seconds
const SIZES = [["day", 1440], ["hour", 60], ["minute", 1]];

/** Say how long ago a moment was; words.py says the same when the page is made. */
function waited(since) {
  const minutes = Math.floor((Date.now() - since) / 60_000);
  for (const [unit, size] of SIZES) {
    if (minutes >= size) {
      const count = Math.floor(minutes / size);
      return `${count} ${unit}${count === 1 ? "" : "s"}`;
    }
  }
  return "less than a minute";
}

function setClocks() {
  for (const clock of document.querySelectorAll("time[data-clock]")) {
    clock.textContent = waited(Date.parse(clock.dateTime));
  }
}

/** Say something to whoever cannot see the page change. */
function tell(text) {
  const news = document.getElementById("news");
  if (news && news.textContent !== text) news.textContent = text;
}

/** Fetch a part of the page again if it shows something else than the database has. */
function refresh(part, signature, text) {
  const shown = document.getElementById(part);
  if (!shown || shown.dataset.signature === signature) return;
  htmx.trigger(shown, "stale");
  tell(text);
}

function follow(address) {
  const events = new EventSource(address);
  events.addEventListener("queue", (event) => refresh("queue", event.data, "The queue has changed."));
  events.addEventListener("log", (event) => refresh("log", event.data, "There are new messages."));
  events.addEventListener("state", (event) => refresh("state", event.data, "This conversation has changed."));
  events.addEventListener("waiting", (event) => {
    const text = takeWaiting(event.data);
    if (text) tell(text);
  });
  events.addEventListener("ping", () => tell(""));
  events.addEventListener("open", () => tell(""));
  events.addEventListener("error", () => tell("The connection is lost. What you see may be out of date."));
  events.addEventListener("signed-out", () => {
    events.close();
    alertSignedOut();
    tell("You are signed out. Copy what you have typed, then sign in again.");
  });
}

/** Follow what happens. A page that shows nothing of it lets one tab do so for all: a browser opens few connections. */
function listen() {
  const { events, live } = document.body.dataset;
  if (!events) return;
  if (live !== undefined) return follow(events);
  navigator.locks.request("console events", () => {
    follow(events);
    return new Promise(() => {}); // until the page is left
  });
}

/** Put a canned reply into the box where one is already typing, without loading the page again. */
function putIn(event) {
  const link = event.target.closest("a[data-canned]");
  const box = document.getElementById("reply-text");
  if (!link || !box) return;
  event.preventDefault();
  box.value = box.value.trim() ? `${box.value.trimEnd()}\n\n${link.dataset.canned}` : link.dataset.canned;
  box.focus();
}

/** Let the visitor know that a reply is being typed; not more often than they need to hear it. */
let toldTyping = 0;

async function tellTyping(event) {
  if (event.target.id !== "reply-text" || Date.now() - toldTyping < TYPING_MS) return;
  toldTyping = Date.now();
  const { action, elements } = event.target.form;
  const body = new URLSearchParams({ csrf: elements.csrf.value });
  try {
    await fetch(action.replace(/reply$/, "typing"), { method: "POST", body, signal: AbortSignal.timeout(TYPING_MS) });
  } catch {
    // the visitor sees the reply when it comes
  }
}

/** When somebody else has the conversation all at once, the box of the reply goes: what was typed in it must not. */
let typed = "";

function remember() {
  const box = document.getElementById("reply-text");
  if (box) typed = box.value;
}

function showUnsent() {
  const part = document.getElementById("unsent-part");
  if (!part || !typed.trim() || document.getElementById("reply-text")) return;
  part.hidden = false;
  document.getElementById("unsent").value = typed;
}

document.addEventListener("DOMContentLoaded", () => {
  setClocks();
  setInterval(setClocks, CLOCK_MS);
  document.addEventListener("click", putIn);
  document.addEventListener("input", tellTyping);
  document.addEventListener("htmx:afterSettle", setClocks);
  document.addEventListener("htmx:beforeSwap", remember);
  document.addEventListener("htmx:afterSettle", showUnsent);
  if (document.body.dataset.person) {
    setUpSwitches(allowAlert, showBadge);
    setUpAlerts();
    setUpKeys();
  }
  listen();
});
