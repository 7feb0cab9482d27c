"""The mail server is down for an hour; a service has let its certificate expire."""

from __future__ import annotations

import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from records import Cause, Message, Page, Records
from records.migrate import upgrade
from tests.escalation.parts import HURRY, a_clinic, free_port, mailbox, notices, notifying, wait_for
from tests.reliability.rig import Rig

CRISIS = Cause("a", "U0", ("on_call",))
TRIES_IN_AN_HOUR = 10  # at once, after 1, 5, 30, 120 and 600 s, and every 600 s from then on


def mail_down(_rig: Rig) -> str:
    """Nobody listens at the mail server for as many tries as an hour holds; the mail goes out once it does."""
    pace = replace(HURRY, retries=(0.05,) * TRIES_IN_AN_HOUR)
    port = free_port()
    with _records() as records:
        conversation = _in_danger(records)
        clinic = a_clinic(teams={"on_call": [{"name": "On call", "notify": _mail(port)}]})
        with notifying(records, clinic, pace):
            wait_for(lambda: _only(records, conversation).attempts >= TRIES_IN_AN_HOUR, 30)
            assert _only(records, conversation).last_error == "ConnectionRefused"
            (shown,) = wait_for(lambda: notices(records, conversation))
            with mailbox(port=port) as box:
                wait_for(lambda: _only(records, conversation).state in ("sent", "unanswered") and box.got)
                page = _only(records, conversation)
        assert [got.token for got in box.got] == [page.token]
    return str(shown)


def certificate_expired(_rig: Rig) -> str:
    """The first person's service shows a certificate that has expired: the next person is told meanwhile."""
    with _records() as records, _expired() as port, mailbox() as box:
        conversation = _in_danger(records)
        people = [
            {"name": "First", "notify": f"jsons://127.0.0.1:{port}/first"},
            {"name": "Next", "notify": box.url("next")},
        ]
        with notifying(records, a_clinic(teams={"on_call": people})):
            wait_for(lambda: box.got)
            first = next(page for page in records.pages_of(conversation) if page.step == 0)
        assert (first.state, first.last_error) == ("due", "CertificateExpired")  # kept, and tried again
        assert notices(records, conversation) == []
    return "nothing: somebody was told"


@contextmanager
def _records() -> Iterator[Records]:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/records.db"
        upgrade(url)
        records = Records(url)
        try:
            yield records
        finally:
            records.dispose()


def _in_danger(records: Records) -> str:
    conversation = records.open_conversation("", "en-US", Message("bot", "opening", {"text": "Welcome."}))[0].id
    records.receive(conversation, "one", {"text": "I want to die"}, [CRISIS])
    return conversation


def _only(records: Records, conversation: str) -> Page:
    (page,) = records.pages_of(conversation)
    return page


def _mail(port: int) -> str:
    return f"mailto://127.0.0.1:{port}/?from=assistant@clinic.example&to=on-call@clinic.example"


@contextmanager
def _expired() -> Iterator[int]:
    """A service whose certificate, which it signed itself, has expired."""
    with TemporaryDirectory() as folder:
        key, certificate = Path(folder) / "key.pem", Path(folder) / "certificate.pem"
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=127.0.0.1",
                 "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate)  # fmt: skip
        _openssl("x509", "-in", certificate, "-signkey", key, "-days", "-1", "-out", certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = _Quiet(("127.0.0.1", 0), BaseHTTPRequestHandler)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        before = os.environ.get("REQUESTS_CA_BUNDLE")
        os.environ["REQUESTS_CA_BUNDLE"] = str(certificate)  # it is trusted, but for its age
        try:
            yield server.server_port
        finally:
            del os.environ["REQUESTS_CA_BUNDLE"]
            if before is not None:
                os.environ["REQUESTS_CA_BUNDLE"] = before
            server.shutdown()
            thread.join()
            server.server_close()


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # the client hangs up, as it should
