"""A visitor and clinicians at a staged frontdesk: they send, hear or do not, and send again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from frontdesk.console.secure import form_token
from records import Message, Records
from records.people import FULL
from tests.races.house import ADDRESS, Frontdesk

OPENING = Message("bot", "opening", {"text": "Welcome."})


@dataclass
class Visitor:
    """A visitor with a conversation of their own, and what they have been told is stored: texts by client id."""

    conversation: str
    token: str
    acknowledged: dict[str, str] = field(default_factory=dict)

    @classmethod
    def new(cls, records: Records) -> Visitor:
        """Open a conversation."""
        opened, token, _ = records.open_conversation("https://clinic.example", "en-US", OPENING)
        return cls(opened.id, token)

    def send(self, frontdesk: Frontdesk, client_id: str, text: str) -> Any:
        """Send a message: words, or a choice. Returns the request under way."""
        said = {"choice": text} if text in CHOICES else {"text": text}
        return self._post(frontdesk, "messages", client_id=client_id, **said)

    def comment(self, frontdesk: Frontdesk, text: str) -> Any:
        """Say something beside the conversation."""
        return self._post(frontdesk, "feedback", seq=1, helpful=False, comment=text)

    def hear(self, client_id: str, text: str, answer: httpx.Response) -> None:
        """The answer arrived: what was sent is stored for good."""
        assert answer.status_code == 200, answer.text
        assert answer.json()["messages"][0]["client_id"] == client_id
        self.acknowledged[client_id] = text

    def _post(self, frontdesk: Frontdesk, path: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return frontdesk.ask("POST", f"/api/v1/conversations/{self.conversation}/{path}", json=body, headers=headers)


CHOICES = ("person", "cancel_request", "leave_message", "topic:safety/bladder")


@dataclass
class Clinician:
    """A clinician at the console."""

    records: Records
    person: str
    name: str
    token: str = ""

    @classmethod
    def new(cls, records: Records) -> Clinician:
        """A new one, signed in."""
        name = f"Dr. {uuid.uuid4().hex[:8]}"
        one = cls(records, records.add_person(name.replace(". ", "-"), name, ["clinician"]).id, name)
        one.sign_in()
        return one

    def sign_in(self) -> None:
        """Begin a session, as password and code do."""
        self.token = self.records.begin_session(self.person, FULL, "127.0.0.1", "Chromium")

    def post(self, frontdesk: Frontdesk, conversation: str, step: str, **fields: Any) -> Any:
        """Press a button. Returns the request under way."""
        headers = {"Origin": ADDRESS, "Cookie": f"console={self.token}"}
        data = {"csrf": form_token(self.token), **fields}
        return frontdesk.ask("POST", f"/console/conversations/{conversation}/{step}", data=data, headers=headers)
