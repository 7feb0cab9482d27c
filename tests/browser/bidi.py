"""Drives Firefox by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), which it speaks by itself.

Only what the tests need: one page, scripts in it, keys and clicks.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

FIREFOX = "/usr/bin/firefox-esr"
SECONDS = 20.0
# Quiet: no calls to anybody, no first-run pages.
PREFERENCES = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.lna.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
# The page's elements and those in the chat's shadow root, found by selector and text.
FIND = """(selector, text) => {
    const roots = [document, document.querySelector('clinic-chat')?.shadowRoot].filter(Boolean);
    const found = roots.flatMap((root) => [...root.querySelectorAll(selector)]);
    return found.filter((node) => node.checkVisibility() && (!text || node.textContent.includes(text))
        || node.ariaLabel === text && text);
}"""
# Where an element is once it has come to rest there, in the middle of what can be seen.
WHERE = """(node) => new Promise((resolve) => {
    let last;
    const look = () => {
        node.scrollIntoView({ block: 'center' });
        const box = node.getBoundingClientRect();
        if (JSON.stringify(box) === last) return resolve(box);
        last = JSON.stringify(box);
        setTimeout(look, 100);
    };
    look();
})"""


class Firefox:
    """One page of a running Firefox."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection, self._number = connection, 0
        self._ask("session.new", {"capabilities": {}})
        self.errors: list[str] = []
        self._ask("session.subscribe", {"events": ["log.entryAdded"]})
        self._context = self._ask("browsingContext.getTree", {})["contexts"][0]["context"]

    def go(self, url: str) -> None:
        """Open an address and wait until it is loaded."""
        self._ask("browsingContext.navigate", {"context": self._context, "url": url, "wait": "complete"})

    def reload(self) -> None:
        """Load the page again."""
        self._ask("browsingContext.reload", {"context": self._context, "wait": "complete"})

    def evaluate(self, script: str) -> Any:
        """Return what ``script`` evaluates to, as JSON can say it."""
        target = {"context": self._context}
        expression = f"Promise.resolve({script}).then((it) => JSON.stringify(it) ?? 'null')"
        answer = self._ask("script.evaluate", {"expression": expression, "target": target, "awaitPromise": True})
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def count(self, selector: str, text: str = "") -> int:
        """Return how many visible elements match and hold ``text``, or have it as their label."""
        return int(self.evaluate(f"({FIND})({json.dumps(selector)}, {json.dumps(text)}).length"))

    def wait_for(self, selector: str, text: str = "", *, count: int | None = None) -> None:
        """Wait until there are as many, or at least one."""
        deadline = time.monotonic() + SECONDS
        while True:
            found = self.count(selector, text)
            if found == count or (count is None and found):
                return
            assert time.monotonic() < deadline, f"{selector} with '{text}': found {found}, wanted {count or 'one'}"
            time.sleep(0.1)

    def press(self, selector: str, text: str = "") -> None:
        """Click the first such element, with a real pointer."""
        self.wait_for(selector, text)
        find = f"({FIND})({json.dumps(selector)}, {json.dumps(text)})[0]"
        box = self.evaluate(f"({WHERE})({find})")
        x, y = round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)
        self._act("pointer", {"parameters": {"pointerType": "mouse"}}, [
            {"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0},
        ])  # fmt: skip

    def type(self, keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        self._act("key", {}, [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")])

    def _act(self, kind: str, more: dict[str, Any], actions: list[dict[str, Any]]) -> None:
        source = {"type": kind, "id": kind, "actions": actions, **more}
        self._ask("input.performActions", {"context": self._context, "actions": [source]})

    def _ask(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            said = json.loads(self._connection.recv(timeout=SECONDS))
            if said.get("method") == "log.entryAdded" and said["params"]["level"] == "error":
                self.errors.append(str(said["params"]["text"]))
            if said.get("id") == self._number:
                assert said["type"] == "success", said
                return dict(said["result"])


@contextmanager
def running(folder: Path) -> Iterator[Firefox]:
    """Run a Firefox without a window, with a fresh profile in ``folder``."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (folder / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [
        FIREFOX,
        "--headless",
        "--no-remote",
        "--profile",
        str(folder),
        "--remote-debugging-port",
        "0",
        "about:blank",
    ]
    environment = {
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "MOZ_HEADLESS_WIDTH": "1280",
        "MOZ_HEADLESS_HEIGHT": "800",
    }
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        assert process.stderr
        address = next(
            found[1] for line in process.stderr if (found := re.search(r"BiDi listening on (ws://\S+)", line))
        )
        with connect(f"{address}/session", max_size=None, open_timeout=SECONDS) as connection:
            yield Firefox(connection)
    finally:
        process.terminate()
        process.wait(15)
        if process.stderr:
            process.stderr.close()
