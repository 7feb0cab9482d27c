"""Hundreds of visitors at the same moment."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from typing import Any

from tests.faults.http1 import response
from tests.reliability.rig import Rig

TRIES = 60


def at_once(rig: Rig) -> str:
    """Each opens a conversation and asks; whoever is told to wait waits, and is served."""
    port = rig.house.ports.frontdesk
    seen: Counter[str] = Counter()

    async def everybody() -> None:
        await asyncio.gather(*(_visit(port, seen) for _ in range(rig.crowd)))

    asyncio.run(everybody())
    assert seen["answer"] + seen["unavailable"] == rig.crowd, seen
    assert set(seen) <= {"answer", "unavailable", "503", "429"}, seen  # no other error
    assert seen["answer"] > seen["unavailable"], seen
    return "503: Many people are writing at the moment. Please send it again. …; then the answer"


async def _visit(port: int, seen: Counter[str]) -> None:
    opened = await _post(port, "/api/v1/conversations", {"origin": ""}, seen)
    path = f"/api/v1/conversations/{opened['conversation']}/messages"
    body = {"client_id": str(uuid.uuid4()), "text": "Is it busy?"}
    turn = await _post(port, path, body, seen, opened["token"])
    _visitor, reply = turn["messages"]
    seen[reply["kind"]] += 1


async def _post(port: int, path: str, body: dict[str, Any], seen: Counter[str], token: str = "") -> dict[str, Any]:
    """Post until it is taken; count every refusal."""
    encoded = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(encoded)}\r\nConnection: close\r\n\r\n"
    )
    for _ in range(TRIES):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(head.encode() + encoded)
            pieces = [piece async for piece in response(reader)]
        finally:
            writer.close()
        status = pieces[0].split()[1].decode()
        if status in ("200", "201"):
            return dict(json.loads(b"".join(pieces[1:])))
        seen[status] += 1
        await asyncio.sleep(1)
    raise AssertionError(f"not served after {TRIES} tries: {seen}")
