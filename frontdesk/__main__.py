"""Runs the web service: ``python -m frontdesk``; the demo clinic page: ``python -m frontdesk demo``.

``python -m frontdesk cases`` and the other commands of :mod:`frontdesk.admin` are for clinic staff.
"""

from __future__ import annotations

import sys

from content.clinic import ClinicError
from frontdesk.admin import COMMANDS, work
from frontdesk.settings import Settings


def main() -> int:
    """Do what a member of staff asks for, or serve until stopped; 1 when that is not possible."""
    try:
        return work(sys.argv[1:]) if sys.argv[1:2] and sys.argv[1] in COMMANDS else serve()
    except ClinicError as error:
        print(error, file=sys.stderr)
        return 1


def serve() -> int:
    """Serve until stopped.

    Raises:
        content.clinic.ClinicError: ``clinic.yml`` needs mending.
    """
    # Here, so that staff need not wait for a web server that they do not use.
    import uvicorn

    from frontdesk.app import create_app
    from frontdesk.demo import create_demo

    settings = Settings()
    if sys.argv[1:] == ["demo"]:
        app, port = create_demo(settings), settings.demo_port
    else:
        app, port = create_app(settings), settings.port
    # No access log: addresses of pages and conversations are nobody's business.
    uvicorn.run(app, host=settings.host, port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
