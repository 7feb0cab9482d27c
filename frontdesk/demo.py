"""The demo clinic: an example of a clinic's own site, on another origin than the API, with the one tag in its pages."""

from __future__ import annotations

from string import Template

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.routing import Route

from content.catalogue import ROOT
from frontdesk import unsafe
from frontdesk.settings import Settings

DEMO = ROOT / "demo"
TITLES = {"home": "Home", "treatments": "Our treatments", "visit": "Your first visit"}


def create_demo(settings: Settings) -> Starlette:
    """Build the site of the example clinic; its chat talks to the frontdesk that ``settings`` describes.

    Raises:
        frontdesk.unsafe.UnsafeConfiguration: Others than this machine could see it.
    """
    unsafe.check_demo(settings)
    api = f"http://{settings.host}:{settings.port}"
    layout = Template((DEMO / "layout.html").read_text(encoding="utf-8"))
    pages = {
        name: layout.substitute(api=api, title=title, main=(DEMO / f"{name}.html").read_text(encoding="utf-8"))
        for name, title in TITLES.items()
    }
    headers = {
        # As strict as a clinic's page can be: whoever copies it sees all that the chat needs.
        "Content-Security-Policy": (
            f"default-src 'none'; script-src {api}; style-src 'self'; connect-src {api}; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
        ),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }

    async def page(request: Request) -> HTMLResponse:
        """Serve a page."""
        name = request.path_params.get("page", "home")
        if name not in pages:
            return HTMLResponse("There is no such page.", 404, headers=headers)
        return HTMLResponse(pages[name], headers=headers)

    async def style(_request: Request) -> FileResponse:
        """Serve the pages' stylesheet."""
        return FileResponse(DEMO / "style.css", media_type="text/css")

    async def to_home(_request: Request) -> RedirectResponse:
        """Lead to the first page."""
        return RedirectResponse("/demo")

    return Starlette(
        routes=[
            Route("/", to_home),
            Route("/demo", page),
            Route("/demo/style.css", style),
            Route("/demo/{page}", page),
        ]
    )
