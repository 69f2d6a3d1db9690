"""Reverse mode over graphs of whole arrays, by the rules that the derivative table writes as text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from gradcli.errors import ShapeProblem
from gradcli.formulas.array_graph import ArrayGraph
from gradcli.formulas.array_meaning import ArrayMeaning, NoArrayFormula
from gradcli.formulas.array_sizes import Shape, Size
from gradcli.formulas.arrays import ArrayArithmetic
from gradcli.formulas.graph import Constant
from gradcli.formulas.rules import Rules, differentiable
from gradcli.lang import Call, Literal, Name, Tree, fold, parse
from gradcli.ops import TABLE
from gradcli.ops.calls.resolve import resolve

__all__ = ["array_gradient", "pulled_back"]

_REDUCTIONS = ("mean", "norm", "sum")

_PARTS = ("diag", "entry", "expand_dims", "padded", "part", "prod")

_TOLD = {"cofactors": "a second derivative of a determinant"}
"""What is said of operations that a program does not name."""


def array_gradient(meaning: ArrayMeaning, name: str) -> int:
    """The derivative of a single value by a variable, as an array of the variable's shape.

    By a symmetric matrix it is the one on the symmetric matrices: (G + G.T)/2, so that sum(G*dA) is the change.

    Raises:
        NoArrayFormula: for an operation without a rule as text.
        ShapeProblem: for a value that is an array.

    >>> from gradcli.formulas.array_meaning import interpret_arrays
    >>> from gradcli.ops.calls.resolve import resolve
    >>> meaning = interpret_arrays(resolve(parse("sum(x)")), {"x": ("n",)})
    >>> meaning.graph.functions[array_gradient(meaning, "x")]
    'ones'
    """
    arithmetic, leaf = meaning.arithmetic, meaning.inputs[name]
    if meaning.graph.shapes[meaning.result]:
        raise ShapeProblem(
            "the value is an array: a gradient and a Hessian are of one number",
            hint="ask for the Jacobian, or write sum(...) around the expression",
        )
    slope = pulled_back(meaning, name, arithmetic.one)
    if leaf in meaning.graph.symmetric and slope not in meaning.graph.symmetric:
        both = arithmetic.add(slope, arithmetic.transpose(slope))
        return arithmetic.div(both, arithmetic.number(2.0))
    return slope


def pulled_back(meaning: ArrayMeaning, name: str, seed: int) -> int:
    """What a cotangent of the value becomes at a variable, as an array of the variable's shape.

    A cotangent may be smaller than the array that it belongs to, which it stands for by broadcasting.

    Raises:
        NoArrayFormula: for an operation without a rule as text.
    """
    graph, arithmetic = meaning.graph, meaning.arithmetic
    rules, leaf = Rules(arithmetic, meaning.partials), meaning.inputs[name]
    order = graph.reachable([meaning.result])
    moving = {leaf}
    for node in order:
        args = graph.args[node]
        if any(arg in moving and _passes(graph, node, position) for position, arg in enumerate(args)):
            moving.add(node)
    cotangents = {meaning.result: seed} if meaning.result in moving else {}
    for node in reversed(order):
        cotangent = cotangents.get(node)
        if cotangent is None or node == leaf:
            continue
        for position, arg in enumerate(graph.args[node]):
            if arg in moving and _passes(graph, node, position):
                found = _pulled(rules, arithmetic, node, position, cotangent)
                if found is not None:
                    before = cotangents.get(arg)
                    cotangents[arg] = found if before is None else arithmetic.add(before, found)
    return arithmetic.full(cotangents.get(leaf, arithmetic.zero), graph.shapes[leaf])


def _passes(graph: ArrayGraph, node: int, position: int) -> bool:
    function = graph.functions[node]
    if function in _PARTS:
        return True
    if TABLE[_named(function)].kind in ("elementwise", "predicate"):
        return differentiable(function, position)
    return True


def _named(function: str) -> str:
    return "where" if function == "if" else function


def _pulled(rules: Rules, arithmetic: ArrayArithmetic, node: int, position: int, cotangent: int) -> int | None:
    """What an operation passes back to one of its arguments."""
    graph = arithmetic.graph
    function, args = graph.functions[node], graph.args[node]
    arg, nominal = args[position], graph.shapes[node]
    shape = graph.shapes[arg]
    if function in _REDUCTIONS:
        return _spread(rules, arithmetic, node, arg, cotangent)
    if function in _PARTS:
        return _put_back(arithmetic, node, arithmetic.full(cotangent, nominal))
    if TABLE[_named(function)].kind == "elementwise":
        found = rules.pull(node, position, cotangent)
        return None if found is None else arithmetic.sum_to(found, nominal, shape)
    ranks = "".join(str(len(graph.shapes[one])) for one in args)
    text = TABLE[function].texts.get(ranks)
    if text is None:
        raise NoArrayFormula(f"{_TOLD.get(function, f'the derivative of {function}')} has no formula of arrays")
    names = dict(zip(TABLE[function].params, args, strict=True)) | {"out": node}
    return _written(arithmetic, _tree(text[position]), {**names, "g": arithmetic.full(cotangent, nominal)})


def _spread(rules: Rules, arithmetic: ArrayArithmetic, node: int, arg: int, cotangent: int) -> int | None:
    """What a reduction passes back: its cotangent beside each entry, times the weight."""
    graph = arithmetic.graph
    statics = dict(graph.statics.get(node, ()))
    shape, axis = graph.shapes[arg], statics.get("axis")
    cotangent = arithmetic.bare(cotangent)
    if graph.shapes[cotangent]:
        cotangent = arithmetic.full(cotangent, graph.shapes[node])
    if isinstance(axis, int) and graph.shapes[cotangent] and axis != 0:
        sizes: Shape = (*shape[:axis], 1, *shape[axis + 1 :])
        cotangent = graph.array("expand_dims", (cotangent,), sizes, (("axis", axis),))
    if graph.functions[node] == "norm":
        return rules.pull(node, 0, cotangent)
    if graph.functions[node] == "mean":
        count = arithmetic.one
        for size in (shape[axis],) if isinstance(axis, int) else shape:
            count = arithmetic.mul(count, arithmetic.size(size))
        return arithmetic.div(cotangent, count)
    return cotangent


def _put_back(arithmetic: ArrayArithmetic, node: int, cotangent: int) -> int:
    """What a part of an array, a diagonal, a new axis and a product of all entries pass back."""
    graph = arithmetic.graph
    statics, (arg,) = dict(graph.statics.get(node, ())), graph.args[node]
    size = graph.shapes[arg][0]
    if graph.functions[node] == "expand_dims":
        return arithmetic.squeezed(cotangent, int(str(statics["axis"])))
    if graph.functions[node] == "diag":
        return arithmetic.of_diagonal(cotangent) if len(graph.shapes[arg]) == 1 else arithmetic.diagonal(cotangent)
    if graph.functions[node] == "part":
        return arithmetic.padded(cotangent, int(str(statics["start"])), int(str(statics["left"])))
    if graph.functions[node] == "padded":
        return arithmetic.part(cotangent, int(str(statics["before"])), int(str(statics["after"])))
    if graph.functions[node] == "entry":
        place = graph.array("one_hot", (), (size,), (("at", statics["of"]), ("of", size)))
        return arithmetic.mul(cotangent, place)
    # Of each entry the product of the others: right where an entry is 0 too, as the product by it is not.
    chosen = graph.call("equal", (graph.array("eye", (), (size, size), (("n", size),)), arithmetic.one))
    others = graph.call("where", (chosen, arithmetic.one, arg))
    return arithmetic.mul(cotangent, graph.array("prod", (others,), (size,), (("axis", 1),)))


def _written(arithmetic: ArrayArithmetic, tree: Tree, names: Mapping[str, int]) -> int:
    """An expression of the table on the graph."""
    graph = arithmetic.graph
    sizes: dict[int, Size] = {}

    def literal(node: Literal) -> int:
        assert isinstance(node.value, float)
        return graph.leaf(node.value)

    def name(node: Name) -> int:
        return names[node.id] if node.id in names else graph.leaf(Constant(node.id))

    def call(node: Call, args: list[int], _: dict[str, int]) -> int:
        if node.function == "len":
            size = graph.shapes[args[0]][0]
            made = arithmetic.size(size)
            sizes[made] = size
            return made
        if node.function == "eye":
            rows = sizes[args[0]]
            return graph.array("eye", (), (rows, rows), (("n", rows),))
        return arithmetic.call(node.function, tuple(args))

    return fold(tree, literal, name, call)


@cache
def _tree(text: str) -> Tree:
    return resolve(parse(text)).result
