"""The words by which staff find conversations: those of the redacted copies, and no others.

A table like any other, the same in SQLite and PostgreSQL: what is erased is gone from it in the same transaction, and
from the file. Full-text engines keep deleted words in their segments for a while; SQLite's could do without only since
3.42.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, false, insert, select

from records.schema import WORD_LENGTH, words

AT_ONCE = 5000
LAST = chr(0x10FFFF)  # after every character
AROUND = 60  # characters before the first hit
LONGEST = 200  # characters of an excerpt
_WORD = re.compile(r"[^\W_]+")

Part = tuple[str, bool]
"""A part of an excerpt, and whether it is a hit."""


def in_text(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words of ``text``, which is NFC, as they are kept, each with its beginning and end."""
    for match in _WORD.finditer(text):
        letters = (one for one in unicodedata.normalize("NFKD", match.group()) if not unicodedata.combining(one))
        yield "".join(letters).casefold()[:WORD_LENGTH], match.start(), match.end()


def asked_for(query: str) -> list[str]:
    """Return the words of a query; whatever else it holds, such as quotes and operators, means nothing."""
    return [word for word, _, _ in in_text(_composed(query))]


def index(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep the words of new messages, in the transaction that stores them."""
    found = (
        {"word": word, "conversation": row["conversation"], "seq": row["seq"]}
        for row in rows
        if row.get("redacted")
        for word in sorted({word for word, _, _ in in_text(_composed(row["redacted"])) if word})
    )
    for some in batched(found, AT_ONCE):
        connection.execute(insert(words), list(some))


def index_again(connection: Connection, conversation: str, seq: int, redacted: str | None) -> None:
    """Keep the words of a message that has changed, and no longer its earlier ones."""
    connection.execute(delete(words).where(words.c.conversation == conversation, words.c.seq == seq))
    index(connection, [{"conversation": conversation, "seq": seq, "redacted": redacted}])


def messages_with(query: str) -> Select[Any]:
    """Return the conversation and number of each message that has all words of ``query``; the last may be a beginning.

    Without a word in the query that is none.
    """
    wanted = asked_for(query)
    if not wanted:
        return select(words.c.conversation, words.c.seq).where(false())
    *whole, begun = wanted
    conditions: list[ColumnElement[bool]] = [words.c.word >= begun, words.c.word < begun + LAST]
    for word in dict.fromkeys(whole):
        other = words.alias()
        same = and_(other.c.conversation == words.c.conversation, other.c.seq == words.c.seq)
        conditions.append(exists().where(other.c.word == word, same))
    return select(words.c.conversation, words.c.seq).where(*conditions).distinct()


def excerpt(redacted: str, query: str) -> list[Part]:
    """Return what stands around the first hit of ``query`` in a redacted text, in parts, each hit one of its own."""
    text, wanted = _composed(redacted), asked_for(query)
    hits = [
        (start, end) for word, start, end in in_text(text) if word in wanted[:-1] or word.startswith(wanted[-1])
    ]  # fmt: skip
    first = max(0, hits[0][0] - AROUND) if hits else 0
    last = min(len(text), first + LONGEST)
    parts, place = [("… " if first else "", False)], first
    for start, end in hits:
        if end <= last:
            parts += [(text[place:start], False), (text[start:end], True)]
            place = end
    parts.append((text[place:last] + (" …" if last < len(text) else ""), False))
    return [part for part in parts if part[0]]


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
