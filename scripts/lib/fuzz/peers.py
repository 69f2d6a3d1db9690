"""Random programs by gradcli and by PyTorch: the same values and derivatives, or both refuse.

Half of them are programs of tensors, one text for both libraries; half are programs of the language, written beside
their meaning in PyTorch, so that no parser or resolver of ours stands between. PyTorch chooses while they are made: a
statement that it refuses is drawn again, or ends the program, for both to refuse.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from random import Random
from typing import Any, NamedTuple

import numpy as np

import gradcli
from fuzz import library, spelled
from fuzz.explained import Broken
from gradcli.errors import Problem
from gradcli.lang import parse, variables

__all__ = ["Case", "check", "make", "missing", "show", "smaller"]

SHAPES: dict[str, tuple[int, ...]] = {"s": (), "u": (3,), "v": (3,), "A": (2, 3), "S": (3, 3)}
"""The variables; what has three entries fits to almost everything."""

_CLOSE = 1e-9
_ROUNDED = 1e-4  # of the largest entry: errors beyond are never called rounding
_MOVED = 1e-13  # relative, of the inputs, to see how much rounding is magnified
_SPREAD = 1e3  # errors that rounding may make, in effects of such a move
_TRIES = 30
_REFUSED = 0.04
_ENTRIES = 60
_LARGE = 1e12  # beyond, sines and the like have no digits
_MORE = 3
_STEP = 1e-6
_WIDER = 1e-4
_SLOPE = 1e-4  # what one-sided differences with this step may be off
_LENIENT = (
    *(
        "for array of dimension 0",
        "there is no axis",
        "norm has no order",
        "array is 0-dimensional",
        "the shape is (0,)",
        "a number has no slices",
    ),
    *("same number of dimensions", "do not fit in", "einsum's '", "shape-mismatch for sum"),
    *("is one truth value", "numpy boolean subtract"),
    *(
        "KronBackward0 saved",
        "Expm1Backward0 saved",
        "FmodBackward0 saved",
        "CopysignBackward0 saved",
        "EinsumBackward0 saved",
    ),
    *("names an entry more than once", "refers to a single place in memory"),
)
"""Where NumPy refuses and PyTorch does not: a number has no axis 0, nothing no matrix beside it; and what is needed for
a derivative is another value here than there, so that it may be changed in place there."""

_STRICT = (
    *(
        "is not implemented",
        "modified by an inplace operation",
        "must have at least 2 dimensions",
        "Expected 1-D",
        "1D tensors expected",
    ),
    *(
        "only support floating",
        "with a bool tensor is not",
        "has no dimensions",
        "Expected a floating point",
    ),
)
"""What PyTorch refuses and gradcli need not: it needs other values for a derivative, or has a meaning for it."""


class Case(NamedTuple):
    """Statements for both sides, values, and by which variables to differentiate.

    Attributes:
        statements: pairs of ours and PyTorch's.
        language: whether ours are the language's, and not Python's.
    """

    statements: tuple[tuple[str, str], ...]
    values: dict[str, Any]
    language: bool


class Outcome(NamedTuple):
    """What a program gives.

    Attributes:
        tensors: values by name.
        first: derivatives of a weighted sum by name.
        second: of a weighted sum of these.
    """

    tensors: dict[str, Any]
    first: dict[str, Any]
    second: dict[str, Any]


def missing() -> str:
    """Why there is nothing to compare with, "" if there is."""
    return "" if find_spec("torch") else "PyTorch is not installed: pip install torch==2.13.0"


@cache
def _torch() -> Any:
    import torch

    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    return torch


def make(random: Random) -> Case:
    """A program that PyTorch can run, but for its last statement now and then."""
    values = {name: _value(random, shape) for name, shape in SHAPES.items()}
    language = random.random() < 0.5
    statement = spelled.statement if language else library.statement
    scope = _scope(_torch(), values)
    made: list[tuple[str, str]] = []
    names = list(values)
    for i in range(random.choice((1, 2, 3, 4, 5, 6))):
        for _ in range(_TRIES):
            drawn = statement(random, names, f"t{i}")
            ours, theirs = drawn if isinstance(drawn, tuple) else (drawn, drawn)
            taken = _runs(theirs, scope)
            if taken:
                made.append((ours, theirs))
                names += [f"t{i}"] if f"t{i}" in scope else []
                break
            if taken is None and random.random() < _REFUSED:
                return Case((*made, (ours, theirs)), values, language)
            if not _usable(scope):
                return Case(tuple(made), values, language)
    return Case(tuple(made), values, language)


def _runs(statement: str, scope: dict[str, Any]) -> bool | None:
    """Whether what comes of a statement has finite numbers, of a size that keeps digits; None if PyTorch refuses it."""
    new = statement.partition(" = ")[0]
    try:
        with warnings.catch_warnings(action="ignore"):
            exec(statement, scope)
    except Exception:  # noqa: BLE001  # whatever PyTorch raises, it refuses
        return None
    if not isinstance(scope.get(new, scope["s"]), _torch().Tensor):
        return False
    if _usable(scope):
        return True
    scope.pop(new, None)
    return False


def _usable(scope: dict[str, Any]) -> bool:
    tensors = [t for t in scope.values() if isinstance(t, _torch().Tensor)]
    return all(t.numel() <= _ENTRIES and bool((t.detach().double().abs() < _LARGE).all()) for t in tensors)


def _value(random: Random, shape: tuple[int, ...]) -> Any:
    """Numbers between, or whole ones with ties and zeros."""
    whole = random.random() < 0.4
    size = int(np.prod(shape))
    flat = [float(random.randint(-2, 3)) if whole else round(random.uniform(-2, 2.5), 3) for _ in range(size)]
    return np.array(flat).reshape(shape).tolist()


def _scope(module: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The variables as leaves, and what a change in place may touch: computed copies of them."""
    leaves = {
        f"{name}_": module.tensor(value, dtype=module.float64, requires_grad=True) for name, value in values.items()
    }
    others = {spelled.MASK: module.tensor([True, False, True]), spelled.INDEX: module.tensor([2, 0])}
    return {**leaves, **{name: leaves[f"{name}_"] * 1 for name in values}, **others, "m": module}


def check(case: Case) -> str:
    """Both sides give the same, or both refuse."""
    if not case.statements:
        return "nothing"
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        theirs = _outcome(case, _torch())
        ours = _of_language(case) if case.language else _outcome(case, gradcli)
        if isinstance(theirs, Exception) or isinstance(ours, Exception):
            return _refused(ours, theirs)
        _same(case, ours, theirs)
    return f"{'the language' if case.language else 'tensors'}: {'the same' if ours.second else 'the same values'}"


def _outcome(case: Case, module: Any) -> Outcome | Exception:
    """Values, gradients and second derivatives by a library of tensors, or what it raises."""
    scope = _scope(module, case.values)
    try:
        for ours, theirs in case.statements:
            exec(theirs if module is _torch() else ours, scope)
        tensors = {name: t for name, t in scope.items() if isinstance(t, module.Tensor) and not name.endswith("_")}
        leaves = {name: scope[f"{name}_"] for name in case.values}
        total = _weighted([scope[case.statements[-1][1].partition(" = ")[0]]] if case.language else [*tensors.values()])
        first, second = _derivatives(module, total, leaves)
    except Exception as error:  # noqa: BLE001  # what it raises is compared
        return error
    return Outcome({name: _array(t) for name, t in tensors.items()}, first, second)


def _of_language(case: Case) -> Outcome | Exception:
    """The same by the language's commands: the last name's value, its weighted sum's gradient and a product with H."""
    last = case.statements[-1][0].partition(" = ")[0]
    before = "; ".join(ours for ours, _ in case.statements)
    try:
        shown = gradcli.evaluate(f"{before}; {last}", _used(f"{before}; {last}", case), explain=False).value
        text = (
            f"{before}; sum(ravel({last})*{_weights(np.size(shown)).tolist()})" if np.size(shown) else f"{before}; 0*s"
        )
        values = _used(text, case)
        moving = tuple(name for name in values if name in case.values)
        first = gradcli.grad(text, values, moving or None, explain=False).gradients if moving else {}
        vectors = {
            name: _weights(int(np.prod(SHAPES[name])), list(SHAPES).index(name)).reshape(SHAPES[name])
            for name in moving
        }
        second = gradcli.hvp(text, values, vectors, explain=False).products if moving else {}
    except Problem as problem:
        return problem
    return Outcome({last: np.asarray(shown)}, first, second)


def _used(text: str, case: Case) -> dict[str, Any]:
    given = {**case.values, spelled.MASK: [True, False, True], spelled.INDEX: [2, 0]}
    return {name: given[name] for name in variables(parse(text)) if name in given}


def _weights(size: int, i: int = 0) -> Any:
    return 1 + (np.arange(size) + i) % 7 / 4


def _weighted(tensors: list[Any]) -> Any:
    """A sum in which every entry counts by itself; the places of those that are None are kept."""
    total: Any = 0.0
    for i, tensor in enumerate(tensors):
        if tensor is not None and tensor.is_floating_point():
            for k, weight in enumerate(_weights(tensor.numel(), i).tolist()):
                total = total + tensor.reshape(-1)[k] * weight
    return total


def _derivatives(module: Any, total: Any, leaves: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    if not hasattr(total, "grad_fn") or total.grad_fn is None:
        return {}, {}
    given = list(leaves.values())
    first = module.autograd.grad(total, given, create_graph=True, allow_unused=True)
    of_first = _weighted(list(first))
    second: Any = [None] * len(given)
    if hasattr(of_first, "grad_fn") and of_first.grad_fn is not None:
        second = module.autograd.grad(of_first, given, allow_unused=True)
    return tuple(
        {
            n: np.zeros(leaf.shape) if g is None else _array(g)
            for (n, leaf), g in zip(leaves.items(), found, strict=True)
        }
        for found in (first, second)
    )  # type: ignore[return-value]


def _array(tensor: Any) -> Any:
    return np.array(
        (tensor.detach() + 0 if tensor.is_floating_point() else tensor.detach()).numpy()
    )  # + 0: no lazy zeros


def _refused(ours: Outcome | Exception, theirs: Outcome | Exception) -> str:
    if not isinstance(ours, Exception):
        if any(words in str(theirs) for words in _STRICT):
            return "PyTorch alone refuses, as is known"
        raise Broken(f"given alone: PyTorch says {str(theirs).splitlines()[0][:200]}")
    if isinstance(theirs, Exception):
        return "both refuse"
    if any(words in str(ours) for words in _LENIENT) or any(not np.size(a) for a in theirs.tensors.values()):
        return "gradcli alone refuses, as is known"
    raise Broken(f"refused alone: {type(ours).__name__}: {ours}")


def _same(case: Case, ours: Outcome, theirs: Outcome) -> None:
    for what in ("tensors", "first", "second"):
        for name, expected in getattr(theirs, what).items():
            found = getattr(ours, what).get(name)
            if found is None:
                continue
            _compare(case, what, name, found, expected)


def _compare(case: Case, what: str, name: str, found: Any, expected: Any) -> None:
    told = {"tensors": "value", "first": "derivative", "second": "second derivative"}[what]
    if np.shape(found) != np.shape(expected):
        raise Broken(f"the shape of a {told}: {name} has {np.shape(found)}, PyTorch's {np.shape(expected)}")
    if what == "tensors" and not case.language and found.dtype != expected.dtype:
        raise Broken(f"the type of a {told}: {name} has {found.dtype}, PyTorch's {expected.dtype}")
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    if what != "tensors":
        found = np.where(np.isnan(expected), expected, found)  # of hypot(x, y) at 0 and its like it has none
    scale = np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected))
    if np.allclose(found, expected, rtol=_CLOSE, atol=_CLOSE * max(scale * 1e-2, 1.0), equal_nan=True):
        return
    usable = np.isfinite(found) & np.isfinite(expected)
    if np.array_equal(np.isnan(found), np.isnan(expected)) and np.array_equal(found[~usable], expected[~usable], True):
        error = np.max(np.abs(found - expected), initial=0.0, where=usable)
        if error <= _ROUNDED * scale and error <= _SPREAD * _spread(case, what, name, expected):
            return
    if case.language and what == "first" and _by_differences(case, name, found, expected):
        return  # where the derivative exists, commands give it, and not what the conventions would
    if what == "second" and _second_by_differences(case, name, found):
        return  # PyTorch's are wrong where a matrix is singular, say
    raise Broken(f"another {told}: {name} has {found.tolist()}, PyTorch's {expected.tolist()}")


def _by_differences(case: Case, name: str, found: Any, expected: Any) -> bool:
    """Whether PyTorch's values on both sides say that first derivatives are these, and not what PyTorch gives."""
    here = np.asarray(case.values[name])
    total = _total(case, here, name)
    for index in np.ndindex(here.shape):
        for side in (_STEP, -_STEP) if not np.isclose(found[index], expected[index]) else ():
            there = here.copy()
            there[index] += side
            slope = (_total(case, there, name) - total) / side
            if not abs(slope - found[index]) <= _SLOPE * max(1.0, abs(slope)):
                return False
    return True


def _second_by_differences(case: Case, name: str, found: Any) -> bool:
    """Whether PyTorch's gradients on both sides say that the second derivatives are these."""
    moved = []
    for side in (_WIDER, -_WIDER):
        values = {
            k: (np.asarray(v) + side * _weights(int(np.prod(SHAPES[k])), i).reshape(SHAPES[k])).tolist()
            for i, (k, v) in enumerate(case.values.items())
        }
        other = _outcome(case._replace(values=values), _torch())
        if isinstance(other, Exception):
            return False
        moved.append(other.first[name])
    expected = (moved[0] - moved[1]) / (2 * _WIDER)
    return bool(np.allclose(found, expected, rtol=_SLOPE, atol=_SLOPE * max(1.0, float(np.max(np.abs(expected))))))


def _total(case: Case, values: Any, name: str) -> float:
    scope = _scope(_torch(), {**case.values, name: np.asarray(values).tolist()})
    for _, theirs in case.statements:
        exec(theirs, scope)
    return float(_weighted([scope[case.statements[-1][1].partition(" = ")[0]]]))


def _spread(case: Case, what: str, name: str, expected: Any) -> float:
    """By how much PyTorch's own numbers move with inputs moved in their last digits."""
    random = np.random.default_rng(0)
    most = 0.0
    for _ in range(_MORE):
        moved = {
            k: (np.asarray(v) * (1 + _MOVED * random.standard_normal(np.shape(v)))).tolist()
            for k, v in case.values.items()
        }
        other = _outcome(case._replace(values=moved), _torch())
        if not isinstance(other, Exception):
            change = np.abs(getattr(other, what)[name] - expected)
            most = max(most, float(np.max(change, initial=0.0, where=np.isfinite(change))))
    return most


def smaller(case: Case) -> Iterator[Case]:
    """Cases with a statement less, or with simpler numbers."""
    for i in range(len(case.statements)):
        yield case._replace(statements=case.statements[:i] + case.statements[i + 1 :])
    for name, value in case.values.items():
        for plain in (1.0, 0.0, 0.5, 2.0):
            flat = np.full(np.shape(value), plain)
            if not np.array_equal(flat, value):
                yield case._replace(values={**case.values, name: flat.tolist()})
        rounded = np.round(value)
        if not np.array_equal(rounded, value):
            yield case._replace(values={**case.values, name: rounded.tolist()})


def show(case: Case) -> str:
    """The values that are used, and the statements."""
    used = set(re.findall(r"[A-Za-z_]\w*", " ".join(theirs for _, theirs in case.statements)))
    lines = [f"{ours}    # PyTorch: {theirs}" if ours != theirs else ours for ours, theirs in case.statements]
    return "\n  ".join([*(f"{name} = {value}" for name, value in case.values.items() if name in used), *lines])
