"""Products of arrays: values where NumPy's function will not do, and transposes.

Written with functions that record on Tensors: every rule can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod
from string import ascii_letters
from typing import Any, NamedTuple

import numpy as np

from gradcli.errors import ShapeProblem, UsageProblem
from gradcli.ops.functions.protocol import Array, protocol
from gradcli.ops.functions.transposes import unbroadcast

Shape = tuple[int, ...]


def kron_a(g: Array, a: Array, b: Array) -> Array:
    """The sum of g over the entries of each block, weighted by b."""
    return _blocks(g, a, b, b, 1)


def kron_b(g: Array, a: Array, b: Array) -> Array:
    """The sum of g over all blocks, weighted by a."""
    return _blocks(g, a, b, a, 0)


def _blocks(g: Array, a: Array, b: Array, weight: Array, place: int) -> Array:
    """The sum of g, seen as a matrix of blocks, over the blocks (place 0) or within each (place 1)."""
    dims = max(np.ndim(a), np.ndim(b))
    outer = (1,) * (dims - np.ndim(a)) + np.shape(a)
    inner = (1,) * (dims - np.ndim(b)) + np.shape(b)
    blocks = np.reshape(g, tuple(n for pair in zip(outer, inner, strict=True) for n in pair))
    sizes = (outer, inner)[place]
    spread = np.reshape(weight, tuple(n for size in sizes for n in ((1, size) if place else (size, 1))))
    summed = np.sum(blocks * spread, axis=tuple(range(place, 2 * dims, 2)))
    return np.reshape(summed, np.shape(b if place == 0 else a))


def inner_a(g: Array, a: Array, b: Array) -> Array:
    """The sum of g times b over b's leading axes."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * b, np.shape(a))
    return np.tensordot(g, b, axes=np.ndim(b) - 1)


def inner_b(g: Array, a: Array, b: Array) -> Array:
    """The sum of g times a over a's leading axes."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * a, np.shape(b))
    lead = tuple(range(np.ndim(a) - 1))
    return np.tensordot(g, a, axes=(lead, lead))


def vdot_a(g: Array, a: Array, b: Array) -> Array:
    """g*b in the shape of a."""
    return np.reshape(g * b, np.shape(a))


def vdot_b(g: Array, a: Array, b: Array) -> Array:
    """g*a in the shape of b."""
    return np.reshape(g * a, np.shape(b))


@protocol
def cross(a: Array, b: Array) -> Array:
    """The vector products of vectors of three entries along the last axis."""
    if np.shape(a)[-1:] != (3,) or np.shape(b)[-1:] != (3,):
        raise ShapeProblem(f"cross takes vectors of 3 entries, not arrays of shapes {np.shape(a)} and {np.shape(b)}")
    products = np.asarray(a).take(_NEXT, -1) * np.asarray(b).take(_AFTER_NEXT, -1)
    return products[..., :3] - products[..., 3:]


_NEXT, _AFTER_NEXT = np.array([1, 2, 0, 2, 0, 1]), np.array([2, 0, 1, 1, 2, 0])
"""The places of the factors of a vector product's entries: first of what counts positively, then of the rest."""


def cross_a(g: Array, a: Array, b: Array) -> Array:
    """The vector product b x g."""
    return unbroadcast(cross(b, g), np.shape(a))


def cross_b(g: Array, a: Array, b: Array) -> Array:
    """The vector product g x a."""
    return unbroadcast(cross(g, a), np.shape(b))


def _axes(a: Array, b: Array, axes: Any) -> tuple[Shape, Shape, Shape, Shape]:
    """The axes of both that are summed over, in pairs, and those of both that are kept."""
    if isinstance(axes, int):
        of_a, of_b = tuple(range(np.ndim(a) - axes, np.ndim(a))), tuple(range(axes))
    else:
        first, second = ((pair,) if isinstance(pair, int) else pair for pair in axes)
        of_a, of_b = tuple(i % np.ndim(a) for i in first), tuple(i % np.ndim(b) for i in second)
    kept_a = tuple(i for i in range(np.ndim(a)) if i not in of_a)
    return of_a, of_b, kept_a, tuple(i for i in range(np.ndim(b)) if i not in of_b)


def tensordot_a(g: Array, a: Array, b: Array, axes: Any) -> Array:
    """The sum of g times b over b's kept axes, with the axes in the order that a has them."""
    of_a, of_b, kept_a, kept_b = _axes(a, b, axes)
    product = np.tensordot(g, b, axes=(tuple(range(len(kept_a), len(kept_a) + len(kept_b))), kept_b))
    order = kept_a + tuple(of_a[i] for i in np.argsort(of_b))
    return np.transpose(product, tuple(int(i) for i in np.argsort(order)))


def tensordot_b(g: Array, a: Array, b: Array, axes: Any) -> Array:
    """The sum of a times g over a's kept axes, with the axes in the order that b has them."""
    of_a, of_b, kept_a, kept_b = _axes(a, b, axes)
    product = np.tensordot(a, g, axes=(kept_a, tuple(range(len(kept_a)))))
    order = tuple(of_b[i] for i in np.argsort(of_a)) + kept_b
    return np.transpose(product, tuple(int(i) for i in np.argsort(order)))


def dot_a(g: Array, a: Array, b: Array) -> Array:
    """As tensordot_a, over a's last axis and b's last but one."""
    if np.ndim(a) == 1 == np.ndim(b):
        return g * b
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * b, np.shape(a))
    return tensordot_a(g, a, b, _of_dot(a, b))


def dot_b(g: Array, a: Array, b: Array) -> Array:
    """As tensordot_b, over a's last axis and b's last but one."""
    if np.ndim(a) == 1 == np.ndim(b):
        return g * a
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * a, np.shape(b))
    return tensordot_b(g, a, b, _of_dot(a, b))


def _of_dot(a: Array, b: Array) -> tuple[int, int]:
    """The axes that a dot product sums over."""
    return np.ndim(a) - 1, max(np.ndim(b) - 2, 0)


@protocol
def einsum(*operands: Array, subscripts: str) -> Array:
    """Products summed over the letters that are missing in the result.

    The result is an array of its own, where NumPy's may be a view of an operand.
    """
    parsed = read_subscripts(subscripts, [np.shape(operand) for operand in operands])
    terms, arrays = _without_unit_axes(parsed, operands)
    out = _contract(f"{','.join(terms)}->{parsed.out}", arrays)
    return np.array(out) if len(operands) == 1 else out


class Subscripts(NamedTuple):
    """Subscripts written out in full.

    Attributes:
        terms: for each operand the letters of its axes.
        out: the letters of the result.
        leading: the letters that stand for the axes of "...".
    """

    terms: list[str]
    out: str
    leading: str


def read_subscripts(subscripts: Any, shapes: Sequence[Shape]) -> Subscripts:
    """The letters of each operand, and of the result, for operands of these shapes.

    As NumPy and PyTorch have it: without an arrow the result has the letters that occur once, in alphabetical
    order; "..." stands for the axes that have no letter, the last ones in line, and the result without an arrow
    begins with them.

    Raises:
        ShapeProblem: if the letters do not fit the shapes.
        UsageProblem: if they are no subscripts, or do not fit the number of operands.

    >>> read_subscripts("ij, jk", [(2, 3), (3, 4)])
    Subscripts(terms=['ij', 'jk'], out='ik', leading='')
    >>> read_subscripts("...i,i", [(5, 2, 3), (3,)])
    Subscripts(terms=['abi', 'i'], out='ab', leading='ab')
    """
    return _read(subscripts if isinstance(subscripts, str) else "", tuple(shapes))


@lru_cache
def _read(subscripts: str, shapes: tuple[Shape, ...]) -> Subscripts:
    text = subscripts.replace(" ", "")
    before, arrow, out = text.partition("->")
    inputs = before.split(",")
    if not text or not all(_is_term(term) for term in (*inputs, out)):
        raise UsageProblem(
            "einsum takes its subscripts first, letters for the axes of each array",
            hint='a matrix product is einsum("ij,jk->ik", a, b)',
        )
    if len(inputs) != len(shapes):
        raise UsageProblem(f"einsum's subscripts '{text}' are for {len(inputs)} arrays, {len(shapes)} given")
    named = [term.replace("...", "") for term in inputs]
    counts = [len(shape) - len(letters) for letters, shape in zip(named, shapes, strict=True)]
    for term, letters, shape, count in zip(inputs, named, shapes, counts, strict=True):
        if count < 0 or (count and letters == term):
            raise ShapeProblem(f"einsum's '{term}' names {len(letters)} axes, the array has shape {shape}")
    leading = _fresh_letters(text, max(counts))
    terms = [term.replace("...", leading[len(leading) - count :]) for term, count in zip(inputs, counts, strict=True)]
    every = "".join(named)
    out = out.replace("...", leading) if arrow else leading + "".join(c for c in sorted(every) if every.count(c) == 1)
    if len(set(out)) != len(out) or not set(out) <= set("".join(terms)):
        raise UsageProblem(f"einsum's result '{out}' must name letters of the arrays, each once")
    _refuse_unequal(terms, shapes, leading)
    return Subscripts(terms, out, leading)


def _is_term(term: str) -> bool:
    """Whether a text consists of letters, with "..." once at most."""
    return all(c in ascii_letters for c in term.replace("...", "", 1))


def _fresh_letters(text: str, count: int) -> str:
    """Letters that subscripts do not use, for the axes of "..."."""
    unused = "".join(c for c in ascii_letters if c not in text)
    if len(unused) < count:
        raise UsageProblem(f"einsum's '...' stands for {count} axes, for which there are not enough letters")
    return unused[:count]


def _refuse_unequal(terms: Sequence[str], shapes: Sequence[Shape], leading: str) -> None:
    """Raise where one letter stands for axes of several lengths."""
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for letter, n in zip(term, shape, strict=True):
            if letter in leading and 1 in (n, sizes.get(letter, 1)):  # broadcast
                sizes[letter] = n if sizes.get(letter, 1) == 1 else sizes[letter]
            elif sizes.setdefault(letter, n) != n:
                name = "..." if letter in leading else letter
                raise ShapeProblem(f"einsum's '{name}' stands for axes of {sizes[letter]} and of {n}")


def _without_unit_axes(parsed: Subscripts, operands: Sequence[Array]) -> tuple[list[str], list[Array]]:
    """Terms and operands without those axes of "..." along which an operand is repeated."""
    shapes = [np.shape(operand) for operand in operands]
    pairs = [pair for term, shape in zip(parsed.terms, shapes, strict=True) for pair in zip(term, shape, strict=True)]
    longer = {letter for letter, n in pairs if letter in parsed.leading and n != 1}
    terms, arrays = [], []
    for term, shape, operand in zip(parsed.terms, shapes, operands, strict=True):
        kept = [i for i, letter in enumerate(term) if letter not in longer or shape[i] != 1]
        terms.append("".join(term[i] for i in kept))
        arrays.append(operand if len(kept) == len(term) else np.reshape(operand, tuple(shape[i] for i in kept)))
    return terms, arrays


def einsum_pull(
    g: Array, inputs: Sequence[Array], subscripts: str, wanted: Sequence[bool] | None = None
) -> list[Array | None]:
    """For each operand the sum of g times all the others, over the letters that it does not have.

    Args:
        g: the cotangent of the value.
        inputs: the operands.
        subscripts: as einsum takes them.
        wanted: whether an operand's cotangent is asked for: None stands for what is not.
    """
    parsed = read_subscripts(subscripts, [np.shape(x) for x in inputs])
    terms, arrays = _without_unit_axes(parsed, inputs)
    found: list[Array | None] = []
    for k, x in enumerate(inputs):
        if wanted is not None and not wanted[k]:
            found.append(None)
            continue
        part = _einsum_one(g, arrays, terms, parsed.out, k)
        found.append(part if np.shape(part) == np.shape(x) else np.reshape(part, np.shape(x)))
    return found


def _einsum_one(g: Array, inputs: Sequence[Array], terms: list[str], out: str, k: int) -> Array:
    """The cotangent of one operand."""
    others = [i for i in range(len(inputs)) if i != k]
    operands, letters = [g, *[inputs[i] for i in others]], [out, *[terms[i] for i in others]]
    unused = iter(c for c in ascii_letters if c not in out + "".join(terms))
    result = ""
    for letter, n in zip(terms[k], np.shape(inputs[k]), strict=True):
        if letter in result:  # a diagonal: the second axis has a letter of its own, tied by an identity matrix
            fresh = next(unused)
            operands.append(np.eye(n))
            letters.append(letter + fresh)
            result += fresh
            continue
        if not any(letter in term for term in letters):
            operands.append(np.ones(n))
            letters.append(letter)
        result += letter
    return _contract(f"{','.join(letters)}->{result}", operands)


_MANY = 100_000
"""Products from which on it takes less time to look for matrix products among them than to add them up one by one."""


def _contract(subscripts: str, operands: Sequence[Array]) -> Array:
    """NumPy's einsum, which hands large products to BLAS only where it is told to."""
    if len(operands) > 1 and all(type(x) is np.ndarray for x in operands):
        terms = subscripts.partition("->")[0].split(",")
        sizes = {
            letter: n for term, x in zip(terms, operands, strict=True) for letter, n in zip(term, x.shape, strict=True)
        }
        if prod(sizes.values()) > _MANY:
            terms, operands = _without_repetition(terms, operands)
            return np.einsum(f"{','.join(terms)}->{subscripts.partition('->')[2]}", *operands, optimize=True)
    return np.einsum(subscripts, *operands)


def _without_repetition(terms: list[str], operands: Sequence[Array]) -> tuple[list[str], list[Array]]:
    """Terms and operands without the axes along which an operand is repeated, and another one is not.

    What is the same in all rows, beside what differs, is then a matrix product for BLAS.
    """
    repeated = [
        {letter for letter, step, n in zip(term, x.strides, x.shape, strict=True) if not step and n > 1}
        for term, x in zip(terms, operands, strict=True)
    ]
    kept = {letter for term, same in zip(terms, repeated, strict=True) for letter in term if letter not in same}
    found, arrays = [], []
    for term, same, x in zip(terms, repeated, operands, strict=True):
        gone = same & kept
        found.append("".join(letter for letter in term if letter not in gone))
        arrays.append(x[tuple(0 if letter in gone else slice(None) for letter in term)] if gone else x)
    return found, arrays


def einsum_push(t: Sequence[Array], inputs: Sequence[Array], subscripts: str) -> Array:
    """The sum of the values with one operand replaced by its tangent."""
    return sum(
        einsum(*[tangent if i == k else x for i, x in enumerate(inputs)], subscripts=subscripts)
        for k, tangent in enumerate(t)
    )
