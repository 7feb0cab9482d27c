"""The security headers of every response, whichever part of the frontdesk made it."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk.console.secure import TRANSPORT, is_loopback_http
from frontdesk.settings import Settings

# For what is data, not a page: nothing of it may run, load, or be framed. A page of ours brings a policy of its own.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
WIDGET = {**HEADERS, "Cross-Origin-Resource-Policy": "cross-origin"}  # made for the clinic's pages


class SecurityHeaders:
    """Puts in every header that a response does not bring itself."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._transport = {} if is_loopback_http(settings) else TRANSPORT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        wanted = WIDGET if scope["path"].startswith("/widget/") else HEADERS

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**wanted, **self._transport}.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)
