"""From the text of a derivation to its steps: parsed as any program is, and never executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from gradcli.lang import Call, Literal, Name, Tree, fold, parse
from gradcli.symbolic.protocol.question import size
from gradcli.symbolic.recall.vocabulary import ARGUMENTS

__all__ = ["Damaged", "Derivation", "Step", "read"]


class Damaged(Exception):
    """A text that is no derivation; the message says why."""


class Step(NamedTuple):
    """One operation.

    Attributes:
        function: its name; "input" of an entry of a variable, "number" of a number.
        args: the steps that it is computed from, by their places, which are before its own.
        of: the variable's name and the entry's place, or the number.
    """

    function: str
    args: tuple[int, ...] = ()
    of: Any = None


class Derivation(NamedTuple):
    """What SymPy derived.

    Attributes:
        steps: in order.
        values: of the value's entries the steps.
        derivatives: of the derivative's entries the steps.
        others: steps beside them whose kinks are the result's.
    """

    steps: list[Step]
    values: list[int]
    derivatives: list[int]
    others: list[int]


class _Array(NamedTuple):
    """A variable of many entries, or a row of steps."""

    name: str
    shape: tuple[int, ...]
    items: tuple[Any, ...] = ()


def read(text: str, shapes: Mapping[str, tuple[int, ...]]) -> Derivation:
    """The steps of a text.

    Args:
        text: a program whose value is three arrays: of the value's entries, of the derivative's, and of others.
        shapes: of the variables that may occur in it.

    Raises:
        Damaged: if it is none.

    >>> read("t1 = sin(x); [[t1], [cos(x)], []]", {"x": ()}).steps
    [Step(function='input', args=(), of=('x', 0)), Step(function='sin', args=(0,), of=None), \
Step(function='cos', args=(0,), of=None)]
    """
    try:
        program = parse(text)
        if program.definitions:
            raise Damaged("a derivation defines no functions")
        reader = _Reader(shapes)
        for assignment in program.assignments:
            reader.names[assignment.name] = reader.place(assignment.tree)
        return reader.derivation(program.result)
    except Damaged:
        raise
    except Exception as error:
        raise Damaged(str(error)) from error


class _Reader:
    """The steps of one text; what is written twice is one step."""

    def __init__(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        self.shapes = shapes
        self.names: dict[str, Any] = {}
        self.steps: list[Step] = []
        self._known: dict[Step, int] = {}

    def place(self, tree: Tree) -> Any:
        """The place of the step that computes a tree, or an array."""
        return fold(tree, self._literal, self._name, self._call)

    def derivation(self, result: Tree) -> Derivation:
        """The whole, from the tree of its result."""
        found = self.place(result)
        rows = found.items if isinstance(found, _Array) else ()
        if len(rows) != 3 or not all(isinstance(row, _Array) and not row.name for row in rows):
            raise Damaged("its value is not three arrays")
        places = [list(row.items) for row in rows]
        if not all(isinstance(place, int) for row in places for place in row):
            raise Damaged("an entry is no number")
        return Derivation(self.steps, *places)

    def _step(self, step: Step) -> int:
        if step not in self._known:
            self._known[step] = len(self.steps)
            self.steps.append(step)
        return self._known[step]

    def _literal(self, node: Literal) -> int:
        if not isinstance(node.value, float):
            raise Damaged("it holds what is no number")
        return self._step(Step("number", (), node.value))

    def _name(self, node: Name) -> Any:
        if node.id in self.names:
            return self.names[node.id]
        if node.id not in self.shapes:
            raise Damaged(f"it reads '{node.id}', which the program does not have")
        shape = self.shapes[node.id]
        return _Array(node.id, shape) if shape else self._step(Step("input", (), (node.id, 0)))

    def _call(self, node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        name = node.function
        if keywords:
            raise Damaged("it has arguments with names")
        if name == "array":
            return _Array("", (), tuple(args))
        if name == "getitem":
            return self._entry(*args)
        if not all(isinstance(arg, int) for arg in args):
            raise Damaged("it computes with arrays")
        if len(args) != ARGUMENTS.get(name, 2):
            raise Damaged(f"{name} has another number of arguments")
        if name in ("add", "sub"):
            left, right = args
            return self._sum((left, right if name == "add" else self._step(Step("neg", (right,)))))
        if name not in ARGUMENTS:
            raise Damaged(f"no value is known of {name}")
        return self._step(Step(name, tuple(args)))

    def _sum(self, args: tuple[int, ...]) -> int:
        """A sum of all terms at once: it is then seen whether they cancel."""
        terms: list[int] = []
        for arg in args:
            step = self.steps[arg]
            terms += step.args if step.function == "sum" else (arg,)
        return self._step(Step("sum", tuple(terms)))

    def _entry(self, array: Any, *index: Any) -> int:
        if not isinstance(array, _Array) or not array.name or len(index) != len(array.shape):
            raise Damaged("it takes an entry of what is no variable")
        place = 0
        for axis, at in zip(array.shape, index, strict=True):
            number = self.steps[at].of if isinstance(at, int) and self.steps[at].function == "number" else None
            if number is None or not number.is_integer() or not 0 <= number < axis:
                raise Damaged("it takes an entry that is not there")
            place = place * axis + int(number)
        return self._step(Step("input", (), (array.name, place)))


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a nested list.

    >>> shape_of(1.0), shape_of([[1.0, 2.0]])
    ((), (1, 2))
    """
    shape = []
    while isinstance(value, list | tuple):
        shape.append(len(value))
        value = value[0] if value else 0.0
    return tuple(shape)


def shapes_of(values: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shapes of nested lists.

    Raises:
        Damaged: if one is ragged.
    """
    shapes = {name: shape_of(value) for name, value in values.items()}
    for name, shape in shapes.items():
        count = 1
        for axis in shape:
            count *= axis
        if count != size(values[name]):
            raise Damaged(f"'{name}' is ragged")
    return shapes
