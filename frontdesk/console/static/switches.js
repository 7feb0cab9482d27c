// What each person has switched on or off in this browser. A shared computer keeps them apart by the person's id.

const DEFAULTS = { badge: true, sound: false, notification: false, keys: true };

/** Return the key under which something of this person is kept. */
export function mine(name) {
  return `console ${document.body.dataset.person} ${name}`;
}

export function isOn(name) {
  const kept = localStorage.getItem(mine(name));
  return kept === null ? DEFAULTS[name] : kept === "on";
}

/** Let the page's switches show what is kept, and keep what they are set to; `allow` may refuse to switch on. */
export function setUpSwitches(allow, changed) {
  for (const box of document.querySelectorAll("input[data-switch]")) {
    const name = box.dataset.switch;
    box.checked = isOn(name);
    box.addEventListener("change", async () => {
      if (box.checked) box.checked = await allow(name);
      localStorage.setItem(mine(name), box.checked ? "on" : "off");
      changed(name);
    });
  }
}
