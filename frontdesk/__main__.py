"""Runs the web service: ``python -m frontdesk``; the demo clinic page: ``python -m frontdesk demo``."""

from __future__ import annotations

import sys

import uvicorn

from content.clinic import ClinicError
from frontdesk.app import create_app
from frontdesk.demo import create_demo
from frontdesk.settings import Settings


def main() -> int:
    """Serve until stopped; 1 when it cannot start."""
    settings = Settings()
    try:
        if sys.argv[1:] == ["demo"]:
            app, port = create_demo(settings), settings.demo_port
        else:
            app, port = create_app(settings), settings.port
    except ClinicError as error:
        print(error, file=sys.stderr)
        return 1
    # No access log: addresses of pages and conversations are nobody's business.
    uvicorn.run(app, host=settings.host, port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
