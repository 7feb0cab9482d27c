"""A visitor who asks one question after the other, over one connection: through the chat API, or bare REST.

Plain ``http.client``: whatever the client costs, it costs on the cores that the servers need.
"""

from __future__ import annotations

import http.client
import json
import uuid
from abc import ABC, abstractmethod
from typing import Any, Callable, Dict, List, Optional

SECONDS = 60.0


class NoAnswer(RuntimeError):
    """A question got no answer; the message says what came instead."""


class Conversation(ABC):
    """One conversation, on a connection of its own. ``ask`` returns the kinds of the replies."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        self._headers = {"Content-Type": "application/json"}

    @abstractmethod
    def ask(self, question: str) -> List[str]:
        """Ask, and wait for the answer.

        Raises:
            NoAnswer: There is none.
        """

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _post(self, path: str, body: Dict[str, Any]) -> Any:
        try:
            self._connection.request("POST", path, json.dumps(body).encode(), self._headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()  # the next request opens it again
            raise NoAnswer(f"No answer from {path.split('/')[1]} ({type(error).__name__}).") from error
        if response.status not in (200, 201):
            raise NoAnswer(f"Status {response.status} instead of an answer.")
        return json.loads(content)


class ChatConversation(Conversation):
    """Through the frontdesk, as the widget does it."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        opened = self._post("/api/v1/conversations", {"origin": "https://clinic.example/", "locale": "en-US"})
        self._headers["Authorization"] = f"Bearer {opened['token']}"
        self._path = f"/api/v1/conversations/{opened['conversation']}/messages"

    def ask(self, question: str) -> List[str]:
        """Ask, and wait for the answer (see the base class)."""
        kinds = [
            str(message["kind"])
            for message in self._post(self._path, {"client_id": str(uuid.uuid4()), "text": question})["messages"][1:]
        ]
        if not kinds or "unavailable" in kinds:
            raise NoAnswer("The frontdesk had no answer in time.")
        return kinds


class RestConversation(Conversation):
    """Through Rasa's own REST channel."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._sender = uuid.uuid4().hex

    def ask(self, question: str) -> List[str]:
        """Ask, and wait for the answer (see the base class)."""
        replies = self._post("/webhooks/rest/webhook", {"sender": self._sender, "message": question})
        if not replies:
            raise NoAnswer("Rasa sent an empty list.")
        return ["text"] * len(replies)


Opening = Callable[[], Conversation]


def try_to_ask(opening: Opening, question: str) -> Optional[List[str]]:
    """Ask in a conversation of its own; None when nobody answers."""
    try:
        conversation = opening()
    except NoAnswer:
        return None
    try:
        return conversation.ask(question)
    except NoAnswer:
        return None
    finally:
        conversation.close()
