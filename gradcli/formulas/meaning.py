"""From a program to a graph: its value entry by entry, each sub-expression once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcli.errors import ShapeProblem, UsageProblem
from gradcli.formulas.arithmetic import Arithmetic
from gradcli.formulas.branches import one_shape
from gradcli.formulas.entries import Item, Value, concrete, flat, is_array, item_of, map_items, shape_of, to_array
from gradcli.formulas.expansions import EXPANSIONS
from gradcli.formulas.graph import Constant, Entry, Graph
from gradcli.lang import Call, Literal, Name, Program, is_conditional
from gradcli.ops import OBJECTS, Op
from gradcli.ops.calls.interpreter import Interpreter
from gradcli.ops.calls.numeric_errors import explain
from gradcli.ops.calls.outputs import Several
from gradcli.ops.calls.paths import resolve_value

__all__ = ["Meaning", "interpret"]


@dataclass(frozen=True)
class Meaning:
    """What a program computes.

    Attributes:
        graph: all that it computes.
        arithmetic: of the graph.
        entries: the nodes of the value's entries, in C order.
        shape: the value's shape.
        inputs: for each variable the leaves of its entries, in C order.
        shapes: for each variable its shape.
        names: for a node the name that the program gives it.
        size: how many nodes the program has.
        partials: partials of operations to take in place of the table's.
        again: whether its derivatives are differentiated once more.
    """

    graph: Graph
    arithmetic: Arithmetic
    entries: tuple[int, ...]
    shape: tuple[int, ...]
    inputs: dict[str, tuple[int, ...]]
    shapes: dict[str, tuple[int, ...]]
    names: dict[int, str] = field(default_factory=dict)
    size: int = 0
    partials: Mapping[str, tuple[str, ...]] | None = None
    again: bool = False


def interpret(
    program: Program,
    shapes: Mapping[str, tuple[int, ...]],
    simplified: bool = False,
    symmetric: Collection[str] = (),
) -> Meaning:
    """What a program computes, entry by entry.

    Args:
        program: resolved and without loops.
        shapes: for each variable its shape.
        simplified: whether signs are gathered, factors of 1 left out, and a*b is b*a: for a formula that is run.
        symmetric: the variables that are symmetric matrices: A[1,0] is A[0,1].

    Raises:
        Problem: if the program does not fit the shapes.
        UsageProblem: for an operation that has no formula of entries.

    >>> from gradcli.lang import parse
    >>> found = interpret(parse("a = x[0]*2; a*x[1]"), {"x": (2,)})
    >>> found.inputs, found.entries, found.names
    ({'x': (2, 3)}, (6,), {5: 'a'})
    """
    graph = Graph()
    graph.commutes = simplified
    arithmetic = Arithmetic(graph)
    inputs = {name: _input(arithmetic, name, shape, name in symmetric) for name, shape in shapes.items()}
    names: dict[int, str] = {}

    def number(node: Literal | Name, value: float) -> Item:
        leaf = Constant(node.id) if isinstance(node, Name) else value
        return Item(arithmetic, graph.leaf(leaf))

    def apply(node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
        return _apply(arithmetic, node, op, params, statics)

    def assigned(name: str, value: Any) -> Any:
        if not isinstance(value, Several) and name.isidentifier():  # the whole of `u, v = ...` is called `u, v`
            shape = shape_of(value)
            for position, entry in enumerate(flat(value)):
                if graph.functions[entry] and graph.constants[entry] is None:
                    names.setdefault(entry, name if not shape else f"{name}_{_place(position, shape)}")
        return value

    interpreter = Interpreter(
        number=number,
        apply=apply,
        truth=lambda value: Item(arithmetic, graph.leaf(value)),
        static=concrete,
        explain=explain,
    )
    result = interpreter.run(program, inputs, assigned)
    if isinstance(result, Several) or not (isinstance(result, Item) or is_array(result)):
        raise UsageProblem(
            "the expression's value is not a number or an array of numbers",
            source=program.source,
            span=program.result.span,
        )
    return Meaning(
        graph,
        arithmetic,
        tuple(flat(result)),
        shape_of(result),
        {name: tuple(flat(value)) for name, value in inputs.items()},
        dict(shapes),
        names,
        len(graph),
    )


def _place(position: int, shape: tuple[int, ...]) -> str:
    """The indices of an entry, as a part of a name."""
    digits = []
    for size in reversed(shape):
        position, digit = divmod(position, size)
        digits.append(str(digit))
    return "_".join(reversed(digits))


def _input(arithmetic: Arithmetic, name: str, shape: tuple[int, ...], symmetric: bool) -> Value:
    if not shape:
        return Item(arithmetic, arithmetic.graph.leaf(Entry(name)))
    import numpy as np

    array = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        place = tuple(sorted(index)) if symmetric else index
        array[index] = Item(arithmetic, arithmetic.graph.leaf(Entry(name, place)))
    return array


def _apply(arithmetic: Arithmetic, node: Call, op: Op, params: list[Any], statics: dict[str, Any]) -> Any:
    graph = arithmetic.graph
    if op.kind == "elementwise" or (op.kind == "predicate" and op.name != "len"):
        name = "if" if is_conditional(node) else op.name
        if name == "if":
            one_shape(shape_of(params[1]), shape_of(params[2]))
        call = arithmetic.call if graph.commutes else graph.call
        if statics:
            raise UsageProblem(f"{op.name} has no formula")

        if len(params) <= 2 and type(params[0]) is type(params[-1]) is Item and name != "neg":
            return Item(arithmetic, call(name, tuple([item.node for item in params])))

        def entry(*items: Item) -> Item:
            nodes = tuple([item.node for item in items])
            if name == "neg" and (value := graph.number(nodes[0])) is not None:
                return Item(arithmetic, arithmetic.number(-value))
            return Item(arithmetic, call(name, nodes))

        return map_items(entry, params)
    if op.name in EXPANSIONS:
        return EXPANSIONS[op.name](arithmetic, *map(to_array, params), **statics)
    if op.name == "stack" and statics["axis"] == 0:
        return _stack(params)
    if op.sympy != OBJECTS:
        raise UsageProblem(
            f"{op.name} has no formula of entries",
            hint=f"`gradcli grad` and `jacobian` give its numbers; `gradcli ops {op.name}` tells its derivative",
        )
    function = resolve_value(op.value)
    if op.kind == "constructor":
        return _made(arithmetic, function(*statics.values()))
    found = function(*map(to_array, params), **statics)
    if op.multi_output:
        return [_made(arithmetic, output) for output in found]
    return _made(arithmetic, found)


def _stack(params: list[Any]) -> Any:
    """Items, or arrays of one shape, along a new first axis."""
    import numpy as np

    shapes = {shape_of(param) for param in params}
    if len(shapes) > 1:
        raise ShapeProblem(f"the entries of an array have one shape, and these have {sorted(shapes)}")
    out = np.empty((len(params), *(shapes.pop() if shapes else ())), dtype=object)
    for i, param in enumerate(params):
        out[i] = param if isinstance(param, Item) else param[...]
    return out


def _made(arithmetic: Arithmetic, result: Any) -> Any:
    """What a NumPy function gave: an array of items, or a single one."""
    if isinstance(result, slice):
        return result
    if not getattr(result, "ndim", 0):
        return item_of(arithmetic, result[()] if hasattr(result, "ndim") else result)
    import numpy as np

    out = np.empty(result.shape, dtype=object)
    out.reshape(-1)[:] = [item_of(arithmetic, item) for item in result.ravel().tolist()]
    return out
