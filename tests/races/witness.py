"""Judges a conversation by its database alone: each row is kept with who had the conversation as it was written."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from records import Records

# Within the transaction that writes a message or passes a conversation on, whatever the frontdesk believes.
TRIGGERS = """
CREATE TABLE seen (conversation, author, seq, owner, clinician);
CREATE INDEX seen_by ON seen (conversation, seq);
CREATE TRIGGER seen_message AFTER INSERT ON messages BEGIN
    INSERT INTO seen SELECT id, NEW.author, NEW.seq, owner, clinician FROM conversations WHERE id = NEW.conversation;
END;
CREATE TABLE passed (conversation, after, was, owner, clinician, by);
CREATE INDEX passed_by ON passed (conversation);
CREATE TRIGGER passed_on AFTER INSERT ON transitions BEGIN
    INSERT INTO passed SELECT id, last_seq, NEW.from_owner, owner, clinician, NEW.by
    FROM conversations WHERE id = NEW.conversation;
END;
CREATE TABLE flagged (conversation, after, raised, by);
CREATE TRIGGER flag_changed AFTER INSERT ON flags BEGIN
    INSERT INTO flagged SELECT id, last_seq, NEW.raised, NEW.by FROM conversations WHERE id = NEW.conversation;
END;
"""


@dataclass(frozen=True)
class Row:
    """A message, and who had the conversation as it was written."""

    seq: int
    author: str
    kind: str
    client_id: str | None
    reply_to: int | None
    answered: bool
    body: dict[str, Any]
    owner: str
    clinician: str | None


@dataclass(frozen=True)
class Passed:
    """A conversation went on to another owner, after message ``after``."""

    after: int
    was: str
    owner: str
    clinician: str | None
    by: str


@dataclass(frozen=True)
class Flagged:
    """The crisis flag went up, or down, after message ``after``."""

    after: int
    raised: bool
    by: str | None


@dataclass(frozen=True)
class Log:
    """All that was written of a conversation, in order."""

    rows: list[Row]
    passed: list[Passed]
    flagged: list[Flagged]
    open_cases: list[tuple[str, str]]  # category and form
    raised: str | None
    owner: str
    clinician: str | None
    last_seq: int


class Witness:
    """Reads a database that has been prepared to be watched, over a connection of its own."""

    def __init__(self, database: Path) -> None:
        with closing(sqlite3.connect(database)) as connection:
            connection.executescript(TRIGGERS)
        self._records = Records(f"sqlite:///{database}")  # only they can open what is sealed
        self._connection = sqlite3.connect(database, isolation_level=None)
        self._connection.execute("PRAGMA busy_timeout = 3000")

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()
        self._records.dispose()

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Read, or do what time would."""
        return self._connection.execute(statement, values).fetchall()

    def log(self, conversation: str) -> Log:
        """Return the log of a conversation."""
        rows = self.sql(
            "SELECT seq, messages.author, kind, client_id, reply_to, answered, owner, clinician"
            " FROM messages LEFT JOIN seen USING (conversation, seq) WHERE conversation = ? ORDER BY messages.seq",
            conversation,
        )
        passed = self.sql(
            "SELECT after, was, owner, clinician, by FROM passed WHERE conversation = ? ORDER BY rowid", conversation
        )
        flagged = self.sql("SELECT after, raised, by FROM flagged WHERE conversation = ? ORDER BY rowid", conversation)
        opened = self.sql(
            "SELECT category, form FROM cases WHERE conversation = ? AND closed_at IS NULL ORDER BY 1, 2", conversation
        )
        (now,) = self.sql("SELECT raised, owner, clinician, last_seq FROM conversations WHERE id = ?", conversation)
        bodies = [message.body for message in self._records.messages_after(conversation, 0)]
        read = [Row(*row[:5], bool(row[5]), body, *row[6:]) for row, body in zip(rows, bodies, strict=True)]
        changes = [Flagged(after, bool(raised), by) for after, raised, by in flagged]
        return Log(read, [Passed(*row) for row in passed], changes, opened, *now)


def complaints(log: Log) -> list[str]:
    """Return what is wrong with a log, at whatever moment it was read: nothing, if all is well."""
    return [*_numbered(log), *_once(log), *_one_owner(log), *_silent(log), *_replies(log), *_cases(log)]


def _numbered(log: Log) -> Iterator[str]:
    numbers = [row.seq for row in log.rows]
    if numbers != list(range(1, log.last_seq + 1)):
        yield f"the numbers have a gap, or are not those up to {log.last_seq}: {numbers}"


def _once(log: Log) -> Iterator[str]:
    for client_id, times in Counter(row.client_id for row in log.rows if row.client_id).items():
        if times > 1:
            yield f"stored {times} times: {client_id}"


def _one_owner(log: Log) -> Iterator[str]:
    """Each step begins where the one before ended, and is taken by whoever may; who has it writes."""
    owner, clinician = "bot", None
    for step in log.passed:
        if step.was != owner:
            yield f"passed on from '{step.was}', though the owner was '{owner}'"
        if owner == "clinician" and step.by != clinician:
            yield f"'{step.by}' passed on what '{clinician}' had"
        if step.owner == "clinician" and (step.clinician is None or owner not in ("bot", "waiting")):
            yield f"taken over by '{step.clinician}' from '{owner}'"
        owner, clinician = step.owner, step.clinician
    if (log.owner, log.clinician) != (owner, clinician):
        yield f"'{log.owner}' ({log.clinician}) has it, but it was passed on to '{owner}' ({clinician})"
    for row in log.rows:
        if row.author == "clinician" and (row.owner, row.clinician) != ("clinician", row.body["author_name"]):
            yield f"'{row.body['author_name']}' wrote {row.seq}, while '{row.owner}' ({row.clinician}) had it"


def _silent(log: Log) -> Iterator[str]:
    """Between a takeover and its end the assistant says nothing. Notices are the system's: "a clinician has seen it"."""
    for row in log.rows:
        if row.owner == "clinician" and row.author == "bot":
            yield f"the assistant said {row.seq} ({row.kind}) after {row.clinician} took over"
        if row.author == "system" and row.kind != "notice":
            yield f"{row.seq} is the system's, but '{row.kind}' is no notice"


def _replies(log: Log) -> Iterator[str]:
    """A message has one whole set of replies after it, and then its turn is over."""
    for asked in (row for row in log.rows if row.author == "visitor"):
        numbers = [row.seq for row in log.rows if row.reply_to == asked.seq]
        if numbers and (numbers[0] <= asked.seq or numbers != list(range(numbers[0], numbers[0] + len(numbers)))):
            yield f"the replies to {asked.seq} are at {numbers}"
        if numbers and not asked.answered:
            yield f"{asked.seq} has replies, and its turn is not over"


def _cases(log: Log) -> Iterator[str]:
    """One open case a cause. The flag is up or down as was last said, and down only because somebody may lower it."""
    for cause, times in Counter(log.open_cases).items():
        if times > 1:
            yield f"{times} open cases of {cause}"
    if bool(log.raised) != bool(log.flagged and log.flagged[-1].raised):
        yield f"the flag is '{log.raised}', but was last {log.flagged[-1:]}"
    for change in log.flagged:
        if not change.raised and change.by == "visitor" and not _asked_whether(log, change.after):
            yield f"the flag was lowered by the visitor after {change.after}, who was not asked"


def _asked_whether(log: Log, after: int) -> bool:
    """Whether the check-in was the last thing that was said before a visitor's message up to ``after``."""
    return any(row.body.get("check_in") for row in log.rows if row.seq <= after)


def needs_flag(log: Log, crises: Collection[str]) -> bool:
    """Whether the flag must be up: one of these texts was said, and no clinician has lowered it since."""
    said = [row.seq for row in log.rows if row.author == "visitor" and row.body["text"] in crises]
    lowered = (one.after for one in log.flagged if not one.raised and one.by != "visitor")
    return max(said, default=0) > max(lowered, default=0)


def unanswered(log: Log) -> list[str]:
    """Return the messages that got no reply though no clinician had to do with them, once nothing is under way."""
    found = []
    for row in log.rows:
        if row.author != "visitor" or any(reply.reply_to == row.seq for reply in log.rows):
            continue
        was_clinicians = row.owner == "clinician"
        taken_since = any(step.owner == "clinician" and step.after >= row.seq for step in log.passed)
        if not was_clinicians and not taken_since:
            found.append(f"no reply to {row.seq}")
        elif not row.answered:
            found.append(f"the turn of {row.seq} was never ended")
    return found
