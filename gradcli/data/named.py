"""Values under names, as a file has them: which names there are, and the value of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gradcli.errors import InputProblem, suggest
from gradcli.lang import normalize

__all__ = ["Named", "flat", "listed", "within"]

_LISTED = 8  # names that a message lists


class Named(NamedTuple):
    """Values by name; none is unpacked before it is read.

    Attributes:
        origin: the file, for messages.
        names: in the file's order; what is in a table within the file has a dotted name.
        read: the value under a name: a number, nested lists, an array, or a text, which is an expression.
        rows: of columns how many numbers each has; None where names have values of their own.
    """

    origin: str
    names: tuple[str, ...]
    read: Callable[[str], Any]
    rows: int | None = None

    def value(self, name: str) -> Any:
        """The value under a name.

        Raises:
            InputProblem: if there is none.
        """
        if name in self.names:
            return self.read(name)
        inside = [known for known in self.names if known.startswith(f"{name}.")]
        if inside:
            told = f"'{name}' must be real numbers, and is a table in {self.origin}"
            raise InputProblem(told, hint=f"it has {listed(inside)}")
        near = suggest(name, list(self.names))
        hint = f"did you mean '{near}'? " if near else ""
        how = f"; a column of another name: @{self.origin}:{self.names[0]}" if self.rows and self.names else ""
        raise InputProblem(f"{self.origin} has no entry '{name}'", hint=f"{hint}it has {listed(self.names)}{how}")


def listed(names: tuple[str, ...] | list[str]) -> str:
    """Some names as a message lists them.

    >>> listed(("x", "y")), listed(())
    ("'x', 'y'", 'nothing')
    """
    told = ", ".join(map(repr, names[:_LISTED])) or "nothing"
    return f"{told} and {len(names) - _LISTED:,} more" if len(names) > _LISTED else told


def flat(table: Mapping[str, Any], origin: str) -> Named:
    """The values of a table and of the tables in it, these under dotted names.

    Raises:
        InputProblem: if a name is no text, or stands twice.

    >>> flat({"x": 1, "rates": {"k": 0.5}}, "p.json").names
    ('x', 'rates.k')
    """
    found: dict[str, Any] = {}
    pending = [("", table)]
    while pending:
        prefix, inner = pending.pop()
        for key, value in inner.items():
            if not isinstance(key, str):
                raise InputProblem(f"a name in {origin} is read as {key!r}", hint=f"quote it: '{key}'")
            name = prefix + normalize(key.strip())
            if isinstance(value, Mapping):
                pending.append((f"{name}.", value))
            elif name in found:
                raise InputProblem(f"{origin} has the name '{name}' twice")
            else:
                found[name] = value
    return Named(origin, tuple(found), found.__getitem__)


def within(named: Named, table: str) -> Named:
    """The values of a table in the file, by their names within it.

    Raises:
        InputProblem: if there is no such table.

    >>> within(flat({"x": 1, "rates": {"k": 0.5}}, "p.json"), "rates").names
    ('k',)
    """
    prefix = f"{table}."
    names = tuple(name.removeprefix(prefix) for name in named.names if name.startswith(prefix))
    if names:
        return Named(f"{named.origin}:{table}", names, lambda name: named.read(prefix + name), named.rows)
    if table in named.names:
        raise InputProblem(
            f"'{table}' in {named.origin} is a value, not a table", hint=f"one value: --x @{named.origin}:{table}"
        )
    tables = list(dict.fromkeys(name.rpartition(".")[0] for name in named.names if "." in name))
    raise InputProblem(f"{named.origin} has no table '{table}'", hint=f"its tables are {listed(tables)}")
