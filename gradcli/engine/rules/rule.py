"""Entries of the derivative table, compiled on first use into plain functions of arrays.

The same functions record when they are given Tensors, because NumPy hands the calls over: one rule
serves the first derivative and all that follow.

A rule is a VJP for each argument, and a JVP. Of an elementwise operation both are the product with the same partial,
since its Jacobian is diagonal; of a linear one the JVP is the operation itself and the VJP its transpose.

Source: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapter 3; R. Frostig, M. J. Johnson,
D. Maclaurin, A. Paszke, A. Radul, "Decomposing reverse-mode automatic differentiation", LAFI 2021, for transposes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from gradcli.engine.rules.codegen import G, names_in, source_of, times
from gradcli.errors import AutogradError
from gradcli.lang import Program, Tree, calls, parse
from gradcli.ops import TABLE, Op
from gradcli.ops.calls.paths import resolve_rule, resolve_value
from gradcli.ops.functions.protocol import quiet
from gradcli.ops.functions.transposes import repeated, spread, unbroadcast

__all__ = ["VJP", "FusedVJPs", "Rule", "Statics", "compiled", "fit", "pull", "pull_through", "rule_of"]

Statics: TypeAlias = Mapping[str, Any]
VJP: TypeAlias = Callable[[Any, Any, Sequence[Any], Sequence[tuple[int, ...]], Statics], Any]
"""(g, out, inputs, shapes, statics) -> the cotangent of one input."""

FusedVJPs: TypeAlias = "Callable[[Any, Any], Pairs]"
"""(g, node) -> the edge and the cotangent of each input that wants one."""

Pairs: TypeAlias = Sequence[tuple[Any, Any]]


_PARTS = frozenset({"as_strided", "copy_slices", "getitem", "take", "unpack"})
"""The operations of which `adds_in_place` speaks."""

_SETS = range(4)
"""The sets of two inputs, as numbers whose bits say which inputs are in."""


class Rule:
    """One operation, ready to run.

    Attributes:
        forward: arrays and statics to an array.
        jvps: for each parameter its JVP, as `jvp(t, out, inputs, shapes, statics)`.
        save_plans: of an operation of one or two arguments, what is saved for each set of inputs that want a
            cotangent: whether the first input, the second and the output. A set is a number with bit i for input i.
        fused_vjps: for each such set one function that gives all its cotangents, where nothing was broadcast; None
            where there is no such function, and the VJPs are called one by one.
        saves_nothing: whether no VJP reads an input or the output.
        saves: for each parameter the positions of the inputs that its VJP reads, -1 standing for the output.
        variadic, multi_output, views: as in the entry.
        takes_undefined: whether the VJP of several outputs takes None for the cotangent of one that was not used.
        elementwise: whether inputs of equal shape have cotangents of that shape.
        spares: whether the VJP of a variadic operation is told which cotangents are wanted, and makes no other.
        adds_in_place: whether the value is a part of the argument, or has a part of it replaced, so that backward has
            a part of the argument's cotangent to change, and not an array of its size to make.
    """

    def __init__(self, op: Op) -> None:
        self.op = op
        self.name = op.name
        self.node_name = op.node_name
        self.forward = _forward(op)
        self.variadic = op.variadic
        self.views = op.views
        self.multi_output = op.multi_output
        self.takes_undefined = op.multi_output and op.kind == "general"
        self.spares = op.variadic and op.kind == "general" and "wanted" in _parameters(op.transposes[0])
        self.adds_in_place = op.name in _PARTS
        self.elementwise = op.kind in ("elementwise", "predicate")
        build = _BUILDERS.get(op.kind, _nothing)
        self._vjps, self.jvps, self.saves = build(op)
        self.fused_vjps = _fused_vjps(op)
        self.saves_nothing = not any(self.saves)
        self._reads: dict[tuple[bool, ...], frozenset[int]] = {}
        self.save_plans = [self._save_plan(wanted) for wanted in _SETS] if len(self.saves) in (1, 2) else []

    @property
    def vjps(self) -> tuple[VJP, ...]:
        """For each parameter its VJP; a single one for all inputs where the op is variadic."""
        return self._vjps

    @vjps.setter
    def vjps(self, vjps: tuple[VJP, ...]) -> None:
        self._vjps = vjps
        self.fused_vjps = _NO_FUSED  # made from the entry, they would go on giving the cotangents of before

    def _save_plan(self, wanted: int) -> tuple[bool, bool, bool]:
        """Whether the first input, the second and the output are read, when `wanted` has these bits set."""
        reads = frozenset().union(*(saved for i, saved in enumerate(self.saves) if wanted >> i & 1))
        return 0 in reads, 1 in reads, -1 in reads

    def reads(self, edges: Sequence[object]) -> frozenset[int]:
        """The positions of the values that backward will read, when these inputs want a cotangent."""
        wanted = tuple([edge is not None for edge in edges])
        reads = self._reads.get(wanted)
        # The one VJP of a variadic operation gives all cotangents, and reads all inputs if any.
        if reads is None and self.variadic and self.saves[0]:
            reads = self._reads[wanted] = frozenset(range(len(edges)))
        if reads is None:
            pairs = zip(wanted, self.saves, strict=False)
            reads = self._reads[wanted] = frozenset().union(*(saved for want, saved in pairs if want))
        return reads

    def __repr__(self) -> str:
        return f"<Rule {self.op.signature}>"


@cache
def rule_of(name: str) -> Rule:
    """The compiled rule of an operation's canonical name."""
    return Rule(TABLE[name])


Built: TypeAlias = tuple[tuple[VJP, ...], tuple[VJP, ...], tuple[frozenset[int], ...]]


def _forward(op: Op) -> Callable[..., Any]:
    if op.infix in _OPERATORS:
        return _OPERATORS[op.infix]
    if op.kind in ("linear", "multilinear", "reduction"):
        from gradcli.engine.rules.direct import DIRECT  # scalars do without

        if op.value in DIRECT:
            return DIRECT[op.value]
    value = resolve_value(op.value)
    if op.kind == "constructor":  # NumPy's names of its parameters are not the table's
        return lambda **statics: value(*statics.values())
    value = getattr(value, "of_arrays", value)
    if op.value in _OF_UFUNCS:
        return getattr(value, "__wrapped__", value)  # without its own quiet
    return quiet(value) if op.kind in _QUIET else value


_QUIET = frozenset({"general", "multilinear", "reduction"})
"""Kinds whose NumPy functions warn in NumPy's own modules, which the package's filter of warnings does not reach."""

_OF_UFUNCS = frozenset(
    {
        "ops.product_rules.cross",
        "ops.reduction_rules.logsumexp",
        "ops.scan_rules.log_softmax",
        "ops.scan_rules.softmax",
    }
)
"""Functions of these kinds that compute with ufuncs, in this package: what these warn of is filtered."""


_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
"""Python's operators are the same NumPy functions, several times faster on scalars."""


def _compile(source: str, namespace: dict[str, Any]) -> Any:
    # The source is made from the entries in this package and holds nothing of a user's.
    return eval(compile(source, "<derivative table>", "eval"), namespace)  # noqa: S307  # see the line above


class _LateFunction:
    """A function of the table that is imported when it is first called, because importing SciPy takes long."""

    __slots__ = ("op",)

    def __init__(self, op: Op) -> None:
        self.op = op

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return resolve_value(self.op.value)(*args, **kwargs)


def _nothing(op: Op) -> Built:
    return (), (), ()


def _elementwise(op: Op) -> Built:
    vjps: list[VJP] = []
    saves: list[frozenset[int]] = []
    inputs = {param: f"inputs[{i}]" for i, param in enumerate(op.params)}
    for partial in op.partials:
        if partial is None:
            vjps.append(_refusal(op, op.params[len(vjps)]))
            saves.append(frozenset())
            continue
        tree = parse(partial).result
        vjps.append(compiled(tree, _vjp_source(op, tree, inputs, "")))
        saves.append(_positions(op, tree))
    return tuple(vjps), tuple(vjps), tuple(saves)


_NO_FUSED: tuple[FusedVJPs | None, ...] = (None,) * len(_SETS)


def _fused_vjps(op: Op) -> tuple[FusedVJPs | None, ...]:
    """One function for each set of inputs that may want a cotangent.

    They are for speed: one call for each node, which reads the saved values from the node itself.
    """
    if op.kind != "elementwise" or len(op.params) > 2 or None in op.partials:
        return _NO_FUSED
    trees = [parse(partial).result for partial in op.partials if partial is not None]
    saved = {param: f"node.tensors[{i}].array" for i, param in enumerate(op.params)}
    bodies = [_vjp_source(op, tree, saved, "node.") for tree in trees]
    pairs = [f"(node.edges[{i}], {body})," for i, body in enumerate(bodies)]
    sets = [[pair for i, pair in enumerate(pairs) if wanted >> i & 1] for wanted in range(2 ** len(bodies))]
    functions = ", ".join(f"lambda g, node: ({' '.join(chosen)})" for chosen in sets)
    namespace = {name: function for tree in trees for name, function in _bound(tree).items()}
    fused_vjps: tuple[FusedVJPs, ...] = _compile(f"({functions})", namespace)
    return fused_vjps


def _vjp_source(op: Op, tree: Tree, inputs: dict[str, str], home: str) -> str:
    """Source of g times a partial, given where the inputs are and what the rest is an attribute of."""
    places = inputs | {key: f"{home}statics[{key!r}]" for key in op.statics} | {"out": f"{home}out", "g": "g"}
    product = times(G, tree)
    body = source_of(product, places, frozenset(op.statics))
    if "g" in names_in(product):
        return body
    return "zeros_like(g)" if body == "0" else f"zeros_like(g) + {body}"


def pull(g: Any, node: Any) -> Pairs:
    """The edge and the cotangent of each input that wants one, VJP by VJP."""
    return pull_through(g, node, node.inputs if node.tensors else (), node.out)


def pull_through(g: Any, node: Any, inputs: Sequence[Any], out: Any) -> Pairs:
    """`pull` with the saved values given: as arrays, or as tensors where the sweep is recorded."""
    rule, edges, shapes, statics = node.rule, node.edges, node.shapes, node.statics
    vjps = rule.vjps
    if rule.variadic:
        if rule.spares:
            statics = {**statics, "wanted": [edge is not None for edge in edges]}
        pairs = zip(edges, vjps[0](g, out, inputs, shapes, statics), strict=True)
        return [pair for pair in pairs if pair[0] is not None]
    found = []
    for i, edge in enumerate(edges):
        if edge is not None:
            cotangent = vjps[i](g, out, inputs, shapes, statics)
            found.append((edge, fit(cotangent, shapes[i]) if rule.elementwise and shapes else cotangent))
    return found


def _refusal(op: Op, param: str) -> VJP:
    def vjp(g: Any, out: Any, inputs: Any, shapes: Any, statics: Any) -> Any:
        message = f"{op.name} cannot be differentiated with respect to its argument '{param}'"
        raise AutogradError(message, hint=op.unlearned or None)

    return vjp


def compiled(tree: Tree, body: str) -> VJP:
    """The function of a tree whose source, over a rule's arguments, is `body`."""
    vjp: VJP = _compile(f"lambda g, out, inputs, shapes, statics: {body}", _bound(tree))
    return vjp


def _bound(tree: Tree) -> dict[str, Any]:
    """The functions that a tree calls, SciPy's left for the first call."""
    called = [TABLE[name] for name in {call.function for call in calls(Program("", (), tree))}]
    functions = {
        op.name: _LateFunction(op) if op.value.startswith("scipy") else resolve_value(op.value) for op in called
    }
    return {"__builtins__": {}, "zeros_like": np.zeros_like, "inf": np.inf, **functions}


def _positions(op: Op, tree: Tree) -> frozenset[int]:
    used = names_in(tree)
    saved = {i for i, param in enumerate(op.params) if param in used}
    return frozenset(saved | ({-1} if "out" in used else set()))


def _linear(op: Op) -> Built:
    transpose = resolve_rule(op.transposes[0])
    forward = resolve_value(op.value)

    def vjp(g: Any, out: Any, inputs: Sequence[Any], shapes: Sequence[tuple[int, ...]], statics: Statics) -> Any:
        return transpose(g, list(shapes) if op.variadic else shapes[0], **statics)

    def jvp(t: Any, out: Any, inputs: Sequence[Any], shapes: Sequence[tuple[int, ...]], statics: Statics) -> Any:
        return forward(*t, **statics) if op.variadic else forward(t, **statics)

    return (vjp,), (jvp,), (frozenset(),)


def _multilinear(op: Op) -> Built:
    forward = resolve_value(op.value)
    vjps: list[VJP] = []
    jvps: list[VJP] = []
    for i, path in enumerate(op.transposes):
        transpose = resolve_rule(path)

        def vjp(
            g: Any, out: Any, inputs: Sequence[Any], shapes: Any, statics: Statics, transpose: Any = transpose
        ) -> Any:
            return transpose(g, *inputs, **statics)

        def jvp(t: Any, out: Any, inputs: Sequence[Any], shapes: Any, statics: Statics, i: int = i) -> Any:
            return forward(*(t if k == i else v for k, v in enumerate(inputs)), **statics)

        vjps.append(vjp)
        jvps.append(jvp)
    both = frozenset({0, 1})
    return tuple(vjps), tuple(jvps), (both, both)


def _reduction(op: Op) -> Built:
    weight, reads = _weight(op)

    def weighted(g: Any, out: Any, inputs: Sequence[Any], shapes: Any, statics: Statics) -> Any:
        shape, axis = shapes[0], statics["axis"]
        x = inputs[0] if 0 in reads else None
        kept = spread(out, shape, axis) if -1 in reads else None
        return weight(g, x, kept, _count(shape, axis), axis, statics)

    def vjp(g: Any, out: Any, inputs: Sequence[Any], shapes: Any, statics: Statics) -> Any:
        spread_g = spread(g, shapes[0], statics["axis"])
        return repeated(weighted(spread_g, out, inputs, shapes, statics), shapes[0])

    def jvp(t: Any, out: Any, inputs: Sequence[Any], shapes: Any, statics: Statics) -> Any:
        product = weighted(t, out, inputs, shapes, statics)
        return np.sum(product, axis=statics["axis"], keepdims=statics["keepdims"])

    return (vjp,), (jvp,), (reads,)


def _count(shape: tuple[int, ...], axis: Any) -> int:
    axes = range(len(shape)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    count = 1
    for a in axes if shape else ():  # NumPy lets a number have an axis 0
        count *= shape[a]
    return count


def _weight(op: Op) -> tuple[Callable[..., Any], frozenset[int]]:
    usual, *others = [_weight_of(op, partial) for partial in op.partials if partial is not None]
    if not others:
        return usual
    further = [key for key in op.statics if key not in ("axis", "keepdims")]

    def chosen(g: Any, x: Any, out: Any, n: int, axis: Any, statics: Statics) -> Any:
        default = all(statics[key] == op.statics[key] for key in further)
        return (usual if default else others[0])[0](g, x, out, n, axis, statics)

    return chosen, usual[1] | others[0][1]


def _weight_of(op: Op, text: str) -> tuple[Callable[..., Any], frozenset[int]]:
    further = [key for key in op.statics if key not in ("axis", "keepdims")]
    if text.startswith("ops."):
        function = resolve_rule(text)
        wanted = function.__code__.co_varnames[: function.__code__.co_argcount]

        def weigh(g: Any, x: Any, out: Any, n: int, axis: Any, statics: Statics) -> Any:
            given = {"x": x, "out": out, "axis": axis, **statics}
            return g * function(*[given[name] for name in wanted])

        return weigh, frozenset(place for name, place in (("x", 0), ("out", -1)) if name in wanted)
    tree = parse(text).result
    places = {name: name for name in ("g", "x", "out", "n", "axis")}
    places |= {key: f"statics[{key!r}]" for key in further}
    body = source_of(times(G, tree), places, frozenset({"n", *further}))
    return _compile(f"lambda g, x, out, n, axis, statics: {body}", _bound(tree)), _positions(op, tree)


def _general(op: Op) -> Built:
    vjps = [_by_names(op, path) for path in op.transposes]
    jvps = [_by_names(op, path) for path in op.jvps]
    pushed = [reads for _, reads in jvps] or [frozenset[int]()] * len(vjps)
    saves = tuple(reads | more for (_, reads), more in zip(vjps, pushed, strict=True))
    return tuple(p for p, _ in vjps), tuple(p for p, _ in jvps), saves


def _parameters(path: str) -> tuple[str, ...]:
    """What a rule's function calls its parameters."""
    code = resolve_rule(path).__code__
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount]
    return names


def _by_names(op: Op, path: str) -> tuple[VJP, frozenset[int]]:
    """A rule that is called with what its parameters are called after, and what it reads of inputs and output."""
    function = resolve_rule(path)
    wanted = _parameters(path)[1:]
    places = {param: i for i, param in enumerate(op.params)} | {"out": -1, "inputs": 0}
    reads = frozenset(places[name] for name in wanted if name in places)

    def rule(g: Any, out: Any, inputs: Sequence[Any], shapes: Sequence[tuple[int, ...]], statics: Statics) -> Any:
        given = {"out": out, "inputs": inputs, "shape": shapes[0], "wanted": None, **statics}
        if reads:
            given.update(zip(op.params, inputs, strict=False))
        return function(g, *[given[name] for name in wanted])

    return rule, reads


_BUILDERS: dict[str, Callable[[Op], Built]] = {
    "elementwise": _elementwise,
    "linear": _linear,
    "multilinear": _multilinear,
    "reduction": _reduction,
    "general": _general,
}


def fit(g: Any, shape: tuple[int, ...]) -> Any:
    """A cotangent brought to its input's shape, where broadcasting repeated the input."""
    return g if g.shape == shape else unbroadcast(g, shape)
