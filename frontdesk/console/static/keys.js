// One-key shortcuts. They can be switched off, and do nothing while somebody types or Ctrl, Alt or Meta is held.

import { isOn } from "./switches.js";

const PAGES = { q: "inbox", c: "conversations", r: "review", i: "insights" };
const BOXES = { w: "reply-text", n: "note" };
const TYPING = "input:not([type=checkbox]), select, textarea, [contenteditable]";
const ROWS = "main tbody tr, main ol.log > li, main ul.plain > li";

/** Return what of a row takes the focus: a message itself, else the first thing in it that can be used. */
function target(row) {
  return row.tabIndex === -1 && row.hasAttribute("tabindex") ? row : row.querySelector("a, input, button, summary");
}

function step(by) {
  const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.checkVisibility() && target(row));
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here === -1 ? (by > 0 ? 0 : rows.length - 1) : here + by;
  if (rows[next]) target(rows[next]).focus();
}

function press(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !isOn("keys")) return;
  if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
  const { key } = event;
  if (key === "?") showKeys();
  else if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
  else if (key in BOXES) document.getElementById(BOXES[key])?.focus();
  // Only where this person's own navigation leads.
  else if (key in PAGES) document.querySelector(`.bar a[href="/console/${PAGES[key]}"]`)?.click();
  else return;
  event.preventDefault();
}

function showKeys() {
  document.getElementById("keys").showModal();
}

export function setUpKeys() {
  const button = document.getElementById("show-keys");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", showKeys);
  addEventListener("keydown", press);
}
