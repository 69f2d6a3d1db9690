"""Long JSON lists: read in pieces as they would be at once, and a comma too many is not passed by."""

from __future__ import annotations

import json
import random

import pytest

from gradcli.data import long_lists
from gradcli.data.long_lists import read_list
from tests.cli.runner import gradcli


@pytest.fixture(autouse=True)
def _short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_lists, "_PIECE", 7)


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2.5, -3e-7, 4, 5, 6, 7, 8, 9]",
        "[[1, 2], [3, 4] , [5, 6],[7,8]]",
        "[ [1], 2, [3, 4, 5, 6], 7, 8 ]",
        "[true, false, null, 1, 2, 3]",
    ],
)
def test_pieces_make_the_whole(text: str) -> None:
    assert read_list(text) == json.loads(text)


def test_what_is_no_json_is_not_read() -> None:
    source = random.Random(0)
    read = 0
    for _ in range(20_000):
        text = "[" + "".join(source.choice("11,,[]") for _ in range(source.randint(8, 24))) + "]"
        found = read_list(text)
        if found is None:
            continue
        read += 1
        assert found == json.loads(text)
    assert read >= 5


COMMAS = [
    "[1, 2, 3, 4, 5, 6,]",
    "[1, 2, 3,, 4, 5, 6]",
    "[,1, 2, 3, 4, 5]",
    "[[1, 2], [3, 4],, [5, 6]]",
    "[[1, 2], [3, 4],]",
]


@pytest.mark.parametrize("text", COMMAS)
def test_a_comma_too_many(text: str) -> None:
    assert read_list(text) is None
    assert gradcli(["eval", "sum(x)", "--x", "-"], stdin=text).status == 2


def test_what_else_is_read_at_once() -> None:
    for text in ("[NaN, 1, 2, 3, 4]", "[[[1, 2]], [[3, 4]]]", '{"x": [1, 2, 3, 4]}', '["a", "b", "c"]'):
        assert read_list(text) is None
