"""The keys are changed while everything runs: data keys get another wrapping, and no word is sealed anew."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.exc import OperationalError

from records.database import Database
from records.keys import KeyRing
from records.schema import data_keys

AT_ONCE = 200  # data keys a transaction: some milliseconds, so that nobody who writes waits long
PAUSE_SECONDS = 0.01  # between two transactions, in which others get their turn
TRIES = 20  # each waits as long as any writer for the others


class KeyChanges(Database):
    """Checks the keys and changes them."""

    def check_keys(self) -> None:
        """Make sure that every data key was wrapped by a key that is there: one of each is tried.

        Raises:
            KeyProblem: There is no key, or one that is needed is missing or another one.
        """
        keys = self._seals.keys
        with self._reader.connect() as connection:
            for kek in list(connection.scalars(select(data_keys.c.kek).distinct())):
                row = connection.execute(select(data_keys).where(data_keys.c.kek == kek).limit(1)).first()
                if row is not None:
                    keys.unwrap(row.conversation, row.kek, row.wrapped)

    def rotate_keys(self) -> Iterator[int]:
        """Wrap all data keys with the current key; yield how many it were so far, after each small transaction.

        It may be stopped at any moment and begun again; others read and write meanwhile. Then no other key is needed,
        once every process has the new current key.

        Raises:
            KeyProblem: A key that is needed is missing or another one.
            sqlalchemy.exc.SQLAlchemyError: The database cannot be written.
        """
        keys, done, failures = self._seals.keys, 0, 0
        old = data_keys.c.kek != keys.current
        while True:
            with self._reader.connect() as connection:
                rows = connection.execute(select(data_keys).where(old).limit(AT_ONCE)).all()
            if not rows:
                return
            try:
                with self._engine.begin() as connection:
                    some = sum(_rewrap(connection, keys, row) for row in rows)
            except OperationalError:  # SQLite has one writer at a time, and others may have been quicker all along
                failures += 1
                if failures == TRIES:
                    raise
                continue
            failures, done = 0, done + some
            yield done
            time.sleep(PAUSE_SECONDS)


def _rewrap(connection: Connection, keys: KeyRing, row: Row[Any]) -> int:
    """Wrap one data key; return 0 if it was wrapped anew or erased meanwhile."""
    kek, wrapped = keys.wrap(row.conversation, keys.unwrap(row.conversation, row.kek, row.wrapped))
    same = (data_keys.c.conversation == row.conversation, data_keys.c.wrapped == row.wrapped)
    return connection.execute(update(data_keys).where(*same).values(kek=kek, wrapped=wrapped)).rowcount
