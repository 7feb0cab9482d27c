"""A stand-in for Rasa as a process of its own, which can be killed: ``python -m tests.reliability.engine PORT``.

What a question begins with says what becomes of its answer.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SLOW, LATE, HANG, PROSE, WRONG, TORN, BROKEN, EMPTY = (
    "slow",
    "late",
    "hang",
    "prose",
    "wrong",
    "torn",
    "broken",
    "empty",
)
SLOW_SECONDS = 0.7
LATE_SECONDS = 1.8
HANG_SECONDS = 30.0


def answer_to(asked: str) -> str:
    return f"“{asked}” is answered by this."


class _Channel(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._send({"model": "stand-in"})

    def do_DELETE(self) -> None:
        self._send({})

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = question.get("text") or question.get("topic") or ""
        how = asked.split()[0] if asked else ""
        time.sleep({SLOW: SLOW_SECONDS, LATE: LATE_SECONDS, HANG: HANG_SECONDS}.get(how, 0.0))
        reply = {"kind": "answer", "text": answer_to(asked)}
        replies = [] if how == EMPTY or question.get("screen_only") else [reply]
        body: dict[str, Any] = {"replies": replies, "understanding": {"intent": "stand-in", "confidence": 1.0}}
        if how == PROSE:
            self._write(b"<html>It works!</html>")
        elif how == WRONG:
            self._send({"replies": [{"kind": "poem", "lines": 4}], "understanding": None})
        elif how == TORN:
            self._write(json.dumps(body).encode(), torn=True)
        elif how == BROKEN:
            self._write(b"Internal Server Error", status=500)
        else:
            self._send(body)

    def _send(self, body: dict[str, Any]) -> None:
        self._write(json.dumps(body).encode())

    def _write(self, body: bytes, status: int = 200, torn: bool = False) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if torn else body)
            self.close_connection = torn
        except OSError:  # the frontdesk no longer waits
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # whoever asked has gone


if __name__ == "__main__":
    _Server(("127.0.0.1", int(sys.argv[1])), _Channel).serve_forever()
