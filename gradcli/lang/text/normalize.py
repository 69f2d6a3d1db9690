"""Names, however they are typed: é is one character, or e with an accent behind it."""

from __future__ import annotations

import unicodedata

__all__ = ["normalize"]


def normalize(name: str) -> str:
    """A name as Python normalises it (NFKC).

    >>> normalize("e\N{COMBINING ACUTE ACCENT}") == "\N{LATIN SMALL LETTER E WITH ACUTE}"
    True
    """
    return name if name.isascii() else unicodedata.normalize("NFKC", name)
