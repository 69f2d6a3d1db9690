"""The computation as a graph of named values and gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.sweeps import backward
from gradcli.engine.sweeps.masked_backward import masked_vjp
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.lang import Call, Literal, Name, Program, Tree, unparse
from gradcli.ops import TABLE
from gradcli.ops.calls.positions import is_mask
from gradcli.transforms.kinks.detect import KinkDetector
from gradcli.transforms.operators.grad import cotangent_of
from gradcli.transforms.operators.road import Computed, Found, travel
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.graph import Choice, Graph, GraphNode
from gradcli.transforms.results.value import Value, plain, whole

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Origin

__all__ = ["graph"]


def graph(
    expression: str | Program,
    values: Mapping[str, Any],
    wrt: Sequence[str] | None = None,
    seed: Any = None,
    *,
    with_grad: bool = True,
    explain: bool = True,
) -> Graph:
    """Every value of a computation and the derivative of the result with respect to it.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        wrt: the variables that require a gradient (default: all).
        seed: the weight of each output, needed where the value has more than one entry.
        with_grad: whether to run backward at all.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression, the values, or a missing seed.

    >>> [node.op or node.name for node in graph("x*y", {"x": 2, "y": 3}).nodes]
    ['x', 'y', 'MulBackward0']
    """
    prepared = prepare(expression, values, wrt, element_by_element=True)
    drawing = _Drawing(prepared.program, prepared.positions)
    tensors = leaves(prepared)
    computed = Computed(
        prepared, tensors, execute(prepared.program, tensors, drawing.observe, drawing.assigned, drawing.chosen)
    )
    gradients: dict[int, Any] = {}
    if with_grad:
        seeds = cotangent_of(computed.value, seed)
        gradients = _gradients(computed.value, seeds, drawing.values)

    def recompute(found: Found) -> tuple[Found, Origin | None]:
        from gradcli.transforms.nonfinite.recompute import recompute_gradient, recompute_value

        if not with_grad:
            return found, recompute_value(prepared) if explain else None
        return found, recompute_gradient(prepared, seeds, _of_leaves(tensors, gradients), explain).origin

    def drawn(source: str, inputs: dict[str, Value], value: Value, *, gradients: Any, **fields: Any) -> Graph:
        del gradients  # each is in its node
        return Graph(source, inputs, value, **fields)

    nodes, beside, choices = drawing.parts(prepared.program.result, gradients)
    return travel(
        drawn,
        computed,
        {"gradients": gradients},
        recompute=recompute,
        again=lambda text: graph(text, values, wrt, seed, with_grad=with_grad, explain=False),
        labels={"nodes": nodes, "with_grad": with_grad, "beside": beside, "choices": choices},
    )


def _gradients(result: Tensor, seed: Any, values: list[Any]) -> dict[int, Any]:
    wanted = [v for v in values if isinstance(v, Tensor) and v.requires_grad]
    if not result.requires_grad or not wanted:
        return {}
    found: list[Any] = [
        None if g is None else g.array
        for g in backward.grad(result, wanted, seed, retain_graph=True, allow_unused=True)
    ]
    if not is_finite(*[g for g in found if g is not None]):
        found = masked_vjp(result, wanted, seed)
    return {id(t): np.zeros(t.shape) if g is None else g for t, g in zip(wanted, found, strict=True)}


def _of_leaves(tensors: Mapping[str, Tensor], gradients: Mapping[int, Any]) -> dict[str, Any]:
    return {name: gradients[id(tensor)] for name, tensor in tensors.items() if id(tensor) in gradients}


class _Drawing:
    """Collects the sub-expressions of one execution; the same tensor is one node."""

    def __init__(self, program: Program, whole: frozenset[str]) -> None:
        self.source = program.source
        self._whole = whole
        self.values: list[Any] = []
        self._trees: list[Literal | Name | Call] = []
        self._inputs: list[tuple[int, ...]] = []
        self._calls: list[Call | None] = []
        self._positions: dict[int, int] = {}
        self._assigned: dict[str, int] = {}
        self._places: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self._taken: dict[int, bool] = {}
        self._choices: list[tuple[Call, bool]] = []
        self._detector = KinkDetector(program)
        self._kinks: dict[int, str] = {}
        self._held: list[Any] = []  # an id is another value's as soon as its own is gone

    def observe(self, node: Literal | Name | Call, args: list[Any], keywords: dict[str, Any], value: Any) -> None:
        """Take note of a sub-expression."""
        kinked = self._at_kink(node, args, keywords, value)
        if not _is_array(value):
            return
        if isinstance(node, Call) and is_mask(node):  # the truth values that it is made of
            self._positions[id(value)] = self._positions[id(args[0])]
            self._held.append(value)
            return
        self._places[id(node)] = self._positions.get(id(value), len(self.values))
        if id(value) in self._positions:
            return
        inputs = tuple(self._positions[id(a)] for a in args if id(a) in self._positions)
        self._positions[id(value)] = len(self.values)
        self.values.append(value)
        self._trees.append(node)
        self._inputs.append(inputs)
        self._calls.append(self._call_of(node, args))
        if kinked and isinstance(node, Call):
            self._kinks[len(self.values) - 1] = TABLE[node.function].convention

    def _call_of(self, node: Literal | Name | Call, args: list[Any]) -> Call | None:
        """A call on the names of its inputs, a0, a1, ...; numbers in the text stay what they are."""
        if not isinstance(node, Call) or len(args) != len(node.args):
            return None
        written: list[Tree] = []
        count = 0
        for tree, value in zip(node.args, args, strict=True):
            is_input = id(value) in self._positions
            written.append(Name(f"a{count}", tree.span) if is_input and not isinstance(tree, Literal) else tree)
            count += is_input
        return Call(node.function, tuple(written), node.span, node.head, node.keywords)

    def _at_kink(self, node: Literal | Name | Call, args: list[Any], keywords: dict[str, Any], value: Any) -> bool:
        """Whether a call is at a kink of its operation."""
        if self._detector.observer is None:
            return False
        known = len(self._detector.found)
        self._detector.observer(node, args, keywords, value)
        return len(self._detector.found) > known

    def chosen(self, node: Call, first: bool) -> None:
        """Take note of which branch of a conditional is taken."""
        self._taken[id(node)] = first
        self._choices.append((node, first))

    def assigned(self, name: str, value: Any) -> Any:
        """Take note of an assignment's name."""
        position = self._positions.get(id(value))
        if position is not None:
            self._assigned[name] = position
        if position is not None and not isinstance(self._trees[position], Name):
            self._names.setdefault(position, name)
        return value

    def parts(
        self, result: Tree, gradients: Mapping[int, Any]
    ) -> tuple[tuple[GraphNode, ...], tuple[GraphNode, ...], tuple[Choice, ...]]:
        """What the result was computed from, the result last; what conditions alone were; the conditionals.

        Nodes are in the order of evaluation.
        """
        reached = self._reached([self._root(result)])
        met = [(node, self._places.get(id(node.args[0])), first) for node, first in self._choices]
        choices = [(node, place, first) for node, place, first in met if place is not None]
        others = self._reached([place for _, place, _ in choices]) - reached
        order = {position: i for i, position in enumerate([*sorted(reached), *sorted(others)])}
        nodes = tuple(self._node(position, order, gradients) for position in order)
        return (
            nodes[: len(reached)],
            nodes[len(reached) :],
            tuple(
                Choice(order[place], first, (node.args[0].span[0], node.args[0].span[1]))
                for node, place, first in choices
            ),
        )

    def _written(self, i: int) -> str:
        """The text of an operation on arrays, or that gives one."""
        call = self._calls[i]
        arrays = [place for place in (i, *self._inputs[i]) if np.ndim(unwrap(self.values[place]))]
        return unparse(call) if call is not None and arrays else ""

    def _reached(self, roots: list[int]) -> set[int]:
        """The places that some are computed from, those themselves too."""
        reached, stack = set(), roots
        while stack:
            position = stack.pop()
            if position not in reached:
                reached.add(position)
                stack += self._inputs[position]
        return reached

    def _root(self, result: Tree) -> int:
        while isinstance(result, Call) and id(result) in self._taken:
            result = result.args[1 if self._taken[id(result)] else 2]
        if isinstance(result, Name) and result.id in self._assigned:
            return self._assigned[result.id]
        return self._places[id(result)]

    def _node(self, i: int, order: Mapping[int, int], gradients: Mapping[int, Any]) -> GraphNode:
        tree, value = self._trees[i], self.values[i]
        tracked = isinstance(value, Tensor) and value.requires_grad
        gradient = gradients.get(id(value))
        name = tree.id if isinstance(tree, Name) else self._names.get(i, "")
        shown = whole if isinstance(tree, Name) and name in self._whole else plain
        return GraphNode(
            op=_op_name(tree, value),
            name=name,
            text=getattr(tree.span, "text", "") or self.source[tree.span[0] : tree.span[1]],
            value=shown(unwrap(value)),
            grad=None if gradient is None else plain(gradient),
            is_leaf=not isinstance(value, Tensor) or value.is_leaf,
            requires_grad=tracked,
            inputs=tuple(order[position] for position in self._inputs[i]),
            function=TABLE[tree.function].name if isinstance(tree, Call) else "",
            span=(tree.span[0], tree.span[1]),
            kink=self._kinks.get(i, ""),
            call=self._written(i),
        )


def _op_name(tree: Literal | Name | Call, value: Any) -> str:
    if not isinstance(tree, Call):
        return ""
    if isinstance(value, Tensor) and value.grad_fn is not None:
        return value.grad_fn.name()
    return TABLE[tree.function].name


def _is_array(value: Any) -> bool:
    return getattr(getattr(unwrap(value), "dtype", None), "kind", "") in tuple("fiub")
