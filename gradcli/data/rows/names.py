"""The variables of a table: a column each, or for the entries of a vector one each, such as `x[0]` and `x[1]`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product

from gradcli.batch.table import Variable
from gradcli.errors import InputProblem, suggest
from gradcli.lang import normalize

__all__ = ["check_free", "variables_of"]

_ENTRY = re.compile(r"(.+?)((?:\[\d+(?:, *\d+)*\])+)")
_DIGITS = re.compile(r"\d+")


def variables_of(names: Sequence[str], renamed: Mapping[str, str], origin: str) -> dict[str, Variable]:
    """What a program may use of a table's columns.

    Args:
        names: the columns.
        renamed: for variables the columns that they stand for.
        origin: the table, for messages.

    Raises:
        InputProblem: for a column that stands twice, an entry that is missing, or a column that is not there.

    >>> variables_of(["id", "x[0]", "x[1]"], {"n": "id"}, "p.csv")
    {'x': Variable(columns=(1, 2), shape=(2,)), 'n': Variable(columns=(0,), shape=())}
    """
    places: dict[str, int] = {}
    entries: dict[str, dict[tuple[int, ...], int]] = {}
    meant = {column: name for name, column in renamed.items()}
    _check_renamed(names, renamed, meant, origin)
    for position, name in enumerate(names):
        entry = _ENTRY.fullmatch(name)
        if name in meant:
            _add(places, normalize(meant[name]), position, origin)
        elif entry is not None:
            at = tuple(map(int, _DIGITS.findall(entry[2])))
            of_name = entries.setdefault(normalize(entry[1]), {})
            if at in of_name:
                raise InputProblem(f"{origin} has the column '{name}' twice", hint=_TWICE)
            of_name[at] = position
        elif name:
            _add(places, normalize(name), position, origin)
    found = {name: Variable((position,), ()) for name, position in places.items()}
    for name, positions in entries.items():
        if name in found:
            raise InputProblem(f"{origin} has columns '{name}' and '{name}[...]'", hint="--rename gives one a new name")
        found = {name: _whole(name, positions, origin), **found}
    return found


def _check_renamed(names: Sequence[str], renamed: Mapping[str, str], meant: Mapping[str, str], origin: str) -> None:
    """See that each new name stands for a column, and for one alone."""
    for name, column in renamed.items():
        if meant[column] != name:
            raise InputProblem(f"--rename gives the column '{column}' two names: {name} and {meant[column]}")
        if name in names and name not in meant:
            hint = "choose a name that is none of the table's"
            raise InputProblem(f"--rename {name}={column}: {origin} has a column '{name}' too", hint=hint)
    for column in renamed.values():
        if column not in names:
            near = suggest(column, list(names))
            hint = f"did you mean '{near}'?" if near else f"it has {', '.join(names)}"
            raise InputProblem(f"{origin} has no column '{column}'", hint=hint)


_TWICE = "give one of them another name in the table"


def _add(places: dict[str, int], name: str, position: int, origin: str) -> None:
    if name in places:
        raise InputProblem(f"{origin} has the column '{name}' twice", hint=_TWICE)
    places[name] = position


def _whole(name: str, positions: Mapping[tuple[int, ...], int], origin: str) -> Variable:
    """A vector or a matrix of columns."""
    ranks = {len(at) for at in positions}
    if len(ranks) > 1:
        raise InputProblem(f"the columns of '{name}' in {origin} have different numbers of indices")
    shape = tuple(1 + max(at[axis] for at in positions) for axis in range(ranks.pop()))
    columns = []
    for at in product(*map(range, shape)):
        if at not in positions:
            told = "".join(f"[{i}]" for i in at)
            raise InputProblem(f"{origin} has no column '{name}{told}'", hint="the indices of entries begin with 0")
        columns.append(positions[at])
    return Variable(tuple(columns), shape)


def check_free(added: Sequence[str], names: Sequence[str], origin: str) -> None:
    """See that columns to be added are not there yet.

    Raises:
        InputProblem: if one is.
    """
    for name in added:
        if name in names:
            raise InputProblem(
                f"{origin} has a column '{name}' already",
                hint="--prefix P_ gives the new columns other names, --overwrite-columns replaces the old ones",
            )
