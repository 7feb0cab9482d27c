"""What keeps the frontdesk from starting: settings that put visitors or staff at risk, each with how to mend it."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from content.clinic import ON_CALL, Clinic
from escalation.paging import unreachable
from frontdesk.settings import Settings, is_loopback

SHORTEST_SECRET = 24  # characters; `make run` makes one of 43
# Names that no public address has: of this machine, of a compose file (no dot at all), of private networks (RFC 6762,
# RFC 8375, ICANN's .internal) and of a Kubernetes cluster.
PRIVATE_NAMES = (".local", ".internal", ".svc", ".lan", ".home.arpa", ".localhost")
PLACEHOLDERS = ("change", "secret", "example", "password", "token")


class UnsafeConfiguration(ValueError):
    """The frontdesk must not start like this; the message says why, and how to mend it, one sentence a fault."""


def check(settings: Settings, clinic: Clinic) -> None:
    """Refuse to start in a configuration that is not safe.

    Raises:
        UnsafeConfiguration: It is not; names every fault at once.
    """
    found = faults(settings, clinic)
    if found:
        raise UnsafeConfiguration("The frontdesk does not start like this:\n" + "\n".join(f"  {one}" for one in found))


def faults(settings: Settings, clinic: Clinic) -> list[str]:
    """Return what is unsafe, one sentence each, which says how to mend it."""
    found = [_of_engine(name, url) for name, url in _engines(settings)]
    found.append(_of_public_url(settings))
    if not is_loopback(settings.host) and settings.rate_limits == "off":
        found.append("FRONTDESK_RATE_LIMITS is off and others can come here: set it to on.")
    if settings.is_public:
        found.append(_of_secret(settings.rasa_token))
        for place, there in (("", clinic), *clinic.places.items()):
            if len(unreachable(there).get(ON_CALL, ())) == len(there.team(ON_CALL)):
                found.append(
                    f"Nobody of teams.on_call{f' of location {place}' if place else ''} in clinic.yml can be notified, "
                    "so nobody would hear of a crisis: set the variables that it names, such as ON_CALL_NOTIFY "
                    "(docs/escalation.md)."
                )
    return [one for one in found if one]


def check_demo(settings: Settings) -> None:
    """Refuse to show the demo clinic to anybody but this machine.

    Raises:
        UnsafeConfiguration: It would be public.
    """
    if not is_loopback(settings.host):
        raise UnsafeConfiguration(
            f"The demo clinic is for trying out and would be public at {settings.host}: set FRONTDESK_HOST to "
            "127.0.0.1, or do not start the demo."
        )


def _engines(settings: Settings) -> list[tuple[str, str]]:
    return [
        *(("FRONTDESK_RASA_URL", url) for url in settings.rasa_urls),
        ("FRONTDESK_ACTIONS_URL", settings.actions_url),
    ]


def _of_engine(name: str, url: str) -> str | None:
    host = urlsplit(url).hostname or ""
    try:
        private = ipaddress.ip_address(host).is_private
    except ValueError:
        private = bool(host) and ("." not in host or host.endswith(PRIVATE_NAMES))
    return None if private else f"{name} is public: give it a private address, such as http://127.0.0.1:5005."


def _of_public_url(settings: Settings) -> str | None:
    if not settings.public_url:
        if is_loopback(settings.host):
            return None
        return (
            f"FRONTDESK_HOST is {settings.host}, so others can come here, and FRONTDESK_PUBLIC_URL is empty: set it to "
            "the https address of the proxy in front, such as https://chat.your-clinic.example."
        )
    address = urlsplit(settings.public_url)
    if address.scheme == "https" and address.hostname:
        return None
    if address.scheme == "http" and is_loopback(address.hostname or ""):
        return None
    return "FRONTDESK_PUBLIC_URL is not https, so passwords could be read on their way: give an https address."


def _of_secret(secret: str) -> str | None:
    lowered = secret.lower()
    if len(secret) >= SHORTEST_SECRET and len(set(secret)) > 8 and not any(one in lowered for one in PLACEHOLDERS):
        return None
    return (
        "FRONTDESK_RASA_TOKEN is empty, short or a placeholder: set it, or the file that FRONTDESK_RASA_TOKEN_FILE "
        "names, to what 'openssl rand -base64 32' prints, and give Rasa the same as RASA_CHANNEL_TOKEN."
    )
