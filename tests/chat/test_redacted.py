"""What visitors write is redacted as it comes in; while the model is being loaded nobody waits for it."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import httpx

from records import Message, Records
from tests.chat.alone import frontdesk_alone

LOADED_WITHIN = 120  # a busy machine takes its time


def test_words_are_stored_with_their_redacted_copy(tmp_path: Path) -> None:
    with frontdesk_alone(tmp_path, FRONTDESK_REDACTION="on", FRONTDESK_RATE_LIMITS="off") as house:
        records = Records(f"sqlite:///{tmp_path / 'records.db'}")
        with httpx.Client(base_url=house.api, timeout=30, trust_env=False) as http:
            opened = http.post("/api/v1/conversations", json={"locale": "en-US"}).json()
            conversation, headers = opened["conversation"], {"Authorization": f"Bearer {opened['token']}"}

            def say(text: str) -> str:
                sent = {"client_id": str(uuid.uuid4()), "text": text}
                said = http.post(f"/api/v1/conversations/{conversation}/messages", json=sent, headers=headers)
                return str(said.json()["messages"][-1]["kind"])

            assert say("My name is Ana Ruiz and I want to kill myself") == "crisis"  # the model is not loaded yet
            deadline = time.monotonic() + LOADED_WITHIN
            while (first := visitors(records, conversation)[0]).redacted is None:
                assert time.monotonic() < deadline, "the copy is never made"
                time.sleep(0.2)
            assert say("Call me at 512 555 0142, I want to die") == "crisis"
        second = visitors(records, conversation)[1]
        assert first.redacted == "My name is [name] and I want to kill myself"
        assert second.redacted == "Call me at [phone], I want to die"
        records.dispose()


def visitors(records: Records, conversation: str) -> list[Message]:
    return [message for message in records.messages_after(conversation, 0) if message.author == "visitor"]
