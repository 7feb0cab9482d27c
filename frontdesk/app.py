"""The web service. ``python -m frontdesk`` runs it."""

from __future__ import annotations

from typing import Any

from brotli_asgi import BrotliMiddleware
from fastapi import FastAPI, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from content.catalogue import ROOT
from content.clinic import load_clinic
from frontdesk import acknowledge, chat, contact, health, problems, unsafe
from frontdesk.console.app import create_console
from frontdesk.guards import Guards
from frontdesk.headers import SecurityHeaders
from frontdesk.services import running
from frontdesk.settings import Settings


class _WidgetFiles(StaticFiles):
    """The widget's files: asked about again at every visit, so that a new version is seen at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Serve a file that a browser may keep but must ask about."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


class _ChatCors(CORSMiddleware):
    """Lets the clinic's pages use the chat API and the widget's files, and nobody's pages anything else."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not scope["path"].startswith(("/api/", "/widget/")):
            return await self.app(scope, receive, send)
        await super().__call__(scope, receive, send)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the service.

    Raises:
        content.clinic.ClinicError: ``clinic.yml`` needs mending.
        frontdesk.unsafe.UnsafeConfiguration: It would not be safe to start like this.
    """
    settings, clinic = settings or Settings(), load_clinic()
    unsafe.check(settings, clinic)
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

    console = create_console()
    console.state = app.state
    app.mount("/console", console)

    @app.get("/console", include_in_schema=False)
    async def to_console() -> RedirectResponse:
        """Lead to the staff console."""
        return RedirectResponse("/console/")

    # Only here: compressing the live events would hold them back.
    app.mount("/widget", BrotliMiddleware(_WidgetFiles(directory=ROOT / "widget"), quality=11, minimum_size=200))
    app.add_middleware(Guards, rate_limits=settings.rate_limits == "on", region=clinic.region)
    app.add_middleware(
        _ChatCors,
        allow_origins=[*clinic.allowed_origins, f"http://{settings.host}:{settings.demo_port}"],
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        expose_headers=["Retry-After"],
        max_age=600,
    )
    app.add_middleware(SecurityHeaders, settings=settings)
    if settings.trusted_proxies:  # whoever comes by another way is who the connection says, whatever the request says
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)
    return app
