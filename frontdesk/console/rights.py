"""Who may do what: the one table of roles and rights, and the right that each address of the console asks for.

An address that is not in ``ROUTES`` is refused, whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a person is in the clinic. One person may have several."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    CLINICIAN = "clinician"
    MANAGER = "manager"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What an address asks for."""

    OPEN = "open"  # nothing: whoever signs in is not signed in yet
    CODE = "code"  # the password was right, the code is still to come
    ENROL = "enrol"  # the password was right, the authenticator is still to be set up
    ACCOUNT = "account"  # signed in; everything about one's own account
    READ = "read"  # read conversations
    ORIGINAL = "original"  # read what people wrote as they wrote it, not redacted
    ANNOTATE = "annotate"  # private notes and tags
    REVIEW = "review"  # mark what the assistant made of a message
    SIGN = "sign"  # sign answers
    TEACH = "teach"  # let marks become examples that the assistant learns from
    LEARN = "learn"  # let the assistant learn what was taught, and go back
    ANSWER = "answer"  # take a conversation over, write to the visitor, acknowledge, close
    LOWER = "lower"  # lower a crisis flag
    MANAGE = "manage"  # people
    AUDIT = "audit"  # who read and did what
    EXPORT = "export"  # many conversations as a file; with READ, also the original words
    HOLD = "hold"  # keep conversations for legal reasons


_REVIEWING = frozenset({Right.ACCOUNT, Right.READ, Right.ANNOTATE, Right.REVIEW})
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.ACCOUNT, Right.READ}),
    Role.REVIEWER: _REVIEWING,
    Role.CLINICIAN: _REVIEWING | {Right.ORIGINAL, Right.SIGN, Right.TEACH, Right.ANSWER, Right.LOWER},
    Role.MANAGER: _REVIEWING
    | {Right.ORIGINAL, Right.TEACH, Right.LEARN, Right.MANAGE, Right.AUDIT, Right.EXPORT, Right.HOLD},
    Role.AUDITOR: frozenset({Right.ACCOUNT, Right.AUDIT, Right.EXPORT}),
}

_CONVERSATION = "/conversations/{conversation}"
_ANSWER = "/answers/{area}/{name}"
ROUTES: dict[tuple[str, str], Right] = {
    ("GET", "/static"): Right.OPEN,
    ("GET", "/sign-in"): Right.OPEN,
    ("POST", "/sign-in"): Right.OPEN,
    ("GET", "/join/{token}"): Right.OPEN,
    ("POST", "/join/{token}"): Right.OPEN,
    ("GET", "/code"): Right.CODE,
    ("POST", "/code"): Right.CODE,
    ("GET", "/recover"): Right.CODE,
    ("POST", "/recover"): Right.CODE,
    ("GET", "/enrol"): Right.ENROL,
    ("POST", "/enrol"): Right.ENROL,
    ("GET", "/account"): Right.ACCOUNT,
    ("POST", "/account/password"): Right.ACCOUNT,
    ("POST", "/account/recovery-codes"): Right.ACCOUNT,
    ("POST", "/account/sessions/end"): Right.ACCOUNT,
    ("POST", "/sign-out"): Right.ACCOUNT,
    ("GET", "/"): Right.ACCOUNT,
    ("GET", "/inbox"): Right.READ,
    ("GET", "/inbox/queue"): Right.READ,
    ("GET", "/events"): Right.READ,
    ("GET", "/insights"): Right.READ,
    ("GET", "/insights/{table}.csv"): Right.READ,
    ("GET", "/answers"): Right.READ,
    ("GET", _ANSWER): Right.READ,
    ("POST", _ANSWER + "/sign"): Right.SIGN,
    ("GET", "/conversations"): Right.READ,
    ("POST", "/views"): Right.READ,
    ("POST", "/views/delete"): Right.READ,
    ("POST", "/conversations/search"): Right.READ,
    ("GET", _CONVERSATION): Right.READ,
    ("GET", _CONVERSATION + "/log"): Right.READ,
    ("GET", _CONVERSATION + "/state"): Right.READ,
    ("POST", _CONVERSATION + "/original"): Right.ORIGINAL,
    ("POST", _CONVERSATION + "/export"): Right.READ,
    ("POST", _CONVERSATION + "/hold"): Right.HOLD,
    ("POST", _CONVERSATION + "/release"): Right.HOLD,
    ("POST", _CONVERSATION + "/note"): Right.ANNOTATE,
    ("POST", _CONVERSATION + "/tag"): Right.ANNOTATE,
    ("POST", _CONVERSATION + "/untag"): Right.ANNOTATE,
    ("POST", _CONVERSATION + "/mark"): Right.REVIEW,
    ("POST", _CONVERSATION + "/take-over"): Right.ANSWER,
    ("POST", _CONVERSATION + "/reply"): Right.ANSWER,
    ("POST", _CONVERSATION + "/typing"): Right.ANSWER,
    ("POST", _CONVERSATION + "/hand-back"): Right.ANSWER,
    ("POST", _CONVERSATION + "/close"): Right.ANSWER,
    ("POST", _CONVERSATION + "/transfer"): Right.ANSWER,
    ("POST", _CONVERSATION + "/acknowledge"): Right.ANSWER,
    ("POST", _CONVERSATION + "/lower-flag"): Right.LOWER,
    ("GET", _CONVERSATION + "/regression"): Right.TEACH,
    ("POST", _CONVERSATION + "/regression"): Right.TEACH,
    ("GET", "/review"): Right.REVIEW,
    ("GET", "/review/gaps"): Right.REVIEW,
    ("GET", "/review/teach"): Right.TEACH,
    ("POST", "/review/teach"): Right.TEACH,
    ("GET", "/review/learn"): Right.TEACH,
    ("POST", "/review/learn"): Right.LEARN,
    ("GET", "/people"): Right.MANAGE,
    ("POST", "/people"): Right.MANAGE,
    ("GET", "/people/{person}"): Right.MANAGE,
    ("POST", "/people/{person}/roles"): Right.MANAGE,
    ("POST", "/people/{person}/reset"): Right.MANAGE,
    ("POST", "/people/{person}/disable"): Right.MANAGE,
    ("POST", "/people/{person}/enable"): Right.MANAGE,
    ("POST", "/people/{person}/sessions/end"): Right.MANAGE,
    ("GET", "/audit"): Right.AUDIT,
    ("GET", "/export"): Right.EXPORT,
    ("POST", "/export"): Right.EXPORT,
}

# What a page asks for by itself: it must not keep a session alive that nobody uses.
BY_ITSELF = frozenset({"/inbox/queue", "/events", "/review/learn", _CONVERSATION + "/log", _CONVERSATION + "/state"})


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """Return what somebody in these roles may do. A role that is not in the table may do nothing."""
    known = {str(role) for role in Role}
    return frozenset().union(*(RIGHTS[Role(role)] for role in roles if role in known))
