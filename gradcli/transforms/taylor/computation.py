"""Taylor arithmetic through the derivative table: series whose coefficients are computed on demand.

A series x(t) = x0 + x1*t + x2*t**2 + ... goes through sums, products and quotients by the schoolbook rules.
Any other operation obeys out'(t) = push(x'(t)), where push is the JVP that the table gives for it, so that

    out[k] = push(x')[k - 1]/k

The push is run on series: they answer NumPy's protocols as Tensors do, and its value is a series again,
made by the same means. A push that leads back to the operation that it came from (sin to cos to sin) finds
the series that exists already, which is why the same table that gives first derivatives gives the n-th.

Source: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed. (SIAM 2008), chapter 13.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.engine.rules.rule import Rule, rule_of
from gradcli.errors import UsageProblem
from gradcli.ops import Op, lookup
from gradcli.ops.calls.bind import as_number, bind
from gradcli.ops.calls.outputs import Several
from gradcli.transforms.taylor import coefficients
from gradcli.transforms.taylor.series import Needs, Recipe, Series

__all__ = ["Computation"]


class Computation:
    """The series of one computation; an operation on the same series is one series.

    Attributes:
        order: how many coefficients after the first will be asked for.
        place: where in the program the series belong that are being made.
    """

    def __init__(self, order: int) -> None:
        self.order = order
        self.place: Any = None
        self._made: dict[Any, Any] = {}
        self._held: list[Any] = []

    def constant(self, value: Any) -> Series:
        """A value that does not depend on t; equal numbers are one series."""
        array = value if isinstance(value, np.ndarray | np.generic) else np.asarray(value, dtype=float)[()]
        key = (type(array), repr(array)) if not np.ndim(array) else None
        if key in self._made:
            known: Series = self._made[key]
            return known
        zero = np.zeros(np.shape(array))[()]
        made = Series(self, array, lambda known, k: zero, lambda k: [], constant=True)
        if key is not None:
            self._made[key] = made
        return made

    def variable(self, value: Any, direction: Any = 1.0) -> Series:
        """value + direction*t."""
        start = np.asarray(value, dtype=float)[()]
        step = np.broadcast_to(np.asarray(direction, dtype=float), np.shape(start)) + 0.0
        zero = np.zeros(np.shape(start))[()]
        return Series(self, start, lambda known, k: step if k == 1 else zero, lambda k: [])

    def call(self, name: str, args: Sequence[Any], keywords: dict[str, Any]) -> Any:
        """An operation as the rules of the table write it, on series and arrays."""
        op = lookup(name)
        if op.variadic and len(args) == 1 and isinstance(args[0], list | tuple):
            args = args[0]
        if op.name == "pow" and not isinstance(args[1], Series) and not np.ndim(args[1]):
            return self.apply(lookup("pow_scalar"), [self.series(args[0])], {"n": args[1]})
        bound, statics = bind(op, args, keywords)
        return self.apply(op, [self.series(b) for b in bound], statics)

    def series(self, value: Any) -> Series:
        """A series as it is; anything else as a constant one."""
        return value if isinstance(value, Series) else self.constant(value)

    def apply(self, op: Op, args: Sequence[Series], statics: dict[str, Any]) -> Any:
        """The series of an operation's value, or those of several.

        Raises:
            UsageProblem: if the operation has no derivative that could be continued.
        """
        key = (op.name, *map(id, args), *((k, _hashable(v)) for k, v in statics.items()))
        if key not in self._made:
            self._made[key] = self._make(op, args, statics)
            self._held.extend(args)  # else the next series may have the id of one that is gone, and be taken for it
        return self._made[key]

    def _make(self, op: Op, args: Sequence[Series], statics: dict[str, Any]) -> Any:
        rule = rule_of(op.name)

        def forward(*values: Any) -> Any:
            return rule.forward(*(as_number(op, v) for v in values), **statics)

        first = forward(*(a.coefficients[0] for a in args))
        if all(a.constant for a in args) or not op.differentiable:
            return Several.of([self.constant(f) for f in first]) if op.multi_output else self.constant(first)
        if not rule.jvps:
            raise UsageProblem(
                f"higher derivatives do not go through {op.name}",
                hint="write it out with other operations, or use `gradcli hessian` for the second order",
            )
        if op.multi_output:
            return self._several(rule, forward, first, args, statics)
        return Series(self, first, *self._continued(op, rule, forward, args, statics))

    def _several(
        self, rule: Rule, forward: Callable[..., Any], firsts: Sequence[Any], args: Sequence[Series], statics: Any
    ) -> Several:
        """For each output a series; one push gives all their slopes."""
        if rule.op.kind == "linear":
            parts = [coefficients.termwise(lambda *x, i=i: forward(*x)[i], args) for i in range(len(firsts))]
        else:
            pushed: list[Series] = []
            parts = [self._by_pushes(rule, args, statics, pushed, i) for i in range(len(firsts))]
        return Several.of([Series(self, first, *part) for first, part in zip(firsts, parts, strict=True)])

    def _continued(
        self, op: Op, rule: Rule, forward: Callable[..., Any], args: Sequence[Series], statics: dict[str, Any]
    ) -> tuple[Recipe, Needs]:
        if op.name in coefficients.SCHOOLBOOK:
            return coefficients.SCHOOLBOOK[op.name](*args)
        if op.quotient:
            return coefficients.quotient(op, args)
        if op.kind == "linear":
            return coefficients.termwise(forward, args)
        if op.kind == "multilinear":
            return coefficients.product(forward, *args)
        if op.of_matrices:
            return coefficients.matrix_function(forward, args[0], self.order)
        return self._by_pushes(rule, args, statics, [], 0)

    def _by_pushes(
        self, rule: Rule, args: Sequence[Series], statics: dict[str, Any], pushed: list[Series], which: int
    ) -> tuple[Recipe, Needs]:
        """The series of output `which`; `pushed` are the slopes of all, once they are known."""
        moving = [(a, i) for i, a in enumerate(args) if not a.constant]

        def needs(k: int) -> list[tuple[Series, int]]:
            told = [(a, k) for a, _ in moving]
            # The push looks at values and shapes of the tangents: their first coefficients come first.
            if not pushed and all(len(a.coefficients) > 1 for a, _ in moving):
                out = self.apply(rule.op, args, statics)
                found = self._push(rule, out, args, statics)
                pushed.extend(map(self.series, found if rule.multi_output else [found]))
            return [*told, (pushed[which], k - 1)] if pushed else told

        def recipe(known: Sequence[Any], k: int) -> Any:
            term = pushed[which].coefficients[k - 1] / k
            shape = np.shape(known[0])  # a partial of 1 leaves the argument's
            return term if np.shape(term) == shape else np.broadcast_to(term, shape)

        return recipe, needs

    def _push(self, rule: Rule, out: Any, args: Sequence[Series], statics: dict[str, Any]) -> Any:
        shapes = [a.shape for a in args]
        if rule.variadic:
            zeros = (np.zeros(a.shape)[()] if a.constant else self._slope(a) for a in args)
            return rule.jvps[0](list(zeros), out, args, shapes, statics)
        total: Any = None
        for i, a in enumerate(args):
            if not a.constant:
                part = rule.jvps[i](self._slope(a), out, args, shapes, statics)
                total = part if total is None else total + part
        return total

    def _slope(self, x: Series) -> Series:
        """The derivative of a series by t."""
        key = ("slope", id(x))
        if key not in self._made:
            self._made[key] = Series(
                self,
                x.coefficients[1],
                lambda known, k: (k + 1) * x.coefficients[k + 1],
                lambda k: [(x, k + 1)],
            )
        slope: Series = self._made[key]
        return slope


def _hashable(static: Any) -> Any:
    """What tells a static argument from others; 1, True and 1.0 are three."""
    if isinstance(static, np.ndarray):
        return static.shape, static.dtype.str, static.tobytes()
    if isinstance(static, tuple | list):
        return tuple(map(_hashable, static))
    return repr(static)
