"""`--values FILE`: values of all variables at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from gradcli.errors import InputProblem, Problem

if TYPE_CHECKING:
    from gradcli.cli.session import Session
    from gradcli.data.named import Named
    from gradcli.data.values import Picked

__all__ = ["picked_values"]

_LISTED = 8  # unused names that are told


def picked_values(session: Session, places: Sequence[str], used: Collection[str]) -> dict[str, Picked]:
    """The values that files have for the names that are used; a later file's win. What is not used is noted.

    Args:
        session: the run; `-` stands for its standard input.
        places: a file each, or a table in one.
        used: the expression's variables.

    Raises:
        Problem: about a file.
    """
    from gradcli.data.values import Picked

    found: dict[str, Picked] = {}
    unused: dict[str, str] = {}
    for place in places:
        named = _read(session, place, used)
        found |= {name: Picked.of(named, name) for name in named.names if name in used}
        unused |= {name: named.origin for name in named.names if name not in used and name not in unused}
    if unused:
        told = [f"{', '.join(names)} of {origin}" for origin, names in _grouped(unused).items()]
        more = f" and {len(unused) - _LISTED:,} more" if len(unused) > _LISTED else ""
        session.note(f"the expression does not use {'; '.join(told)}{more}")
    for name, origin in unused.items():
        table, _, last = name.rpartition(".")
        if table and last in used and last not in found:
            place = f"{origin}{'.' if ':' in origin else ':'}{table}"
            session.note(f"{name} of {origin} is the value of '{last}' with --values {place}")
    return found


def _grouped(unused: Mapping[str, str]) -> dict[str, list[str]]:
    """The first of the names that are not used, by file."""
    grouped: dict[str, list[str]] = {}
    for name, origin in list(unused.items())[:_LISTED]:
        grouped.setdefault(origin, []).append(name)
    return grouped


def _read(session: Session, place: str, used: Collection[str]) -> Named:
    from gradcli.data.named import within
    from gradcli.data.tables import named_of_text, read_values

    try:
        source, _, table = place.partition(":")
        if source != "-":
            return read_values(place)
        named = named_of_text(session.read_stdin("the values"), "standard input", one_row=True)
        return within(named, table) if table else named
    except Problem as problem:
        if isinstance(problem, InputProblem) and problem.message.startswith("there is no file") and "values" in used:
            problem.hint = f"--values names a file of values; the variable is given by --set values={place}"
        raise
