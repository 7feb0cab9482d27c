"""Makes the redacted copies that are missing: of what came before the model was loaded, and of older messages."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_, update

from records.database import Database
from records.entries import CHOICE, PEOPLE, REPEATS
from records.errors import ConversationNotFound, KeyProblem, SealBroken
from records.listing import kept_back
from records.log import read
from records.schema import messages
from records.words import index_again

logger = logging.getLogger(__name__)

AT_ONCE = 50  # messages: about a second's work


class Readable(Database):
    """Keeps what staff may read and search."""

    def make_readable(self, since: dt.datetime | None = None) -> Iterator[int]:
        """Make the redacted copies that are missing, some messages at a time, and yield how many were made so far.

        It may be cut off and begun again at any time; what cannot be redacted is logged and left out.

        Args:
            since: Look only at messages sent since then; None: at all.
        """
        made, place = 0, ("", 0)
        order = (messages.c.conversation, messages.c.seq)
        query = select(*order).where(_without_copy()).order_by(*order).limit(AT_ONCE)
        if since is not None:
            query = query.where(messages.c.sent_at >= since)
        while True:
            with self._reader.connect() as connection:
                some = connection.execute(query.where(tuple_(*order) > tuple_(*place))).all()
            for conversation, seq in some:
                made += self._make_one_readable(conversation, seq)
                place = (conversation, seq)
            if not some:
                return
            yield made

    def copies(self, conversation: str) -> int:
        """Return how many redacted copies a conversation has; another number when one was made later."""
        mine = and_(messages.c.conversation == conversation, messages.c.redacted.is_not(None))
        with self._reader.connect() as connection:
            return connection.scalar(select(func.count()).select_from(messages).where(mine)) or 0

    def _make_one_readable(self, conversation: str, seq: int) -> int:
        try:
            with self._reader.connect() as connection:
                found = read(connection, self._seals, conversation, messages.c.seq == seq)
        except ConversationNotFound:  # erased a moment ago
            return 0
        except (KeyProblem, SealBroken) as error:  # one that cannot be opened must not hold up all others
            logger.error("Message %s of %s cannot be opened: %s", seq, conversation, type(error).__name__)
            return 0
        redacted = self._readable(found[0]).redacted if found else None
        if redacted is None:
            return 0
        with self._engine.begin() as connection:
            same = and_(messages.c.conversation == conversation, messages.c.seq == seq, _without_copy())
            changed = connection.execute(update(messages).where(same).values(redacted=redacted)).rowcount
            if changed:
                index_again(connection, conversation, seq, redacted)
            return changed


def _without_copy() -> ColumnElement[bool]:
    """Whether somebody's words have no redacted copy and could have one."""
    return and_(
        messages.c.redacted.is_(None),
        or_(messages.c.author.in_(PEOPLE), messages.c.kind.in_(REPEATS)),
        messages.c.body[CHOICE].as_string().is_(None),
        ~kept_back(messages.c.body),
    )
