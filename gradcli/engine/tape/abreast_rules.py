"""The rule of each operation that is not computed entry by entry, for many rows side by side.

Axes are shifted by that of the rows; products are written with a letter for it; what moves entries is done by their
positions, which the operation itself tells when it is given the numbers of the entries; linear algebra is on the last
two axes anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from string import ascii_letters
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.rules.rule import rule_of
from gradcli.engine.tape.abreast import Abreast, Rule, Shape, everywhere, flat, lead, rank_of, shape_of
from gradcli.engine.tape.apply import apply, call
from gradcli.engine.tape.tensor import unwrap
from gradcli.ops.calls.paths import resolve_rule, resolve_value
from gradcli.ops.calls.stacks import NoRule
from gradcli.ops.entry.op import Op

__all__ = ["RULES", "of_index"]


def _shifted(axis: Any) -> Any:
    """An axis of a row's entry among those of all rows; counted from the end it stays."""
    if isinstance(axis, tuple | list):
        return tuple(map(_shifted, axis))
    return axis + 1 if axis >= 0 else axis


def _same_shape(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    return Abreast(call(op.name, args[0].value, **statics))


def _reduction(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    (x,) = args
    axis, keepdims = statics.pop("axis"), statics.pop("keepdims")
    if axis is None or not x.ndim:
        made = call(op.name, flat(x), axis=1, **statics)
        return Abreast(call("reshape", made, shape=(x.rows, *(1,) * x.ndim)) if keepdims else made)
    return Abreast(call(op.name, x.value, axis=_shifted(axis), keepdims=keepdims, **statics))


def _norm(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    (x,) = args
    if statics["ord"] is not None and statics["axis"] is None:
        if x.ndim not in (1, 2):
            raise NoRule(op.name)
        statics["axis"] = 0 if x.ndim == 1 else (0, 1)
    return _reduction(op, args, statics)


def _scan(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    """Along an axis; without one cumsum and sort give all entries in a line, softmax keeps their shape."""
    (x,) = args
    axis = statics["axis"]
    if not x.ndim:
        raise NoRule(op.name)
    if axis is not None:
        return Abreast(call(op.name, x.value, axis=_shifted(axis)))
    made = call(op.name, flat(x), axis=1)
    return Abreast(call("reshape", made, shape=(x.rows, *x.shape)) if "softmax" in op.name else made)


def _picked(x: Abreast, places: NDArray[Any]) -> Abreast:
    """Entries of each row by their positions in a line, in the shape of the positions; -1 stands for 0."""
    line, size = places.ravel(), prod(x.shape)
    shape = (x.rows, *places.shape)
    entries = flat(x)
    if len(line) == size and np.array_equal(line, np.arange(size)):
        return Abreast(call("reshape", entries, shape=shape))
    if (line < 0).any():
        entries = call("concatenate", entries, np.zeros((x.rows, 1)), axis=1)
        line = np.where(line < 0, size, line)
    step = int(line[1] - line[0]) if len(line) > 1 else 1
    if len(line) and step > 0 and (np.diff(line) == step).all():
        part: Any = slice(int(line[0]), int(line[-1]) + 1, step)
    else:
        part = line
    return Abreast(call("reshape", _entries(entries, slice(None), part), shape=shape))


def _entries(array: Any, *index: Any) -> Any:
    """What an index picks; as `call` has it, but long indices stay arrays."""
    return apply(rule_of("getitem"), (array,), {"index": index})


def _moved(op: Op, args: list[Any], statics: dict[str, Any]) -> Any:
    """Entries that are moved, left out or repeated."""
    (x,) = args
    numbers = np.arange(prod(x.shape)).reshape(x.shape)
    found = resolve_value(op.value)(numbers, **statics)
    if op.multi_output:
        return tuple(_picked(x, np.asarray(places)) for places in found)
    return _picked(x, np.asarray(found))


def _moved_among_zeros(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    (x,) = args
    numbers = np.arange(1, prod(x.shape) + 1).reshape(x.shape)
    return _picked(x, np.asarray(resolve_value(op.value)(numbers, **statics)).astype(int) - 1)


def _transposed(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    """Axes in another order, which costs nothing."""
    (x,) = args
    places = resolve_value(op.value)(np.empty(tuple(range(2, 2 + x.ndim))), **statics).shape
    return Abreast(call("transpose", x.value, axes=(0, *(size - 1 for size in places))))


def _trace(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    (x,) = args
    if x.ndim < 2:
        raise NoRule(op.name)
    numbers = np.arange(prod(x.shape)).reshape(x.shape)
    return Abreast(call("sum", _picked(x, np.diagonal(numbers)).value, axis=-1))


def _rows_of(args: Sequence[Any]) -> int:
    return next(arg.rows for arg in args if isinstance(arg, Abreast))


def _all(args: Sequence[Any]) -> list[Abreast]:
    rows = _rows_of(args)
    return [everywhere(arg, rows) for arg in args]


def _joined(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    parts = _all(args)
    axis = statics["axis"]
    if axis is None:
        return Abreast(call(op.name, *map(flat, parts), axis=1))
    return Abreast(call(op.name, *(part.value for part in parts), axis=_shifted(axis)))


def _side_by_side(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    """hstack and vstack."""
    parts = _all(args)
    least = 1 if op.name == "hstack" else 2
    arrays = [lead(part, max(part.ndim, least)) for part in parts]
    vectors = all(part.ndim <= 1 for part in parts)
    return Abreast(call("concatenate", *arrays, axis=1 if vectors or op.name == "vstack" else 2))


def _meshgrid(op: Op, args: list[Any], statics: dict[str, Any]) -> tuple[Abreast, ...]:
    parts = _all(args)
    found = resolve_value(op.value)(*(np.arange(prod(part.shape)) for part in parts), **statics)
    return tuple(_picked(part, np.asarray(places)) for part, places in zip(parts, found, strict=True))


def _summed(args: Sequence[Any], terms: Sequence[str], out: str) -> Abreast:
    """Sums of products, with a letter for the rows."""
    row = next(letter for letter in ascii_letters if letter not in "".join((*terms, out)))
    texts = [row + term if isinstance(arg, Abreast) else term for arg, term in zip(args, terms, strict=True)]
    subscripts = f"{','.join(texts)}->{row}{out}"
    return Abreast(call("einsum", subscripts, *(lead(arg, 0) for arg in args)))


def _letters(*counts: int) -> list[str]:
    """Letters for the axes of several arrays, each its own."""
    unused = iter(ascii_letters)
    return ["".join(next(unused) for _ in range(count)) for count in counts]


def _matmul(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    a, b = args
    ranks = rank_of(a), rank_of(b)
    if 0 in ranks:
        raise NoRule(op.name)
    both = isinstance(a, Abreast) and isinstance(b, Abreast)
    if not both and max(ranks) <= 2:
        if ranks[1] == 1 and isinstance(b, Abreast):  # a@b is b@a.T
            return Abreast(call("matmul", b.value, a if ranks[0] == 1 else call("transpose", a)))
        return Abreast(call("matmul", *(lead(arg, 0) for arg in args)))
    if max(ranks) <= 2 and ranks != (2, 2):
        first, second = {(1, 1): ("a", "a"), (1, 2): ("a", "ab"), (2, 1): ("ab", "b")}[ranks]
        return _summed(args, (first, second), "".join(c for c in "ab" if (c in first) != (c in second)))
    if 1 in ranks:
        place = ranks.index(1)
        wider, vector = list(args), everywhere(args[place], _rows_of(args))
        wider[place] = Abreast(call("expand_dims", vector.value, axis=1 if place == 0 else 2))
        made = _matmul(op, wider, statics).value
        return Abreast(call("squeeze", made, axis=-2 if place == 0 else -1))
    rank = max(ranks)
    return Abreast(call("matmul", *(lead(arg, rank) for arg in args)))


def _dot(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    a, b = args
    if 0 in (rank_of(a), rank_of(b)):
        rank = max(rank_of(a), rank_of(b))
        return Abreast(call("mul", lead(a, rank), lead(b, rank)))
    first, second, shared = _letters(rank_of(a) - 1, rank_of(b) - 1, 1)
    if op.name == "inner":
        return _summed(args, (first + shared, second + shared), first + second)
    return _summed(args, (first + shared, second[:-1] + shared + second[-1:]), first + second)


def _outer(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    lines = [Abreast(flat(arg)) if isinstance(arg, Abreast) else call("ravel", arg) for arg in args]
    return _summed(lines, ("a", "b") if op.name == "outer" else ("a", "a"), "ab" if op.name == "outer" else "")


def _kron(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    a, b = args
    rank = max(rank_of(a), rank_of(b))
    shapes: list[Shape] = [(1,) * (rank - rank_of(arg)) + shape_of(arg) for arg in args]
    wide = [
        Abreast(lead(arg, rank)) if isinstance(arg, Abreast) else call("reshape", arg, shape=shape)
        for arg, shape in zip(args, shapes, strict=True)
    ]
    first, second = _letters(rank, rank)
    made = _summed(wide, (first, second), "".join(x + y for x, y in zip(first, second, strict=True)))
    sizes = tuple(m * n for m, n in zip(*shapes, strict=True))
    return Abreast(call("reshape", made.value, shape=(made.rows, *sizes)))


def _cross(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    rank = max(map(rank_of, args))
    return Abreast(call(op.name, *(lead(arg, rank) for arg in args)))


def _tensordot(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    a, b = args
    axes = statics["axes"]
    ranks = rank_of(a), rank_of(b)
    if isinstance(axes, int):
        axes = (tuple(range(ranks[0] - axes, ranks[0])), tuple(range(axes)))
    pairs = [tuple(part) if isinstance(part, tuple | list) else (part,) for part in axes]
    first, second = map(list, _letters(*ranks))
    for one, other in zip(*pairs, strict=True):
        second[other] = first[one]
    kept = [letter for letter in first + second if (letter in first) != (letter in second)]
    return _summed(args, ("".join(first), "".join(second)), "".join(kept))


def _einsum(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    read = resolve_rule("ops.product_rules.read_subscripts")(statics["subscripts"], [shape_of(arg) for arg in args])
    if read.leading:
        raise NoRule(op.name)
    return _summed(args, read.terms, read.out)


def _of_matrices(op: Op, args: list[Any], statics: dict[str, Any]) -> Any:
    """On the last two axes."""
    (x,) = args
    if x.ndim < 2:
        raise NoRule(op.name)
    found = call(op.name, x.value, **statics)
    return tuple(map(Abreast, found)) if op.multi_output else Abreast(found)


def _solve(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    a, b = _all(args)
    if a.ndim != 2 or b.ndim not in (1, 2):
        raise NoRule(op.name)
    if b.ndim == 2:
        return Abreast(call("solve", a.value, b.value))
    column = call("solve", a.value, call("expand_dims", b.value, axis=-1))
    return Abreast(call("squeeze", column, axis=-1))


def _length(op: Op, args: list[Any], statics: dict[str, Any]) -> Any:
    if not args[0].ndim:
        raise NoRule(op.name)
    return np.float64(args[0].shape[0])


def of_index(op: Op, args: list[Any], statics: dict[str, Any]) -> Abreast:
    """An operation whose index differs from row to row: labels, and one whole number at each row as an index."""
    if op.name in ("one_hot", "class_labels"):
        return Abreast(call(op.name, **{key: _whole(value) for key, value in statics.items()}))
    if op.name == "take":
        return _taken(args[0], statics["indices"], statics["axis"])
    index = statics.get("index") if op.name == "getitem" else None
    if not isinstance(index, tuple):
        raise NoRule(op.name)
    (x,) = args
    given = [unwrap(_whole(part)) for part in index]
    places = [i for i, part in enumerate(index) if isinstance(part, Abreast)]
    if any(not isinstance(part, int | slice | np.ndarray) or part is None for part in given) or len(places) != 1:
        raise NoRule(op.name)
    (place,) = places
    if index[place].ndim or not all(isinstance(part, int | slice) for i, part in enumerate(given) if i != place):
        raise NoRule(op.name)
    if any(isinstance(part, int) for part in given):
        raise NoRule(op.name)
    size = shape_of(x)[place]
    wanted = given[place].astype(int)
    if ((wanted < -size) | (wanted >= size)).any():
        raise NoRule(op.name)  # one row at a time tells which
    if not isinstance(x, Abreast):
        made = _entries(x, *given)
        return Abreast(made if place == 0 else call("moveaxis", made, source=place, destination=0))
    moved = call("moveaxis", x.value, source=place + 1, destination=1) if place else x.value
    chosen = _entries(moved, np.arange(x.rows), wanted)
    rest = [part for i, part in enumerate(given) if i != place]
    return Abreast(_entries(chosen, slice(None), *rest) if rest else chosen)


def _taken(x: Any, indices: Any, axis: int | None) -> Abreast:
    """Entries of a vector by positions that differ from row to row."""
    if not isinstance(indices, Abreast) or not (axis is None or rank_of(x) == 1):
        raise NoRule("take")
    size, wanted = prod(shape_of(x)), _whole(indices)
    if ((wanted < -size) | (wanted >= size)).any():
        raise NoRule("take")
    if not isinstance(x, Abreast):
        return Abreast(_entries(call("ravel", x), wanted))
    return Abreast(_entries(flat(x), np.arange(x.rows).reshape(-1, *(1,) * indices.ndim), wanted))


def _whole(value: Any) -> Any:
    """A part of an index as NumPy takes it."""
    if not isinstance(value, Abreast):
        return value
    array = np.asarray(unwrap(value.value))
    if not np.array_equal(array, np.floor(array)):
        raise NoRule("an index")
    return array.astype(int)


_NAMES: tuple[tuple[Rule, str], ...] = (
    (_reduction, "sum mean prod max min var std logsumexp median any all count_nonzero argmax argmin"),
    (_norm, "norm"),
    (_scan, "cumsum cumprod softmax log_softmax sort argsort"),
    (
        _moved,
        "ravel squeeze expand_dims flip roll tile repeat take take_along_axis diagonal reshape broadcast_to getitem",
    ),
    (_moved, "as_strided unpack unbind split split_with_sizes array_split chunk"),
    (_transposed, "transpose moveaxis swapaxes"),
    (_moved_among_zeros, "diag pad tril triu"),
    (_trace, "trace"),
    (_same_shape, "clone astype"),
    (_joined, "stack concatenate"),
    (_side_by_side, "hstack vstack"),
    (_meshgrid, "meshgrid"),
    (_matmul, "matmul"),
    (_dot, "dot inner"),
    (_outer, "outer vdot"),
    (_kron, "kron"),
    (_cross, "cross"),
    (_tensordot, "tensordot"),
    (_einsum, "einsum"),
    (
        _of_matrices,
        "det cofactors logabsdet inv pinv cholesky matrix_power expm eigvalsh eigenvectors slogdet eigh svd",
    ),
    (_of_matrices, "qr svdvals"),
    (_solve, "solve"),
    (_length, "len"),
)
RULES: dict[str, Rule] = {name: rule for rule, names in _NAMES for name in names.split()}
"""By the operations' names."""
