"""Help whose lines break between words alone. It is imported where help is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

__all__ = ["Formatter", "sections"]

_SHARED = {
    "Input": ("file", "values", "set", "constants", "notation", "loose"),
    "Check": ("check", "no_check", "no_cache", "check_timeout", "verify", "strict", "digits"),
    "Output": ("form", "json", "quiet", "output", "color", "anomaly"),
    "Limits": ("timeout", "max_memory"),
}
"""Options that many commands have, by what they are about."""

_UNBROKEN = "\N{NON-BREAKING HYPHEN}"
"""Stands for a hyphen while lines are wrapped, so that no option is broken inside."""


_NARROW, _WIDE = 20, 80
_NARROWEST, _BESIDE = 4, 32
"""Columns for the names in a list, and those that the descriptions need beside them: more than their longest word."""


class Formatter(click.HelpFormatter):
    """Wraps help between words alone, at the terminal's width however narrow it is."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        if width is None:
            from shutil import get_terminal_size

            width = max(_NARROW, min(get_terminal_size().columns, max_width or _WIDE) - 2)
        super().__init__(indent_increment, width, max_width)

    def write(self, string: str) -> None:
        """Write a text that is wrapped, with its hyphens."""
        super().write(string.replace(_UNBROKEN, "-"))

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args.replace("-", _UNBROKEN), prefix)

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        super().write_text(text.replace("-", _UNBROKEN))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of options or commands."""
        unbroken = [(name.replace("-", _UNBROKEN), told.replace("-", _UNBROKEN)) for name, told in rows]
        super().write_dl(unbroken, max(_NARROWEST, min(col_max, self.width - _BESIDE)), col_spacing)


def sections(params: Sequence[click.Parameter]) -> list[tuple[str, list[click.Option]]]:
    """A command's options under headings: its own come first, then those that it shares with others.

    >>> [title for title, _ in sections([click.Option(["--json"]), click.Option(["--wrt"])])]
    ['Options', 'Output']
    """
    options = [param for param in params if isinstance(param, click.Option)]
    shared = {name for names in _SHARED.values() for name in names}
    grouped = [("Options", [param for param in options if param.name not in shared])]
    for title, names in _SHARED.items():
        found = [param for param in options if param.name in names]
        grouped.append((title, sorted(found, key=lambda param: names.index(param.name or ""))))
    return [(title, found) for title, found in grouped if found]
