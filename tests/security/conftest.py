"""Two frontdesks for all tests of security: one in this process, one as the tests of the console have it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.inside import Inside, inside


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with inside(tmp_path_factory.mktemp("inside"), rate_limits="off") as desk:
        yield desk
