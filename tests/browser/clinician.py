"""A clinician who works with a conversation by the commands that staff have."""

from __future__ import annotations

import os
import subprocess
import sys

from playwright.sync_api import Page

from content.catalogue import ROOT
from tools.house import House


class Clinician:
    """The clinician who takes part in the conversation that is open on ``page``."""

    NAME = "Sam Sample, registered nurse"
    SEEN_MS = 10_000  # the frontdesk looks every second at what another process wrote

    def __init__(self, page: Page, house: House) -> None:
        self._conversation: str = page.evaluate("JSON.parse(sessionStorage.getItem('clinic-chat.v1')).conversation")
        self._records = f"sqlite:///{house.var / 'records.db'}"

    def takes_over(self) -> None:
        """Take the conversation over."""
        self._do("take-over")

    def says(self, text: str) -> None:
        """Say something to the visitor."""
        self._do("say", "--text", text)

    def _do(self, command: str, *words: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "frontdesk", command, self._conversation, "--by", self.NAME, *words],
            cwd=ROOT, env={**os.environ, "FRONTDESK_DATABASE_URL": self._records}, check=True, timeout=60,
            capture_output=True,
        )  # fmt: skip
