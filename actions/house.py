"""What actions share with the rest of the house: the records, the desk and the screen, made once a process.

Actions fetch them when they need them and do not hold them: the action server hands its actions over to a process of
its own, which a database connection does not survive.
"""

from __future__ import annotations

import os
from functools import lru_cache

from content.catalogue import ROOT
from content.clinic import load_clinic
from escalation.desk import EscalationDesk
from records import Records
from safety import Screen

DATABASE = f"sqlite:///{ROOT / 'var' / 'records.db'}"  # the frontdesk's default


@lru_cache(maxsize=1)
def records() -> Records:
    """Return the records that ``FRONTDESK_DATABASE_URL`` names; the frontdesk has brought them to their newest form."""
    return Records(os.environ.get("FRONTDESK_DATABASE_URL") or DATABASE)


@lru_cache(maxsize=1)
def desk() -> EscalationDesk:
    """Return the desk that opens cases in these records."""
    return EscalationDesk(records(), load_clinic())


@lru_cache(maxsize=1)
def screen() -> Screen:
    """Return the rules of the safety screen."""
    return Screen()
