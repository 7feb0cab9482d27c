"""Settings of the frontdesk: one typed table, read from ``FRONTDESK_…`` variables or the files that they name."""

from __future__ import annotations

import ipaddress
import os
import shlex
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url

from content.catalogue import ROOT
from content.secrets import value_of

_PREFIX = "FRONTDESK_"


class _NamedFiles(PydanticBaseSettingsSource):
    """Reads ``FRONTDESK_X`` from the file that ``FRONTDESK_X_FILE`` names."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return what the file of a setting holds."""
        return value_of(f"{_PREFIX}{field_name.upper()}"), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return every setting that has a file."""
        fields = self.settings_cls.model_fields.items()
        named = [(field, name) for name, field in fields if os.environ.get(f"{_PREFIX}{name.upper()}_FILE")]
        return {name: self.get_field_value(field, name)[0] for field, name in named}


def _command(value: str) -> str:
    """Refuse what a shell could not take apart, such as a quotation mark without its other half."""
    shlex.split(value)
    return value


def _addresses(given: str) -> str:
    for one in filter(None, (part.strip() for part in given.split(","))):
        if ipaddress.ip_network(one).prefixlen == 0:
            raise ValueError("everybody would be believed: name the proxy's own address")
    return given


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Settings(BaseSettings):
    """Every setting with its default and what it is for. ``docs/developing.md`` lists them."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, description="Port to listen on.")
    demo_port: int = Field(8081, description="Port of the demo clinic page: another origin than the API.")
    database_url: str = Field(
        f"sqlite:///{ROOT / 'var' / 'records.db'}", repr=False, description="Where the records are."
    )
    audit_anchors: Path | None = Field(None, description="Where the audit's ends are noted; default: by the database.")
    taught_dir: Path = Field(ROOT / "var" / "taught", description="Where what staff teach waits for `make learn`.")
    learn_command: Annotated[str, AfterValidator(_command)] = Field(
        "", description="What the console's Learn button starts; empty: `tools.learn`, where Rasa's environment is."
    )
    rasa_url: str = Field(
        "http://127.0.0.1:5005", description="The Rasa server, or several with commas; never a public address."
    )
    rasa_token: str = Field("", repr=False, description="Shared secret for the Rasa channel; `make run` makes one.")
    actions_url: str = Field("http://127.0.0.1:5055", description="The action server, asked for its health only.")
    engine_seconds: float = Field(4.0, gt=0, le=5, description="How long an answer may take before 'unavailable'.")
    redis_url: str = Field("", description="Redis that wakes the other frontdesk processes; empty if there is one.")
    recheck_seconds: float = Field(15.0, gt=0, le=60, description="Until a visitor sees what another process wrote.")
    public_url: str = Field("", description="Where staff reach this service: links start with it.")
    trusted_proxies: Annotated[str, AfterValidator(_addresses)] = Field(
        "127.0.0.1,::1", description="Addresses of proxies whose X-Forwarded-For is believed."
    )
    notify_every: float = Field(1.0, gt=0, le=60, description="Seconds between two looks at the pages to send.")
    notify_seconds: float = Field(12.0, gt=0, le=60, description="How long handing one page over may take.")
    notify_retries: tuple[float, ...] = Field(
        (1.0, 5.0, 30.0, 120.0, 600.0), min_length=1, description="Pauses before a page is sent again."
    )
    acknowledge_u0: float = Field(300.0, gt=0, description="Seconds to acknowledge U0; then the next person is told.")
    acknowledge_u1: float = Field(1800.0, gt=0, description="The same for U1.")
    redaction: Literal["on", "off"] = Field("on", description="off: no redacted copies are made, for tests.")
    retention: Literal["on", "off"] = Field("on", description="off: old conversations are deleted by command only.")
    rate_limits: Literal["on", "off"] = Field("on", description="off: for benchmarks and tests on loopback.")

    @property
    def rasa_urls(self) -> list[str]:
        """Where the Rasa workers listen."""
        return [url.strip().rstrip("/") for url in self.rasa_url.split(",") if url.strip()]

    @property
    def link_base(self) -> str:
        """What the links in pages start with."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def is_public(self) -> bool:
        """Whether others than this machine itself can come here."""
        return not (is_loopback(self.host) and is_loopback(urlsplit(self.link_base).hostname or ""))

    @property
    def anchors_file(self) -> Path:
        """Where the audit's ends are noted, outside the database."""
        if self.audit_anchors:
            return self.audit_anchors
        database = make_url(self.database_url).database
        on_disk = self.database_url.startswith("sqlite") and database and database != ":memory:"
        return Path(f"{database}.audit-anchors") if on_disk else ROOT / "var" / "audit-anchors"

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *others: Any, **named: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the program gives comes first, then the environment and the files that it names."""
        return init_settings, named["env_settings"], _NamedFiles(settings_cls)
