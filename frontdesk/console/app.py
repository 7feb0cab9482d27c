"""Puts the console together: an application of its own, with its own errors, behind its own door."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from frontdesk.console import (
    account,
    acting,
    answers,
    conversation,
    exporting,
    holding,
    inbox,
    insights,
    joining,
    learning,
    listing,
    live,
    marking,
    notes,
    people,
    regression,
    reviewing,
    signing_in,
    teaching,
    trail,
    viewing,
)
from frontdesk.console.door import Door
from frontdesk.console.pages import HERE, error_page
from frontdesk.console.refusals import NO_SUCH_PAGE, Refused

PARTS = (
    signing_in,
    joining,
    account,
    inbox,
    live,
    listing,
    viewing,
    conversation,
    exporting,
    holding,
    marking,
    acting,
    notes,
    reviewing,
    teaching,
    learning,
    regression,
    insights,
    answers,
    people,
    trail,
)
NOT_FILLED_IN = "Something is not filled in as it should be"


def create_console() -> FastAPI:
    """Build the console. Whoever mounts it shares its ``state``, in which the services are."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for part in PARTS:
        # Not include_router, which would hide the routes from the door and from the test that walks through them.
        app.router.routes.extend(part.router.routes)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    app.add_middleware(Door)

    @app.exception_handler(Refused)
    async def _refused(request: Request, refused: Refused) -> Response:
        return error_page(request, refused)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        # The field's name and the rule: never the value, which may be a password or a visitor's words.
        first = error.errors()[0]
        field, rule = str(first["loc"][-1]).replace("_", " "), _RULES.get(str(first["type"]), "has a wrong value.")
        text = f"The field '{field}' {rule} Nothing was done. Go back and change it."
        return error_page(request, Refused(422, NOT_FILLED_IN, text))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        refused = Refused(error.status_code, NO_SUCH_PAGE.title, NO_SUCH_PAGE.text)
        return error_page(request, refused)

    return app


_RULES = {
    "missing": "is missing.",
    "string_too_long": "is too long.",
    "too_long": "is too long.",
    "string_too_short": "is empty.",
    "value_error": "is empty.",
    "string_pattern_mismatch": "holds a character that is not allowed there.",
}
