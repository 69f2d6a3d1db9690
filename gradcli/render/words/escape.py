"""Text of the user's that is shown and never obeyed."""

from __future__ import annotations

__all__ = ["visible"]

_CONTROLS = {code: "\ufffd" for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


def visible(text: str) -> str:
    r"""The text with a mark in the place of each character that would act on the terminal.

    >>> visible("x # \x1b[31m") == "x # \ufffd[31m"
    True
    """
    return text.translate(_CONTROLS)
