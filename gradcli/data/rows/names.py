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
_TWICE = "give one of them another name in the table"


def variables_of(names: Sequence[str], renamed: Mapping[str, str], origin: str) -> dict[str, Variable]:
    """What a program may use of a table's columns.

    A name that stands for no variable, because it is there twice or an entry of it is missing, has that for a fault:
    a program that does not use it is none the worse.

    Args:
        names: the columns.
        renamed: for variables the columns that they stand for.
        origin: the table, for messages.

    Raises:
        InputProblem: for a new name of a column that is not there, or one that is.

    >>> variables_of(["id", "x[0]", "x[1]"], {"n": "id"}, "p.csv")
    {'x': Variable(columns=(1, 2), shape=(2,), fault=('', '')), 'n': Variable(columns=(0,), shape=(), fault=('', ''))}
    """
    places: dict[str, list[int]] = {}
    entries: dict[str, dict[tuple[int, ...], int]] = {}
    faults: dict[str, tuple[str, str]] = {}
    meant = {column: name for name, column in renamed.items()}
    _check_renamed(names, renamed, meant, origin)
    for position, name in enumerate(names):
        entry = _ENTRY.fullmatch(name)
        if name in meant or (entry is None and name):
            places.setdefault(normalize(meant.get(name, name)), []).append(position)
        elif entry is not None:
            at = tuple(map(int, _DIGITS.findall(entry[2])))
            variable = normalize(entry[1])
            of_name = entries.setdefault(variable, {})
            if at in of_name:
                faults.setdefault(variable, (f"{origin} has the column '{name}' twice", _TWICE))
            of_name[at] = position
    found = {}
    for name, (first, *others) in places.items():
        twice = (f"{origin} has the column '{names[first]}' twice", _TWICE)
        found[name] = Variable((first,), (), twice if others else ("", ""))
    for name, positions in entries.items():
        if name in found:
            both = (f"{origin} has columns '{name}' and '{name}[...]'", "--rename gives one a new name")
            found[name] = found[name]._replace(fault=both)
            continue
        whole = _whole(name, positions, origin)
        found = {name: whole._replace(fault=faults.get(name, whole.fault)), **found}
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


def _whole(name: str, positions: Mapping[tuple[int, ...], int], origin: str) -> Variable:
    """A vector or a matrix of columns."""
    columns = tuple(positions.values())
    ranks = {len(at) for at in positions}
    if len(ranks) > 1:
        return Variable(columns, (), (f"the columns of '{name}' in {origin} have different numbers of indices", ""))
    shape = tuple(1 + max(at[axis] for at in positions) for axis in range(ranks.pop()))
    for at in product(*map(range, shape)):
        if at not in positions:
            told = "".join(f"[{i}]" for i in at)
            fault = (f"{origin} has no column '{name}{told}'", "the indices of entries begin with 0")
            return Variable(columns, shape, fault)
    return Variable(tuple(positions[at] for at in product(*map(range, shape))), shape)


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
