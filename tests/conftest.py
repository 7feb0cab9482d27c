"""One real assistant for the whole run, a fresh conversation for every test."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tools.house import House, Ports
from tools.train import train


@pytest.fixture(scope="session")
def model() -> Path:
    """The model for the present data, trained if need be."""
    return train()


@pytest.fixture(scope="session")
def house(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The running assistant: Rasa, actions, frontdesk, demo page, on ports of their own."""
    var, ports = tmp_path_factory.mktemp("house"), Ports.free()
    settings = {"FRONTDESK_RATE_LIMITS": "off"}
    with (var / "house.log").open("w") as log, House(model, var, ports, log, settings) as running:
        yield running


# Loading certificates takes longer than a turn; everything here is plain HTTP on loopback.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Visitor:
    """A visitor with a conversation of their own, speaking the chat API."""

    def __init__(self, api: str) -> None:
        self.http = httpx.Client(base_url=f"{api}/api/v1/conversations", timeout=20, trust_env=False, verify=NO_TLS)
        opened = self.http.post(
            f"{api}/api/v1/conversations", json={"origin": "https://clinic.example/anxiety", "locale": "en-US"}
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
