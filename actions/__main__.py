"""Runs the action server: ``python -m actions --actions actions --port 5055``, as ``python -m rasa_sdk`` would."""

import sys

from rasa_sdk.__main__ import main
from sanic.worker.manager import WorkerManager

from records import KeyProblem
from records.keys import keys_of

# On a busy machine a worker needs longer than Sanic's 30 s to start, and Sanic would give up. In tenths of a second.
WorkerManager.THRESHOLD = 1200

if __name__ == "__main__":
    try:
        keys_of()  # here, and not when the first visitor asks
    except KeyProblem as error:
        sys.exit(str(error))
    main()
