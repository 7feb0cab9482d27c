"""Says what a model makes of messages: ``python -m benchmarks.understood MODEL``, for :mod:`tools.learn`.

Reads a JSON list of texts from the standard input and writes a JSON list of what was understood to the standard output.
Each text is read as the first of a conversation. Nothing of them is written anywhere else.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from typing import Any, Dict, List


async def understood(model: str, texts: List[str]) -> List[Dict[str, Any]]:
    """Return intent, topics and safety categories of each text."""
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    found = []
    for text in texts:
        parsed = await agent.parse_message(text.lstrip("/ ") or " ")  # a leading slash is a command of Rasa's
        understanding = parsed.get("understanding") or {}
        found.append(
            {
                "intent": parsed["intent"]["name"],
                "topics": understanding.get("topics", []),
                "categories": [finding["category"] for finding in understanding.get("findings", [])],
            }
        )
    return found


def main() -> int:
    """Answer on the standard output, where Rasa must not write; when it fails, with a status alone."""
    answer, sys.stdout = sys.stdout, sys.stderr
    logging.disable(logging.WARNING)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    json.dump(asyncio.run(understood(sys.argv[1], json.load(sys.stdin))), answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
