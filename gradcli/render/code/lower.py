"""Operations that a language lacks, made of operations that it has; truth values told from numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from gradcli.errors import UsageProblem
from gradcli.formulas import COMPARISONS
from gradcli.formulas.arithmetic import Arithmetic
from gradcli.formulas.graph import Constant, Graph
from gradcli.lang import Call, Literal, Name, Tree, fold, parse
from gradcli.ops import TABLE
from gradcli.ops.calls.resolve import resolve
from gradcli.render.code.language import Language

__all__ = ["FAST", "MADE", "OPERATORS", "TRUTHS", "FastLowering", "Lowering", "finite_beyond", "lower"]

OPERATORS = frozenset({
    "add", "div", "equal", "greater", "greater_equal", "if", "less", "less_equal", "logical_and", "logical_not",
    "logical_or", "mul", "neg", "not_equal", "sub", "where",
})  # fmt: skip
"""What every language has."""

TRUTHS = frozenset({
    "equal", "greater", "greater_equal", "less", "less_equal", "logical_and", "logical_not", "logical_or", "not_equal",
})  # fmt: skip

_ARITHMETIC = frozenset({"add", "div", "mul", "neg", "sub"})
_CHOICES = frozenset({"if", "where"})
_LOGIC = frozenset({"logical_and", "logical_not", "logical_or"})

MADE: dict[str, str] = {
    "acot": "atan(1/x)",
    "acoth": "copysign(log1p(2/(abs(x) - 1))/2, x)",
    "acsc": "where(abs(x) > 2, asin(1/x), atan2(sign(x), sqrt((x - 1)*(x + 1))))",
    "acsch": "asinh(1/x)",
    "asec": "where(x < 0, pi - atan(sqrt((x - 1)*(x + 1))), atan(sqrt((x - 1)*(x + 1))))",
    "asech": "2*asinh(sqrt((1 - x)/(2*x)))",
    "ceil": "-floor(-x)",
    "cbrt": "sign(x)*pow(abs(x), 1/3)",
    "clip": "minimum(maximum(x, lower), upper)",
    "copysign": "where((y < 0) | (1/y < 0), -abs(x), abs(x))",
    "cot": "cos(x)/sin(x)",
    "coth": "1/tanh(x)",
    "csc": "1/sin(x)",
    "csch": "1/sinh(x)",
    "deg2rad": "x*(pi/180)",
    "entr": "where(x < 0, -inf, where(x == 0, 0, -x*log(x)))",
    "exp2": "pow(2, x)",
    "floor_divide": "round((x - mod(x, y))/y)",
    "expm1": "where(abs(x) > 1, exp(x) - 1, where(abs(x) < 3e-16, x, (exp(x) - 1)*x/log(exp(x))))",
    "fmax": "where((x >= y) | (y != y), x, y)",
    "fmin": "where((x <= y) | (y != y), x, y)",
    "gammasgn": "where(x > 0, 1, where(x == floor(x), nan, where(floor(x)/2 == floor(floor(x)/2), 1, -1)))",
    "gelu": "x*ndtr(x)",
    "heaviside": "where(x < 0, 0, where(x > 0, 1, where(x == 0, h0, x)))",
    "hypot": "where(maximum(abs(x), abs(y)) == 0, 0, maximum(abs(x), abs(y))*sqrt(square(x/maximum(abs(x), abs(y)))"
    " + square(y/maximum(abs(x), abs(y)))))",
    "ldexp": "x*pow(2, floor(n/2))*pow(2, n - floor(n/2))",
    "log1p": "where(abs(x) < 1.5e-16, x, where(x > 1, log(1 + x), log(1 + x)*(x/((1 + x) - 1))))",
    "log2": "log(x)/log(2)",
    "log_sigmoid": "minimum(x, 0) - log1p(exp(-abs(x)))",
    "logaddexp": "where(x == y, x + log(2), maximum(x, y) + log1p(exp(-abs(x - y))))",
    "logaddexp2": "where(x == y, x + 1, maximum(x, y) + log1p(exp2(-abs(x - y)))/log(2))",
    "logit": "where(abs(x - 0.5) < 0.25, log1p((2*x - 1)/(1 - x)), log(x) - log1p(-x))",
    "maximum": "where((x >= y) | (x != x), x, y)",
    "minimum": "where((x <= y) | (x != x), x, y)",
    "mod": "where(((fmod(x, y) < 0) & (y > 0)) | ((fmod(x, y) > 0) & (y < 0)), fmod(x, y) + y, fmod(x, y))",
    "ndtr": "erfc(-x/sqrt(2))/2",
    "pos": "x",
    "rad2deg": "x*(180/pi)",
    "reciprocal": "1/x",
    "relu": "maximum(x, 0)",
    "round": "where(abs(x) < 4503599627370496, floor(x + 0.5)"
    " - where((x - floor(x) == 0.5) & (floor(x)/2 == floor(floor(x)/2)), 1, 0), x)",
    "sec": "1/cos(x)",
    "sech": "1/cosh(x)",
    "sgn": "where(x > 0, 1, where(x < 0, -1, 0))",
    "sigmoid": "1/(1 + exp(-x))",
    "sign": "where(x > 0, 1, where(x < 0, -1, x))",
    "silu": "x*sigmoid(x)",
    "sinc": "where(x == 0, 1, where(round(x)/2 == floor(round(x)/2), 1, -1)*sin(pi*(x - round(x)))/(pi*x))",
    "softplus": "maximum(x, 0) + log1p(exp(-abs(x)))",
    "square": "x*x",
    "trunc": "where(x < 0, -floor(-x), floor(x))",
    "xlogy": "where((x == 0) & (y == y), 0, x*log(y))",
}
"""Operations as expressions of others, over the parameters that the table gives them; each keeps its digits.

No infinity stands where numbers pass, since not every language has one. `log1p` is Kahan's: what is lost where 1 + x is
rounded is lost in (1 + x) - 1 too; below 1.5e-16, where that may be 0, it is x, and above 1 nothing is lost.
"""


FAST: dict[str, str] = {
    "hypot": "sqrt(x*x + y*y)",
    "maximum": "where(x >= y, x, y)",
    "minimum": "where(x <= y, x, y)",
    "mod": "x - y*floor(x/y)",
    "sigmoid": "1/(1 + exp(-x))",
    "softplus": "log1p(exp(x))",
}
"""What operations are made of where speed is all."""

_SMALL = 2.0**-1020
"""Below, one over a number overflows."""

_JUMPS = TRUTHS | {
    "ceil", "copysign", "floor", "floor_divide", "fmod", "heaviside", "mod", "round", "sgn", "sign", "trunc",
}  # fmt: skip
"""Operations that a last digit of their arguments can change by more than a last digit."""

_HIGHEST = 16
"""Powers that are products where speed is all."""


def lower(
    arithmetic: Arithmetic, roots: Sequence[int], language: Language, fast: bool = False
) -> tuple[list[int], dict[int, int]]:
    """Nodes that stand for some others and are made of the operations of a language alone.

    Powers of 2 become products, a reduction of several entries a chain of operations on two, truth values numbers where
    something is computed with them, and numbers truth values where they are conditions. Signs are gathered, factors of
    1 left out: what is computed stays the same to the last digit.

    Args:
        arithmetic: of the nodes' graph.
        roots: the nodes.
        language: the language.
        fast: whether guards and last digits may go.

    Returns:
        The nodes, and for each node that they were made of what it became.

    Raises:
        UsageProblem: for an operation that the language lacks.
    """
    graph = arithmetic.graph
    lowering = (FastLowering if fast else Lowering)(arithmetic, language)
    order = graph.reachable(roots)
    functions, args = graph.functions, graph.args
    kept = lowering.kept(functions[node] for node in order)
    made = dict(zip(order, order, strict=True))
    changed: set[int] = set()
    for node in order:
        if functions[node] in kept and (not changed or changed.isdisjoint(args[node])):
            continue
        made[node] = lowering.node(node, [made[arg] for arg in args[node]])
        if made[node] != node:
            changed.add(node)
    nodes = [lowering.as_number(made[root]) for root in roots]
    return (lowering.with_reciprocals(nodes) if isinstance(lowering, FastLowering) else nodes), made


def finite_beyond(graph: Graph, roots: Sequence[int]) -> frozenset[str]:
    """The functions whose infinities may become finite numbers again on their way to some nodes.

    A sum, a product and a quotient of infinity are infinite or NaN; 1/infinity and atan(infinity) are not.

    >>> from gradcli.transforms.operators.code import routine
    >>> for text in ("x*exp(x)", "x/(1 + exp(x))"):
    ...     made = routine(text)
    ...     print(sorted(finite_beyond(made.meaning.graph, made.outputs[0].nodes)))
    []
    ['add', 'exp']
    """
    inside: set[int] = set()
    functions, args = graph.functions, graph.args
    for node in reversed(graph.reachable(roots)):
        if node in inside or functions[node] not in _ARITHMETIC:
            inside.update(args[node])
        elif functions[node] == "div":
            inside.add(args[node][1])
    return frozenset(functions[node] for node in inside if functions[node])


class Lowering:
    """What each node becomes, given what its arguments have become."""

    def __init__(self, arithmetic: Arithmetic, language: Language) -> None:
        self.arithmetic = arithmetic
        self.graph = arithmetic.graph
        self.functions = language.functions
        self.made_of = {**MADE, **language.made}
        self.language = language.name

    def kept(self, functions: Iterable[str]) -> frozenset[str]:
        """Which of some operations stay as they are, unless their arguments change."""
        found = set(functions)
        if found & (TRUTHS | _CHOICES):
            return frozenset({""})  # truth values may be among their arguments
        return frozenset({"", *((_ARITHMETIC | set(self.functions)) & found - {"pow", *_CHAINS, *FAST})})

    def is_truth(self, node: int) -> bool:
        """Whether a node is a truth value."""
        return self.graph.functions[node] in TRUTHS or isinstance(self.graph.leaves[node], bool)

    def as_number(self, node: int) -> int:
        """A truth value as 1 or 0."""
        if not self.is_truth(node):
            return node
        leaf = self.graph.leaves[node]
        if isinstance(leaf, bool):
            return self.graph.leaf(float(leaf))
        return self.graph.call("where", (node, self.graph.leaf(1.0), self.graph.leaf(0.0)))

    def as_truth(self, node: int) -> int:
        """A number as whether it is not 0."""
        if isinstance(self.graph.leaves[node], bool):  # no language's word for it is needed
            return self.graph.call("equal", (self.graph.leaf(0.0), self.graph.leaf(float(not self.graph.leaves[node]))))
        return node if self.is_truth(node) else self.graph.call("not_equal", (node, self.graph.leaf(0.0)))

    def node(self, node: int, args: Sequence[int]) -> int:
        """A node, given its arguments as the language has them."""
        function = self.graph.functions[node]
        return self.call(function, args) if function else node

    def call(self, function: str, args: Sequence[int]) -> int:
        """An operation as the language has it."""
        if function in _LOGIC:
            known = self.settled(function, args)
            if known is not None:
                return known
            args = [self.as_truth(arg) for arg in args]
        elif function in ("where", "if"):
            chosen = self.decided(args[0])
            if chosen is not None:
                return self.as_number(args[1 if chosen else 2])
            args = [self.as_truth(args[0]), *map(self.as_number, args[1:])]
        else:
            args = [self.as_number(arg) for arg in args]
        if function in _ARITHMETIC:
            return self.arithmetic.call(function, tuple(args))
        if function == "pow" and self.graph.number(args[1]) == 2:
            return self.graph.call("mul", (args[0], args[0]))
        if function in _CHAINS:
            return self.chain(function, args)
        if function in OPERATORS or function in self.functions:
            return self.graph.call(function, tuple(args))
        if function in self.made_of:
            names = dict(zip(TABLE[function].params, args, strict=True))
            return self.made(_tree(self.made_of[function]), names)
        hint = "what it computes could be written out, or another language has it"
        raise UsageProblem(f"{self.language} has no function {function}", hint=hint)

    def decided(self, condition: int) -> bool | None:
        """Whether a condition holds, where it is known."""
        leaf = self.graph.leaves[condition]
        if isinstance(leaf, bool):
            return leaf
        value = self.graph.constants[condition]
        if value is not None:
            return value != 0
        compared = COMPARISONS.get(self.graph.functions[condition])
        if compared is None:
            return None
        left, right = (self.graph.constants[arg] for arg in self.graph.args[condition])
        return None if left is None or right is None else compared(left, right)

    def settled(self, function: str, args: Sequence[int]) -> int | None:
        """What a logical operation is where one of its arguments is known."""
        known = [self.decided(arg) for arg in args]
        if function == "logical_not":
            return None if known[0] is None else self.graph.leaf(not known[0])
        decisive = function == "logical_or"
        if decisive in known:
            return self.graph.leaf(decisive)
        for truth, other in zip(known, args[::-1], strict=True):
            if truth is not None:
                return other
        return None

    def chain(self, function: str, args: Sequence[int]) -> int:
        """A reduction of several entries, two at a time."""
        found = args[0]
        for arg in args[1:]:
            found = self.call(_CHAINS[function], [found, arg])
        return self.call("abs", [found]) if function == "norm" and len(args) == 1 else found

    def made(self, tree: Tree, names: Mapping[str, int]) -> int:
        """An expression of others."""

        def literal(node: Literal) -> int:
            assert isinstance(node.value, float)
            return self.graph.leaf(node.value)

        def name(node: Name) -> int:
            return names[node.id] if node.id in names else self.graph.leaf(Constant(node.id))

        return fold(tree, literal, name, lambda node, args, _: self.call(node.function, args))


class FastLowering(Lowering):
    """The same without guards, and with products for powers and divisions."""

    def call(self, function: str, args: Sequence[int]) -> int:
        """An operation as the language has it."""
        if function == "norm":
            return self.call("sqrt", [self.squares(args)])
        if function == "pow":
            found = self.power(args[0], self.graph.number(args[1]))
            if found is not None:
                return found
        if function in FAST:
            return self.made(_tree(FAST[function]), dict(zip(TABLE[function].params, args, strict=True)))
        return super().call(function, args)

    def squares(self, args: Sequence[int]) -> int:
        """The sum of some squares."""
        total = self.arithmetic.zero
        for arg in args:
            total = self.arithmetic.add(total, self.arithmetic.mul(arg, arg))
        return total

    def power(self, base: int, exponent: float | None) -> int | None:
        """A power as products, with at most one root; None where it is none."""
        if exponent is None or abs(exponent) > _HIGHEST or not (2 * exponent).is_integer() or exponent == 0:
            return None
        base = self.as_number(base)
        whole, half = divmod(abs(exponent), 1)
        found = self.call("sqrt", [base]) if half else self.arithmetic.one
        square = base
        for bit in f"{int(whole):b}"[::-1]:
            found = self.arithmetic.mul(found, square) if bit == "1" else found
            square = self.graph.call("mul", (square, square))
        return self.arithmetic.div(self.arithmetic.one, found) if exponent < 0 else found

    def with_reciprocals(self, roots: Sequence[int]) -> list[int]:
        """The same with a product for each division by a number, or by what is divided by more than once.

        Not before a jump: 49*(1/49) is less than 1, so that its floor is 0, not 1.
        """
        graph, arithmetic = self.graph, self.arithmetic
        order = graph.reachable(roots)
        before_jumps: set[int] = set()
        for node in reversed(order):
            if node in before_jumps or graph.functions[node] in _JUMPS:
                before_jumps.update(graph.args[node])
        divided: dict[int, int] = {}
        for node in order:
            if graph.functions[node] == "div":
                divisor = graph.args[node][1]
                divided[divisor] = divided.get(divisor, 0) + 1
        made: dict[int, int] = {}
        for node in order:
            args = tuple([made[arg] for arg in graph.args[node]])
            made[node] = graph.again(node, args) if args else node
            if graph.functions[node] != "div" or graph.constants[node] is not None or node in before_jumps:
                continue
            number = graph.constants[args[1]]
            if number and abs(number) > _SMALL:
                made[node] = arithmetic.mul(arithmetic.number(1 / number), args[0])
            elif divided[graph.args[node][1]] > 1 and graph.constants[args[0]] is None:
                made[node] = graph.call("mul", (args[0], graph.call("div", (arithmetic.one, args[1]))))
        return [made[root] for root in roots]


_CHAINS = {"logsumexp": "logaddexp", "max": "maximum", "min": "minimum", "norm": "hypot"}


@cache
def _tree(text: str) -> Tree:
    tree = resolve(parse(text)).result
    assert isinstance(tree, Call | Name)
    return tree
