"""Reductions, orders and scans of enclosed numbers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import cmp_to_key, partial, reduce
from typing import Any

from flint import arb

from gradcli.enclosures.functions.decide import (
    Undecidable,
    absolute,
    larger,
    logical,
    number_of,
    sign_of,
    smaller,
    truth_of,
)
from gradcli.enclosures.functions.elementwise import constant, divide, function, power
from gradcli.enclosures.numbers.entry import Entry, doubtful, linear_combination
from gradcli.enclosures.numbers.tape import times
from gradcli.enclosures.program.arrays import numbers
from gradcli.ops.calls.axes import along_axes, along_axis, axes_of, over_axes

__all__ = ["REDUCTIONS", "dot", "total"]


def total(entries: Sequence[Entry]) -> Entry:
    """The sum, as one step on the tape."""
    value = sum((e.value for e in entries), arb(0))
    return linear_combination(entries[0].tape, value, entries, [None] * len(entries))


def dot(a: Sequence[Entry], b: Sequence[Entry]) -> Entry:
    """The sum of products, as one step on the tape."""
    value = sum((times(x.value, y.value) for x, y in zip(a, b, strict=True)), arb(0))
    return linear_combination(a[0].tape, value, [*a, *b], [*(y.value for y in b), *(x.value for x in a)])


def _scaled(x: Entry, factor: arb) -> Entry:
    return x * Entry(x.tape, factor)


def _mean(entries: Sequence[Entry]) -> Entry:
    return divide(total(entries), constant(entries[0], len(entries)))


def _product(entries: Sequence[Entry]) -> Entry:
    return reduce(lambda x, y: x * y, entries)


def _variance(ddof: int, entries: Sequence[Entry]) -> Entry:
    mean = _mean(entries)
    deviations = [e - mean for e in entries]
    return divide(dot(deviations, deviations), constant(mean, len(entries) - ddof))


def _deviation(ddof: int, entries: Sequence[Entry]) -> Entry:
    return root(_variance(ddof, entries), entries, "std")


def root(square: Entry, sources: Sequence[Entry], name: str) -> Entry:
    """The square root of a sum of squares of these numbers, which is a kink at 0."""
    if square.ball.is_zero():
        return doubtful(square.tape, arb(0), list(sources), f"{name} is not differentiable at 0")
    return function("sqrt", square)


def shift(entries: Sequence[Entry]) -> Entry:
    """A constant next to the largest, so that no exponential is too large to enclose."""
    return Entry(entries[0].tape, max(e.ball.mid() for e in entries))


def _logsumexp(entries: Sequence[Entry]) -> Entry:
    middle = shift(entries)
    return middle + function("log", total([function("exp", e - middle) for e in entries]))


def _softmax(entries: list[Entry]) -> list[Entry]:
    middle = shift(entries)
    powers = [function("exp", e - middle) for e in entries]
    inverse = function("reciprocal", total(powers))
    return [p * inverse for p in powers]


def _log_softmax(entries: list[Entry]) -> list[Entry]:
    normalizer = _logsumexp(entries)
    return [e - normalizer for e in entries]


def _extreme(pick: Callable[..., Any], entries: Sequence[Any]) -> Any:
    return reduce(pick, entries)


def _order(entries: Sequence[Entry]) -> list[int]:
    """The positions from the smallest to the largest; equal constants in their order."""

    def before(i: int, j: int) -> int:
        return _compare(entries[i], entries[j]) or i - j

    # That each is before its neighbour is all that an order needs: so many comparisons where the middles tell it.
    guess = sorted(range(len(entries)), key=lambda i: float(entries[i].ball.mid()))
    if all(before(i, j) < 0 for i, j in itertools.pairwise(guess)):
        return guess
    return sorted(guess, key=cmp_to_key(before))


def _compare(x: Entry, y: Entry) -> int:
    return 0 if x is y else sign_of(x.ball - y.ball, "a difference in an order")


def _tied(x: Entry, y: Entry) -> bool:
    return x is not y and (x.varies or y.varies) and bool((x.ball - y.ball).is_zero())


def _sort(entries: list[Any]) -> list[Entry]:
    found = [number_of(e) for e in entries]
    ranked = [found[i] for i in _order(found)]
    out = list(ranked)
    for k, entry in enumerate(ranked):
        around = [n for n in ranked[max(k - 1, 0) : k + 2] if n is not entry and _tied(n, entry)]
        if around:
            out[k] = doubtful(entry.tape, entry.ball, [entry, *around], "an order is at a tie")
    return out


def _argsort(entries: list[Any]) -> list[Entry]:
    found = [number_of(e) for e in entries]
    order = _order(found)
    if any(_tied(found[i], found[j]) for i, j in itertools.pairwise(order)):
        raise Undecidable("an order is at a tie", final=True)
    return [constant(found[0], i) for i in order]


def _argextreme(place: int, entries: list[Any]) -> Entry:
    found = [number_of(e) for e in entries]
    order = _order(found)
    best = order[place]
    if any(_tied(found[best], found[i]) for i in order if i != best):
        raise Undecidable("an order is at a tie", final=True)
    equal = [i for i in order if _compare(found[i], found[best]) == 0]
    return constant(found[0], min(equal))


def _median(entries: list[Any]) -> Entry:
    ranked = _sort(entries)
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else _scaled(ranked[half - 1] + ranked[half], arb(0.5))


def _norm(x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    axes = axes_of(axis, x.ndim)
    if ord is None or ord == "fro" or (ord == 2 and len(axes) == 1):
        return over_axes(x, axes, keepdims, lambda entries: root(dot(entries, entries), entries, "norm"))
    if isinstance(ord, str) or (len(axes) == 2 and abs(ord) == 2):
        raise Undecidable("norm of singular values has no enclosure", final=True)
    if len(axes) == 1:
        return over_axes(x, axes, keepdims, partial(_vector_norm, ord))
    sizes = over_axes(x, (), False, lambda entries: absolute(entries[0]))
    summed, compared = axes if abs(ord) == 1 else axes[::-1]
    sums = over_axes(sizes, summed, True, total)
    sums = over_axes(sums, compared, True, partial(_extreme, larger if ord > 0 else smaller))
    return sums if keepdims else over_axes(sums, axes, False, lambda entries: entries[0])


def _vector_norm(ord: float, entries: list[Entry]) -> Entry:
    if ord == 0:
        return total([number_of(truth_of(e)) for e in entries])
    sizes = [absolute(e) for e in entries]
    if math.isinf(ord):
        extreme: Entry = _extreme(larger if ord > 0 else smaller, sizes)
        return extreme
    order = constant(sizes[0], ord)
    return power(total([power(size, order) for size in sizes]), divide(constant(order, 1.0), order))


def _cumprod(entries: list[Entry]) -> list[Entry]:
    found = entries[:1]
    for entry in entries[1:]:
        found.append(found[-1] * entry)
    return found


def _cumsum(entries: list[Entry]) -> list[Entry]:
    found = entries[:1]
    for entry in entries[1:]:
        found.append(found[-1] + entry)
    return found


def _reduction(combine: Callable[[list[Entry]], Any]) -> Callable[..., Any]:
    return lambda x, axis=None, keepdims=False: _over(numbers(x), axis, keepdims, combine)


def _choice(combine: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    """The same of what may be truth values, and stays so."""
    return lambda x, axis=None, keepdims=False: _over(x, axis, keepdims, combine)


def _spread(combine: Callable[[int, list[Entry]], Any]) -> Callable[..., Any]:
    return lambda x, axis, keepdims, ddof: _over(numbers(x), axis, keepdims, partial(combine, int(ddof)))


def _scan(combine: Callable[[list[Entry]], list[Entry]]) -> Callable[..., Any]:
    """What goes along one axis; without one, along the flattened array; a single number is an axis of its own."""
    return lambda x, axis: along_axis(numbers(x) if x.ndim else numbers(x).reshape(1), axis, combine)


def _jointly(combine: Callable[[list[Entry]], list[Entry]]) -> Callable[..., Any]:
    """What takes the entries on some axes together, without one all of them, and keeps the shape."""
    return lambda x, axis: along_axes(numbers(x), axis, combine)


def _over(x: Any, axis: Any, keepdims: bool, combine: Callable[[list[Any]], Any]) -> Any:
    """Some axes reduced; a single number is an axis of its own."""
    return over_axes(x, axis, keepdims, combine) if x.ndim else combine([x[()]])


REDUCTIONS: dict[str, Callable[..., Any]] = {
    "all": _choice(lambda entries: logical("logical_and", entries)),
    "any": _choice(lambda entries: logical("logical_or", entries)),
    "argmax": _choice(partial(_argextreme, -1)),
    "argmin": _choice(partial(_argextreme, 0)),
    "argsort": _scan(_argsort),
    "count_nonzero": _choice(lambda entries: total([number_of(truth_of(e)) for e in entries])),
    "cumprod": _scan(_cumprod),
    "cumsum": _scan(_cumsum),
    "log_softmax": _jointly(_log_softmax),
    "logsumexp": _reduction(_logsumexp),
    "max": _choice(partial(_extreme, larger)),
    "mean": _reduction(_mean),
    "median": _reduction(_median),
    "min": _choice(partial(_extreme, smaller)),
    "norm": lambda x, ord, axis, keepdims: _norm(numbers(x), ord, axis, keepdims),
    "prod": _reduction(_product),
    "softmax": _jointly(_softmax),
    "sort": _scan(_sort),
    "std": _spread(_deviation),
    "sum": _reduction(total),
    "var": _spread(_variance),
}
"""By the names of the table; each takes object arrays and the operation's static arguments."""
