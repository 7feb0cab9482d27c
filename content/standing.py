"""How an answer stands: whether a clinician signed its present version, and until when it is served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from content.catalogue import Answer, Catalogue, Review
from content.versions import contents, digest_of
from records import Signature

SIGNED_FOR = dt.timedelta(days=365)
SOON = dt.timedelta(days=30)


class State(StrEnum):
    """What became of the latest signature under an answer."""

    SIGNED = "signed"
    CHANGED = "changed"  # the answer is another one since
    EXPIRED = "expired"
    UNSIGNED = "unsigned"


@dataclass(frozen=True)
class Standing:
    """How an answer stands on a day.

    ``until`` is the last day on which it is served (None: on none), ``signed_until`` the last day of the signature
    under its present version.
    """

    state: State
    until: dt.date | None
    signed_until: dt.date | None
    today: dt.date

    @property
    def is_served(self) -> bool:
        """Whether visitors get the answer."""
        return self.until is not None and self.today <= self.until

    @property
    def is_over(self) -> bool:
        """Whether time has run out: of the signature, or of the review by which the answer is served."""
        return self.state is State.EXPIRED or (self.until is not None and self.until < self.today)

    @property
    def ends_soon(self) -> bool:
        """Whether within thirty days the signature runs out, or the review by which the answer is served."""
        return any(
            end is not None and self.today <= end <= self.today + SOON for end in (self.until, self.signed_until)
        )


def standing(answer: Answer, digest: str, signature: Signature | None, signed_only: bool, today: dt.date) -> Standing:
    """Return how an answer stands whose present version has this digest.

    With ``signed_only``, the date of the signature counts, and a version without one is not served; otherwise the date
    of the review in the answer's file counts, whatever is signed.
    """
    signed_until = signature.until if signature and signature.digest == digest else None
    if signature is None:
        state = State.UNSIGNED
    elif signed_until is None:
        state = State.CHANGED
    else:
        state = State.SIGNED if today <= signed_until else State.EXPIRED
    return Standing(state, signed_until if signed_only else answer.review.expires, signed_until, today)


def holds_until(review: Review, today: dt.date) -> dt.date:
    """Return until when a signature of ``today`` holds: as the file's clinical review says, or for 365 days."""
    if review.status == "clinical" and review.expires > today:
        return review.expires
    return today + SIGNED_FOR


class SignedOnly:
    """Serves an answer only while its present version is signed.

    Args:
        catalogue: The answers.
        latest: Finds the latest signature under an answer.
    """

    def __init__(self, catalogue: Catalogue, latest: Callable[[str], Signature | None]) -> None:
        self._digests = {topic: digest_of(content) for topic, content in contents(catalogue).items()}
        self._latest = latest

    def serves(self, answer: Answer, today: dt.date) -> bool:
        """Whether visitors get the answer. It asks the records every time: a new signature counts at once."""
        signature = self._latest(answer.topic)
        return standing(answer, self._digests[answer.topic], signature, True, today).is_served
