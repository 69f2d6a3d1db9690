"""`gradcheck`: gradients against differences of values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.backward import grad
from gradcli.engine.functional import _pull, _tuple, _units
from gradcli.engine.tensor import Tensor
from gradcli.errors import AutogradError

__all__ = ["gradcheck", "gradgradcheck"]

Array: TypeAlias = NDArray[np.float64]

_LEVELS = 10
"""Steps of the extrapolation: from 2**(_LEVELS - 1) times the given one down to it, each half the one before."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Whether the gradients of a function agree with differences of its values, |a - n| <= atol + rtol*|n|.

    Differences are central ones with steps that halve down to `eps`, extrapolated to step zero; of the
    tableau each entry takes the value that its neighbours vouch for best, so that `atol` and `rtol` may be
    much smaller than what they are by default.

    Args:
        func: a function of tensors that gives a tensor or a tuple of them.
        inputs: its arguments; those that require a gradient are checked, and should be float64.
        raise_exception: raise where they differ, and say where; else give False.

    Raises:
        AutogradError: if a derivative is wrong; if there is none to check.

    >>> import gradcli
    >>> gradcheck(gradcli.sin, gradcli.tensor([0.0, 1.0], requires_grad=True), atol=1e-11, rtol=1e-11)
    True
    """
    arguments: tuple[Any, ...] = _tuple(inputs)
    checked = _checked(arguments)
    outputs = _tuple(func(*arguments))
    for place, out in enumerate(outputs):
        for i in checked:
            analytic = _analytic(out, arguments[i])
            numeric = _numeric(lambda *args, place=place: _tuple(func(*args))[place], arguments, i, eps)
            problem = _difference(analytic, numeric, out.shape, arguments[i].shape, atol, rtol)
            if problem is not None and raise_exception:
                raise AutogradError(f"wrong derivative of output {place} with respect to input {i}: {problem}")
            if problem is not None:
                return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    grad_outputs: Tensor | Sequence[Tensor] | None = None,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """`gradcheck` of the gradient: whether second derivatives are right.

    Args:
        grad_outputs: the cotangents of the outputs; random ones if left out.

    Raises:
        AutogradError: as `gradcheck`.

    >>> import gradcli
    >>> gradgradcheck(gradcli.sin, gradcli.tensor([0.0, 1.0], requires_grad=True))
    True
    """
    arguments: tuple[Any, ...] = _tuple(inputs)
    _checked(arguments)
    outputs = _tuple(func(*arguments))
    if grad_outputs is None:
        random = np.random.default_rng(0)
        seeds = tuple(Tensor(random.uniform(0.5, 1.5, out.shape), True) for out in outputs)
    else:
        seeds = _tuple(grad_outputs)

    def gradient(*args: Any) -> tuple[Tensor, ...]:
        points, cotangents = args[: len(arguments)], args[len(arguments) :]
        wanted = [x for x in points if isinstance(x, Tensor) and x.requires_grad]
        heads = [out for out in _tuple(func(*points)) if out.requires_grad]
        found = grad(heads, wanted, cotangents[: len(heads)], create_graph=True, materialize_grads=True)
        return tuple(g for g in found if g is not None)

    return gradcheck(gradient, (*arguments, *seeds), eps, atol, rtol, raise_exception)


def _checked(arguments: tuple[Any, ...]) -> list[int]:
    """The positions of the inputs whose derivatives are asked for."""
    checked = [i for i, x in enumerate(arguments) if isinstance(x, Tensor) and x.requires_grad]
    if not checked:
        raise AutogradError("at least one input must be a tensor that requires a gradient")
    return checked


def _analytic(out: Tensor, x: Tensor) -> Array:
    """The Jacobian by backward, outputs by inputs."""
    rows = [_pull((out,), (x,), (seed,), False, False, retain=True)[0].array.ravel() for seed in _units(out)]
    return np.array(rows, dtype=np.float64).reshape(out.array.size, x.array.size)


def _numeric(func: Callable[..., Tensor], arguments: tuple[Any, ...], which: int, eps: float) -> Array:
    """The Jacobian by differences, outputs by inputs."""
    point = np.array(arguments[which].array)

    def value(index: tuple[int, ...], step: float) -> Array:
        moved = point.copy()
        moved[index] += step
        shifted = Tensor(moved, True)
        result = func(*(shifted if i == which else x for i, x in enumerate(arguments)))
        return np.asarray(result.array, dtype=np.float64).ravel()

    columns = [_extrapolated(value, index, eps) for index in np.ndindex(point.shape)]
    return np.stack(columns, axis=1) if columns else np.zeros((func(*arguments).array.size, 0))


def _extrapolated(value: Callable[[tuple[int, ...], float], Array], index: tuple[int, ...], eps: float) -> Array:
    """Ridders' extrapolation of central differences to step zero.

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
    return np.where(np.isnan(best), above[0], best)


def _difference(
    analytic: Array, numeric: Array, shape: tuple[int, ...], of: tuple[int, ...], atol: float, rtol: float
) -> str | None:
    """Where two Jacobians differ most; None if they do not."""
    if not analytic.size:
        return None
    error = np.abs(analytic - numeric)
    tolerance = atol + rtol * np.abs(numeric)
    wrong = ~((error <= tolerance) | (analytic == numeric))
    if not wrong.any():
        return None
    excess = np.where(wrong, np.where(np.isnan(error), np.inf, error / tolerance), -1)
    row, column = np.unravel_index(int(np.argmax(excess)), excess.shape)
    entries = [tuple(int(i) for i in np.unravel_index(n, s)) for n, s in ((row, shape), (column, of))]
    return (
        f"entry {entries[0]} of the output by entry {entries[1]} of the input is {analytic[row, column]:.10g} by "
        f"backward and {numeric[row, column]:.10g} by differences, an error of {error[row, column]:.3g} where "
        f"{tolerance[row, column]:.3g} is tolerated; {int(wrong.sum())} of {wrong.size} entries are wrong"
    )
