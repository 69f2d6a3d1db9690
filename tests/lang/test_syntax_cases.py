"""One file in tests/cases/syntax for each mistake: the text, a line `---`, and what is said about it.

Adding a case is adding a file. A character of the text that an editor would hide is written as \\u200b.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradcli.errors import SyntaxProblem
from gradcli.lang import parse

CASES = sorted((Path(__file__).parents[1] / "cases" / "syntax").glob("*.txt"))

_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


def read(path: Path) -> tuple[str, str]:
    text, _, expected = path.read_text(encoding="utf-8").partition("---\n")
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return text.removesuffix("\n"), expected.rstrip("\n")


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_the_mistake_is_explained(path: Path) -> None:
    text, expected = read(path)
    with pytest.raises(SyntaxProblem) as caught:
        parse(text)
    assert f"error: {caught.value}".rstrip("\n") == expected
    assert caught.value.source == text


def test_the_cases_are_there() -> None:
    assert len(CASES) >= 60
