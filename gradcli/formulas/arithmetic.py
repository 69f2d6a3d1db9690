"""Arithmetic on a graph that leaves out what need not be computed, and is right everywhere.

No rule changes where a formula has a value, or loses digits: a factor 0 goes only where the other factor is finite for
all values of the variables, numbers are folded only where the result is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gradcli.formulas.graph import Constant, Graph

__all__ = ["COMPARISONS", "Arithmetic"]

_LARGEST = 2**53  # up to here all whole numbers are float64

_DEEPEST = 20
"""Choices inside choices that are merged branch by branch: more than anybody writes by hand."""

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
}


class Arithmetic:
    """Operations on the nodes of a graph.

    >>> from gradcli.formulas.graph import Entry
    >>> graph = Graph()
    >>> arithmetic = Arithmetic(graph)
    >>> x = graph.leaf(Entry("x"))
    >>> arithmetic.mul(x, arithmetic.one) == x, arithmetic.sub(arithmetic.zero, arithmetic.neg(x)) == x
    (True, True)
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.zero = graph.leaf(0.0)
        self.one = graph.leaf(1.0)

    def number(self, value: float) -> int:
        """The node of a number."""
        return self.graph.leaf(float(value))  # a number of entries, an int, too

    def rational(self, node: int) -> Fraction | None:
        """The exact number that a node is, if it is written as a number or a quotient of two."""
        function = self.graph.functions[node]
        if not function:
            value = self.graph.number(node)
            return Fraction(value) if value is not None and self.graph.finite[node] else None
        if function == "div":
            above, below = (self.graph.number(arg) for arg in self.graph.args[node])
            if above is not None and below is not None and above.is_integer() and below.is_integer() and below:
                return Fraction(int(above), int(below))
        return None

    def exact(self, value: Fraction) -> int | None:
        """The node of an exact number: a float64, or a quotient of two whole ones; None if it is too long."""
        if max(abs(value.numerator), value.denominator) <= _LARGEST:
            power_of_two = value.denominator & (value.denominator - 1) == 0
            if power_of_two and (value.denominator == 1 or value.denominator <= 1024):
                return self.number(float(value))
            return self.graph.call("div", (self.number(float(value.numerator)), self.number(float(value.denominator))))
        try:
            nearest = float(value)
        except OverflowError:
            return None
        return self.number(nearest) if Fraction(nearest) == value else None

    def add(self, a: int, b: int) -> int:
        """a + b."""
        graph = self.graph
        if a == self.zero:
            return b
        if b == self.zero:
            return a
        if a == b:
            return self.mul(self.number(2.0), a)
        first, second = graph.functions[a], graph.functions[b]
        if second == "neg":
            return self.sub(a, graph.args[b][0])
        if first == "neg":
            return self.sub(b, graph.args[a][0])
        if not first or not second or first == second == "div":
            folded = self._folded(a, b, "add")
            if folded is not None:
                return folded
        if first == second and first in ("where", "if") and self._mergeable(a, b):
            (condition, p, q), (_, r, s) = graph.args[a], graph.args[b]
            return self.where(condition, self.add(p, r), self.add(q, s), first)
        positive = self._without_sign(b)
        if positive is not None:
            return self.sub(a, positive)
        positive = self._without_sign(a)
        if positive is not None:
            return self.sub(b, positive)
        return graph.call("add", (a, b))

    def sub(self, a: int, b: int) -> int:
        """a - b."""
        graph = self.graph
        if b == self.zero:
            return a
        if a == self.zero:
            return self.neg(b)
        if a == b and graph.finite[a]:
            return self.zero
        if graph.functions[b] == "neg":
            return self.add(a, graph.args[b][0])
        first, second = graph.functions[a], graph.functions[b]
        if first == second and first in ("where", "if") and self._mergeable(a, b):
            (condition, p, q), (_, r, s) = graph.args[a], graph.args[b]
            return self.where(condition, self.sub(p, r), self.sub(q, s), first)
        folded = self._folded(a, b, "sub")
        if folded is not None:
            return folded
        positive = self._without_sign(b)
        return graph.call("sub", (a, b)) if positive is None else self.add(a, positive)

    def neg(self, a: int) -> int:
        """-a."""
        graph = self.graph
        function, args = graph.functions[a], graph.args[a]
        value = graph.number(a)
        if value is not None:
            return self.number(-value)
        if function == "neg":
            return args[0]
        if function == "sub":
            return self.sub(args[1], args[0])
        if function in ("mul", "div") and (value := graph.number(args[0])) is not None:
            return graph.call(function, (self.number(-value), args[1]))
        return graph.call("neg", (a,))

    def mul(self, a: int, b: int) -> int:
        """a*b, a number first."""
        graph = self.graph
        numbers = graph.numbers
        if numbers[b] is not None and numbers[a] is None:
            a, b = b, a
        factor = numbers[a]
        if factor is not None:
            return self._scaled(a, factor, b)
        first, second = graph.functions[a], graph.functions[b]
        if first == "neg":
            return self.neg(self.mul(graph.args[a][0], b))
        if second == "neg":
            return self.neg(self.mul(a, graph.args[b][0]))
        if first == "sign" or second == "sign":
            found = self._of_sign(a, b) if first == "sign" else self._of_sign(b, a)
            if found is not None:
                return found
        if second == "div" and graph.args[b][0] == self.one:
            return self.div(a, graph.args[b][1])
        if first == "div" and graph.args[a][0] == self.one:
            return self.div(b, graph.args[a][1])
        return graph.call("mul", (a, b))

    def _of_sign(self, sign: int, other: int) -> int | None:
        """sign(u)*u is abs(u), and sign(u)*abs(u) is u, at 0 too."""
        graph, args = self.graph, self.graph.args[sign]
        if args[0] == other:
            return graph.call("abs", args)
        if graph.functions[other] == "abs" and graph.args[other] == args:
            return args[0]
        return None

    def _scaled(self, a: int, factor: float, b: int) -> int:
        graph = self.graph
        if factor == 1:
            return b
        if factor == -1:
            return self.neg(b)
        if factor == 0 and graph.finite[b]:
            return self.zero
        if graph.functions[b] == "neg":
            return self.mul(self.number(-factor), graph.args[b][0])
        folded = self._folded(a, b, "mul")
        if folded is not None:
            return folded
        if factor != 0 and graph.functions[b] in ("mul", "div"):
            inner, other = graph.args[b]
            folded = self._folded(a, inner, "mul")
            if folded is not None:
                return self.mul(folded, other) if graph.functions[b] == "mul" else self.div(folded, other)
        return graph.call("mul", (a, b))

    def div(self, a: int, b: int) -> int:
        """a/b."""
        graph = self.graph
        if b == self.one:
            return a
        if graph.functions[a] == "neg":
            return self.neg(self.div(graph.args[a][0], b))
        if graph.functions[b] == "neg":
            return self.neg(self.div(a, graph.args[b][0]))
        if graph.functions[a] == "sign" and graph.functions[b] == "abs" and graph.args[a] == graph.args[b]:
            return self.div(self.one, graph.args[a][0])
        folded = self._quotient(a, b)
        return graph.call("div", (a, b)) if folded is None else folded

    def _quotient(self, a: int, b: int) -> int | None:
        """A quotient of which numbers can be taken out."""
        graph = self.graph
        above, below = self.rational(a), self.rational(b)
        if below is not None and below < 0:
            return self.neg(self.div(a, self.neg(b)))
        if above is not None and below:
            return self.exact(above / below)
        if below and graph.functions[a] == "mul":
            factor = self.rational(graph.args[a][0])
            if factor:
                ratio = factor / below
                if ratio.denominator == 1 and ratio.numerator <= _LARGEST:
                    return self.mul(self.number(float(ratio)), graph.args[a][1])
                if ratio.numerator == 1 and ratio.denominator <= _LARGEST:
                    return self.div(graph.args[a][1], self.number(float(ratio.denominator)))
        if above and above != 1 and graph.functions[b] == "mul":
            factor = self.rational(graph.args[b][0])
            if factor:
                ratio = above / factor
                if ratio.denominator == 1 and abs(ratio.numerator) <= _LARGEST:
                    return self.div(self.number(float(ratio)), graph.args[b][1])
                if ratio.numerator == 1 and ratio.denominator <= _LARGEST:
                    return self.div(self.one, self.mul(self.number(float(ratio.denominator)), graph.args[b][1]))
        return None

    def pow(self, a: int, b: int) -> int:
        """a**b."""
        exponent = self.graph.number(b)
        if exponent == 0:
            return self.one
        if exponent == 1:
            return a
        base = self.rational(a)
        if base is not None and exponent is not None and exponent.is_integer() and 0 < exponent <= 64:
            power = base ** int(exponent)
            if power.denominator == 1 and abs(power.numerator) <= _LARGEST:
                return self.number(float(power))
        return self.graph.call("pow", (a, b))

    def where(self, condition: int, a: int, b: int, function: str = "where") -> int:
        """a where the condition holds, b elsewhere; with `function` "if" one of them is computed alone."""
        truth = self.graph.leaves[condition]
        if isinstance(truth, bool):
            return a if truth else b
        return a if a == b else self.graph.call(function, (condition, a, b))

    def call(self, function: str, args: tuple[int, ...]) -> int:
        """Any operation on entries."""
        graph = self.graph
        direct = _DIRECT.get(function)
        if direct is not None:
            return direct(self, *args)
        if function in COMPARISONS:
            left, right = graph.constants[args[0]], graph.constants[args[1]]
            if left is not None and right is not None:
                return graph.leaf(COMPARISONS[function](left, right))
        if function in ("logical_and", "logical_or"):
            for i in (0, 1):
                truth = graph.leaves[args[i]]
                if isinstance(truth, bool):
                    return args[1 - i] if truth is (function == "logical_and") else graph.leaf(truth)
        if function == "log" and graph.leaves[args[0]] == Constant("e"):
            return self.one
        return graph.call(function, args)

    def _mergeable(self, a: int, b: int) -> bool:
        """Whether two choices have one condition, and are not nested so deeply that it costs more than it saves."""
        graph = self.graph
        if graph.args[a][0] != graph.args[b][0]:
            return False
        for _ in range(_DEEPEST):
            inner = [arg for arg in graph.args[a][1:] if graph.functions[arg] in ("where", "if")]
            if not inner:
                return True
            a = inner[0]
        return False

    def _folded(self, a: int, b: int, function: str) -> int | None:
        """The exact number that an operation on two exact numbers gives."""
        y = self.rational(b)
        if y is None:
            return None
        x = self.rational(a)
        if x is None:
            return None
        return self.exact(x + y if function == "add" else x - y if function == "sub" else x * y)

    def _without_sign(self, node: int) -> int | None:
        """The product or quotient that a node is the negative of, where its number is negative."""
        graph = self.graph
        function = graph.functions[node]
        if function not in ("mul", "div"):
            value = graph.number(node)
            return self.number(-value) if value is not None and value < 0 else None
        first, second = graph.args[node]
        value = graph.number(first)
        if value is None or value >= 0:
            return None
        return self.mul(self.number(-value), second) if function == "mul" else self.div(self.number(-value), second)


_DIRECT: dict[str, Callable[..., int]] = {
    "add": Arithmetic.add,
    "div": Arithmetic.div,
    "if": lambda self, c, a, b: self.where(c, a, b, "if"),
    "mul": Arithmetic.mul,
    "neg": Arithmetic.neg,
    "pos": lambda self, a: a,
    "pow": Arithmetic.pow,
    "sub": Arithmetic.sub,
    "where": Arithmetic.where,
}
