"""How a visitor leaves a phone number or an e-mail address for the people of the clinic.

What is left here goes into the records and nowhere else: not to Rasa, not into a page, not into a log.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool
from starlette.concurrency import run_in_threadpool

from content.texts import Texts
from escalation.notices import CANNOT_WAIT
from frontdesk.asides import heed
from frontdesk.chat import Access, House
from frontdesk.messages import ChatMessage, Turn, clean
from frontdesk.problems import RESPONSES, Problem, not_found
from frontdesk.services import Services
from records import Case, Contact, ContactRefused, ConversationNotFound, Message, NoOpenCase

router = APIRouter(prefix="/api/v1/conversations", tags=["chat"])
_IDS = uuid.UUID("f3a2b1de-4b0c-4b86-9d0a-3a9b5a1f7c21")
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: RESPONSES[status] for status in (400, 401, 404, 408, 409, 413, 415, 422, 429)
}
LOG_ONLY = "U4"
NO_CASE = "Ask for a person first, by choosing 'Talk to a person'; then leave your details."
NO_PHONE = (
    "phone: is not a number that can be called. Check its digits, and begin with + and the country if it is abroad."
)
NO_EMAIL = "email: is not an e-mail address. It should look like name@example.com."


def _agreed(consent: bool) -> bool:
    if not consent:
        raise ValueError("must be true: nothing is kept unless you agree.")
    return consent


class NewContact(BaseModel):
    """How the visitor wants to be reached, by their own free choice."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    client_id: uuid.UUID
    name: Annotated[str, AfterValidator(clean)] | None = Field(None, max_length=100)
    phone: Annotated[str, AfterValidator(clean)] | None = Field(None, max_length=40)
    email: Annotated[str, AfterValidator(clean)] | None = Field(None, max_length=254)
    best_time: Annotated[str, AfterValidator(clean)] | None = Field(None, max_length=200)
    consent: Annotated[StrictBool, AfterValidator(_agreed)]


@router.post("/{conversation}/contact", responses=_ERRORS)
async def leave_contact(new: NewContact, access: Access, house: House) -> Turn:
    """Leave how you want to be reached about your request. The same ``client_id`` again changes nothing."""
    contact, texts = _checked(new, house.clinic.region), house.texts.at(access.location)
    try:
        heeded = await heed(house, access, f"contact {new.client_id}", contact.name, contact.best_time)
        notice = await run_in_threadpool(_keep, house, texts, access.id, str(new.client_id), contact)
    except ConversationNotFound as error:
        raise not_found() from error
    except NoOpenCase as error:
        raise Problem(409, "no-open-case", NO_CASE) from error
    except ContactRefused as error:
        raise Problem(409, "not-collected", texts.text("contact_minor")) from error
    house.live.wake(access.id)
    return Turn(messages=[ChatMessage.of(message) for message in (*heeded, notice)])


def _checked(new: NewContact, region: str) -> Contact:
    """Return what was left in its normal form.

    Raises:
        Problem: The number or the address cannot be one, or both are missing. Never quotes them.
    """
    if not new.phone and not new.email:
        raise Problem(422, "invalid", "phone: is missing, and so is email. Give one of them, or both.")
    return Contact(
        name=new.name or None,
        phone=_phone(new.phone, region) if new.phone else None,
        email=_email(new.email) if new.email else None,
        best_time=new.best_time or None,
    )


def _phone(given: str, region: str) -> str:
    try:
        number = phonenumbers.parse(given, region)
    except phonenumbers.NumberParseException:
        raise Problem(422, "invalid", NO_PHONE) from None
    if not phonenumbers.is_valid_number(number):
        raise Problem(422, "invalid", NO_PHONE)
    extension = f";ext={number.extension}" if number.extension else ""  # E.164 has none, and without it nobody answers
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension


def _email(given: str) -> str:
    try:
        return validate_email(given, check_deliverability=False).normalized
    except EmailNotValidError:
        raise Problem(422, "invalid", NO_EMAIL) from None


def _keep(house: Services, texts: Texts, conversation: str, client_id: str, contact: Contact) -> Message:
    """Keep the details and say so; sent again, return what was said. Blocks."""
    house.records.leave_contact(conversation, client_id, contact)
    cases = [case for case in house.records.cases_of(conversation) if case.closed_at is None]
    body = {"text": _noted(texts, cases, dt.datetime.now(dt.UTC)), "contacts": texts.clinic_first()}
    # An id made of the visitor's own: said once however often it is sent, and no clash with their messages.
    return house.records.say(
        conversation, Message("system", "notice", body, client_id=str(uuid.uuid5(_IDS, client_id)))
    )


def _noted(texts: Texts, cases: list[Case], now: dt.datetime) -> str:
    """What happens with the details and who looks at them by when, as far as that is known."""
    promised = [case for case in cases if case.target_at and case.urgency != LOG_ONLY]
    waiting = [case for case in promised if not case.acknowledged_at]
    target = min((case.target_at for case in waiting if case.target_at), default=None)
    if target and target > now:
        then = texts.text("contact_aim", target=texts.moment(target, now))
    elif target:
        then = texts.text("contact_late")
    elif promised:
        then = texts.text("contact_seen")
    else:
        then = texts.text("contact_no_aim")
    said = f"{texts.text('contact_noted')} {then}"
    if any(case.category in CANNOT_WAIT for case in cases):
        said += f"\n\n{texts.text('contact_do_not_wait')}"
    return said
