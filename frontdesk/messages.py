"""The messages of the chat API: what comes in, what goes out."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from records import Message

TEXT_LIMIT = 2000
Kind = Literal[
    "opening", "visitor", "answer", "clarify", "decline", "crisis", "emergency", "advice", "handoff", "guide",
    "smalltalk", "clinician", "notice", "unavailable",
]  # fmt: skip


def clean(text: str) -> str:
    """Trim ``text`` and drop what no person types: control characters and invisible direction marks."""
    text = re.sub(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", text)
    kept = (c for c in text if c in "\n\t\u200d" or unicodedata.category(c) not in ("Cc", "Cf"))
    return "".join(kept).strip(" \n\t\u200d\u00a0\u2028\u2029\u3000\ufeff\u115f\u2800")


def _a_message(text: str) -> str:
    """Refuse what is empty or too long; nothing of it is kept."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds a broken character (half of a surrogate pair). Send valid Unicode.") from error
    cleaned = clean(text)
    if not cleaned or cleaned.isspace():
        raise ValueError("is empty. Type a question.")
    if len(text.strip()) > TEXT_LIMIT:
        raise ValueError(f"is longer than {TEXT_LIMIT} characters. Shorten it and send it again.")
    return cleaned


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class NewConversation(_Body):
    """Starts a conversation."""

    origin: Annotated[str, AfterValidator(clean)] = Field("", max_length=2000)
    location: str | None = Field(None, max_length=32)  # of a group: an id from clinic.yml
    locale: str = Field("en-US", pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", max_length=35)


class NewMessage(_Body):
    """What a visitor sends: words, or a choice that was offered."""

    client_id: UUID
    text: Annotated[str, AfterValidator(_a_message)] | None = None
    choice: str | None = Field(None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def _one_of_both(self) -> NewMessage:
        if (self.text is None) == (self.choice is None):
            raise ValueError("Send either 'text' or 'choice', not both and not neither.")
        return self


class Feedback(_Body):
    """Whether a bot message helped."""

    seq: int = Field(ge=1, le=2**31 - 1)
    helpful: bool
    comment: Annotated[str, AfterValidator(clean)] | None = Field(None, max_length=TEXT_LIMIT)


class Source(BaseModel):
    """Where an answer comes from. ``corrected``, if there: what a document claims, and this source corrects."""

    id: str
    title: str
    heading: str | None = None
    url: str | None = None
    corrected: str | None = Field(None, exclude_if=lambda claim: claim is None)


class Suggestion(BaseModel):
    """Something the visitor can choose instead of typing."""

    label: str
    value: str


class Contact(BaseModel):
    """A way to reach help: ``tel:``, ``sms:`` or ``https:``."""

    label: str
    href: str


class ReplyBody(BaseModel):
    """What a reply says, whoever made it; the fields that are stored as they are."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kind: Kind
    topics: list[str] = []
    category: str | None = None
    text: str
    sources: list[Source] = []
    suggestions: list[Suggestion] = []
    contacts: list[Contact] = []
    form: dict[str, Any] | None = None
    confidence: float | None = None


class ChatMessage(ReplyBody):
    """One message of the log as every client sees it."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    seq: int
    client_id: UUID | None = None
    author: Literal["visitor", "bot", "clinician", "system"]
    author_name: str | None = None
    sent_at: dt.datetime

    @classmethod
    def of(cls, message: Message) -> ChatMessage:
        """Show a stored message."""
        return cls(
            seq=message.seq,
            client_id=UUID(message.client_id) if message.client_id else None,
            author=message.author,
            kind=message.kind,
            sent_at=message.sent_at,
            **message.body,
        )


Owner = Literal["bot", "waiting", "clinician"]


def shown_owner(owner: str) -> Owner:
    """Who has a conversation, as clients see it: one that is closed is the assistant's as soon as they write again."""
    shown: dict[str, Owner] = {"waiting": "waiting", "clinician": "clinician"}
    return shown.get(owner, "bot")


class ClinicNow(BaseModel):
    """The clinic as the widget's head shows it."""

    name: str
    phone: str
    open_now: bool
    opens_next: dt.datetime | None


class Opened(BaseModel):
    """A new conversation and the token that opens it."""

    conversation: str
    token: str
    messages: list[ChatMessage]
    clinic: ClinicNow


class Turn(BaseModel):
    """The visitor's message as stored and every reply to it, in order."""

    messages: list[ChatMessage]


class Log(BaseModel):
    """Messages after a number, and who has the conversation."""

    messages: list[ChatMessage]
    owner: Owner


class Receipt(BaseModel):
    """Proof of an erasure."""

    receipt: str
    text: str
