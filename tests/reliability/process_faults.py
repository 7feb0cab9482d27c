"""The frontdesk is killed between write and reply, or told to stop under load, and another takes over."""

from __future__ import annotations

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx

from tests.chat.alone import wait_until_alive
from tests.escalation.parts import wait_for
from tests.reliability.engine import SLOW, answer_to
from tests.reliability.engine_faults import honest
from tests.reliability.guest import Guest
from tests.reliability.rig import Rig

VISITORS = 4


def killed(rig: Rig) -> str:
    """SIGKILL while messages wait for their answer; what was acknowledged before is there, and every turn is ended."""
    guests = [rig.guest() for _ in range(VISITORS)]
    for guest in guests:
        guest.told("said before")
    texts = {guest.id: f"{SLOW} question {number}" for number, guest in enumerate(guests)}
    ids = {guest.id: str(uuid.uuid4()) for guest in guests}
    under_way = [threading.Thread(target=_cut_off, args=(guest, texts[guest.id], ids[guest.id])) for guest in guests]
    for thread in under_way:
        thread.start()
    wait_for(lambda: rig.open_turns)
    rig.kill()
    for thread in under_way:
        thread.join()
    rig.start()
    wait_for(lambda: not rig.open_turns, 30)
    for guest in guests:
        text = texts[guest.id]
        reply = guest.told(text, ids[guest.id])  # sent again, it is the same message
        assert reply["text"] == answer_to(text) or honest(reply)
    return "the answer after the restart, else that there is none and whom to call"


def stopped(rig: Rig) -> str:
    """SIGTERM under load: who was taken is answered, who listens is told when to come back, a new process takes over."""
    guests = [rig.guest() for _ in range(VISITORS)]
    old = rig.house.processes["frontdesk"]
    heard: list[str] = []
    listening = threading.Thread(target=_hear, args=(guests[0], heard))
    listening.start()
    wait_for(lambda: heard)
    with ThreadPoolExecutor(2 * VISITORS) as pool:
        for number in range(2):  # each with messages waiting in line behind others
            for guest in guests:
                pool.submit(_insist, guest, f"{SLOW} question {number}")
        wait_for(lambda: rig.open_turns)
        rig.terminate()
        time.sleep(0.1)
        rig.house.start_part("frontdesk")  # on the same port, while the old one ends what it has taken
        wait_until_alive(rig.house)
    listening.join(20)
    assert not listening.is_alive(), "the live events did not end"
    assert "retry: 2000" in heard
    assert old.wait(10) in (0, -15)
    wait_for(lambda: not rig.open_turns, 30)
    for guest in guests:
        replies = [message for message in guest.log() if message["author"] == "bot"]
        assert all(reply["kind"] in ("opening", "answer", "unavailable") for reply in replies)
    return "the answer, or that there is none and whom to call; the page reconnects by itself"


def _cut_off(guest: Guest, text: str, client_id: str) -> None:
    """Send a message whose answer most likely never comes."""
    with suppress(httpx.TransportError):
        guest.send(text, client_id)


def _insist(guest: Guest, text: str) -> None:
    """Send a message until it is acknowledged, as the widget does."""
    client_id = str(uuid.uuid4())
    for _ in range(100):
        with suppress(httpx.TransportError):
            response = guest.send(text, client_id)
            if response.status_code == 200:
                return
            assert response.status_code in (429, 503), response.text
        time.sleep(0.2)
    raise AssertionError("it was never taken")


def _hear(guest: Guest, lines: list[str]) -> None:
    """Listen until the line ends; one that is torn raises."""
    with guest.http.stream("GET", f"/{guest.id}/events", timeout=30) as line:
        for one in line.iter_lines():
            lines.append(one)
