"""Composite operations that are written out in the language: all that evaluates programs sees what they are made of.

Positions are counted by comparisons, through which no gradient passes, and are used as an index alone. What holds
before a node stands beside what holds after it, that the operation is seen to be at a kink there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeAlias

from gradcli.errors import DomainProblem, ShapeProblem, UsageProblem
from gradcli.lang import Call, Literal, Name, Program, Tree, fold, parse
from gradcli.ops.calls.operands import Kind, Operand
from gradcli.ops.entry.op import Op

__all__ = ["written"]

Resolve: TypeAlias = Callable[[Call, list[Operand], dict[str, Operand]], Operand]
"""A call of anything in the language on resolved operands, resolved."""

_QUANTILE = """
    h = q*(n - 1)
    k = maximum(count_nonzero(arange(n) <= expand_dims(h, -1), axis=-1) - 1, 0)
    t = h - take(arange(n), k)
    low = take(s, k, axis=-1)
    before = low + t*(low - take(s, maximum(k - 1, 0), axis=-1))
    after = low + t*(take(s, minimum(k + 1, n - 1), axis=-1) - low)
    where((q >= 0) & (q <= 1), where(t < 0, before, after), nan)
"""

_TEXTS = {
    "ediff1d": "r = ravel(x); r[1:] - r[:-1]",
    "quantile": f"s = sort(ravel(x)); n = len(ravel(x)); {_QUANTILE}",
    "quantile along an axis": f"s = sort(moveaxis(x, axis, -1)); n = len(moveaxis(x, axis, 0)); {_QUANTILE}",
    "interp": """
        k = minimum(maximum(count_nonzero(xp <= expand_dims(x, -1), axis=-1) - 1, 0), len(xp) - 2)
        x0 = take(xp, k)
        f0 = take(fp, k)
        j = maximum(k - 1, 0)
        before = f0 + (take(fp, j + 1) - take(fp, j))*((x - x0)/(take(xp, j + 1) - take(xp, j)))
        after = f0 + (take(fp, k + 1) - f0)*((x - x0)/(take(xp, k + 1) - x0))
        inside = where(x < xp[0], fp[0], where(x > xp[-1], fp[-1], where(x < x0, before, after)))
        where(all(xp[1:] > xp[:-1]), inside, nan)
    """,
    "cubic_spline": """
        n = len(xp)
        h = xp[1:] - xp[:-1]
        d = (fp[1:] - fp[:-1])/h
        outside = pad(diag(h[:-1]), [[0, 0], [0, 2]]) + pad(diag(h[1:]), [[0, 0], [2, 0]])
        inner = outside + pad(diag(2*(h[:-1] + h[1:])), [[0, 0], [1, 1]])
        first = pad([h[1], -h[0] - h[1], h[0]], [0, n - 3])
        last = pad([h[-1], -h[-2] - h[-1], h[-2]], [n - 3, 0])
        rows = concatenate([expand_dims(first, 0), inner, expand_dims(last, 0)])
        m = solve(rows, pad(6*(d[1:] - d[:-1]), [1, 1]))
        k = minimum(maximum(count_nonzero(xp <= expand_dims(x, -1), axis=-1) - 1, 0), n - 2)
        t = x - take(xp, k)
        m0 = take(m, k)
        m1 = take(m, k + 1)
        width = take(h, k)
        value = take(fp, k) + t*(take(d, k) - width*(2*m0 + m1)/6 + t*(m0/2 + t*(m1 - m0)/(6*width)))
        where(all(xp[1:] > xp[:-1]), value, nan)
    """,
    "convolve full": """
        n = len(a)
        rows = ravel(pad(outer(a, v), [[0, 0], [0, n]]))
        sum(reshape(rows[:-n], [n, n + len(v) - 1]), axis=0)
    """,
    "convolve same": """
        s = (minimum(len(a), len(v)) - 1)//2
        full[s : s + maximum(len(a), len(v))]
    """,
    "convolve valid": "full[minimum(len(a), len(v)) - 1 : maximum(len(a), len(v))]",
}


def written(node: Call, op: Op, given: dict[str, Operand], resolve: Resolve, source: str) -> Operand:
    """A call of a composite operation as what its text says.

    Args:
        node: the call.
        op: its operation.
        given: its operands by their names, those that have a default only where they are given.
        resolve: resolves a call of another operation.
        source: the program's text.

    Raises:
        ShapeProblem, DomainProblem, UsageProblem: for operands that do not fit.
    """
    writer = _Writer(node, resolve, source)
    if op.name == "quantile":
        return _quantile(writer, given)
    if op.name == "convolve":
        return _convolve(writer, given)
    if op.name in ("interp", "cubic_spline"):
        for name in ("xp", "fp"):
            writer.needs_axes(op, name, given[name], 1)
    return writer.result(op.name, given)


def _quantile(writer: _Writer, given: dict[str, Operand]) -> Operand:
    q, axis = given["q"], given.get("axis")
    if q.value is not None and not 0 <= q.value <= 1:
        problem = DomainProblem(f"a quantile's q is from 0 to 1, not {q.value!r}")
        raise problem.locate(writer.source, q.tree.span)
    if axis is None or axis.kind == "none":
        return writer.result("quantile", {"x": given["x"], "q": q})
    if q.rank != 0:
        message = "quantile along an axis takes one q"
        raise ShapeProblem(message, source=writer.source, span=q.tree.span, hint="call it once for each")
    return writer.result("quantile along an axis", {**given, "axis": axis})


def _convolve(writer: _Writer, given: dict[str, Operand]) -> Operand:
    mode = given.get("mode")
    named = mode.tree.value if mode is not None and isinstance(mode.tree, Literal) else "full"
    if mode is not None and (mode.kind != "text" or named not in ("full", "same", "valid")):
        message = "convolve's mode is 'full', 'same' or 'valid'"
        raise UsageProblem(message, source=writer.source, span=mode.tree.span)
    for name in ("a", "v"):
        writer.needs_axes(None, name, given[name], 1)
    arrays = {name: given[name] for name in ("a", "v")}
    full = writer.result("convolve full", arrays)
    return full if named == "full" else writer.result(f"convolve {named}", {**arrays, "full": full})


class _Writer:
    """The texts above, in the place of one call."""

    def __init__(self, node: Call, resolve: Resolve, source: str) -> None:
        self.node = node
        self.resolve = resolve
        self.source = source

    def result(self, text: str, given: dict[str, Operand]) -> Operand:
        """What a text of the above gives, its names being operands."""
        program = _program(text)
        scope = dict(given)
        for assignment in program.assignments:
            scope[assignment.name] = self._read(assignment.tree, scope)
        return self._read(program.result, scope)

    def needs_axes(self, op: Op | None, name: str, operand: Operand, count: int) -> None:
        """See that an operand is a vector, as far as that is known.

        Raises:
            ShapeProblem: if it is not.
        """
        if operand.rank not in (None, count):
            message = f"{op.name if op else self.node.function}'s {name} is a vector, and this has {operand.rank} axes"
            raise ShapeProblem(message, source=self.source, span=operand.tree.span)

    def _read(self, tree: Tree, scope: dict[str, Operand]) -> Operand:
        span, head = self.node.span, self.node.head

        def literal(node: Literal) -> Operand:
            value = node.value
            kind: Kind = (
                "whole" if isinstance(value, float) and value.is_integer() else "none" if value is None else "slice"
            )
            return Operand(Literal(value, span), kind, 0, value if isinstance(value, float) else None)

        def name(node: Name) -> Operand:
            if node.id in scope:
                return scope[node.id]
            return Operand(Name(node.id, span), "real", 0)

        def call(node: Call, args: Sequence[Operand], keywords: dict[str, Operand]) -> Operand:
            trees = tuple([operand.tree for operand in args])
            named = tuple([(key, operand.tree) for key, operand in keywords.items()])
            return self.resolve(Call(node.function, trees, span, head, named), list(args), keywords)

        return fold(tree, literal, name, call)


@cache
def _program(text: str) -> Program:
    return parse("; ".join(line.strip() for line in _TEXTS[text].strip().splitlines()).replace(";;", ";"))
