"""Runs the web service: ``python -m frontdesk``; the demo clinic page: ``python -m frontdesk demo``.

``python -m frontdesk cases`` and the other commands of :mod:`frontdesk.admin` are for clinic staff, those of
:mod:`frontdesk.staff_admin`, :mod:`frontdesk.privacy_admin`, :mod:`frontdesk.backups` and :mod:`frontdesk.key_admin`
for who runs the assistant.
"""

from __future__ import annotations

import math
import sys

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from content.clinic import ClinicError, load_clinic
from content.secrets import SecretError
from frontdesk import backups, key_admin, privacy_admin, staff_admin, unsafe
from frontdesk.admin import work
from frontdesk.settings import Settings
from frontdesk.unsafe import UnsafeConfiguration
from records import DatabaseUnusable, KeyProblem, Records, SealBroken
from records.migrate import upgrade

NO_DATABASE = "see that it runs and that FRONTDESK_DATABASE_URL leads to it, then start again."


def main() -> int:
    """Do what a member of staff asks for, or serve until stopped; 1 when that is not possible."""
    command = sys.argv[1] if sys.argv[1:2] else ""
    try:
        if command in backups.COMMANDS:
            return backups.work(sys.argv[1:])
        if command in staff_admin.COMMANDS:
            return staff_admin.work(sys.argv[1:])
        if command in key_admin.COMMANDS:
            return key_admin.work(sys.argv[1:])
        if command in privacy_admin.COMMANDS:
            return privacy_admin.work(sys.argv[1:])
        if sys.argv[1:] in ([], ["demo"]):
            return serve()
        return work(sys.argv[1:])  # which says what there is when it is none of its commands
    except ValidationError as error:
        print(_wrong_settings(error), file=sys.stderr)
    except (ClinicError, DatabaseUnusable, KeyProblem, SealBroken, SecretError, UnsafeConfiguration) as error:
        print(error, file=sys.stderr)
    except SQLAlchemyError as error:
        print(f"The database cannot be used ({type(error).__name__}): {NO_DATABASE}", file=sys.stderr)
    return 1


def _wrong_settings(error: ValidationError) -> str:
    """Name the settings that are wrong and what they should be; never their values, which may be secrets."""
    lines = [f"  FRONTDESK_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors()]
    return "These settings need mending:\n" + "\n".join(lines)


def serve() -> int:
    """Serve until stopped.

    Raises:
        content.clinic.ClinicError: ``clinic.yml`` needs mending.
        KeyProblem: There is no key, or one that does not open what is kept.
        records.DatabaseUnusable: The database needs mending.
        sqlalchemy.exc.SQLAlchemyError: The database does not answer.
        frontdesk.unsafe.UnsafeConfiguration: It would not be safe to start like this.
    """
    settings, is_demo = Settings(), sys.argv[1:] == ["demo"]
    if not is_demo:
        unsafe.check(settings, load_clinic())  # before anything is made or changed
        _open_records(settings)
    # Here, so that staff need not wait for a web server that they do not use.
    import uvicorn

    from frontdesk.app import create_app
    from frontdesk.demo import create_demo

    if is_demo:
        app, port = create_demo(settings), settings.demo_port
    else:
        app, port = create_app(settings), settings.port
    # Told to stop, it takes nothing more and answers what it has taken.
    patience = math.ceil(settings.engine_seconds) + 1
    # No access log: addresses of pages and conversations are nobody's business.
    uvicorn.run(
        app, host=settings.host, port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=patience,
        proxy_headers=False, server_header=False,  # the application itself knows which proxies are believed
    )  # fmt: skip
    return 0


def _open_records(settings: Settings) -> None:
    """Bring the records to their newest form, and make sure that the keys open them before anybody asks."""
    upgrade(settings.database_url)
    records = Records(settings.database_url)
    try:
        records.check_keys()
    finally:
        records.dispose()


if __name__ == "__main__":
    sys.exit(main())
