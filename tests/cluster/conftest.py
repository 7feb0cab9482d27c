"""One PostgreSQL server for all tests of a cluster, its database emptied for each test; a Redis server for those that ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from records import Records
from records.migrate import upgrade
from tests.cluster.servers import PostgreSQL, RedisServer, postgresql
from tests.records.parts import opened


@pytest.fixture(scope="session")
def server() -> Iterator[PostgreSQL]:
    with postgresql() as one:
        upgrade(one.create("migrated"))
        yield one


@pytest.fixture
def database_url(server: PostgreSQL) -> str:
    """A database without any rows: emptying it takes less time than making one."""
    server.empty("migrated")
    return server.url("migrated")


@pytest.fixture
def records(database_url: str) -> Iterator[Records]:
    one = Records(database_url)
    yield one
    one.dispose()


@pytest.fixture
def other(database_url: str) -> Iterator[Records]:
    """The same database as another process has it."""
    one = Records(database_url)
    yield one
    one.dispose()


@pytest.fixture
def conversation(records: Records) -> str:
    return opened(records)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    one = RedisServer()
    yield one
    one.kill()
