"""One real assistant and one browser for the whole run, a fresh conversation for every test."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from content.catalogue import ROOT
from records.migrate import upgrade
from tests.browser.visit import CHROMIUM, CHROMIUM_OPTIONS
from tools.house import House, Ports
from tools.setup import one_at_a_time
from tools.train import train

# Every process that a test starts, and the test itself, open the same records.
os.environ["FRONTDESK_KEYS"] = "tests:b25seSB0ZXN0cyBrbm93IHRoaXM7IDMyIGJ5dGVzISE="
# The model costs each process six seconds of a core; the tests that need it switch it on.
os.environ["FRONTDESK_REDACTION"] = "off"

# On a busy machine any example may be slow.
hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("busy")


@pytest.fixture(scope="session")
def model() -> Path:
    """The model for the present data, trained if need be."""
    return train()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the present form, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "records.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def house(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The running assistant: Rasa, actions, frontdesk, demo page, on ports of their own."""
    var, ports = tmp_path_factory.mktemp("house"), Ports.free()
    settings = {"FRONTDESK_RATE_LIMITS": "off", "FRONTDESK_RECHECK_SECONDS": "1"}
    with (var / "house.log").open("w") as log, House(model, var, ports, log, settings) as running:
        yield running


@pytest.fixture(scope="session")
def fragile(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A second house, to break. Who breaks it mends it."""
    var = tmp_path_factory.mktemp("fragile")
    settings = {"FRONTDESK_RATE_LIMITS": "off", "FRONTDESK_RECHECK_SECONDS": "1"}
    with (var / "house.log").open("w") as log, House(model, var, Ports.free(), log, settings) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def npm_packages() -> Path:
    """Where the packages of ``package.json`` are, installed as its lock file says if need be.

    They are injected into pages by tests and are no part of the product.
    """
    here, folder = Path(__file__).parent / "browser", ROOT / "var" / "browser-packages"
    with one_at_a_time("browser-packages"):  # two groups of tests may want them at the same moment
        lock = (here / "package-lock.json").read_bytes()
        installed = folder / "package-lock.json"
        if not (folder / "node_modules").is_dir() or installed.read_bytes() != lock:
            npm = shutil.which("npm")
            if npm is None:
                pytest.skip(
                    "npm is missing: install Debian's package 'npm' to run the tests that need axe-core and jQuery"
                )
            folder.mkdir(parents=True, exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(here / name, folder)
            subprocess.run(
                [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True, timeout=120
            )
    return folder / "node_modules"


# Loading certificates takes longer than a turn; everything here is plain HTTP on loopback.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# A connection that rests longer is not used again: the server closes it after five seconds.
FRESH = httpx.Limits(keepalive_expiry=2)


class Visitor:
    """A visitor with a conversation of their own, speaking the chat API."""

    def __init__(self, api: str, **more: Any) -> None:
        self.http = httpx.Client(
            base_url=f"{api}/api/v1/conversations", timeout=20, trust_env=False, verify=NO_TLS, limits=FRESH
        )
        opened = self.http.post(
            f"{api}/api/v1/conversations", json={"origin": "https://clinic.example/anxiety", "locale": "en-US", **more}
        )
        assert opened.status_code == 201, opened.text
        self.opened: dict[str, Any] = opened.json()
        self.id: str = self.opened["conversation"]
        self.http.headers["Authorization"] = f"Bearer {self.opened['token']}"

    def post(self, client_id: str | None = None, **body: Any) -> httpx.Response:
        """Send a message, whatever comes back."""
        return self.http.post(f"/{self.id}/messages", json={"client_id": client_id or str(uuid.uuid4()), **body})

    def turn(self, **body: Any) -> dict[str, Any]:
        """Send a message and return the one reply."""
        response = self.post(**body)
        assert response.status_code == 200, response.text
        visitor, *replies = response.json()["messages"]
        assert visitor["author"] == "visitor"
        assert len(replies) == 1, replies
        reply: dict[str, Any] = replies[0]
        return reply

    def say(self, text: str) -> dict[str, Any]:
        """Say something and return the reply."""
        return self.turn(text=text)

    def choose(self, value: str) -> dict[str, Any]:
        """Choose a suggestion and return the reply."""
        return self.turn(choice=value)

    def log(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the conversation's log."""
        response = self.http.get(f"/{self.id}/messages", params={"after": after})
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages


@pytest.fixture
def visitor(house: House) -> Iterator[Visitor]:
    """A visitor with a fresh conversation."""
    one = Visitor(house.api)
    yield one
    one.http.close()
