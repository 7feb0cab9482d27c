"""Runs the assistant until Ctrl-C: ``python -m tools.run``."""

from __future__ import annotations

import signal
import sys
import time

from content.catalogue import ROOT, Catalogue
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
            print(f"  What staff are sent  {house.outside}\n")
            if unsigned := sum(answer.review.status != "clinical" for answer in Catalogue().answers.values()):
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


if __name__ == "__main__":
    sys.exit(main())
