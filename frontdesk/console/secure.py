"""What travels between the browser and the console: the session's cookie, the forms' token, the origin, the headers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from starlette.datastructures import Headers
from starlette.responses import Response

from frontdesk.settings import Settings

# Nothing is inline, so there is nothing that a nonce would be for.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    # The one policy, in console.js, lets htmx put the server's HTML in place, and no text become a script.
    "require-trusted-types-for 'script'; trusted-types default"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    # Not no-referrer: browsers would then hide the origin of our own forms, which is looked at.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}


def is_loopback_http(settings: Settings) -> bool:
    """Whether staff reach the console at an ``http`` address of this machine, where a cookie need not be Secure."""
    address = urlsplit(settings.link_base)
    if address.scheme != "http" or not address.hostname:
        return False
    try:
        return address.hostname == "localhost" or ipaddress.ip_address(address.hostname).is_loopback
    except ValueError:
        return False


def headers_of(settings: Settings) -> dict[str, str]:
    """The headers of every response."""
    return HEADERS if is_loopback_http(settings) else {**HEADERS, **TRANSPORT}


def cookie_name(settings: Settings) -> str:
    """The session cookie's name; with ``__Host-`` no other host can set it."""
    return "console" if is_loopback_http(settings) else "__Host-console"


def set_token(response: Response, settings: Settings, token: str) -> None:
    """Give the browser the session's token, until it is closed."""
    response.set_cookie(
        cookie_name(settings), token, path="/", secure=not is_loopback_http(settings), httponly=True, samesite="strict"
    )


def drop_token(response: Response, settings: Settings) -> None:
    """Let the browser forget the session's token."""
    response.delete_cookie(
        cookie_name(settings), path="/", secure=not is_loopback_http(settings), httponly=True, samesite="strict"
    )


def token_in(headers: Headers, settings: Settings) -> str | None:
    """Return the session's token that the browser sent, or None."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(cookie_name(settings))
    except CookieError:
        return None
    return morsel.value if morsel else None


def form_token(token: str) -> str:
    """Return what every form of a session carries: made from the session's token, which no other page can read."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def same_token(token: str, given: str) -> bool:
    """Whether a form carries its session's token."""
    return hmac.compare_digest(form_token(token).encode(), given.encode("utf-8", "replace"))


def sealed_words(token: str, words: str) -> str:
    """Return what stands in an address for words that are searched for: only the session that made it can read it."""
    return Fernet(_words_key(token)).encrypt(words.encode()).decode()


def opened_words(token: str, sealed: str) -> str | None:
    """Return the words that a session has sealed; None if it was another, or nobody."""
    try:
        return Fernet(_words_key(token)).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _words_key(token: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.new(token.encode(), b"words", hashlib.sha256).digest())


def is_from_here(headers: Headers, settings: Settings) -> bool:
    """Whether a form was sent by a page of the console's own origin."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "same-origin"
    if settings.public_url:
        public = urlsplit(settings.public_url)
        return origin == f"{public.scheme}://{public.netloc}"
    return urlsplit(origin).netloc == headers.get("host", "")
