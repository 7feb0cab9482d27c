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
    rate_limits: Literal["on", "off"] = Field("on", description="off: for benchmarks and tests on loopback.")
