"""The names that may be called, against the language's own: what one has and the other lacks is known."""

from __future__ import annotations

import pytest

from gradcli.ops import CONSTANTS as OURS
from gradcli.ops import names
from gradcli.ops.table.lookup import INTERNAL
from gradcli.reread.names import ABSENT, CONSTANTS, KEYWORDS, function, known_names


def test_every_name_of_the_language_means_something_or_is_listed() -> None:
    assert set(names()) - known_names() - INTERNAL == ABSENT


def test_nothing_else_can_be_called() -> None:
    assert known_names() <= set(names())


def test_the_constants_are_the_same() -> None:
    assert list(CONSTANTS) == list(OURS)
    assert [repr(value) for value in CONSTANTS.values()] == [repr(value) for value in OURS.values()]


@pytest.mark.parametrize("name", sorted(known_names() - {"len", "max", "min"}))
def test_every_function_is_there(name: str) -> None:
    assert function(name) is not None


@pytest.mark.parametrize(
    "name", ["load", "fromfile", "save", "eval", "getattr", "frompyfunc", "vectorize", "__import__"]
)
def test_what_reads_files_or_runs_code_is_not(name: str) -> None:
    assert function(name) is None


def test_no_argument_writes_or_changes_types() -> None:
    assert not KEYWORDS & {"out", "dtype", "where", "initial", "casting", "order", "like", "subok", "optimize"}
