"""Settings of the frontdesk: one typed table, read from ``FRONTDESK_…`` environment variables."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from content.catalogue import ROOT


class Settings(BaseSettings):
    """Every setting with its default and what it is for. ``docs/developing.md`` lists them."""

    model_config = SettingsConfigDict(env_prefix="FRONTDESK_", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, description="Port to listen on.")
    demo_port: int = Field(8081, description="Port of the demo clinic page: another origin than the API.")
    database_url: str = Field(f"sqlite:///{ROOT / 'var' / 'records.db'}", description="Where the records are.")
    rasa_url: str = Field("http://127.0.0.1:5005", description="The Rasa server; never a public address.")
    rasa_token: str = Field("", description="Shared secret for the Rasa channel; `make run` makes one.")
    actions_url: str = Field("http://127.0.0.1:5055", description="The action server, asked for its health only.")
    engine_seconds: float = Field(4.0, gt=0, le=30, description="How long an answer may take before 'unavailable'.")
    public_url: str = Field("", description="Where staff reach this service; links in pages start with it.")
    notify_every: float = Field(1.0, gt=0, le=60, description="Seconds between two looks at the pages to send.")
    notify_seconds: float = Field(12.0, gt=0, le=60, description="How long handing one page over may take.")
    notify_retries: tuple[float, ...] = Field(
        (1.0, 5.0, 30.0, 120.0, 600.0), min_length=1, description="Pauses before a page is sent again."
    )
    acknowledge_u0: float = Field(300.0, gt=0, description="Seconds to acknowledge U0; then the next person is told.")
    acknowledge_u1: float = Field(1800.0, gt=0, description="The same for U1.")
    rate_limits: Literal["on", "off"] = Field("on", description="off: for benchmarks and tests on loopback.")

    @property
    def link_base(self) -> str:
        """What the links in pages start with."""
        return self.public_url or f"http://{self.host}:{self.port}"
