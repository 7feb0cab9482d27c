"""A visitor's tab in a real browser, and an account of what it shows and says."""

from __future__ import annotations

import contextlib
from typing import Any

from playwright.sync_api import CDPSession, Dialog, Error, Page

from tests.faults.account import Life, Shown, Tab

PATIENCE_MS = 800  # how long a visitor waits for something to do it with
SURE_MS = 10_000  # for what is there: on a busy machine, giving up would leave open whether it was done
# One look at everything, so that nothing changes between two parts of it.
LOOK = """() => {
    const root = document.querySelector('clinic-chat')?.shadowRoot;
    const kept = JSON.parse(sessionStorage.getItem('clinic-chat.v1') ?? '{}');
    return {
        conversation: kept.conversation ?? null,
        heard: (window.heard ?? []).map(([, text]) => text),
        shown: [...root?.querySelectorAll('[role=log] article') ?? []].map((it) => ({
            seq: it.dataset.seq ? Number(it.dataset.seq) : null,
            author: it.dataset.author ?? 'widget',
            kind: it.dataset.kind ?? '',
            text: it.querySelector('.text').textContent,
            delivery: it.querySelector('.delivery')?.textContent ?? '',
        })),
    };
}"""


class Visitor:
    """A tab. What it cannot do because the chat is not there, it leaves: every method says whether it was done."""

    def __init__(self, page: Page, known: int, seen: int | None = None, patience: int = PATIENCE_MS) -> None:
        self.page = page
        self._patience = patience
        self.tab = Tab(lives=[Life(known, known if seen is None else seen)])
        page.set_default_timeout(patience)
        page.on("dialog", self._agree)
        self._session: CDPSession | None = None

    @property
    def life(self) -> Life:
        """The present page."""
        return self.tab.lives[-1]

    def look(self) -> None:
        """Note what the page shows now."""
        seen: dict[str, Any] = self.page.evaluate(LOOK)
        self.tab.conversation = self.tab.conversation or seen["conversation"]
        self.life.shown = [Shown(**message) for message in seen["shown"]]
        self.life.heard = seen["heard"]
        if not self.life.first:
            self.life.first = max((message.seq or 0 for message in self.life.shown), default=0)

    def open(self, patience: int | None = None) -> bool:
        """Look at the tab, and open the chat if it is not open."""
        patience = patience or self._patience
        box = self.page.locator("clinic-chat #box")
        try:
            self.page.bring_to_front()
            if not box.is_visible():
                self.page.locator("clinic-chat .launcher").click(timeout=patience)
                box.wait_for(timeout=patience)
            self.look()
        except Error:
            return False
        return True

    def say(self, text: str) -> bool:
        """Type and send."""
        if not self.open():
            return False
        box = self.page.locator("clinic-chat #box")
        box.fill(text, timeout=SURE_MS)
        box.press("Enter", timeout=SURE_MS)
        self.life.said.append(text)
        self.life.typed.add(text)
        self.look()
        return True

    def choose(self, said: set[str], number: int) -> bool:
        """Choose a suggestion that nobody has chosen so far."""
        if not self.open():
            return False
        buttons = self.page.locator("clinic-chat .log .suggestion[data-value^='topic:']")
        labels = [label for label in buttons.all_inner_texts() if label not in said]
        if not labels:
            return False
        label = labels[number % len(labels)]
        try:
            buttons.get_by_text(label, exact=True).last.click(timeout=SURE_MS)
        except Error:
            return False
        self.life.said.append(label)
        self.look()
        return True

    def fold(self) -> bool:
        """Close the panel, and open it again."""
        if not self.open():
            return False
        self.life.folded = True
        self.page.locator("clinic-chat .close").click()
        return self.open()

    def speak(self) -> bool:
        """Switch the language."""
        if not self.open():
            return False
        self.page.locator("clinic-chat header button.quiet").click()
        return True

    def reload(self, known: int) -> bool:
        """Load the page anew; ``known`` is the last number in the log."""
        self.look()
        life = self.life
        life.left = True
        # Before the first message a tab keeps nothing: the next page begins anew.
        self.tab.lives.append(Life(known, life.whole if self.tab.conversation else 0))
        self.page.reload(wait_until="commit", timeout=10_000)
        return True

    def state(self, state: str) -> None:
        """Freeze the page, or wake it: ``frozen`` or ``active``. One that is still being loaded might never wake."""
        with contextlib.suppress(Error):
            self.page.wait_for_load_state("load", timeout=SURE_MS)
        self._session = self._session or self.page.context.new_cdp_session(self.page)
        self._session.send("Page.setWebLifecycleState", {"state": state})

    def _agree(self, dialog: Dialog) -> None:
        # The page is about to be left: the life that is over is the one before the last.
        self.tab.lives[-2].warned = True
        with contextlib.suppress(Error):
            dialog.accept()
