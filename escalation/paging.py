"""One page: what it says, and handing it to the service that carries it to a person."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from apprise import Apprise, AppriseAsset, AppriseResultStatus, NotifyFormat, PersistentStoreMode

from content.clinic import Clinic, Team
from content.texts import Texts
from records import Page

logger = logging.getLogger(__name__)
# Apprise logs addresses and the other side's answers; what went wrong is said here, by its type.
logging.getLogger("apprise").addHandler(logging.NullHandler())
logging.getLogger("apprise").propagate = False

CONNECT_SECONDS, READ_SECONDS = 5.0, 8.0
# In the words of Python's and OpenSSL's errors, which Apprise passes on in its log; the more exact first.
REASONS = {
    "certificate has expired": "CertificateExpired",
    "CERTIFICATE_VERIFY_FAILED": "CertificateNotTrusted",
    "onnection refused": "ConnectionRefused",
    "Name or service not known": "NoSuchHost",
    "name resolution": "NoSuchHost",
    "timed out": "Timeout",
}
NEEDS = {
    "U0": "A conversation needs a clinician now",
    "U1": "A conversation needs a clinician within half an hour",
    "U2": "A conversation needs a person soon",
    "U3": "A conversation waits for a person",
}


class NotDelivered(Exception):
    """No service took the message. Says of what type the failure was, never an address."""


@dataclass(frozen=True)
class PageText:
    """What a page says. Nothing in it tells what the conversation is about, let alone what the visitor wrote."""

    title: str
    body: str


def page_text(page: Page, clinic: Clinic, link: str, acknowledge_by: dt.datetime | None, now: dt.datetime) -> PageText:
    """Write the message of ``page``; ``link`` leads to where it is acknowledged."""
    is_last = page.step + 1 >= len(clinic.team(page.team))
    then = "Nobody is told after you." if is_last else "If you do not, the next person is told."
    need = NEEDS.get(page.urgency, NEEDS["U3"])
    by = f" by {Texts(clinic).moment(acknowledge_by, now)}" if acknowledge_by else ""
    body = (
        f"{clinic.name}: {need[0].lower()}{need[1:]}.\n\n"
        f"Please say{by} that you take it on:\n{link}\n\n{then}\n\n"
        f"Case {page.case}. This message holds nothing of what the visitor wrote."
    )
    return PageText(f"[{page.urgency}] {need}", body)


def deliver(address: str, text: PageText, seconds: float) -> int:
    """Send ``text`` to ``address``, one or more Apprise URLs, within ``seconds``; return how many of them failed.

    One that worked is enough: the person has been told.

    Raises:
        NotDelivered: None worked, or the address is no Apprise URL.
    """
    services, heard = _services(address, seconds), _Reason()
    for service in services.find():
        service.logger = heard.logger
    result = services.notify(text.body, title=text.title, body_format=NotifyFormat.TEXT, timeout=seconds)
    if not result.success_count:
        timed_out = result.status == AppriseResultStatus.TIMEOUT
        raise NotDelivered("Timeout" if timed_out else heard.reason or "Refused")
    return int(result.failed_count)


def unreachable(clinic: Clinic) -> dict[Team, list[str]]:
    """Return the people who cannot be notified, by team, each with what to do. Never shows an address."""
    found: dict[Team, list[str]] = {}
    for team, people in clinic.teams.items():
        for person in people:
            if fault := _fault(person.address(), person.variables):
                found.setdefault(team, []).append(f"{person.name}: {fault}")
    return found


def _fault(address: str | None, variables: list[str]) -> str | None:
    if address is None:
        return f"set {' and '.join(variables)}" if variables else "give 'notify' in clinic.yml"
    try:
        _services(address, READ_SECONDS)
    except NotDelivered:
        return f"{' and '.join(variables) or 'notify in clinic.yml'} is no Apprise URL"
    return None


class _Reason(logging.Handler):
    """Listens to one delivery for why it failed, and keeps nothing of what is said but that."""

    reason = ""

    def __init__(self) -> None:
        super().__init__()
        self.logger = logging.Logger("delivery", logging.DEBUG)
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Note the reason, if this says one that is known."""
        text = record.getMessage()
        if text.startswith("Socket Exception"):
            self.reason = next((reason for words, reason in REASONS.items() if words in text), self.reason)


def _services(address: str, seconds: float) -> Apprise:
    # Nothing is kept between two pages, on disk or in memory.
    asset = AppriseAsset(
        app_id="Clinic assistant", storage_mode=PersistentStoreMode.MEMORY, service_timeout=max(seconds, 0.1)
    )
    services = Apprise(asset=asset)
    if not services.add(address):
        raise NotDelivered("NoSuchAddress")
    for service in services.find():
        service.socket_connect_timeout = min(CONNECT_SECONDS, seconds)
        service.socket_read_timeout = min(READ_SECONDS, seconds)
    return services
