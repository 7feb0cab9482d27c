"""A member of staff with a browser of their own, and what many tests do and look for."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
import pyotp

from records import Cause, Message, Records
from tests.conftest import FRESH, NO_TLS
from tools.house import House

PASSWORD = "four plain words in a row"
NAME = "Quokkasdottir"  # of a visitor; everything else may be read
LEARNS = "learn.py"  # what the button starts, if a test has written it
OPENING = Message("bot", "opening", {"text": "Welcome."})
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
SECRET = re.compile(r'class="secret">([A-Z2-7 ]+)<')
CODES = re.compile(r"<li>([a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5})</li>")


def redacted(text: str) -> str:
    """What redaction makes of a text; tests/redaction has the real one."""
    return text.replace(NAME, "[name]")


@dataclass
class Desk:
    """A running frontdesk and its records."""

    house: House
    records: Records
    browsers: list[httpx.Client] = field(default_factory=list)

    def close_browsers(self) -> None:
        """Close what a test has opened."""
        while self.browsers:
            self.browsers.pop().close()

    @property
    def log(self) -> str:
        return (self.house.var / "house.log").read_text()

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """What time, another process or an intruder would do to the database."""
        with closing(sqlite3.connect(self.house.var / "records.db", timeout=10)) as database, database:
            return database.execute(statement, values).fetchall()

    def conversation(self, *causes: Cause, text: str = "Is it safe?", reply: Message | None = None) -> str:
        """A conversation in which a visitor has written something, and perhaps got a reply."""
        opened = self.records.open_conversation("https://clinic.example", "en-US", OPENING)[0].id
        self.write(opened, text, *causes, reply=reply)
        return opened

    def write(self, conversation: str, text: str, *causes: Cause, reply: Message | None = None) -> None:
        """Let the visitor write something. The turn is ended: the frontdesk finishes what is left open."""
        visitor = self.records.receive(conversation, str(uuid.uuid4()), {"text": text}, causes)
        self.records.answer(conversation, visitor, [reply] if reply else [])


@dataclass
class Browser:
    """A browser at the console."""

    desk: Desk
    http: httpx.Client = field(init=False)
    csrf: str = ""

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.desk.house.api, timeout=30, trust_env=False, verify=NO_TLS, limits=FRESH)
        self.desk.browsers.append(self.http)

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Look at a page, and remember its forms' token."""
        return self._seen(self.http.get(f"/console{path}", **more))

    def post(self, path: str, origin: str | None = "", **fields: Any) -> httpx.Response:
        """Send a form as the page's own button would."""
        headers = {} if origin is None else {"Origin": origin or self.desk.house.api}
        return self._seen(self.http.post(f"/console{path}", data={"csrf": self.csrf, **fields}, headers=headers))

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """Go where a response leads."""
        assert answer.status_code == 303, answer.text
        return self._seen(self.http.get(answer.headers["location"]))

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        if found := CSRF.search(answer.text):
            self.csrf = found[1]
        return answer


@dataclass
class Staff(Browser):
    """Somebody who has joined: signed in, with an authenticator and recovery codes."""

    login: str = ""
    name: str = ""
    id: str = ""
    secret: str = ""
    codes: list[str] = field(default_factory=list)

    def code(self) -> str:
        """What the authenticator shows, after a while in which the last code went out of use."""
        self.desk.sql("UPDATE staff SET totp_step = 0 WHERE login = ?", self.login)
        return pyotp.TOTP(self.secret).now()

    def sign_in(self, browser: Browser | None = None) -> httpx.Response:
        """Sign in, in this browser or another."""
        browser = browser or self
        browser.follow(browser.post("/sign-in", login=self.login, password=PASSWORD))
        return browser.follow(browser.post("/code", code=self.code()))


def join(staff: Staff, link: str, **fields: str) -> None:
    """Follow a one-time link to its end."""
    path = httpx.URL(link).path.removeprefix("/console")
    assert staff.get(path).status_code == 200
    asked = staff.follow(staff.post(path, password=PASSWORD, again=PASSWORD, **fields))
    found = SECRET.search(asked.text)
    assert found, asked.text
    staff.secret = found[1].replace(" ", "")
    shown = staff.post("/enrol", code=pyotp.TOTP(staff.secret).now())
    staff.codes = CODES.findall(shown.text)
    assert len(staff.codes) == 10, shown.text
    staff.get("/account")


def somebody(desk: Desk, *roles: str, name: str = "") -> Staff:
    """A new member of staff in these roles, signed in."""
    unique = uuid.uuid4().hex[:8]
    login, name = f"person-{unique}", name or f"Dr. {unique}"
    person = desk.records.add_person(login, name, roles)
    token = desk.records.invite(person.id, dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    staff = Staff(desk, login=login, name=name, id=person.id)
    join(staff, f"{desk.house.api}/console/join/{token}")
    return staff


def text_of(answer: httpx.Response) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def in_order(text: str, words: Sequence[str]) -> bool:
    """Whether ``words`` all stand in ``text``, one after the other."""
    places = [text.find(word) for word in words]
    return -1 not in places and places == sorted(places)
