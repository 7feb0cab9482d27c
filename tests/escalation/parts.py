"""A clinic, its people's mailbox and telephone, and a notifier in a hurry: all real, all on loopback."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from content.clinic import Clinic
from escalation.desk import EscalationDesk
from escalation.notices import Notices
from escalation.notifier import Notifier, Pace
from records import Records

NEW_YORK = ZoneInfo("America/New_York")
FORGOTTEN = "(This part was deleted.)"
MARK = "zebrawombat"  # planted in what visitors write; it must not turn up outside
PUBLIC = "https://chat.clinic.example"
LINK = re.compile(r"https?://\S+/pages/([\w-]+)")
SECONDS = 10.0


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def a_clinic(**changes: Any) -> Clinic:
    facts: dict[str, Any] = {
        "name": "Test Clinic",
        "phone": "+1 (555) 010-0100",
        "time_zone": "America/New_York",
        "hours": {day: "09:00-17:00" for day in ("monday", "tuesday", "wednesday", "thursday")}
        | {"friday": "09:00-15:00"},
        "holidays": [{"date": "2026-11-26", "name": "Thanksgiving"}],
        "allowed_origins": ["https://clinic.example"],
        "teams": {"on_call": [{"name": "On call", "notify": None}]},
    }
    return Clinic(**{**facts, **changes})


@dataclass(frozen=True)
class Got:
    """What a person was sent."""

    to: str
    title: str
    body: str
    raw: str

    @property
    def token(self) -> str:
        found = LINK.search(self.body)
        assert found, self.body
        return found[1]


@dataclass
class Mailbox:
    """A mail server that refuses the first mails, if so wished."""

    refuse: int = 0
    got: list[Got] = field(default_factory=list)
    asked: int = 0
    port: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.asked += 1
        if self.asked <= self.refuse:
            return "451 Try again later"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        part = mail.get_body(("plain",))
        assert part is not None
        self.got.append(Got(envelope.rcpt_tos[0], str(mail["subject"]), part.get_content(), f"{mail}\n{part}"))
        return "250 OK"

    def url(self, who: str) -> str:
        return f"mailto://127.0.0.1:{self.port}/?from=assistant@clinic.example&to={who}@clinic.example"


@contextmanager
def mailbox(refuse: int = 0, port: int = 0) -> Iterator[Mailbox]:
    box = Mailbox(refuse, port=port or free_port())
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    try:
        yield box
    finally:
        server.stop()


@dataclass
class Telephone:
    """An HTTP service that takes posts."""

    port: int
    status: int = 200
    got: list[Got] = field(default_factory=list)

    def url(self, who: str) -> str:
        return f"json://127.0.0.1:{self.port}/{who}"


@contextmanager
def telephone(status: int = 200) -> Iterator[Telephone]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            said = json.loads(raw)
            if phone.status == 200:
                phone.got.append(Got(self.path[1:], said["title"], said["message"], raw))
            self.send_response(phone.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    phone = Telephone(server.server_port, status)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield phone
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen(16)
        yield one.getsockname()[1]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


HURRY = Pace(every=0.05, send=2.0, tidy=0.2, retries=(0.05, 0.1), acknowledge={"U0": 60.0, "U1": 60.0})


@contextmanager
def notifying(records: Records, clinic: Clinic, pace: Pace = HURRY) -> Iterator[list[str]]:
    """Run a notifier beside the test; yields the conversations that it woke."""
    woken: list[str] = []
    notices = Notices(records, clinic, EscalationDesk(records, clinic))

    async def work() -> None:
        notifier = Notifier(records, clinic, notices, FORGOTTEN, PUBLIC, woken.append, pace)
        running = asyncio.create_task(notifier.run())
        await asyncio.to_thread(over.wait)
        assert not running.done()
        running.cancel()
        await asyncio.wait([running])

    over = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    try:
        yield woken
    finally:
        over.set()
        thread.join(SECONDS)
        assert not thread.is_alive(), "the notifier does not stop"


def wait_for(happened: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """Wait until ``happened`` returns something true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return found


def notices(records: Records, conversation: str) -> list[str]:
    """What the visitor was told besides replies."""
    return [m.body["text"] for m in records.messages_after(conversation, 0) if m.author == "system"]
