"""A service that says what a test wants, in place of the real one: for what the real one never says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from playwright.sync_api import Page, Route

CLINIC = {"name": "Made-up Clinic", "phone": "+1 555 010 0199", "open_now": True, "opens_next": None}
API = "**/api/v1/conversations"


def message(seq: int, **fields: Any) -> dict[str, Any]:
    """Make a message as the chat API sends it."""
    return {
        "seq": seq, "client_id": None, "author": "bot", "author_name": None, "kind": "answer", "topics": [],
        "category": None, "text": "Something.", "sources": [], "suggestions": [], "contacts": [], "form": None,
        "confidence": None, "sent_at": "2026-11-26T10:00:00Z", **fields,
    }  # fmt: skip


OPENING = message(1, kind="opening", text="Hello.")


def serve(
    page: Page,
    messages: Sequence[dict[str, Any]],
    *,
    clinic: dict[str, Any] = CLINIC,
    owner: str = "bot",
    events: Sequence[tuple[str, dict[str, Any]]] = (),
    opening: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Let the chat on ``page`` open a conversation with an opening message, then hear ``messages`` and ``events``.

    ``opening`` is what the opening message has besides its text.
    """
    first = {**OPENING, **opening}
    opened = {"conversation": "made-up", "token": "t" * 43, "messages": [first], "clinic": clinic}
    stream = [("owner", {"owner": owner}), *(("message", one) for one in messages), *events]
    lines = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in stream)

    def start(route: Route) -> None:
        route.fulfill(status=201, json=opened)

    def listen(route: Route) -> None:
        route.fulfill(body=lines, content_type="text/event-stream")

    def read(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(json={"messages": []})
        else:
            route.fulfill(json={"messages": [first, *messages], "owner": owner})

    page.route(API, start)
    page.route(f"{API}/*/events", listen)
    page.route(f"{API}/*/messages*", read)
