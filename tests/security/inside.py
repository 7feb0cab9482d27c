"""A frontdesk in this process, asked over ASGI: a test may come from any address, and count what is done inside."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from frontdesk.app import create_app
from frontdesk.services import Services
from frontdesk.settings import Settings
from records.migrate import upgrade

ADDRESS = "203.0.113.7"


@dataclass
class Inside:
    """The application and the loop that it runs in."""

    app: FastAPI
    portal: BlockingPortal
    base: str
    database: Path = Path()
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    @property
    def house(self) -> Services:
        found: Services = self.app.state.services
        return found

    def ask(self, method: str, path: str, address: str = ADDRESS, **more: Any) -> httpx.Response:
        """Make a request from an address; cookies are kept as a browser would."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 40000))
            async with httpx.AsyncClient(transport=transport, base_url=self.base, cookies=self.cookies) as client:
                answer = await client.request(method, path, **more)
                self.cookies = client.cookies
                return answer

        return self.portal.call(asked)

    def sql(self, statement: str) -> list[Any]:
        """What time or an intruder would do to the database."""
        with closing(sqlite3.connect(self.database, timeout=10)) as database, database:
            return database.execute(statement).fetchall()

    def start(self, address: str = ADDRESS) -> tuple[str, dict[str, str]]:
        """Start a conversation; return its id and the header that opens it."""
        answer = self.ask("POST", "/api/v1/conversations", address, json={})
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        return opened["conversation"], {"Authorization": f"Bearer {opened['token']}"}


@contextmanager
def inside(folder: Path, **settings: Any) -> Iterator[Inside]:
    """Run a frontdesk with its database in ``folder``."""
    made = Settings(database_url=f"sqlite:///{folder / 'records.db'}", **settings)
    upgrade(made.database_url)
    app = create_app(made)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(app.router.lifespan_context(app)):
        yield Inside(app, portal, made.link_base, folder / "records.db")
