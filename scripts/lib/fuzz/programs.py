"""Random programs at random points, through every transform; the transforms must agree with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any, NamedTuple

import numpy as np

from fuzz import agreement
from fuzz.explained import Broken, explained
from fuzz.grammar import SHAPES, TRUTHS, WHOLE, Operations, Writer, operations, variables_of
from fuzz.inlined import replaced
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
from gradcli.transforms.results.jacobian import Jacobian

PATIENCE = 4
"""Deadlines that a case has: it is several commands."""

_HARD = (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, np.inf, -np.inf, np.nan, 5e-324, 1e-300, 1e300, -1e308, 1e16, 710.0, 170.5)
_ENTRIES = 4000
_ROOM = 2**26
_WITNESSED = 0.02
_SPREAD = 4  # of so many programs one is differentiated by a part of its variables too


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
    values = {name: value(random, name, kind) for name in variables_of(source)}
    return Case(source, values, kind < 0.8 and random.random() < _WITNESSED)


def value(random: Random, name: str, kind: float = 0.0) -> Any:
    """A value for a variable of the grammar's, by a number from 0 to 1 that says which kind of point it belongs to."""
    shape = SHAPES[name]
    if name in TRUTHS:
        return np.array([random.random() < 0.6 for _ in range(int(np.prod(shape)))]).reshape(shape).tolist()
    if name in WHOLE:
        return [random.randint(-1, 2) for _ in range(*shape)] if shape else random.randint(-1, 2)
    if kind > 0.97:  # a shape that nothing was written for
        shape = random.choice(((), (2,), (0,), (1, 1), (4, 4), (1, 3), (3, 1, 2)))
    size = int(np.prod(shape))
    if kind < 0.55:
        flat = [random.uniform(0.2, 2.5) for _ in range(size)]
    elif kind < 0.8:  # ties and zeros
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
    _try(lambda: jvp(program, values, {n: 1.0 for n in values if n not in (*TRUTHS, *WHOLE)}))


def _agreed(program: Program, values: dict[str, Any], value: Evaluation, asked: bool) -> str:
    """Every transform, and what must be the same between them."""
    size = int(np.size(value.value))
    seed = _weights(size).reshape(np.shape(value.value))
    pulled = _try(lambda: grad(program, values, seed=seed))
    matrix = _try(lambda: jacobian(program, values))
    names = [n for n in values if (n in matrix.jacobians if matrix is not None else n not in (*TRUTHS, *WHOLE))]
    tangents = {n: _weights(int(np.size(values[n]))).reshape(np.shape(values[n])) for n in names}
    pushed = _try(lambda: jvp(program, values, tangents)) if names else None
    drawn = _try(lambda: graph(program, values, seed=seed))
    curved = _try(lambda: hessian(program, values)) if size == 1 else None
    agreement.values(value, pulled, pushed, matrix, drawn, _by_text(program, values))
    if pulled is not None and pushed is not None and matrix is not None:
        agreement.first_order(pulled, pushed, matrix, seed, tangents)
    if size == 1:
        product = _try(lambda: hvp(program, values, tangents)) if names else None
        if curved is not None and product is not None:
            agreement.second_order(curved, product, pulled, tangents)
        if curved is not None:
            _symmetric(program, values, curved)
    if len(names) > 1 and matrix is not None and len(program.source) % _SPREAD == 0:
        _subsets(program, values, names, matrix, curved)
    moving = next((name for name in names if np.ndim(values[name]) == 0), None)
    terms = _try(lambda: derivative(program, values, 2, moving)) if moving is not None else None
    if terms is not None and matrix is not None:
        agreement.series(terms, matrix, terms.variable)
    if asked and pulled is not None and matrix is not None:
        agreement.witness(*(result for result in (matrix, curved, terms) if result is not None))
        return "witnessed"
    return "computed" if pulled is not None else "value alone"


def _by_text(program: Program, values: dict[str, Any]) -> Evaluation | None:
    """The value with each assigned name replaced by what it stands for; None where only names will do."""
    named: dict[str, Tree] = {}
    for assignment in program.assignments:
        named[assignment.name] = replaced(assignment.tree, named)
    inlined = Program("", (), replaced(program.result, named))
    text = unparse(inlined)
    used = variables(inlined)
    given = {name: value for name, value in values.items() if name in used}
    found: Evaluation | None = _try(lambda: evaluate(text, given)) if named else None
    return found


def _subsets(program: Program, values: dict[str, Any], names: list[str], matrix: Jacobian, curved: Any) -> None:
    """By a part of the variables come the columns of the whole."""
    part = names[1::2]
    fewer = _try(lambda: jacobian(program, values, part))
    if fewer is None:
        raise Broken(f"jacobian by {', '.join(part)} is refused, by all variables it is not")
    agreement.columns(fewer, matrix)
    if curved is not None:
        smaller = _try(lambda: hessian(program, values, part))
        if smaller is None:
            raise Broken(f"hessian by {', '.join(part)} is refused, by all variables it is not")
        agreement.block(smaller, curved)


def _symmetric(program: Program, values: dict[str, Any], curved: Hessian) -> None:
    """The Hessian is symmetric here or, where it has a kink here, nearby."""
    try:
        agreement.symmetric(curved)
    except Broken:
        nearby = {n: v if n in (*TRUTHS, *WHOLE) else _moved(np.asarray(v)).tolist() for n, v in values.items()}
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
        for simpler in _simpler(value) if name not in (*TRUTHS, *WHOLE) else ():
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
