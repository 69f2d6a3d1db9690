"""Where Python's and NumPy's common part with the language ends."""

from __future__ import annotations

__all__ = ["Late", "Outside"]


class Outside(Exception):
    """The program is not in Python's and NumPy's common part, or is too much to compute again; the reason says why."""


class Late(Outside):
    """There was no time for it."""
