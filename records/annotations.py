"""What staff write beside a conversation: private notes and tags. Visitors never see them; erasing takes them along."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from records.console_schema import notes, tags
from records.database import Database, lock, now
from records.people import Note
from records.sealed_rows import close_row, open_row


class Annotations(Database):
    """Keeps notes and tags."""

    def add_note(self, conversation: str, client_id: str, by: str, text: str) -> None:
        """Keep a note. The same ``client_id`` again changes nothing.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._engine.begin() as connection:
            lock(connection, conversation)
            if connection.scalar(select(notes.c.number).where(notes.c.client_id == client_id)) is None:
                row = {"client_id": client_id, "by": by, "text": text, "at": now()}
                sealed = close_row("notes", self._seals.of(connection, conversation), row)
                connection.execute(insert(notes).values(conversation=conversation, **sealed))

    def notes_of(self, conversation: str) -> list[Note]:
        """Return the notes, the oldest first.

        Raises:
            SealBroken: One is not as it was written.
        """
        query = select(notes).where(notes.c.conversation == conversation).order_by(notes.c.number)
        with self._reader.connect() as connection:
            rows = connection.execute(query).mappings().all()
            opened = [open_row("notes", self._seals.of(connection, conversation), row) for row in rows]
        return [Note(row["by"], row["text"], row["at"]) for row in opened]

    def add_tag(self, conversation: str, tag: str, by: str) -> None:
        """Put a tag on a conversation. A second time changes nothing.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._engine.begin() as connection:
            lock(connection, conversation)
            same = (tags.c.conversation == conversation, tags.c.tag == tag)
            if connection.scalar(select(tags.c.tag).where(*same)) is None:
                connection.execute(insert(tags).values(conversation=conversation, tag=tag, by=by, at=now()))

    def remove_tag(self, conversation: str, tag: str) -> None:
        """Take a tag off; one that is not there changes nothing.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._engine.begin() as connection:
            lock(connection, conversation)
            connection.execute(delete(tags).where(tags.c.conversation == conversation, tags.c.tag == tag))

    def tags_of(self, conversation: str) -> list[str]:
        """Return the conversation's tags, by name."""
        with self._reader.connect() as connection:
            query = select(tags.c.tag).where(tags.c.conversation == conversation).order_by(tags.c.tag)
            return list(connection.scalars(query))

    def known_tags(self) -> list[str]:
        """Return every tag in use, by name: to choose from."""
        with self._reader.connect() as connection:
            return list(connection.scalars(select(tags.c.tag).distinct().order_by(tags.c.tag)))
