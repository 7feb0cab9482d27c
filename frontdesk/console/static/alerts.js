// Who waits: a number in the tab, a sound, a notification. Each person switches each of them for themselves.

import { isOn, mine } from "./switches.js";

const SEEN = "seen"; // whom this person was told of, in whichever tab
const TONES = [660, 880]; // Hz
const TONE_S = 0.18;
const SOMEBODY = "Somebody waits for a person.";
const CRISIS = "A crisis is raised.";
const SIGNED_OUT = "You are signed out of the console, and hear no more of who waits.";
const DENIED = "This browser does not allow notifications from the console. Allow them in its settings for this page.";
const NONE = "This browser cannot show notifications.";

const title = document.title;
let audio;

/** Take what the server says of who waits; return what is new in words, or nothing. */
export function takeWaiting(data) {
  const now = JSON.parse(data);
  const kept = localStorage.getItem(mine(SEEN));
  localStorage.setItem(mine(SEEN), data);
  showBadge();
  if (kept === null) return ""; // the first time: nobody is new
  const seen = JSON.parse(kept);
  const isNew = (name) => now[name].some((key) => !seen[name].includes(key));
  const text = isNew("crises") ? CRISIS : isNew("waiting") ? SOMEBODY : "";
  if (text) alertOf(text);
  return text;
}

export function alertSignedOut() {
  alertOf(SIGNED_OUT);
}

/** Show how many wait in the title and the icon, or nothing. Other tabs hear of it by the browser. */
export function showBadge() {
  const kept = localStorage.getItem(mine(SEEN));
  const count = kept && isOn("badge") ? JSON.parse(kept).waiting.length : 0;
  document.title = count ? `(${count}) ${title}` : title;
  document.querySelector("link[rel=icon]").href = count ? icon(count) : "data:,";
}

/** Whether something may be switched on; for notifications the browser asks, and only then. */
export async function allowAlert(name) {
  const problem = document.getElementById("alerts-problem");
  if (problem) problem.textContent = "";
  if (name === "sound") play();
  if (name !== "notification") return true;
  if (!("Notification" in window)) {
    problem.textContent = NONE;
    return false;
  }
  if ((await Notification.requestPermission()) !== "granted") {
    problem.textContent = DENIED;
    return false;
  }
  try {
    show("You are told like this when somebody waits.");
  } catch {
    problem.textContent = NONE; // as on telephones, where only installed pages may
    return false;
  }
  return true;
}

export function setUpAlerts() {
  const part = document.getElementById("alerts");
  if (part) part.hidden = false;
  showBadge();
  addEventListener("storage", showBadge);
  // A page that nobody has touched yet may make no sound.
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, wakeSound, { once: true });
}

function wakeSound() {
  if (isOn("sound")) player().resume();
}

function alertOf(text) {
  if (isOn("sound")) play();
  if (isOn("notification") && "Notification" in window && Notification.permission === "granted") show(text);
}

function show(text) {
  const told = new Notification("Staff console", { body: text, tag: "waiting", renotify: true });
  told.addEventListener("click", () => {
    window.focus();
    told.close();
  });
}

function player() {
  audio ??= new AudioContext();
  return audio;
}

function play() {
  const context = player();
  TONES.forEach((pitch, place) => {
    const tone = new OscillatorNode(context, { frequency: pitch });
    const loudness = new GainNode(context, { gain: 0.15 });
    const start = context.currentTime + place * TONE_S;
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + TONE_S);
  });
}

function icon(count) {
  const text = count > 9 ? "9+" : count;
  const drawing =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#a11212"/>` +
    `<text x="16" y="23" font-size="20" font-family="sans-serif" text-anchor="middle" fill="#fff">${text}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(drawing)}`;
}
