"""The demo clinic page: an example of a clinic's own site, on another origin than the API, with the one tag in it."""

from __future__ import annotations

from string import Template

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.routing import Route

from content.catalogue import ROOT
from frontdesk.settings import Settings

DEMO = ROOT / "demo"


def create_demo(settings: Settings) -> Starlette:
    """Build the site of the example clinic; its chat talks to the frontdesk that ``settings`` describes."""
    api = f"http://{settings.host}:{settings.port}"
    page = Template((DEMO / "index.html").read_text(encoding="utf-8")).substitute(api=api)
    headers = {
        # As strict as a clinic's page can be: whoever copies it sees all that the chat needs.
        "Content-Security-Policy": (
            f"default-src 'none'; script-src {api}; style-src 'self' {api}; connect-src {api}; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
        ),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }

    async def index(_request: Request) -> HTMLResponse:
        """Serve the page."""
        return HTMLResponse(page, headers=headers)

    async def style(_request: Request) -> FileResponse:
        """Serve the page's stylesheet."""
        return FileResponse(DEMO / "style.css", media_type="text/css")

    async def to_index(_request: Request) -> RedirectResponse:
        """Lead to the page."""
        return RedirectResponse("/demo")

    return Starlette(routes=[Route("/", to_index), Route("/demo", index), Route("/demo/style.css", style)])
