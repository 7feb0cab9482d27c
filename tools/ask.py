"""Asks one question from the terminal: ``python -m tools.ask "Is it safe?"``.

Asks the running assistant, or starts one for this question.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import uuid
from pathlib import Path

import httpx

from tools.house import House, HouseError, Ports
from tools.train import TrainingError, train


def ask(api: str, question: str) -> str:
    """Return the reply to ``question`` with its sources, as text.

    Raises:
        httpx.HTTPError: The frontdesk did not answer, or refused the question.
    """
    with httpx.Client(base_url=f"{api}/api/v1", timeout=15, trust_env=False) as client:
        opened = client.post("/conversations", json={"origin": "terminal"}).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {opened['token']}"
        sent = client.post(
            f"/conversations/{opened['conversation']}/messages",
            json={"client_id": str(uuid.uuid4()), "text": question},
        )
        if sent.status_code == 422:
            return str(sent.json()["title"])
        lines = []
        for message in sent.raise_for_status().json()["messages"][1:]:
            lines += [f"[{message['kind']}] {', '.join(message['topics'])}", "", message["text"], ""]
            lines += [
                f"  source: {s['title']}" + (f": {s['heading']}" if s["heading"] else "") for s in message["sources"]
            ]
            lines += [f"  > {s['label']}" for s in message["suggestions"]]
        return "\n".join(lines)


def main() -> int:
    """Print the answer to the question in the arguments."""
    question = " ".join(sys.argv[1:]).strip()
    if not question:
        print('Ask something: make ask Q="Is ketamine safe?"', file=sys.stderr)
        return 2
    running = f"http://127.0.0.1:{os.environ.get('FRONTDESK_PORT', Ports.frontdesk)}"
    try:
        print(ask(running, question))
        return 0
    except httpx.ConnectError:
        print("The assistant is not running; starting it for this question …", file=sys.stderr)
    except httpx.HTTPError as error:
        print(f"The assistant did not answer ({type(error).__name__}). Is 'make run' still starting?", file=sys.stderr)
        return 1
    log = io.StringIO()
    try:
        with tempfile.TemporaryDirectory() as var, House(train(), Path(var), Ports.free(), log) as house:
            print(ask(house.api, question))
    except (HouseError, TrainingError, httpx.HTTPError) as error:
        print(f"{log.getvalue()[-2000:]}\nStopped: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
