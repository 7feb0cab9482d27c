"""Stands in for the world outside: takes the clinic's e-mails and posts, and shows them on a page.

``python -m tools.outside --mail-port 2525 --port 8082``. Nothing is passed on, and nothing is kept after it stops.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from email import message_from_bytes, policy
from html import escape
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

HOST = "127.0.0.1"
KEPT = 200
_LINK = re.compile(r"https?://[^\s<>&\"]+")
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<title>What was sent</title><style>body{{font:1rem/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}}
article{{border:1px solid #bbb;border-radius:.5rem;padding:0 1rem;margin:1rem 0}}pre{{white-space:pre-wrap}}</style>
<h1>What was sent</h1><p>Mails and posts of this run, the newest first. In production they reach real people.</p>
{sent}</html>"""


@dataclass(frozen=True)
class Sent:
    """One e-mail or HTTP post that the clinic's assistant sent."""

    way: str
    to: str
    title: str
    body: str
    at: str = field(default_factory=lambda: f"{dt.datetime.now():%H:%M:%S}")


class Outside:
    """A mail server and an HTTP receiver that accept everything.

    Args:
        mail_port: Where the mail server listens on loopback.
    """

    def __init__(self, mail_port: int) -> None:
        self.sent: deque[Sent] = deque(maxlen=KEPT)
        self._mail_port = mail_port
        routes = [
            Route("/", self._page),
            Route("/sent.json", self._listed),
            Route("/posts/{to:path}", self._posted, methods=["POST"]),
        ]
        self.app = Starlette(routes=routes, lifespan=self._mail_server)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take an e-mail; the name is the mail server's."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        mail = message_from_bytes(content, policy=policy.default)
        part = mail.get_body(("plain", "html"))
        text = part.get_content() if part else ""
        self._keep(Sent("e-mail", ", ".join(envelope.rcpt_tos), str(mail["subject"]), text.strip()))
        return "250 OK"

    @asynccontextmanager
    async def _mail_server(self, _app: Starlette) -> AsyncIterator[None]:
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(self, hostname="outside.example"), HOST, self._mail_port
        )
        async with server:
            yield

    def _keep(self, sent: Sent) -> None:
        self.sent.appendleft(sent)

    async def _posted(self, request: Request) -> Response:
        try:
            said: dict[str, Any] = json.loads(await request.body())
            self._keep(
                Sent("post", request.path_params["to"], str(said.get("title", "")), str(said.get("message", "")))
            )
        except (ValueError, AttributeError):
            return Response("Send one JSON object with 'title' and 'message'.", 400)
        return Response(status_code=204)

    async def _listed(self, _request: Request) -> JSONResponse:
        return JSONResponse([asdict(sent) for sent in self.sent])

    async def _page(self, _request: Request) -> HTMLResponse:
        shown = "".join(_shown(sent) for sent in self.sent) or "<p>Nothing yet.</p>"
        return HTMLResponse(_PAGE.format(sent=shown))


def _shown(sent: Sent) -> str:
    body = _LINK.sub(lambda link: f'<a href="{link[0]}">{link[0]}</a>', escape(sent.body))
    to = f"{sent.at} · {sent.way} to {sent.to}"
    return f"<article><h2>{escape(sent.title)}</h2><p>{escape(to)}</p><pre>{body}</pre></article>"


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mail-port", type=int, default=2525)
    parser.add_argument("--port", type=int, default=8082)
    ports = parser.parse_args()
    uvicorn.run(Outside(ports.mail_port).app, host=HOST, port=ports.port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
