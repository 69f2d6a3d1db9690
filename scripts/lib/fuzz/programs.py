"""Random programs at random points, through every transform; the transforms must agree with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any, NamedTuple

import numpy as np

from fuzz import agreement
from fuzz.explained import Broken, explained
from fuzz.grammar import SHAPES, Operations, Writer, operations, variables_of
from gradcli.errors import Problem
from gradcli.lang import Assignment, Call, Literal, Name, Program, Tree, equal, parse, unparse, variables
from gradcli.ops.calls.memory import within_memory
from gradcli.transforms.operators.derivative import derivative
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.graph import graph
from gradcli.transforms.operators.hessian import hessian, hvp
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.jvp import jvp
from gradcli.transforms.results.evaluation import Evaluation
from gradcli.transforms.results.hessian import Hessian

PATIENCE = 3
"""Deadlines that a case has: it is several commands."""

_HARD = (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, np.inf, -np.inf, np.nan, 5e-324, 1e-300, 1e300, -1e308, 1e16, 710.0, 170.5)
_ENTRIES = 4000
_ROOM = 2**26
_WITNESSED = 0.02


class Case(NamedTuple):
    """A program, the values of its variables, and whether the oracle is asked too."""

    source: str
    values: dict[str, Any]
    asked: bool = False


@cache
def _operations() -> Operations:
    return operations()


def make(random: Random) -> Case:
    """A program with a value for each of its variables."""
    writer = Writer(random, _operations())
    source = writer.program()
    kind = random.random()
    values = {name: _value(random, SHAPES[name], kind) for name in variables_of(source)}
    return Case(source, values, kind < 0.6 and random.random() < _WITNESSED)


def _value(random: Random, shape: tuple[int, ...], kind: float) -> Any:
    if kind > 0.97:  # a shape that nothing was written for
        shape = random.choice(((), (2,), (0,), (1, 1), (4, 4), (1, 3), (3, 1, 2)))
    size = int(np.prod(shape))
    if kind < 0.7:
        flat = [random.uniform(0.2, 2.5) for _ in range(size)]
    elif kind < 0.8:
        flat = [float(random.randint(-2, 3)) for _ in range(size)]
    else:
        flat = [random.choice(_HARD) if random.random() < 0.6 else random.gauss(0, 2) for _ in range(size)]
    return np.array(flat).reshape(shape).tolist() if shape else flat[0]


def check(case: Case) -> str:
    """The program survives every transform; those that answer agree."""
    source, values, asked = case
    try:
        program = parse(source)
    except Problem as problem:
        explained(problem)
        return "not read"
    if not equal(parse(unparse(program)), program):
        raise Broken(f"written as {unparse(program)!r} it is another program")
    with within_memory(_ROOM):
        value = _try(lambda: evaluate(program, values))
        if value is None:
            _refused_by_all(program, values)
            return "refused"
        size = int(np.size(value.value))
        if size * sum(int(np.size(v)) for v in values.values()) > _ENTRIES:
            return "too large to compare"
        return _agreed(program, values, value, asked)


def _refused_by_all(program: Program, values: dict[str, Any]) -> None:
    """What has no value has no derivatives."""
    for transform in (grad, jacobian, hessian):
        if _try(lambda transform=transform: transform(program, values)) is not None:  # type: ignore[misc]
            raise Broken(f"{transform.__name__} takes what eval refuses")
    _try(lambda: jvp(program, values, dict.fromkeys(values, 1.0)))


def _agreed(program: Program, values: dict[str, Any], value: Evaluation, asked: bool) -> str:
    """Every transform, and what must be the same between them."""
    size = int(np.size(value.value))
    seed = _weights(size).reshape(np.shape(value.value))
    tangents = {name: _weights(int(np.size(v))).reshape(np.shape(v)) for name, v in values.items()}
    pulled = _try(lambda: grad(program, values, seed=seed))
    pushed = _try(lambda: jvp(program, values, tangents)) if values else None
    matrix = _try(lambda: jacobian(program, values))
    drawn = _try(lambda: graph(program, values, seed=seed))
    agreement.values(value, pulled, pushed, matrix, drawn)
    if pulled is not None and pushed is not None and matrix is not None:
        agreement.first_order(pulled, pushed, matrix, seed, tangents)
    if size == 1:
        curved = _try(lambda: hessian(program, values))
        product = _try(lambda: hvp(program, values, tangents)) if values else None
        if curved is not None and product is not None:
            agreement.second_order(curved, product, pulled, tangents)
        if curved is not None:
            _symmetric(program, values, curved)
    moving = next((name for name, given in values.items() if np.ndim(given) == 0), None)
    terms = _try(lambda: derivative(program, values, 2, moving)) if moving is not None else None
    if terms is not None and matrix is not None:
        agreement.series(terms, matrix, terms.variable)
    if asked and pulled is not None and matrix is not None:
        agreement.witness(matrix)
        return "witnessed"
    return "computed" if pulled is not None else "value alone"


def _symmetric(program: Program, values: dict[str, Any], curved: Hessian) -> None:
    """The Hessian is symmetric here or, where it has a kink here, nearby."""
    try:
        agreement.symmetric(curved)
    except Broken:
        nearby = {name: _moved(np.asarray(v)).tolist() for name, v in values.items()}
        moved = _try(lambda: hessian(program, nearby))
        if moved is not None:
            agreement.symmetric(moved)


def _moved(point: Any) -> Any:
    """A point nearby, no two entries of it by the same amount: rows that were equal, or dependent, are so no more."""
    return point * (1 + 1e-3) + 1e-3 * np.sqrt(np.arange(1.0, point.size + 1)).reshape(point.shape)


def _try(compute: Callable[[], Any]) -> Any:
    """What a transform gives; None where it refuses as it should."""
    try:
        return compute()
    except Problem as problem:
        explained(problem)
        return None


def _weights(size: int) -> Any:
    return 1.0 + np.arange(size) % 7 / 4


def smaller(case: Case) -> Iterator[Case]:
    """Cases with less: statements left out, calls replaced by an argument of theirs, simpler values."""
    try:
        program = parse(case.source)
    except Problem:
        return
    for i in range(len(program.assignments)):
        rest = program.assignments[:i] + program.assignments[i + 1 :]
        yield from _with(case, Program("", rest, program.result))
    for index, tree in enumerate([*(a.tree for a in program.assignments), program.result]):
        for other in _smaller_trees(tree):
            yield from _with(case, _replaced(program, index, other))
    for name, value in case.values.items():
        for simpler in _simpler(value):
            yield case._replace(values={**case.values, name: simpler})


def _with(case: Case, program: Program) -> Iterator[Case]:
    source = unparse(program)
    try:
        names = variables(parse(source))
    except Problem:
        return
    if all(name in case.values for name in names if name in SHAPES):
        yield case._replace(source=source, values={n: v for n, v in case.values.items() if n in names})


def _replaced(program: Program, index: int, tree: Tree) -> Program:
    if index == len(program.assignments):
        return program._replace(result=tree)
    assignments = list(program.assignments)
    assignments[index] = Assignment(assignments[index].name, tree, assignments[index].span)
    return program._replace(assignments=tuple(assignments))


def _smaller_trees(tree: Tree) -> Iterator[Tree]:
    """Trees with one part replaced by a smaller one, from the root down."""
    if isinstance(tree, Name | Literal):
        return
    if not isinstance(tree, Call):
        yield tree.element
        return
    yield from tree.args
    if len(tree.args) > 1 and tree.function in ("array", "getitem"):
        for i in range(len(tree.args)):
            yield Call(tree.function, tree.args[:i] + tree.args[i + 1 :], tree.span, tree.head, tree.keywords)
    for i in range(len(tree.keywords)):
        yield Call(tree.function, tree.args, tree.span, tree.head, tree.keywords[:i] + tree.keywords[i + 1 :])
    for i, arg in enumerate(tree.args):
        for part in _smaller_trees(arg):
            yield Call(tree.function, (*tree.args[:i], part, *tree.args[i + 1 :]), tree.span, tree.head, tree.keywords)


def _simpler(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        flat = np.ravel(value)
        if flat.size > 1:
            for plain in (1.0, 0.0, 0.5):
                if not (flat == plain).all():
                    yield np.full(np.shape(value), plain).tolist()
        for i, entry in enumerate(flat):
            for simpler in _simpler(float(entry)):
                other = flat.copy()
                other[i] = simpler
                yield other.reshape(np.shape(value)).tolist()
    else:
        rounded = round(value, 1) if np.isfinite(value) else value
        order = [1.0, 0.0, 0.5, 2.0, rounded]
        place = order.index(value) if value in order else len(order)
        yield from (s for s in order[:place] if s != value)


def show(case: Case) -> str:
    """The command line that a person would type."""
    given = "".join(f' --{name} "{value}"' for name, value in case.values.items())
    return f'gradcli grad --seed ones "{case.source}"{given}'
