"""Which columns of which table are sealed: every writer closes its rows here, and every reader opens them here.

A row has one column ``sealed`` in place of its personal columns. What stays readable is what is counted and
filtered by, and in it is nobody's word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from records.seal import Seal

Row = Mapping[Any, Any]  # as it is read from the database, or as it is given
# What stays readable of a message. What a choice was is sealed; that it was one is not: reviewers read words only.
BODY, CHOICE, UNDERSTANDING = ("topics", "guide"), "choice", ("confidence",)
MESSAGE = "message"


@dataclass(frozen=True)
class Form:
    """The personal columns of a table's rows, what an error calls such a row, and the columns that tell them apart."""

    what: str
    which: tuple[str, ...]
    personal: tuple[str, ...]


FORMS = {
    "feedback": Form("comment on message", ("seq",), ("comment",)),
    "cases": Form("summary of case", ("id",), ("summary",)),
    "contacts": Form("contact data", ("client_id",), ("name", "phone", "email", "best_time")),
    "transitions": Form("reason for the step of", ("at",), ("why",)),
    "flags": Form("reason for the flag of", ("at",), ("why",)),
    "notes": Form("note", ("client_id",), ("text",)),
    "holds": Form("reason for the hold of", ("at",), ("why",)),
    "marks": Form("note on the mark of message", ("seq", "at"), ("note",)),
}


def close_row(table: str, seal: Seal, row: Row) -> dict[str, Any]:
    """Return a row of ``table`` as it is stored: ``sealed`` in place of its personal columns, null if all are."""
    form = FORMS[table]
    hidden = {name: row[name] for name in form.personal if row.get(name) is not None}
    kept = {name: value for name, value in row.items() if name not in form.personal}
    return {**kept, "sealed": seal.close(form.what, _which(form, row), hidden) if hidden else None}


def open_row(table: str, seal: Seal, row: Row) -> dict[str, Any]:
    """Return a stored row of ``table`` with its personal columns.

    Raises:
        SealBroken: What was sealed is not as it was written, or not where.
    """
    form = FORMS[table]
    hidden = seal.open(form.what, _which(form, row), row["sealed"]) if row["sealed"] is not None else {}
    return {**row, **{name: hidden.get(name) for name in form.personal}}


def close_message(seal: Seal, row: Row) -> dict[str, Any]:
    """Return a message's row as it is stored: what was said, chosen and understood is sealed."""
    body, understanding = row["body"], row.get("understanding")
    readable = {name: body[name] for name in BODY if name in body}
    if body.get(CHOICE) is not None:
        readable[CHOICE] = True
    hidden = {"body": {name: value for name, value in body.items() if name not in BODY}}
    if understanding is not None:
        hidden["understanding"] = {name: value for name, value in understanding.items() if name not in UNDERSTANDING}
        understanding = {name: understanding[name] for name in UNDERSTANDING if name in understanding}
    sealed = seal.close(MESSAGE, row["seq"], hidden)
    return {**row, "body": readable, "understanding": understanding, "sealed": sealed}


def open_message(seal: Seal, row: Row) -> dict[str, Any]:
    """Return a message's stored row with all of its body and understanding.

    Raises:
        SealBroken: What was sealed is not as it was written, or not where.
    """
    hidden = seal.open(MESSAGE, row["seq"], row["sealed"])
    understanding = row["understanding"]
    if understanding is not None:
        understanding = {**understanding, **hidden["understanding"]}
    return {**row, "body": {**row["body"], **hidden["body"]}, "understanding": understanding}


def _which(form: Form, row: Row) -> str:
    return " ".join(_name(row[column]) for column in form.which)


def _name(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return str(value)
