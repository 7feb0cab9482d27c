"""A clinician takes over while an answer is on its way: nothing of the assistant comes after."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from records import Message, Records, WrongOwner
from tests.records.parts import opened, received, reply

ROUNDS = 320


def test_after_a_take_over_no_bot_message_is_appended(records: Records, other: Records) -> None:
    first = {"answer": 0, "take_over": 0}
    with ThreadPoolExecutor(3) as pool:
        for number in range(ROUNDS):
            conversation = opened(records)
            visitor = received(records, conversation)
            barrier = threading.Barrier(3)

            def race(job: Callable[[], Any], seconds: float, start: threading.Barrier = barrier) -> Any:
                start.wait()
                time.sleep(seconds)
                return job()

            def answer(its: str = conversation, to: Message = visitor) -> list[Message]:
                return records.answer(its, to, [reply("Yes."), reply("And more.")])

            def notice(its: str = conversation) -> Message | None:
                try:
                    return records.say(its, reply("Are you still there?"))
                except WrongOwner:
                    return None

            def take_over(its: str = conversation) -> Message:
                other.take_over(its, "dr-lee")
                return other.say(its, Message("clinician", "clinician", {"text": "Hello."}))

            # Who is a little late changes from round to round.
            lag = (number % 9 - 4) * 0.0004
            answering = pool.submit(race, answer, max(0.0, lag))
            noticing = pool.submit(race, notice, max(0.0, lag))
            hello = pool.submit(race, take_over, max(0.0, -lag)).result()
            seen = other.messages_after(conversation, 0)
            stored, said = answering.result(), noticing.result()

            log = records.messages_after(conversation, 0)
            bot = [message for message in log if message.author == "bot"][1:]
            assert len(stored) in (0, 2)
            assert bot == sorted([*stored, *([said] if said else [])], key=lambda message: message.seq)
            assert all(message.seq < hello.seq for message in bot), "the assistant spoke after the take-over"
            assert [m for m in log if m.seq > hello.seq] == [m for m in seen if m.seq > hello.seq] == []
            assert records.receive(conversation, str(visitor.client_id), {}).answered is True
            first["answer" if stored else "take_over"] += 1
    assert min(first.values()) >= ROUNDS // 20, first  # both orders were really tried
