"""The answers: what each says and rests on, how it does, and the clinicians' signatures. No visitor's word is here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from content.catalogue import Answer
from content.standing import State, holds_until, standing
from content.versions import contents, digest_of, grounds, lines_of
from frontdesk.console.answer_list import FILTERS, LONGER, NOTHING, RECENT, Wish, area_of, rows
from frontdesk.console.pages import page
from frontdesk.console.refusals import ANSWER_CHANGED, NO_SUCH_ANSWER
from frontdesk.console.request import House, Signed, audited, leads_to
from frontdesk.services import Services
from records import Signature

router = APIRouter(prefix="/answers")
Digest = Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")]
AROUND = 2  # lines of a version that are shown around a change


@router.get("")
async def answers(request: Request, house: House, session: Signed, wish: Annotated[Wish, Query()]) -> Response:
    """List the answers."""
    await audited(house, session.person, "read-answers")
    found = await run_in_threadpool(rows, house, wish, _now())
    areas = list(dict.fromkeys(map(area_of, house.catalogue.answers)))
    states = [(name, title) for name, (title, _) in FILTERS.items()]
    return page(request, "answers.html", rows=found, wish=wish, areas=areas, states=states, **_mode(house))


@router.get("/{area}/{name}")
async def one(request: Request, house: House, session: Signed, area: str, name: str) -> Response:
    """Show one answer."""
    answer = _known(house, area, name)
    await audited(house, session.person, "read-answer", reason=answer.topic)
    return page(request, "answer.html", **await run_in_threadpool(_shown, house, answer))


@router.post("/{area}/{name}/sign")
async def sign(house: House, session: Signed, area: str, name: str, digest: Digest) -> Response:
    """Sign the version with this digest, which is the one that was read."""
    answer = _known(house, area, name)
    content = contents(house.catalogue)[answer.topic]
    if digest != digest_of(content):
        await audited(house, session.person, "sign-answer-refused", reason=answer.topic)
        raise ANSWER_CHANGED
    until = holds_until(answer.review, _now().date())
    await audited(house, session.person, "sign-answer", reason=f"{answer.topic}, version {digest[:12]}, until {until}")
    await run_in_threadpool(house.records.sign, answer.topic, content, session.person, until)
    return leads_to(f"/answers/{answer.topic}")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)  # the day in UTC, by which the actions serve answers


def _known(house: Services, area: str, name: str) -> Answer:
    answer = house.catalogue.answers.get(f"{area}/{name}")
    if answer is None:
        raise NO_SUCH_ANSWER
    return answer


def _mode(house: Services) -> dict[str, bool]:
    return {"signed_only": house.clinic.answers == "signed-only"}


def _shown(house: Services, answer: Answer) -> dict[str, Any]:
    now, content, knowledge = _now(), contents(house.catalogue)[answer.topic], house.catalogue.knowledge
    digest, signatures = digest_of(content), house.records.signatures_of(answer.topic)
    last = signatures[0] if signatures else None
    stands = standing(answer, digest, last, _mode(house)["signed_only"], now.date())
    recent, longer = house.records.interest((now - RECENT, now - LONGER), answer.topic)
    return {
        "answer": answer,
        "area": area_of(answer.topic),
        "parts": [
            (title, [(sentence.says, grounds(sentence, knowledge)) for sentence in sentences])
            for title, sentences in (("Short answer", answer.short), ("More detail", answer.detail))
            if sentences
        ],
        "follow_ups": [(topic, house.catalogue.titles.get(topic, topic)) for topic in answer.follow_ups],
        "standing": stands,
        "last": last,
        "changes": list(_changes(last.content, content)) if last and stands.state is State.CHANGED else [],
        "history": _history(signatures),
        "digest": digest,
        "would_hold": holds_until(answer.review, now.date()),
        "interest": [
            (days.days, (now - days).astimezone(house.clinic.time_zone).date(), found.get(answer.topic, NOTHING))
            for days, found in ((RECENT, recent), (LONGER, longer))
        ],
        **_mode(house),
    }


def _changes(signed: str, present: str) -> Iterator[tuple[str, str]]:
    """Yield the lines around what has changed: each kept, gone or new, and a gap between two places."""
    before, after = lines_of(signed), lines_of(present)
    for number, group in enumerate(SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND)):
        if number:
            yield "gap", "…"
        for what, i, j, k, m in group:
            if what == "equal":
                yield from (("kept", line) for line in before[i:j])
            else:
                yield from (("gone", line) for line in before[i:j])
                yield from (("new", line) for line in after[k:m])


def _history(signatures: list[Signature]) -> list[tuple[Signature, bool]]:
    """Return the signatures, the latest first, and of each whether it renews the one before it."""
    before = [*(one.digest for one in signatures[1:]), None]
    return [(one, one.digest == digest) for one, digest in zip(signatures, before)]
