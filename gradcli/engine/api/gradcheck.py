"""`gradcheck`: gradients against differences of values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.api.complex_step import complex_columns
from gradcli.engine.api.products import as_tuple, pull_back, unit_tensors
from gradcli.engine.sweeps.backward import grad
from gradcli.engine.sweeps.jacobians import forward_jacobian
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError

__all__ = ["gradcheck", "gradgradcheck"]

Array: TypeAlias = NDArray[np.float64]

_LEVELS = 10
"""Steps of the extrapolation: from 2**(_LEVELS - 1) times the given one down to it, each half the one before.

As many as in `dfridr` of W. H. Press et al., "Numerical Recipes", 3rd ed., Cambridge 2007, section 5.7.
"""

_ROUNDINGS = 16.0
"""How many roundings of the largest number there is a value may have gone through: those of linear algebra have.

A choice: solving a system of n unknowns rounds some n times, and what gradcheck is used on is small.
"""

_GAIN = 2.0**-6
"""How much better a complex step is taken to be than the differences that bear it out: backward rounds too.

Measured on 28 functions at 100 points each: where an operation continues, a complex step is off by at most 1.6e-4 of
the differences' own estimate. This is a hundred times that, for what backward rounds in longer programs.
"""

_SAFETY = 64.0
"""How much worse than its own estimate an extrapolation may be.

Measured on 28 functions at 100 points each: at most 4.3 times. This is fifteen times that.
"""


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    eps: float = 1e-6,
    atol: float | None = None,
    rtol: float | None = None,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether the gradients of a function agree with differences of its values.

    Differences are central ones with steps that halve down to `eps`, extrapolated to step zero; of the
    tableau each entry takes the value that its neighbours vouch for best. Where every operation of the function
    continues to complex numbers, a complex step that the differences bear out takes their place.

    Args:
        func: a function of tensors that gives a tensor or a tuple of them.
        inputs: its arguments; those that require a gradient are checked, and should be float64.
        eps: the last and smallest step; PyTorch's default.
        atol, rtol: tolerate |a - n| <= atol + rtol*|n|. Without them what is tolerated is what the extrapolation
            itself says that it may be wrong by, and never more than PyTorch's 1e-5 + 1e-3*|n|.
        raise_exception: raise where they differ, and say where; else give False.
        nondet_tol: how much two runs of backward may differ.
        check_forward_ad, check_backward_ad: which modes to check.
        check_undefined_grad, check_grad_dtypes, fast_mode: taken as PyTorch takes them, and make no difference: every
            entry is always checked.

    Raises:
        AutogradError: if a derivative is wrong; if there is none to check; for what only PyTorch has: batched
            gradients and masks.

    >>> import gradcli
    >>> gradcheck(gradcli.sin, gradcli.tensor([0.0, 1.0], requires_grad=True), atol=1e-11, rtol=1e-11)
    True
    """
    if check_batched_grad or check_batched_forward_grad or masked:
        raise AutogradError("gradcheck knows neither batched gradients nor masks", hint="leave these arguments out")
    arguments: tuple[Any, ...] = as_tuple(inputs)
    checked = _checked(arguments)
    outputs, again = as_tuple(func(*arguments)), as_tuple(func(*arguments))
    for place, out in enumerate(outputs):
        for i in checked:
            numeric, error = _numeric(lambda *args, place=place: as_tuple(func(*args))[place], arguments, i, eps)
            tolerance = _tolerance(numeric, error, atol, rtol)
            found = {}
            if check_backward_ad:
                found["backward"] = _analytic(out, arguments[i])
            if check_forward_ad:
                found["forward mode"] = np.asarray(forward_jacobian([out], [arguments[i]])[0], dtype=np.float64)
            for how, analytic in found.items():
                problem = _difference(analytic, numeric, out.shape, arguments[i].shape, tolerance, how)
                if problem is None and how == "backward":
                    problem = _wavering(analytic, _analytic(again[place], arguments[i]), nondet_tol)
                if problem is not None and raise_exception:
                    raise AutogradError(f"wrong derivative of output {place} with respect to input {i}: {problem}")
                if problem is not None:
                    return False
    return True


def _tolerance(numeric: Array, error: Array, atol: float | None, rtol: float | None) -> Array:
    """What is tolerated: what is given, or what the differences may be wrong by."""
    usual: Array = (1e-5 if atol is None else atol) + (1e-3 if rtol is None else rtol) * np.abs(numeric)
    if atol is not None or rtol is not None:
        return usual
    return np.minimum(usual, _SAFETY * error)


def _wavering(first: Array, second: Array, tolerated: float) -> str | None:
    """How far two runs of backward are apart, if too far."""
    apart = float(np.max(np.abs(first - second), initial=0.0))
    if not apart > tolerated:
        return None
    return f"two runs of backward differ by {apart:.3g}, and nondet_tol is {tolerated:.3g}"


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    grad_outputs: Tensor | Sequence[Tensor] | None = None,
    eps: float = 1e-6,
    atol: float | None = None,
    rtol: float | None = None,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    **more: Any,
) -> bool:
    """`gradcheck` of the gradient: whether second derivatives are right.

    Args:
        grad_outputs: the cotangents of the outputs; random ones if left out.
        gen_non_contig_grad_outputs: makes no difference.
        more: what else `gradcheck` takes.

    Raises:
        AutogradError: as `gradcheck`.

    >>> import gradcli
    >>> gradgradcheck(gradcli.sin, gradcli.tensor([0.0, 1.0], requires_grad=True))
    True
    """
    arguments: tuple[Any, ...] = as_tuple(inputs)
    _checked(arguments)
    outputs = as_tuple(func(*arguments))
    if grad_outputs is None:
        random = np.random.default_rng(0)
        seeds = tuple(Tensor(random.uniform(0.5, 1.5, out.shape), True) for out in outputs)  # no entry is lost at 0
    else:
        seeds = as_tuple(grad_outputs)

    def gradient(*args: Any) -> tuple[Tensor, ...]:
        points, cotangents = args[: len(arguments)], args[len(arguments) :]
        wanted = [x for x in points if isinstance(x, Tensor) and x.requires_grad]
        heads = [out for out in as_tuple(func(*points)) if out.requires_grad]
        found = grad(heads, wanted, cotangents[: len(heads)], create_graph=True, materialize_grads=True)
        return tuple(g for g in found if g is not None)

    return gradcheck(gradient, (*arguments, *seeds), eps, atol, rtol, raise_exception, nondet_tol, **more)


def _checked(arguments: tuple[Any, ...]) -> list[int]:
    """The positions of the inputs whose derivatives are asked for."""
    checked = [i for i, x in enumerate(arguments) if isinstance(x, Tensor) and x.requires_grad]
    if not checked:
        raise AutogradError("at least one input must be a tensor that requires a gradient")
    return checked


def _analytic(out: Tensor, x: Tensor) -> Array:
    """The Jacobian by backward, outputs by inputs."""
    rows = [pull_back((out,), (x,), (seed,), False, False, retain=True)[0].array.ravel() for seed in unit_tensors(out)]
    return np.array(rows, dtype=np.float64).reshape(out.array.size, x.array.size)


def _numeric(func: Callable[..., Tensor], arguments: tuple[Any, ...], which: int, eps: float) -> tuple[Array, Array]:
    """The Jacobian by differences, outputs by inputs, and what it may be wrong by."""
    point = np.array(arguments[which].array)

    def value(index: tuple[int, ...], step: float) -> Array:
        moved = point.copy()
        moved[index] += step
        shifted = Tensor(moved, True)
        result = func(*(shifted if i == which else x for i, x in enumerate(arguments)))
        return np.asarray(result.array, dtype=np.float64).ravel()

    columns = [_extrapolated(value, index, eps) for index in np.ndindex(point.shape)]
    at_point = func(*arguments).array
    if not columns:
        return np.zeros((at_point.size, 0)), np.zeros((at_point.size, 0))
    numeric, error = (np.stack(parts, axis=1) for parts in zip(*columns, strict=True))
    # The values' own rounding, over the longest step, is there whatever the tableau agrees upon.
    spacing = float(np.finfo(point.dtype).eps if point.dtype.kind == "f" else np.finfo(float).eps)
    sizes = np.abs(np.nan_to_num(np.asarray(at_point, dtype=np.float64)))
    largest = float(np.max(sizes, initial=0.0)) + float(np.max(np.abs(np.nan_to_num(numeric)), initial=0.0))
    error = error + _ROUNDINGS * spacing * largest / (eps * 2.0 ** (_LEVELS - 1)) + np.finfo(float).tiny
    return _refined(numeric, error, complex_columns(func, arguments, which) if point.dtype == np.float64 else None)


def _refined(numeric: Array, error: Array, exact: Array | None) -> tuple[Array, Array]:
    """Complex steps in the place of differences, where these bear them out or know nothing."""
    if exact is None or exact.shape != numeric.shape:
        return numeric, error
    better = np.isfinite(exact) & (np.isinf(error) | (np.abs(exact - numeric) <= _SAFETY * error))
    return np.where(better, exact, numeric), np.where(better, error * _GAIN, error)


def _extrapolated(
    value: Callable[[tuple[int, ...], float], Array], index: tuple[int, ...], eps: float
) -> tuple[Array, Array]:
    """Ridders' extrapolation of central differences to step zero, and its own estimate of its error.

    Source: C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering
    Software 4 (1982) 75-76.
    """
    best = error = np.zeros(0)
    above: list[Array] = []
    with np.errstate(all="ignore"):
        for level in reversed(range(_LEVELS)):
            step = eps * 2.0**level
            row = [(value(index, step) - value(index, -step)) / (2 * step)]
            for k, upper in enumerate(above):
                row.append(row[k] + (row[k] - upper) / (4.0 ** (k + 1) - 1))
            if not above:
                best, error = row[0], np.full(row[0].shape, np.inf)
            for k, upper in enumerate(above):
                off = np.maximum(np.abs(row[k + 1] - row[k]), np.abs(row[k + 1] - upper))
                better = off < error
                best, error = np.where(better, row[k + 1], best), np.where(better, off, error)
            above = row
    return np.where(np.isnan(best), above[0], best), np.where(np.isnan(best), np.inf, error)


def _difference(
    analytic: Array, numeric: Array, shape: tuple[int, ...], of: tuple[int, ...], tolerance: Array, how: str
) -> str | None:
    """Where two Jacobians differ most; None if they do not."""
    if not analytic.size:
        return None
    error = np.abs(analytic - numeric)
    wrong = ~((error <= tolerance) | (analytic == numeric))
    if not wrong.any():
        return None
    excess = np.where(wrong, np.where(np.isnan(error), np.inf, error / tolerance), -1)
    row, column = np.unravel_index(int(np.argmax(excess)), excess.shape)
    entries = [tuple(int(i) for i in np.unravel_index(n, s)) for n, s in ((row, shape), (column, of))]
    return (
        f"entry {entries[0]} of the output by entry {entries[1]} of the input is {analytic[row, column]:.10g} by "
        f"{how} and {numeric[row, column]:.10g} by differences, an error of {error[row, column]:.3g} where "
        f"{tolerance[row, column]:.3g} is tolerated; {int(wrong.sum())} of {wrong.size} entries are wrong"
    )
