"""Cases from the options of a command line, or from the fields of a file's record."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradcli.cli.stated_claims import claimed_by, names_in, stated
from gradcli.errors import InputProblem, UsageProblem
from gradcli.lang import normalize

if TYPE_CHECKING:
    from gradcli.transforms.claims.types import Case, Claimed

__all__ = ["POINTS", "case_of_fields", "case_of_options", "lettered_shapes_of", "shapes_of", "tolerance_of"]

POINTS = 24  # that are sampled, unless an option says how many
_MOST = 10_000  # points that an option may ask for
_SIZE = re.compile(r"\d{1,9}")
_RANGE = re.compile(r"([^:\[@]*):([^:\[@]*)")


def case_of_options(
    source: str,
    texts: Mapping[str, str],
    claims: Sequence[str],
    hessians: Sequence[str],
    shapes: Sequence[str],
    points: int | None,
    random_seed: int | None,
    tolerance: float | None,
    assume: Sequence[str],
    symmetric: Sequence[str],
    stdin: Callable[[], str],
) -> Case:
    """The case that a command line states.

    Args:
        source: the expression.
        texts: for a variable a value, or a range `0:10`.
        claims: `x=2*x`, `x,y=[2*x, 1]`, `x=@g.npy`; without names where there is one variable.
        hessians: the same for second derivatives; without names all variables are meant.
        shapes: `A=3,3`.
        points: how many points are sampled.
        random_seed: the seed that the points are drawn by.
        tolerance: by how much a claim may be off, relatively; None for not at all.
        assume: what holds at every point: `k>0`, `sum(y)==1`.
        symmetric: the variables that are symmetric matrices.
        stdin: reads a value from standard input.

    Raises:
        Problem: about any of them.
    """
    given = shapes_of(shapes)
    names = _variables(source, {*texts, *given})
    orders = [*((text, 1) for text in claims), *((text, 2) for text in hessians)]
    claimed = [claim for text, order in orders for claim in stated(text, names, order, stdin)]
    case = _case(source, claimed, texts, given, points, random_seed, "", stdin)
    return replace(case, tolerance=tolerance_of("--tol", tolerance), assume=tuple(assume), symmetric=tuple(symmetric))


def case_of_fields(
    fields: Mapping[str, Any],
    points: int | None,
    random_seed: int | None,
    tolerance: float | None = None,
    assume: Sequence[str] = (),
    symmetric: Sequence[str] = (),
) -> Case:
    """The case that a file's record states; the other arguments are those of the command line.

    Raises:
        Problem: about any field.
    """
    texts = {name: _text(name, value) for name, value in _table(fields, "at").items()}
    shapes = {name: _shape(name, value) for name, value in _table(fields, "shape").items()}
    names = _variables(fields["expr"], {*texts, *shapes})
    claimed = [*_fielded(fields, "claim", names, 1), *_fielded(fields, "claim_hessian", names, 2)]
    points = _whole(fields, "points", points)
    random_seed = _whole(fields, "random_seed", random_seed)
    name = str(fields.get("name", ""))
    case = _case(fields["expr"], claimed, texts, shapes, points, random_seed, name, _no_stdin)
    assumed = (*assume, *_texts(fields, "assume"))
    matrices = tuple(dict.fromkeys((*symmetric, *map(normalize, _texts(fields, "symmetric")))))
    tolerance = tolerance_of("'tol'", fields.get("tol", tolerance))
    return replace(case, tolerance=tolerance, assume=assumed, symmetric=matrices)


def _variables(source: str, given: AbstractSet[str]) -> list[str]:
    """The variables of an expression. A constant, such as `pi`, is one only if a value or shape is given for it."""
    from gradcli.lang import parse, variables
    from gradcli.ops import CONSTANTS

    return [name for name in variables(parse(source)) if name not in CONSTANTS or name in given]


def _called(source: str) -> str:
    """What the value of an expression is called: f, or another name where a variable is called f."""
    from gradcli.lang import parse, variables
    from gradcli.transforms.program.output_names import outputs_of

    program = parse(source)
    return outputs_of(program, variables(program), ()).called


def _case(
    source: str,
    claimed: Sequence[Claimed],
    texts: Mapping[str, str],
    shapes: dict[str, tuple[int, ...]],
    points: int | None,
    random_seed: int | None,
    name: str,
    stdin: Callable[[], str],
) -> Case:
    from gradcli.data.values import value_of
    from gradcli.transforms.claims.types import Case
    from gradcli.transforms.program.execute import constant_value
    from gradcli.transforms.program.prepare import real_or_truth

    count = POINTS if points is None else points
    if not 1 <= count <= _MOST:
        raise UsageProblem(f"{count} points cannot be sampled", hint=f"from 1 to {_MOST:,} can")
    fixed: dict[str, Any] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for variable, text in texts.items():
        span = _RANGE.fullmatch(text.strip())
        if span is not None:
            ranges[variable] = _bounds(variable, *span.groups())
            continue
        value = value_of(variable, text, constant_value, stdin)
        array = real_or_truth(f"the value of '{variable}'", value)
        if not (abs(array) < float("inf")).all():
            raise InputProblem(f"the value of '{variable}' must be finite: nothing can be claimed of infinity")
        fixed[variable] = (array if array.dtype == bool else array.astype(float)).tolist()
    called = _called(source)
    claimed = [replace(claim, of=called) for claim in claimed]
    return Case(source, tuple(claimed), fixed, ranges, shapes, count, random_seed or 0, name)


def tolerance_of(what: str, given: Any) -> float:
    """A relative tolerance: 0 where none is given.

    Raises:
        InputProblem: if it is no number between 0 and 1.

    >>> tolerance_of("--tol", 1e-6), tolerance_of("--tol", None)
    (1e-06, 0.0)
    """
    if given is None:
        return 0.0
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1:
        raise InputProblem(f"{what} must be a number between 0 and 1, such as 1e-6, not {given!r}")
    return float(given)


def _bounds(name: str, low: str, high: str) -> tuple[float, float]:
    from gradcli.transforms.program.execute import constant_value

    ends = [float("inf") * sign if not text.strip() else constant_value(text) for sign, text in ((-1, low), (1, high))]
    first, last = (float(end) if isinstance(end, float) else float("nan") for end in ends)
    if not first < last:
        raise InputProblem(f"the range of '{name}' must go from a number to a larger one, not from {low} to {high}")
    return first, last


def shapes_of(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """`x=3` and `A=3,3` as shapes; `e=()` is a number.

    >>> shapes_of(["x=3", "A=2,3", "e=()"])
    {'x': (3,), 'A': (2, 3), 'e': ()}
    """
    shapes = {}
    for text in texts:
        name, equals, sizes = text.partition("=")
        if not equals:
            raise UsageProblem(f"--shape takes NAME=SIZE,SIZE, not '{text}'", hint="for example --shape A=3,3")
        name = normalize(name.strip())
        shapes[name] = () if sizes.strip() == "()" else _shape(name, [size.strip() for size in sizes.split(",")])
    return shapes


def lettered_shapes_of(texts: Sequence[str], any_size: bool = True) -> dict[str, tuple[int | str, ...]]:
    """The same, with letters for sizes: `A=m,n`; `any_size` says whether the command has results for these.

    >>> lettered_shapes_of(["x=n", "A=m,3"])
    {'x': ('n',), 'A': ('m', 3)}
    """
    shapes: dict[str, tuple[int | str, ...]] = {}
    for text in texts:
        name, equals, sizes = text.partition("=")
        if not equals:
            raise UsageProblem(f"--shape takes NAME=SIZE,SIZE, not '{text}'", hint="for example --shape A=m,n or A=3,3")
        name = normalize(name.strip())
        listed = [] if sizes.strip() == "()" else [size.strip() for size in sizes.split(",")]
        plain = [size for size in listed if not size.isidentifier()]
        hint = f"letters are for any size: --shape {name}=n" if any_size else None
        numbers = iter(_shape(name, plain, hint) if plain else ())
        shapes[name] = tuple(size if size.isidentifier() else next(numbers) for size in listed)
    return shapes


def _shape(name: str, sizes: Any, hint: str | None = None) -> tuple[int, ...]:
    listed = sizes if isinstance(sizes, list) else [sizes]
    if not listed or not all(_SIZE.fullmatch(str(size)) and 0 < int(size) <= 100 for size in listed):
        told = ",".join(map(str, listed)) or "nothing"
        raise InputProblem(f"the shape of '{name}' must be whole numbers from 1 to 100, not {told}", hint=hint)
    return tuple(int(size) for size in listed)


def _fielded(fields: Mapping[str, Any], key: str, names: Sequence[str], order: int) -> list[Claimed]:
    if key not in fields:
        return []
    claims = fields[key]
    if isinstance(claims, str | int | float) and not isinstance(claims, bool):
        return stated(str(claims), names, order, _no_stdin)
    if not isinstance(claims, dict) or not all(isinstance(claim, str | int | float) for claim in claims.values()):
        raise InputProblem(f"'{key}' must hold a formula for each variable", hint='"claim": {"x": "2*x"}')
    return [claimed_by(names_in(by), str(claim), order, _no_stdin) for by, claim in claims.items()]


def _table(fields: Mapping[str, Any], key: str) -> dict[str, Any]:
    table = fields.get(key, {})
    if not isinstance(table, dict):
        raise InputProblem(f"'{key}' must hold something for each variable", hint=f'"{key}": {{"x": ...}}')
    return {normalize(name): value for name, value in table.items()}


def _texts(fields: Mapping[str, Any], key: str) -> list[str]:
    """A text, or a list of texts."""
    value = fields.get(key, [])
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
        raise InputProblem(f"'{key}' must be a text or a list of texts", hint=f'"{key}": ["k>0"]')
    return listed


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | list):
        raise InputProblem(f"the value of '{name}' must be a number, a list or a text")
    return value if isinstance(value, str) else repr(value)


def _whole(fields: Mapping[str, Any], key: str, default: int | None) -> int | None:
    value = fields.get(key, default)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise InputProblem(f"'{key}' must be a whole number, not {value!r}")
    return value


def _no_stdin() -> str:
    raise InputProblem("a case in a file cannot read standard input")
