"""Of all tests: which one asks for a peer's recorded answers."""

from __future__ import annotations

import pytest

from tests import recorded


@pytest.fixture(autouse=True)
def _asking(request: pytest.FixtureRequest) -> None:
    recorded.begin(request.node.nodeid)


def pytest_sessionfinish() -> None:
    recorded.write()
