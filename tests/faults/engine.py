"""A stand-in for Rasa and the action server: answers in the form of ``nlu/channel.py``, always the same, sometimes late."""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from content.catalogue import Catalogue

LIMIT_SECONDS = 1.0  # the frontdesk waits so long for an answer
OFFERED = 3
HARD = "hard"  # so begins a question that takes long to answer


@cache
def titles() -> dict[str, str]:
    """The title of every topic: what its button says."""
    return Catalogue().titles


def replies(asked: str) -> list[str]:
    """What is said to a question or a topic: mostly one message, sometimes two."""
    if _number(asked) % 5:
        return [f"“{asked}” is answered by this."]
    return [f"“{asked}” is answered by this, for one half.", f"“{asked}” is answered by this, for the other half."]


def seconds(asked: str) -> float:
    """How long thinking about it takes; sometimes longer than the frontdesk waits."""
    if asked.startswith(HARD):
        return 0.8 * LIMIT_SECONDS
    return {0: 1.4 * LIMIT_SECONDS, 1: 0.3, 2: 0.15}.get(_number(asked) // 5 % 16, 0.0)


def _number(asked: str) -> int:
    return int.from_bytes(hashlib.sha256(asked.encode()).digest()[:4])


def _offered(asked: str) -> list[dict[str, str]]:
    topics = sorted(titles())
    start = _number(asked) % len(topics)
    return [{"label": titles()[topic], "value": f"topic:{topic}"} for topic in (topics * 2)[start : start + OFFERED]]


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    if question.get("screen_only"):
        return {"replies": [], "understanding": {"findings": []}}
    topic = question.get("topic")
    asked = titles()[topic] if topic else question["text"]
    time.sleep(seconds(asked))
    said = [
        {"kind": "answer", "text": text, "topics": [topic] if topic else [], "suggestions": _offered(asked)}
        for text in replies(asked)
    ]
    return {"replies": said, "understanding": {"intent": "stand-in", "confidence": 1.0, "in_guide": False}}


class _Channel(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._send({"model": "stand-in"})

    def do_POST(self) -> None:
        self._send(_answer(json.loads(self.rfile.read(int(self.headers["Content-Length"])))))

    def do_DELETE(self) -> None:
        self._send({})

    def _send(self, body: dict[str, Any]) -> None:
        encoded = json.dumps(body).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)
        except OSError:  # the frontdesk no longer waits, or was killed
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # a frontdesk that was killed in the middle of a question
            super().handle_error(request, client_address)


@contextmanager
def engine_alone() -> Iterator[str]:
    """Run the stand-in and yield its address."""
    titles()  # before anybody waits for it
    with _Server(("127.0.0.1", 0), _Channel) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
