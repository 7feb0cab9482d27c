"""Groups the messages without an answer by what they mean: ``python -m tools.group``; the console shows the groups."""

from __future__ import annotations

import json
import subprocess
import sys

from sqlalchemy.exc import SQLAlchemyError

from content.catalogue import ROOT
from frontdesk.settings import Settings
from records import GAPS, Gap, KeyProblem, Records, SealBroken

GROUP_SECONDS = 600


def group(records: Records) -> list[list[Gap]]:
    """Group the latest gaps and keep the groups, which is written down like any reading.

    Raises:
        RuntimeError: They cannot be grouped.
        sqlalchemy.exc.SQLAlchemyError: The records cannot be read.
    """
    records.write_audit("make group", "operator", "read-to-group")
    gaps = records.gaps(GAPS)
    groups: dict[int, list[Gap]] = {}
    for gap, number in zip(gaps, _numbers([gap.text for gap in gaps]), strict=True):
        groups.setdefault(number, []).append(gap)
    records.keep_groups(list(groups.values()))
    return list(groups.values())


def _numbers(texts: list[str]) -> list[int]:
    command = [str(ROOT / ".venv-rasa" / "bin" / "python"), "-m", "benchmarks.grouped"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, input=json.dumps(texts), capture_output=True, text=True, timeout=GROUP_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"It took more than {GROUP_SECONDS} s. Try again when less runs.") from error
    if done.returncode:  # what it printed may hold visitors' words
        raise RuntimeError("The sentence encoder cannot be asked: run 'make setup', and try again.")
    numbers: list[int] = json.loads(done.stdout)
    return numbers


def main() -> int:
    """Group, and say how many groups there are."""
    records = Records(Settings().database_url)
    try:
        groups = group(records)
    except SQLAlchemyError as error:
        print(f"Stopped: start the assistant once; no records can be read ({type(error).__name__}).", file=sys.stderr)
        return 1
    except (RuntimeError, KeyProblem, SealBroken) as error:
        print(f"Stopped: {error}", file=sys.stderr)
        return 1
    finally:
        records.dispose()
    print(f"{sum(map(len, groups))} messages without an answer, {len(groups)} groups: see Review in the console.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
