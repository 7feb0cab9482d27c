"""Visitors who write, for Locust: each in a conversation of their own, together so many messages a second as wished."""

from __future__ import annotations

import os
import uuid

from locust import FastHttpUser, constant_throughput, task

API = "/api/v1/conversations"
SAID = (
    "How does ketamine work?",
    "What are the common side effects?",
    "How long does one session take?",
    "Will I be able to drive home afterwards?",
)


class Writing(FastHttpUser):  # type: ignore[misc]
    """A visitor who writes once every so many seconds."""

    wait_time = constant_throughput(float(os.environ.get("MESSAGES_A_SECOND_EACH", "0.5")))

    def on_start(self) -> None:
        """Open the conversation."""
        with self.client.post(API, json={}, name="start a conversation", catch_response=True) as response:
            opened = response.json()
        self.number = 0
        self.address = f"{API}/{opened['conversation']}/messages"
        self.headers = {"Authorization": f"Bearer {opened['token']}"}

    @task  # type: ignore[untyped-decorator]
    def write(self) -> None:
        """Send a message, and read its answer."""
        self.number += 1
        body = {"client_id": str(uuid.uuid4()), "text": SAID[self.number % len(SAID)]}
        self.client.post(self.address, json=body, headers=self.headers, name="send a message")
