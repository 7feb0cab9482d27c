/** How long to wait before the next try: longer after every failure, and never at the same moment as everybody. */

const FIRST = 1000;
const LONGEST = 30000;

export class Patience {
  failures = 0;

  /** Count a failure; return how many milliseconds to wait. */
  next() {
    const full = Math.min(LONGEST, FIRST * 2 ** this.failures);
    this.failures += 1;
    return full / 2 + (Math.random() * full) / 2;
  }

  /** Something worked: start from the beginning next time. */
  reset() {
    this.failures = 0;
  }
}

/** Wait, but no longer than until the network is back, the page is looked at again, or `target` says "calm". */
export function pause(milliseconds, target) {
  return new Promise((resolve) => {
    const wakers = [[window, "online"], [document, "visibilitychange"], [target, "calm"]];
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      for (const [source, name] of wakers) source.removeEventListener(name, done);
      resolve();
    }
    for (const [source, name] of wakers) source.addEventListener(name, done);
  });
}

/** Wait until the page is looked at. A hidden page holds no connection open: browsers allow only six. */
export function looked() {
  return new Promise((resolve) => {
    if (!document.hidden) return resolve();
    document.addEventListener("visibilitychange", () => resolve(), { once: true });
  });
}

/** A random UUID, also where the page is not a secure context. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
