"""Of all tests: which one asks for a peer's recorded answers."""

from __future__ import annotations

import sys

import pytest

# Not imported here: it imports NumPy, whose threads keep a process from being forked, which is tested too.
RECORDED = "tests.recorded"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tell the records which test asks from now on."""
    if RECORDED in sys.modules:
        sys.modules[RECORDED].begin(item.nodeid)


def pytest_sessionfinish() -> None:
    """Write what was recorded."""
    if RECORDED in sys.modules:
        sys.modules[RECORDED].write()
