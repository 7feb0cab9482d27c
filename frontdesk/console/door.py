"""What every request to the console must pass: the table of rights, the session, the form's token and origin.

Pure ASGI around the whole console, so that nothing can be added to it that does not pass here. It fails closed.
"""

from __future__ import annotations

import logging
from urllib.parse import parse_qs

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk.console import refusals
from frontdesk.console.pages import error_page
from frontdesk.console.refusals import Refused
from frontdesk.console.rights import BY_ITSELF, ROUTES, Right, rights_of
from frontdesk.console.secure import headers_of, is_from_here, same_token, token_in
from frontdesk.guards import read_body, replay
from frontdesk.services import Services
from records import Session
from records.people import CODE, ENROL, FULL

logger = logging.getLogger(__name__)
STAGES = {Right.CODE: CODE, Right.ENROL: ENROL}
NEXT = {CODE: "/console/code", ENROL: "/console/enrol", FULL: "/console/"}


class Door:
    """Lets in who may come in, and puts the security headers on whatever goes out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it in a page."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        house: Services = scope["app"].state.services
        headers, started = headers_of(house.settings), False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                mine = MutableHeaders(scope=message)
                for name, value in headers.items():
                    mine[name] = value
            await send(message)

        try:
            answer = await self._let_in(scope, receive, house)
            if isinstance(answer, Response):
                return await answer(scope, receive, with_headers)
            await self._app(scope, answer, with_headers)
        except Refused as refused:
            await error_page(Request(scope), refused)(scope, receive, with_headers)
        except Exception as error:  # whatever it is: staff are told, and the log gets no words of a visitor
            logger.error("Unexpected %s in the console", type(error).__name__)
            if not started:
                await error_page(Request(scope), refusals.UNEXPECTED)(scope, receive, with_headers)

    async def _let_in(self, scope: Scope, receive: Receive, house: Services) -> Receive | Response:
        """Return how to go on reading the request, or what to answer instead.

        Raises:
            Refused: It may not come in.
        """
        state = scope.setdefault("state", {})
        state["session"] = state["token"] = None
        path = _route(scope)
        right = ROUTES.get((scope["method"], path))
        if right is None:
            logger.error("%s %s is in no row of the console's table of rights", scope["method"], path)
            raise refusals.NOT_IN_TABLE
        headers = Headers(scope=scope)
        if scope["method"] == "POST" and not is_from_here(headers, house.settings):
            raise refusals.NOT_FROM_HERE
        if right is Right.OPEN:
            return receive
        token = token_in(headers, house.settings)
        session = await _session(house, token, touch=path not in BY_ITSELF) if token else None
        if token is None or session is None:
            return _to_sign_in(scope, path)
        if session.stage != STAGES.get(right, FULL):
            return RedirectResponse(NEXT[session.stage], 303)
        if right not in STAGES and right not in rights_of(session.person.roles):
            state["session"], state["token"] = session, token  # the page of the refusal has its navigation
            raise refusals.NOT_ALLOWED
        state["session"], state["token"] = session, token
        return await _checked(scope, receive, token)


def _route(scope: Scope) -> str:
    """Return the path of the route that a request leads to.

    Raises:
        Refused: There is none, or it does not take that method.
    """
    routes: list[BaseRoute] = scope["app"].routes
    for route in routes:
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return str(getattr(route, "path", ""))
    raise refusals.NO_SUCH_PAGE


async def _session(house: Services, token: str, touch: bool) -> Session | None:
    try:
        return await run_in_threadpool(house.records.session_of, token, touch)
    except SQLAlchemyError as error:
        logger.error("Sessions cannot be read: %s", type(error).__name__)
        raise refusals.UNEXPECTED from error


def _to_sign_in(scope: Scope, path: str) -> Response:
    """Lead to the sign-in page; a form or a live part of a page is told so instead."""
    if path in BY_ITSELF:
        return Response(status_code=401, headers={"HX-Redirect": "/console/sign-in"})
    if scope["method"] == "POST":
        raise refusals.SIGNED_OUT
    return RedirectResponse("/console/sign-in", 303)


async def _checked(scope: Scope, receive: Receive, token: str) -> Receive:
    """Check the form's token.

    Raises:
        Refused: It is missing, or another session's.
    """
    if scope["method"] != "POST":
        return receive
    body = await read_body(receive) or b""
    given = parse_qs(body.decode("utf-8", "replace")).get("csrf", [""])[0]
    if not same_token(token, given):
        raise refusals.STALE_FORM
    return replay(body, receive)
