"""A stand-in for Rasa that answers every question at once, in the form of ``nlu/channel.py``; a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys

ANSWER = {
    "kind": "answer",
    "text": "Ketamine acts on glutamate, a messenger in the brain. " * 8,  # as long as most answers are
    "topics": ["mechanism/how_it_works"],
    "sources": [{"id": "004", "title": "A document", "heading": "How it works", "url": None}],
    "suggestions": [{"label": "Is it safe?", "value": "topic:safety/is_it_safe"}],
    "confidence": 0.9,
}
UNDERSTOOD = {"intent": "mechanism", "topics": ["mechanism/how_it_works"], "in_guide": False}


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    body = json.dumps({"replies": [ANSWER], "understanding": UNDERSTOOD}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    try:
        while asked := await reader.readuntil(b"\r\n\r\n"):
            for line in asked.lower().splitlines():
                if line.startswith(b"content-length:"):
                    await reader.readexactly(int(line.split(b":")[1]))
            writer.write(head + body)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()  # the frontdesk has no more questions


async def main(port: int) -> None:
    """Answer until killed."""
    server = await asyncio.start_server(_serve, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
