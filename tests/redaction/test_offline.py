"""Redaction reaches for no network: not when it loads, not for an e-mail address."""

from __future__ import annotations

import subprocess
import sys

ALONE = """
import socket, sys

def refuse(*_, **__):
    raise AssertionError("reached for the network")

for name in ("connect", "connect_ex", "sendto", "bind"):
    setattr(socket, "getaddrinfo", refuse)
socket.create_connection = socket.gethostbyname = refuse
class Closed(socket.socket):
    connect = connect_ex = sendto = bind = refuse
socket.socket = Closed
sys.addaudithook(lambda event, args: refuse() if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto") else None)

from redaction import redact
print(redact("Ana Ruiz, jane.doe@gmail.com, https://example.co.uk/jane, 512 555 0142"))
"""


def test_nothing_reaches_for_the_network() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[name], [e-mail], [link], [phone]"
