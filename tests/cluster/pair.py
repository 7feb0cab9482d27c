"""Two frontdesk processes beside each other, on PostgreSQL and Redis, with stand-ins for two Rasa workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chat.alone import frontdesk_alone
from tests.cluster.servers import RedisServer
from tests.cluster.worker import Worker, worker
from tests.conftest import Visitor
from tools.house import House

NEVER = "60"  # seconds, longer than any test waits: what comes sooner was pushed
SOON = "1"


@dataclass
class Pair:
    """The two processes. The first one reads a log again only when it is woken, the second one every second too."""

    first: House
    second: House
    redis: RedisServer
    workers: list[Worker]


@contextmanager
def pair(var: Path, database_url: str, redis: RedisServer) -> Iterator[Pair]:
    with ExitStack() as stack:
        workers = [stack.enter_context(worker()) for _ in range(2)]
        houses = []
        for name, recheck in (("first", NEVER), ("second", SOON)):
            (var / name).mkdir()
            (var / name / "rasa_token").write_text("shared")
            houses.append(
                stack.enter_context(
                    frontdesk_alone(
                        var / name,
                        FRONTDESK_DATABASE_URL=database_url,
                        FRONTDESK_REDIS_URL=redis.url,
                        FRONTDESK_RASA_URL=", ".join(one.url for one in workers),
                        FRONTDESK_ENGINE_SECONDS="2",
                        FRONTDESK_RECHECK_SECONDS=recheck,
                        FRONTDESK_RATE_LIMITS="off",
                        FRONTDESK_NOTIFY_EVERY="60",
                    )
                )
            )
        yield Pair(houses[0], houses[1], redis, workers)


def also_at(visitor: Visitor, house: House) -> Visitor:
    """The same visitor in the same conversation, whose requests another process gets."""
    twin = object.__new__(Visitor)
    twin.opened, twin.id = visitor.opened, visitor.id
    twin.http = type(visitor.http)(
        base_url=f"{house.api}/api/v1/conversations", timeout=20, trust_env=False, headers=visitor.http.headers
    )
    return twin
