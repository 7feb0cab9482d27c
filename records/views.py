"""Saved views: a name for filters of the list of conversations, for oneself or for everybody who may read the list."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select

from records.console_schema import staff, views
from records.database import Database


@dataclass(frozen=True)
class View:
    """Filters with a name. ``by`` is the name of the person who saved them."""

    id: str
    person: str
    by: str
    name: str
    query: str
    shared: bool


class Views(Database):
    """Keeps views."""

    def save_view(self, person: str, name: str, query: str, shared: bool) -> None:
        """Keep filters under a name; a person's earlier view of that name is replaced."""
        with self._engine.begin() as connection:
            connection.execute(delete(views).where(views.c.person == person, views.c.name == name))
            connection.execute(
                insert(views).values(id=secrets.token_hex(8), person=person, name=name, query=query, shared=shared)
            )

    def views_for(self, person: str) -> list[View]:
        """Return a person's own views and those that others share, by name."""
        query = (
            select(views, staff.c.name.label("by"))
            .join(staff, staff.c.id == views.c.person)
            .where(or_(views.c.person == person, views.c.shared.is_(True)))
            .order_by(views.c.name, views.c.id)
        )
        with self._reader.connect() as connection:
            return [View(**row) for row in connection.execute(query).mappings()]

    def delete_view(self, view: str, person: str, any_shared: bool) -> None:
        """Delete a person's own view or, with ``any_shared``, one that anybody shares. Another one stays."""
        theirs = views.c.person == person
        with self._engine.begin() as connection:
            connection.execute(
                delete(views).where(views.c.id == view, or_(theirs, views.c.shared.is_(True)) if any_shared else theirs)
            )
