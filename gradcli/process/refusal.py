"""There is no answer, and why: as a value, and as an exception."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["NotChecked", "Unanswerable"]


class NotChecked(NamedTuple):
    """Why there is no answer, as a fragment of a sentence: "no answer within 10 s"."""

    reason: str


class Unanswerable(Exception):
    """There is no answer; the text says why, as a fragment of a sentence."""
