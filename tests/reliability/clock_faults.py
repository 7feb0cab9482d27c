"""The frontdesk's clock is moved back and forward while it runs."""

from __future__ import annotations

import datetime as dt

import httpx

from frontdesk.console.rights import Role
from records.people import FULL
from tests.reliability.engine import answer_to
from tests.reliability.rig import Rig

HOUR = 3600


def moved(rig: Rig) -> str:
    """An hour forward, two back, and right again: the log keeps its order, nobody stays signed in unseen."""
    guest, asked = rig.guest(), []
    person = rig.records.person_by_login("clock") or rig.records.add_person("clock", "Clock", [Role.CLINICIAN])
    token = rig.records.begin_session(person.id, FULL, "127.0.0.1", "test")
    try:
        for number, ahead in enumerate((0, HOUR, -HOUR, 0)):
            rig.clock.write_text(str(ahead))
            asked.append(f"question {number}")
            assert guest.told(asked[-1])["text"] == answer_to(asked[-1])
            assert _is_signed_in(rig, token) == (ahead == 0)
    finally:
        rig.clock.write_text("0")
    log = guest.log()
    assert [message["text"] for message in log if message["author"] == "visitor"] == asked
    assert [message["seq"] for message in log] == list(range(1, len(log) + 1))
    times = [dt.datetime.fromisoformat(message["sent_at"]) for message in log if message["author"] == "visitor"]
    assert times[1] - times[0] > dt.timedelta(minutes=59)  # the clock was moved indeed
    assert times[2] < times[0]
    assert guest.log(after=3)[0]["seq"] == 4
    return "the answers, in order"


def _is_signed_in(rig: Rig, token: str) -> bool:
    page = httpx.get(f"{rig.house.api}/console/inbox", cookies={"console": token}, trust_env=False, timeout=20)
    return page.status_code == 200
