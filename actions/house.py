"""What actions share with the rest of the house: the records, the desk and the screen, made once a process.

Actions fetch them when they need them and do not hold them: the action server hands its actions over to a process of
its own, which a database connection does not survive.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from functools import lru_cache

from content.catalogue import ROOT
from content.clinic import Clinic, load_clinic
from escalation.desk import EscalationDesk
from records import Records, Signature
from safety import Screen

_making = threading.RLock()  # whoever asks while something is made waits for it
DATABASE = f"sqlite:///{ROOT / 'var' / 'records.db'}"  # the frontdesk's default


@lru_cache(maxsize=1)
def records() -> Records:
    """Return the records that ``FRONTDESK_DATABASE_URL`` names; the frontdesk has brought them to their newest form."""
    return Records(os.environ.get("FRONTDESK_DATABASE_URL") or DATABASE)


def latest_signature(topic: str) -> Signature | None:
    """Return the latest signature under the answer to ``topic``."""
    return records().signature(topic)


def desk(conversation: str) -> EscalationDesk:
    """Return the desk that opens cases in these records, that of the location which a conversation is about."""
    with _making:
        made = _desk()
    return made.at(location_of(conversation))


def location_of(conversation: str) -> str | None:
    """Return which location of a group a conversation is about. Asks the records only if there are several."""
    return records().location(conversation) if _clinic().places else None


def screen() -> Screen:
    """Return the rules of the safety screen."""
    with _making:
        return _screen()


@lru_cache(maxsize=1)
def _clinic() -> Clinic:
    return load_clinic()


@lru_cache(maxsize=1)
def _desk() -> EscalationDesk:
    return EscalationDesk(records(), _clinic())


@lru_cache(maxsize=1)
def _screen() -> Screen:
    return Screen()


def _warm_up() -> None:
    """Make all of it before the first visitor asks: compiling the rules takes longer than a turn may."""
    screen().check("")
    with _making:
        _desk()


# In the process that answers, not where actions are only collected. Its name is set before it imports anything of ours.
if multiprocessing.current_process().name != "MainProcess":
    threading.Thread(target=_warm_up, daemon=True).start()
