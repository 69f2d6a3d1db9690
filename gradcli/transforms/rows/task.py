"""What is to be computed at each row of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Any, Literal, NamedTuple, TypeAlias

from numpy.typing import NDArray

from gradcli.errors import NameProblem, ShapeProblem, UsageProblem, suggest
from gradcli.lang import Program, unroll, variables
from gradcli.ops import CONSTANTS
from gradcli.ops.calls.operands import Kind, Variable, variable_of
from gradcli.ops.calls.resolve import resolve_with
from gradcli.transforms.program.prepare import real_or_truth

__all__ = ["Part", "Task", "pair_column", "task"]

Part: TypeAlias = Literal["value", "gradient", "jacobian", "hessian", "derivative"]


class Task(NamedTuple):
    """A program, and which of its derivatives are wanted.

    Attributes:
        program: with the names of columns and constants as variables.
        columns: the variables that differ from row to row.
        constants: the others, with their values.
        wrt: the columns and constants to differentiate by; None for all columns that hold numbers.
        part: what is wanted beside the value.
        order: of a "derivative".
        seed: for the gradient of a value with several entries their weights.
    """

    program: Program
    columns: tuple[str, ...]
    constants: dict[str, NDArray[Any]]
    wrt: tuple[str, ...] | None
    part: Part
    order: int = 1
    seed: Any = None

    def inputs(self, kinds: Mapping[str, Kind], shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, ...]:
        """The variables to differentiate by.

        Args:
            kinds: for each column what it holds.
            shapes: for each column the shape of an entry.

        Raises:
            UsageProblem: if there are none, one holds truth values, or two columns of results would be called alike.
            ShapeProblem: for a derivative of some order by an array.
        """
        if self.part == "value":
            return ()
        if self.wrt is None:
            positions = self.positions(kinds, shapes)
            found = tuple(name for name in self.columns if kinds[name] != "truth" and name not in positions)
        else:
            found = self.wrt
            for name in found:
                if kinds.get(name) == "truth":
                    raise UsageProblem(f"cannot differentiate by '{name}': it holds truth values")
        if not found:
            raise UsageProblem("no column is differentiated by", hint="--wrt names some; --value-only gives the value")
        if self.part == "derivative" and len(found) != 1:
            raise UsageProblem(f"name the column to differentiate by: {', '.join(found)}", hint="with --wrt NAME")
        if self.part == "derivative":
            shape = shapes[found[0]] if found[0] in shapes else self.constants[found[0]].shape
            if shape:
                raise ShapeProblem(
                    f"'{found[0]}' has shape {shape}: a derivative of order {self.order} needs a number",
                    hint="without --order the gradient is given, with --hessian all second derivatives",
                )
        if self.part == "hessian":
            _check_pairs(found)
        return found

    def positions(self, kinds: Mapping[str, Kind], shapes: Mapping[str, tuple[int, ...]]) -> frozenset[str]:
        """The variables that stand where a whole number must, as in an index."""
        known = dict(shapes) | {name: array.shape for name, array in self.constants.items()}
        held = {name: Variable(kind, len(shapes[name])) for name, kind in kinds.items()}
        held |= {name: variable_of(array) for name, array in self.constants.items()}
        program = unroll(self.program, lambda name: known[name][0] if known.get(name) else None)
        return resolve_with(program, held).positions


def task(
    program: Program,
    names: Sequence[str],
    constants: Mapping[str, Any],
    wrt: Sequence[str] | None = None,
    part: Part = "gradient",
    order: int = 1,
    seed: Any = None,
) -> Task:
    """A task, with each variable of the program found among the columns and the constants.

    Args:
        program: what is computed.
        names: the table's columns; those that the program does not use are no part of the task.
        constants: values that are the same in all rows; they win over columns of the same name.
        wrt: the variables to differentiate by (default: all columns that hold numbers).
        part: what is wanted beside the value.
        order: of a "derivative".
        seed: for the gradient of a value with several entries their weights.

    Raises:
        NameProblem: for a variable that is neither, or a name that is no variable.

    >>> from gradcli.lang import parse
    >>> task(parse("k*x"), ["x", "y"], {"k": 2.0}).columns
    ('x',)
    """
    used = variables(program)
    for name in constants:
        if name not in used:
            raise NameProblem(f"the expression has no variable '{name}'", hint=f"it has {_listed(used)}")
    columns = tuple(name for name in used if name in names and name not in constants)
    for name, span in used.items():
        if name not in constants and name not in columns and name not in CONSTANTS:
            near = suggest(name, [*names])
            hint = f"did you mean '{near}'? " if near else ""
            hint += f"the columns are {_listed(names)}; --{name} VALUE gives one for all rows"
            raise NameProblem(f"there is no column '{name}'", source=program.source, span=span, hint=hint)
    for name in wrt or ():
        if name not in columns and name not in constants:
            raise NameProblem(
                f"cannot differentiate by '{name}': the expression has no such variable",
                hint=f"it has {_listed([*columns, *constants])}",
            )
    held = {name: real_or_truth(f"the value of '{name}'", value) for name, value in constants.items()}
    return Task(program, columns, held, None if wrt is None else tuple(dict.fromkeys(wrt)), part, order, seed)


def _check_pairs(names: Sequence[str]) -> None:
    """See that each pair of variables has a column of its own.

    Raises:
        UsageProblem: if two would be called alike.
    """
    seen: dict[str, tuple[str, str]] = {}
    for first, second in combinations_with_replacement(names, 2):
        pair = first, second
        other = seen.setdefault(pair_column(*pair), pair)
        if other != pair:
            told = f"the second derivatives by {other[0]} and {other[1]}, and by {first} and {second}"
            long = max(*other, *pair, key=len)
            hint = f'--rename "p={long}" gives one another name, p in the expression'
            raise UsageProblem(f"{told}, would both be called {pair_column(*pair)}", hint=hint)


def pair_column(first: str, second: str) -> str:
    """What the column of a second derivative is called.

    >>> pair_column("x", "y")
    'd2_x_y'
    """
    return f"d2_{first}_{second}"


_MOST_LISTED = 12


def _listed(names: Any) -> str:
    known = list(names)
    return (", ".join(known[:_MOST_LISTED]) or "nothing") + (", ..." if len(known) > _MOST_LISTED else "")
