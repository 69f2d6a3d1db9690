"""Results made by hand, so that these tests are about their looks alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.transforms.results.base import Result
from gradcli.transforms.results.checked import Checked
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.results.evaluation import Evaluation
from gradcli.transforms.results.findings import EntryComparison, Origin, Witnesses
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.graph import Graph, GraphNode
from gradcli.transforms.results.hessian import Hessian, HessianProduct
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.pushforward import Pushforward
from gradcli.transforms.results.value import plain
from gradcli.transforms.results.verdict import Verdict

INF = float("inf")
NAN = float("nan")

VERIFIED = Verdict("verified", 1, 1, 0.0)
SAMPLED = Verdict("verified", 64, 1000, 1.5)
DIFFERS = Verdict(
    "differs", 4, 4, 3.0, "1 of 4 entries differ from SymPy's", ("df[0]/dx1: gradcli has 4.0, SymPy has 5.0",)
)
KINK = Verdict(
    "kink",
    0,
    1,
    None,
    "the expression is not differentiable at this point",
    ("df/dx: from the left -1.0, from the right 1.0; 0.0 is the convention (abs(x))",),
)
NOT_CHECKED = Verdict("not checked", 0, 1, None, "SymPy took longer than 10 s")
AGREED = EntryComparison(
    "df/dx", 0.1, "0.100000000000000005551115123126", 0.1, 1e-16, "complex step", "all", 0.0, 15.95, 1.0, 2.0
)
ODD = EntryComparison("df/dy", 2.0, "2.5", 2.5, 1e-12, "differences", "SymPy and numeric", 1e15, 0.6, 12.5, 3.0)
AT_A_KINK = EntryComparison("df/dz", NAN, "kink", None, None, "a kink", "kink")
WITNESSED = Verdict(
    "differs",
    3,
    3,
    1e15,
    "1 of 3 entries differ from SymPy's",
    ("df/dy: gradcli has 2.0, SymPy has 2.5",),
    Witnesses((AGREED, ODD, AT_A_KINK), 3, ("SymPy and the numeric derivative agree: gradcli is suspect",)),
)
VERDICTS = (None, VERIFIED, SAMPLED, DIFFERS, KINK, NOT_CHECKED, WITNESSED)

SQUARE = Gradient("x**2-2*x+1", {"x": 0.0}, 1.0, {"x": -2.0})
WEIGHTED = Gradient(
    "[x**2, x*y]", {"x": 2.0, "y": 3.0}, np.array([4.0, 6.0]), {"x": 5.5, "y": 1.0}, np.array([1.0, 0.5])
)
ARRAYS = Gradient(
    "sum((A@x - b)**2)",
    {"A": np.array([[1.0, 2.0], [3.0, 4.0]]), "x": np.array([0.5, -0.25]), "b": 2.0},
    4.25,
    {"A": np.array([[-1.0, 0.5], [-1.5, 0.75]]), "x": np.array([-11.0, -16.0]), "b": 0.125},
)
POLE = Gradient(
    "1/x",
    {"x": 0.0},
    INF,
    {"x": -INF},
    origin=Origin("division is not finite at (1.0, 0.0)", "1/x", (0, 3), "keep x away from 0"),
    warnings=("nothing good comes of it",),
)
CHECKED = Checked("x**2-2*x+1", {"x": 0.0}, 1.0, "gradient", SQUARE)
VALUE = Evaluation("x**2-2*x+1", {"x": 3.0}, 4.0)


def jacobian(matrix: Any, names: Sequence[str], expression: str = "f(x)") -> Jacobian:
    """A Jacobian by scalar variables, all of value zero, and an output that counts its entries."""
    array = np.array(matrix, dtype=np.float64)
    rows = tuple(f"f[{i}]" for i in range(len(array)))
    return Jacobian(
        expression,
        dict.fromkeys(names, 0.0),
        np.arange(len(array), dtype=np.float64),
        array,
        {name: array[:, i] for i, name in enumerate(names)},
        rows,
        tuple(names),
    )


TWO_BY_TWO = jacobian([[4, 3], [2, 6]], ["x1", "x2"], "x1**2+3*x2, x2**2+2*x1")


CURVATURE = Hessian(
    "x**2*y", {"x": 3.0, "y": 2.0}, 18.0, {"x": 12.0, "y": 9.0}, np.array([[4.0, 6.0], [6.0, 0.0]]), ("x", "y")
)
PUSHED = Pushforward("[x*y, x/y]", {"x": 6.0, "y": 2.0}, np.array([12.0, 3.0]), {"y": 1.0}, np.array([6.0, -1.5]))
PRODUCTS = HessianProduct(
    "sum(x**3)*a",
    {"x": np.array([1.0, 2.0]), "a": 0.5},
    4.5,
    {"x": np.array([1.0, -0.5])},
    {"x": np.array([3.0, -3.0]), "a": -3.0},
)
POWERS = Derivative("x**4", {"x": 2.0}, 16.0, "x", 3, (32.0, 48.0, 48.0))
CURVE = Derivative(
    "[t1**2, a*t1]",
    {"t1": -1.0, "a": 0.5},
    np.array([1.0, -0.5]),
    "t1",
    2,
    (np.array([-2.0, 0.5]), np.array([2.0, NAN])),
)


def hessian(matrix: Any, names: Sequence[str]) -> Hessian:
    """A Hessian by scalar variables, all of value zero."""
    return Hessian(
        "f(x)", dict.fromkeys(names, 0.0), 1 / 3, dict.fromkeys(names, 1 / 7), np.array(matrix), tuple(names)
    )


def leaf(name: str, value: Any, grad: Any = None) -> GraphNode:
    return GraphNode("", name, name, value, grad, True, grad is not None, ())


def constant(text: str, value: float) -> GraphNode:
    return GraphNode("", "", text, value, None, True, False, ())


def computed(op: str, text: str, value: Any, inputs: Sequence[int], grad: Any = 1.0, name: str = "") -> GraphNode:
    return GraphNode(f"{op}Backward0", name, text, value, grad, False, True, tuple(inputs))


def graph(*nodes: GraphNode) -> Graph:
    inputs = {node.name: plain(node.value) for node in nodes if node.is_leaf and node.name and node.name != "pi"}
    return Graph(nodes[-1].text, inputs, plain(nodes[-1].value), nodes, True)


PRODUCT = graph(
    leaf("w", 1.0, 5.0),
    leaf("x", 2.0, 2.0),
    computed("Add", "w + x", 3.0, (0, 1), 2.0, "a"),
    constant("1", 1.0),
    computed("Add", "w + 1", 2.0, (0, 3), 3.0, "b"),
    computed("Mul", "a*b", 6.0, (2, 4), 1.0),
)


def chain(length: int) -> Graph:
    """sin(sin(...sin(x))), so many nodes in all."""
    links = [computed("Sin", f"sin({'.' * min(i, 60)})", 0.5, (i - 1,)) for i in range(1, length)]
    return graph(leaf("x", 0.5, 0.25), *links)


RESULTS: tuple[Result, ...] = (
    SQUARE, WEIGHTED, ARRAYS, POLE, VALUE, TWO_BY_TWO, CURVATURE, PUSHED, PRODUCTS, POWERS, CURVE, PRODUCT,
    CHECKED,
)  # fmt: skip
