"""Rasa dies, hangs, is slow, answers nonsense; the action server is down."""

from __future__ import annotations

import threading
import time
from typing import Any

from content.clinic import load_clinic
from tests.escalation.parts import wait_for
from tests.reliability.engine import BROKEN, EMPTY, HANG, PROSE, SLOW, TORN, WRONG, answer_to
from tests.reliability.guest import Guest
from tests.reliability.rig import Rig


def killed(rig: Rig) -> str:
    """Rasa is killed while it thinks, and started again."""
    guest = rig.guest()
    said: list[dict[str, Any]] = []
    asking = threading.Thread(target=lambda: said.append(guest.told(f"{SLOW} and then gone")))
    asking.start()
    wait_for(lambda: rig.open_turns)
    time.sleep(0.2)  # now it thinks
    rig.engine.kill()
    asking.join()
    rig.engine.start()
    assert_answered(guest, "Is it back?")
    return honest(said[0])


def hanging(rig: Rig) -> str:
    """Rasa takes the question and never answers."""
    return _unavailable(rig, HANG)


def slow(rig: Rig) -> str:
    """Rasa needs long, but not too long."""
    assert_answered(rig.guest(), f"{SLOW} but sure")
    return "the answer, late"


def prose(rig: Rig) -> str:
    """Rasa answers with a web page."""
    return _unavailable(rig, PROSE)


def wrong(rig: Rig) -> str:
    """Rasa answers with JSON that is no reply."""
    return _unavailable(rig, WRONG)


def torn(rig: Rig) -> str:
    """Rasa's answer breaks off."""
    return _unavailable(rig, TORN)


def broken(rig: Rig) -> str:
    """Rasa answers with an error."""
    return _unavailable(rig, BROKEN)


def no_actions(rig: Rig) -> str:
    """The action server is down: Rasa answers with nothing, and readiness names what is the matter."""
    shown = _unavailable(rig, EMPTY)
    state = rig.guests[0].http.get(f"{rig.house.api}/health/ready")
    assert (state.status_code, state.json()["rasa"], state.json()["database"]) == (503, "ok", "ok")
    assert state.json()["actions"].startswith("down: ")
    return shown


def _unavailable(rig: Rig, how: str) -> str:
    guest = rig.guest()
    shown = honest(guest.told(f"{how} please"))
    assert_answered(guest, "And now?")
    return shown


def honest(reply: dict[str, Any]) -> str:
    """Check that a reply says the truth and whom to call, and return it."""
    assert reply["kind"] == "unavailable"
    assert load_clinic().phone in reply["text"]
    assert {"tel:911", "tel:988"} <= {contact["href"] for contact in reply["contacts"]}
    return str(reply["text"])


def assert_answered(guest: Guest, text: str) -> None:
    reply = guest.told(text)
    assert (reply["kind"], reply["text"]) == ("answer", answer_to(text))
