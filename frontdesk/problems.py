"""Errors as RFC 9457 problem details: a stable type, a title to act on, never a visitor's words."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from safety import Region

RETRY_SECONDS = 5  # a lock is mostly gone by then


class ProblemDetails(BaseModel):
    """The body of every error response."""

    type: str
    title: str
    status: int


class Problem(Exception):
    """An error that is shown to the client.

    ``slug`` makes the stable ``type``; ``title`` says what is wrong and what to do.
    """

    def __init__(self, status: int, slug: str, title: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(title)
        self.status, self.slug, self.title, self.headers = status, slug, title, headers

    def response(self) -> JSONResponse:
        """The problem as a response."""
        body = ProblemDetails(type=f"/problems/{self.slug}", title=self.title, status=self.status)
        return JSONResponse(body.model_dump(), self.status, media_type="application/problem+json", headers=self.headers)


def not_found() -> Problem:
    """No such conversation, or another's token: the two look the same."""
    return Problem(404, "not-found", "There is no such conversation. Start a new one.")


def unexpected(region: Region) -> Problem:
    """Something on our side broke."""
    title = (
        "Something went wrong on our side. Please try again. In an emergency call {emergency}. "
        "If you are in crisis: {lifeline_too}"
    )
    return Problem(500, "unexpected", title.format(**region.says()))


def not_kept(region: Region) -> Problem:
    """The database cannot be used at the moment: locked, full, or away. Nothing was kept."""
    return _later("not-kept", "Messages cannot be kept at the moment.", region)


def busy(region: Region) -> Problem:
    """More people write at this moment than can be answered. Nothing was kept."""
    return _later("busy", "Many people are writing at the moment.", region)


def _later(slug: str, why: str, region: Region) -> Problem:
    title = f"{why} Please send it again. In an emergency call {{emergency}}. If you are in crisis: {{lifeline_too}}"
    return Problem(503, slug, title.format(**region.says()), {"Retry-After": str(RETRY_SECONDS)})


_STATUS_TITLES = {
    400: ("not-json", "The body is not valid JSON. Send one JSON object."),
    404: ("no-such-page", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not take that method."),
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "content": {"application/problem+json": {"schema": ProblemDetails.model_json_schema()}},
        "description": description,
    }
    for status, description in {
        400: "The body is not JSON.",
        401: "The token is missing.",
        404: "No such conversation, or the token does not open it.",
        408: "The body did not arrive in time.",
        409: "The conversation is not in a state that allows it; nothing was kept.",
        413: "The body is too large.",
        415: "The body is not declared as JSON.",
        422: "A field is missing or wrong; nothing was kept.",
        429: "Too many requests.",
        503: "Nothing can be kept at the moment: send it again after ``Retry-After`` seconds.",
    }.items()
}
"""What the operations of the chat API may answer besides success, for the OpenAPI description."""


def install(app: FastAPI) -> None:
    """Make every error of ``app`` a problem."""

    @app.exception_handler(Problem)
    async def _problem(_request: Request, problem: Problem) -> JSONResponse:
        return problem.response()

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return Problem(400, *_STATUS_TITLES[400]).response()
        # Only the field's name and the rule: the value that was sent may be a visitor's words.
        field = ".".join(str(part) for part in first["loc"][1:] if isinstance(part, str))
        if len(field) > 64 or not field.replace(".", "").replace("_", "").replace("-", "").isalnum():
            field = ""
        reason = first["msg"].removeprefix("Value error, ") if first["type"] == "value_error" else _rule(first["type"])
        return Problem(422, "invalid", f"{field or 'The body'}: {reason}").response()

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        slug, title = _STATUS_TITLES.get(error.status_code, ("error", "The request could not be served."))
        return Problem(error.status_code, slug, title, dict(error.headers or {})).response()


def _rule(kind: str) -> str:
    return {
        "missing": "is missing.",
        "string_type": "should be text.",
        "string_unicode": "holds a broken character (half of a surrogate pair). Send valid Unicode.",
        "string_too_long": "is too long.",
        "string_too_short": "is empty.",
        "uuid_parsing": "should be a UUID.",
        "uuid_type": "should be a UUID.",
        "bool_type": "should be true or false.",
        "bool_parsing": "should be true or false.",
        "int_type": "should be a whole number.",
        "int_parsing": "should be a whole number.",
        "extra_forbidden": "is not a known field.",
        "model_attributes_type": "should be one JSON object.",
    }.get(kind, "has a wrong value.")
