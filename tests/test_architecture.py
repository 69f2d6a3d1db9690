"""The page on architecture names what is there, and everything that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "gradcli"
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
ROOMS = sorted(p.parent for p in PACKAGE.glob("*/*/__init__.py"))
PLACES = sorted(set(re.findall(r"`((?:\w+/)+\w+(?:\.py)?|errors\.py|tests/cases)`", PAGE)))


@pytest.mark.parametrize("place", PLACES)
def test_what_is_named_exists(place: str) -> None:
    assert (PACKAGE / place).exists() or (ROOT / place).exists()


def test_places_are_named() -> None:
    assert len(PLACES) > 50


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(PACKAGE)))
def test_every_room_is_in_the_drawing_and_says_what_it_is(room: Path) -> None:
    drawing = PAGE.partition("## The life of")[0]
    assert re.search(rf"\b{room.name}\b", drawing)
    assert (room / "__init__.py").read_text(encoding="utf-8").startswith('"""')


@pytest.mark.parametrize("word", ["seed", "tape", "cotangent", "tangent", "span", "statics", "address", "witness"])
def test_words_of_the_code_are_explained(word: str) -> None:
    assert re.search(rf"^\| [^|]*\b{word}\b", PAGE.partition("## Glossary")[2], re.MULTILINE)
