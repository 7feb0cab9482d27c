"""The web service. ``python -m frontdesk`` runs it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware

from content.catalogue import ROOT
from content.clinic import load_clinic
from frontdesk import acknowledge, chat, contact, health, problems
from frontdesk.guards import Guards
from frontdesk.services import running
from frontdesk.settings import Settings


class _WidgetFiles(StaticFiles):
    """The widget's files: asked about again at every visit, so that a new version is seen at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Serve a file that a browser may keep but must ask about."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the service.

    Raises:
        content.clinic.ClinicError: ``clinic.yml`` needs mending.
    """
    settings, clinic = settings or Settings(), load_clinic()
    app = FastAPI(
        title="Ketamine clinic assistant",
        version="1",
        description="Chat API: answers general questions from reviewed texts, with sources.",
        lifespan=lambda app: running(app, settings),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(app)
    app.include_router(chat.router)
    app.include_router(contact.router)
    app.include_router(acknowledge.router)
    app.include_router(health.router)

    @app.get("/demo", include_in_schema=False)
    async def demo() -> RedirectResponse:
        """Lead to the demo clinic page, which lives on another origin, as a clinic's page would."""
        return RedirectResponse(f"http://{settings.host}:{settings.demo_port}/demo")

    app.mount("/widget", _WidgetFiles(directory=ROOT / "widget"))
    app.add_middleware(Guards, rate_limits=settings.rate_limits == "on", region=clinic.region)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[*clinic.allowed_origins, f"http://{settings.host}:{settings.demo_port}"],
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        expose_headers=["Retry-After"],
        max_age=600,
    )
    return app
