"""From a program to a graph of whole arrays, where all its operations have rules that are written as text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcli.errors import Problem, ShapeProblem
from gradcli.formulas.array_graph import ArrayGraph
from gradcli.formulas.array_sizes import Shape, Size, broadcast, shifted, size_apart
from gradcli.formulas.arrays import ArrayArithmetic
from gradcli.formulas.branches import one_shape
from gradcli.formulas.graph import Constant
from gradcli.lang import Call, Literal, Name, Program, is_conditional, run
from gradcli.ops import CONSTANTS, TABLE, Op
from gradcli.ops.calls.bind import bind

__all__ = ["ArrayMeaning", "NoArrayFormula", "interpret_arrays"]


_MOST_FACTORS = 6
"""The highest power of a matrix that is written as a product."""


class NoArrayFormula(Problem):
    """A program that has no formula of whole arrays; it may have one of entries."""


@dataclass(frozen=True)
class ArrayMeaning:
    """What a program computes, as arrays.

    Attributes:
        graph: all that it computes.
        arithmetic: of the graph.
        result: the node of the value.
        inputs: for each variable its leaf.
        names: for a node the name that the program gives it.
        size: how many nodes the program has.
        partials: partials of operations on each entry, and of norm, to take in place of the table's.
    """

    graph: ArrayGraph
    arithmetic: ArrayArithmetic
    result: int
    inputs: dict[str, int]
    names: dict[int, str] = field(default_factory=dict)
    size: int = 0
    partials: Mapping[str, tuple[str, ...]] | None = None


class _Static:
    """A literal that is no number: None, a text."""

    def __init__(self, value: Any) -> None:
        self.value = value


class _Array:
    """A node, on its way into a call."""

    def __init__(self, node: int) -> None:
        self.node = node


def interpret_arrays(program: Program, shapes: Mapping[str, Shape], symmetric: Collection[str] = ()) -> ArrayMeaning:
    """What a program computes, array by array.

    Args:
        program: resolved and without loops.
        shapes: for each variable its shape.
        symmetric: the variables that are symmetric matrices.

    Raises:
        NoArrayFormula: for an operation that has no rule as text, with its place.
        ShapeProblem: for shapes that do not fit.

    >>> from gradcli.lang import parse
    >>> found = interpret_arrays(parse("x@A@x"), {"x": ("n",), "A": ("n", "n")})
    >>> found.graph.shapes[found.result]
    ()
    """
    graph = ArrayGraph()
    arithmetic = ArrayArithmetic(graph)
    inputs = {name: graph.variable(name, shape, name in symmetric) for name, shape in shapes.items()}
    names: dict[int, str] = {}

    def literal(node: Literal) -> Any:
        return _Array(graph.leaf(node.value)) if isinstance(node.value, float | bool) else _Static(node.value)

    def name(node: Name) -> Any:
        return _Array(inputs[node.id] if node.id in inputs else graph.leaf(Constant(node.id)))

    def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        op = TABLE[node.function]
        if op.name == "slice":
            return _Static(tuple([_constant(arithmetic, arg) for arg in args]))
        try:
            return _Array(_apply(arithmetic, node, op, args, keywords))
        except Problem as problem:
            raise problem.locate(program.source, node.span) from None

    def assigned(own: str, value: Any) -> Any:
        is_named = own.isidentifier()  # the whole of `u, v = ...` is called `u, v`
        if (
            is_named
            and isinstance(value, _Array)
            and graph.functions[value.node]
            and graph.constants[value.node] is None
        ):
            names.setdefault(value.node, own)
        return value

    result = run(program, literal, name, call, assigned)
    if not isinstance(result, _Array):
        raise NoArrayFormula("the expression's value is not a number or an array of numbers")
    assert all(name in CONSTANTS or name in inputs for name in shapes)
    return ArrayMeaning(graph, arithmetic, result.node, inputs, names, len(graph))


def _apply(arithmetic: ArrayArithmetic, call: Call, op: Op, args: list[Any], keywords: dict[str, Any]) -> int:
    graph = arithmetic.graph
    params, statics = bind(op, args, keywords)
    nodes = tuple([param.node for param in params if isinstance(param, _Array)])
    if len(nodes) < len(params):
        raise NoArrayFormula(f"{op.name} has no formula of arrays")
    given = _given(arithmetic, op, statics)
    ranks = "".join(str(len(graph.shapes[node])) for node in nodes)
    if op.kind == "elementwise" or (op.kind == "predicate" and op.name != "len"):
        return _by_entries(arithmetic, call, op, nodes)
    found = _of_parts(arithmetic, op.name, nodes, given)
    if found is not None:
        return found
    rewritten = _by_algebra(arithmetic, op.name, nodes, given)
    if rewritten is not None:
        return rewritten
    if op.name in ("sum", "mean", "norm"):
        return _reduced(graph, op, nodes[0], given)
    if ranks not in op.texts or given != op.statics:
        told = {"getitem": "an index", "stack": "such a list"}.get(op.name, f"{op.name} of such arrays")
        raise NoArrayFormula(f"{told} has no formula of arrays")
    if op.name in ("dot", "inner", "vdot"):
        return _product(arithmetic, op.name, nodes, ranks)
    if op.name == "matmul":
        return graph.array("matmul", nodes, arithmetic.product_shape(*nodes))
    if op.name in ("det", "inv", "logabsdet", "solve", "trace"):
        _check_square(op, graph.shapes[nodes[0]])
    if op.name == "transpose" and ranks == "2":
        return graph.array("transpose", nodes, graph.shapes[nodes[0]][::-1])
    return arithmetic.call(op.name, nodes)


def _by_entries(arithmetic: ArrayArithmetic, call: Call, op: Op, nodes: tuple[int, ...]) -> int:
    """What is computed of arrays entry by entry, or chosen of two whole ones."""
    graph = arithmetic.graph
    shapes = [graph.shapes[node] for node in nodes]
    if is_conditional(call):
        one_shape(*shapes[1:])
    broadcast(*shapes)
    if op.name == "neg" and (value := graph.number(nodes[0])) is not None:
        return arithmetic.number(-value)
    return graph.call("if" if is_conditional(call) else op.name, nodes)


def _given(arithmetic: ArrayArithmetic, op: Op, statics: dict[str, Any]) -> dict[str, Any]:
    """The values of static arguments."""
    if op.name in ("arange", "eye"):
        return {key: None if value is None else _size_of(arithmetic.graph, value) for key, value in statics.items()}
    if op.name == "ones":
        sizes = statics["shape"]
        listed = sizes if isinstance(sizes, tuple) else (sizes,)
        return {"shape": tuple([_size_of(arithmetic.graph, size) for size in listed])}
    found = {key: _constant(arithmetic, value) for key, value in statics.items()}
    if op.name == "getitem":
        found["index"] = tuple([_constant(arithmetic, item) for item in statics["index"]])
    return found


def _of_parts(arithmetic: ArrayArithmetic, name: str, nodes: tuple[int, ...], given: dict[str, Any]) -> int | None:
    """What takes arrays apart and what counts them; None otherwise."""
    graph = arithmetic.graph
    shape = graph.shapes[nodes[0]] if nodes else ()
    if name == "arange":
        return _arange(graph, given)
    if name == "len" and shape:
        return arithmetic.size(shape[0])
    if name == "ones":
        return graph.array("ones", (), given["shape"], (("shape", given["shape"]),))
    if name == "eye" and given["m"] in (None, given["n"]):
        return graph.array("eye", (), (given["n"], given["n"]), (("n", given["n"]),))
    if name == "expand_dims" and isinstance(axis := given["axis"], int) and 0 <= axis <= len(shape):
        return graph.array("expand_dims", nodes, (*shape[:axis], 1, *shape[axis:]), (("axis", axis),))
    if name == "prod" and len(shape) == 1 and given["axis"] in (None, 0) and not given["keepdims"]:
        return graph.array("prod", nodes, ())
    if name == "diag" and given["k"] == 0 and (len(shape) == 1 or (len(shape) == 2 and shape[0] == shape[1])):
        return graph.array("diag", nodes, shape * 2 if len(shape) == 1 else shape[:1])
    if name == "getitem" and len(shape) == 1 and len(given["index"]) == 1:
        return _part(arithmetic, nodes[0], given["index"][0])
    return None


def _part(arithmetic: ArrayArithmetic, node: int, index: Any) -> int | None:
    """An entry of a vector, or those from one on to another one."""
    graph = arithmetic.graph
    size = graph.shapes[node][0]
    if isinstance(index, int) and not isinstance(index, bool):
        if isinstance(size, int) and not -size <= index < size:
            raise ShapeProblem(f"index {index} is outside an array of {size}")
        at = index if index >= 0 else shifted(size, index)
        return graph.array("entry", (node,), (), (("index", index), ("of", at)))
    if not isinstance(index, tuple) or index[2] not in (None, 1):
        return None
    start, stop = index[0] or 0, index[1]
    left = 0 if stop is None else -stop if stop < 0 else size_apart(size, stop)
    if start < 0 or left is None or left < 0:
        return None
    if isinstance(size, int) and start + left > size:
        return None
    return arithmetic.part(node, start, left)


def _arange(graph: ArrayGraph, given: dict[str, Any]) -> int:
    """Whole numbers from one on up to a size."""
    first, last = (0, given["start"]) if given["stop"] is None else (given["start"], given["stop"])
    if not isinstance(first, int) or given["step"] != 1:
        raise NoArrayFormula("such an arange has no formula of arrays")
    return graph.array("arange", (), (shifted(last, -first),), (("start", first), ("stop", last)))


def _size_of(graph: ArrayGraph, value: Any) -> Size:
    """A size that an expression stands for: a whole number, a length, or one more or less."""
    if isinstance(value, int):
        return value
    if isinstance(value, _Array):
        node = value.node
        number = graph.constants[node]
        if number is not None and number.is_integer():
            return int(number)
        if graph.functions[node] == "size":
            return dict(graph.statics[node])["of"]  # type: ignore[return-value]  # a size it is
        if graph.functions[node] in ("add", "sub"):
            first, second = graph.args[node]
            more = graph.constants[second]
            if more is not None and more.is_integer():
                return shifted(_size_of(graph, _Array(first)), int(more if graph.functions[node] == "add" else -more))
    raise NoArrayFormula("a number of entries that is neither a length nor a whole number has no formula of arrays")


def _by_algebra(arithmetic: ArrayArithmetic, name: str, nodes: tuple[int, ...], given: dict[str, Any]) -> int | None:
    """Powers of matrices as products, and what is known of norms, traces and determinants; None otherwise.

    matrix_power(X, 2) is X@X, det(matrix_power(X, 3)) is det(X)**3, trace(kron(A, X)) is trace(A)*trace(X).
    """
    graph = arithmetic.graph
    if name == "norm":
        return _norm(graph, nodes, given)
    if name == "matrix_power":
        power = given.get("n")
        shape = graph.shapes[nodes[0]]
        if not isinstance(power, int) or not 1 <= power <= _MOST_FACTORS or len(shape) != 2 or shape[0] != shape[1]:
            return None
        made = nodes[0]
        for _ in range(power - 1):
            made = graph.array("matmul", (made, nodes[0]), shape)
        return made
    if name == "kron" and all(len(graph.shapes[node]) == 2 for node in nodes):
        sizes = [(a, b) for a, b in zip(*[graph.shapes[node] for node in nodes], strict=True)]
        if all(isinstance(size, int) for pair in sizes for size in pair):
            return graph.array("kron", nodes, tuple(a * b for a, b in sizes))
        return graph.array("kron", nodes, tuple(f"{a}*{b}" for a, b in sizes))
    if name == "trace" and graph.functions[nodes[0]] == "kron" and not any(given.values()):
        a, b = graph.args[nodes[0]]
        if all(graph.shapes[node][0] == graph.shapes[node][1] for node in (a, b)):
            return graph.call("mul", (graph.array("trace", (a,), ()), graph.array("trace", (b,), ())))
    if name == "det" and graph.functions[nodes[0]] == "matmul":
        factors = _equal_factors(graph, nodes[0])
        if factors > 1:
            first = nodes[0]
            while graph.functions[first] == "matmul":
                first = graph.args[first][1]
            return graph.call("pow", (graph.array("det", (first,), ()), graph.leaf(float(factors))))
    return None


def _norm(graph: ArrayGraph, nodes: tuple[int, ...], given: dict[str, Any]) -> int | None:
    """A vector's norm of order 1, 2, inf or -inf without its order; None for others."""
    order = given.get("ord")
    reduced = _NORMS.get(order) if isinstance(order, int | float) else None
    if len(graph.shapes[nodes[0]]) != 1 or reduced is None or given != {**TABLE["norm"].statics, "ord": order}:
        return None
    return graph.array(reduced, nodes if order == 2 else (graph.call("abs", nodes),), ())


_INFINITY = float("inf")
_NORMS = {1: "sum", 2: "norm", _INFINITY: "max", -_INFINITY: "min"}
"""What the norms of a vector are, by their orders: of order 2 of its entries, otherwise of their absolute values."""


def _equal_factors(graph: ArrayGraph, node: int) -> int:
    """How many factors a matrix product has, if all are the same square matrix; else 0."""
    last = graph.args[node][1]
    shape, count = graph.shapes[last], 1
    if len(shape) != 2 or shape[0] != shape[1]:
        return 0
    while graph.functions[node] == "matmul" and graph.args[node][1] == last:
        node, count = graph.args[node][0], count + 1
    return count if node == last else 0


def _product(arithmetic: ArrayArithmetic, name: str, nodes: tuple[int, ...], ranks: str) -> int:
    """A product that is a matrix product under another name, or none."""
    if name == "inner" and ranks in ("12", "22"):
        nodes = (nodes[0], arithmetic.transpose(nodes[1]))
    elif name == "vdot" and ranks == "22":
        raise NoArrayFormula("vdot of matrices has no formula of arrays")
    return arithmetic.graph.array("matmul", nodes, arithmetic.product_shape(*nodes))


def _reduced(graph: ArrayGraph, op: Op, node: int, given: dict[str, Any]) -> int:
    shape, axis = graph.shapes[node], given.get("axis")
    if given.get("keepdims") or given.get("ord") is not None or (op.name == "norm" and axis is not None):
        raise NoArrayFormula(f"{op.name} of such arrays has no formula of arrays")
    if axis is None:
        return graph.array(op.name, (node,), ())
    if not isinstance(axis, int) or not -len(shape) <= axis < len(shape):
        raise NoArrayFormula(f"{op.name} over such an axis has no formula of arrays")
    axis %= len(shape)
    return graph.array(op.name, (node,), (*shape[:axis], *shape[axis + 1 :]), (("axis", axis),))


def _check_square(op: Op, shape: Shape) -> None:
    if shape[0] != shape[1]:
        told = str(shape).replace("'", "")
        raise ShapeProblem(f"{op.name} takes a square matrix, and this one has shape {told}")


def _constant(arithmetic: ArrayArithmetic, value: Any) -> Any:
    """A static argument's value."""
    if isinstance(value, _Static):
        return value.value
    if isinstance(value, _Array):
        leaf = arithmetic.graph.leaves[value.node]
        number = arithmetic.graph.constants[value.node]
        if isinstance(leaf, bool):
            return leaf
        if number in (_INFINITY, -_INFINITY):
            return number
        if number is None or not number.is_integer():
            raise NoArrayFormula("an axis, index, size or order that is no whole number has no formula of arrays")
        return int(number)
    return value
