"""Runs the assistant until Ctrl-C: ``python -m tools.run``."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import time

from content.catalogue import ROOT, Catalogue
from content.standing import standing
from content.versions import contents, digest_of
from frontdesk.console.links import first_manager_link
from records import Records
from tools.house import House, HouseError, Ports
from tools.train import TrainingError, train


def main() -> int:
    """Train if needed, start everything, print the addresses, stop everything on Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal stops everything too
        signal.signal(number, signal.default_int_handler)
    try:
        ports = Ports.chosen()
        ports.check()
        model = train()
        with House(model, ROOT / "var", ports) as house:
            print(f"\n  Clinic demo page     {house.demo}\n  Chat API             {house.api}/openapi.json")
            print(f"  Staff console        {house.api}/console/\n  What staff are sent  {house.outside}\n")
            if link := _first_manager(house):
                print(
                    f"  Nobody can sign in to the console yet. The first manager begins here, once, today:\n  {link}\n"
                )
            if unsigned := _unsigned(house):
                print(f"  {unsigned} answers are not signed by a clinician yet. Do not use them with patients.\n")
            print("  Ctrl-C stops everything.\n", flush=True)
            while True:
                time.sleep(0.5)
                for name, process in house.processes.items():
                    if process.poll() is not None:
                        raise HouseError(f"The {name} has stopped: its last lines above say why.")
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0
    except (HouseError, TrainingError, ValueError) as error:
        print(f"\nStopped: {error}", file=sys.stderr)
        return 1


def _first_manager(house: House) -> str | None:
    """The link for the first manager, while there is none."""
    records = Records(house.database_url)
    try:
        return first_manager_link(records, os.environ.get("FRONTDESK_PUBLIC_URL") or house.api)
    finally:
        records.dispose()


def _unsigned(house: House) -> int:
    """How many answers no clinician has signed as they are now, neither in their file nor in the console."""
    catalogue, today, records = Catalogue(), dt.datetime.now(dt.UTC).date(), Records(house.database_url)
    try:
        signatures = records.latest_signatures()
    finally:
        records.dispose()
    return sum(
        catalogue.answers[topic].review.status != "clinical"
        and standing(catalogue.answers[topic], digest_of(content), signatures.get(topic), True, today).state != "signed"
        for topic, content in contents(catalogue).items()
    )


if __name__ == "__main__":
    sys.exit(main())
