"""Gradients and vector-Jacobian products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.sweeps import backward
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import ShapeProblem
from gradcli.lang import Program
from gradcli.transforms.kinks.detect import KinkDetector
from gradcli.transforms.kinks.explain import explain_kinks
from gradcli.transforms.nonfinite.suggest_rewrite import suggest_rewrite
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.prepare import Prepared, prepare, real_array
from gradcli.transforms.results.kinds import Gradient, plain

__all__ = ["cotangent_of", "grad", "pull_back"]


def grad(
    expression: str | Program,
    values: Mapping[str, Any],
    wrt: Sequence[str] | None = None,
    seed: Any = None,
    *,
    explain: bool = True,
) -> Gradient:
    """The gradient of an expression with one value, or the vector-Jacobian product of one with many.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        wrt: differentiate by these variables alone; the others are constants.
        seed: the weight of each output, in the value's shape or broadcasting to it; needed where the value
            has more than one entry.
        explain: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression, the values, or a missing seed.

    >>> grad("a*x**2", {"a": 3, "x": 2}, wrt=["x"]).gradients
    {'x': 12.0}
    """
    prepared = prepare(expression, values, wrt)
    tensors = leaves(prepared)
    watch = KinkDetector(prepared.program)
    value = execute(prepared.program, tensors, watch.observer)
    cotangent = cotangent_of(value, seed)
    gradients = pull_back(value, cotangent, tensors, prepared)
    origin = None
    if not is_finite(value, *gradients.values()):
        from gradcli.transforms.nonfinite.recompute import recompute_gradient

        gradients, origin = recompute_gradient(prepared, cotangent, gradients, explain)
    result = Gradient(
        prepared.program.source,
        prepared.inputs,
        plain(value.array),
        {name: plain(g) for name, g in gradients.items()},
        None if seed is None else plain(cotangent),
        origin=origin,
        warnings=prepared.notes,
    )
    result = suggest_rewrite(result, lambda text: grad(text, values, wrt, seed, explain=False))
    return explain_kinks(result, prepared, watch)


def pull_back(
    value: Tensor, cotangent: Any, tensors: Mapping[str, Tensor], prepared: Prepared, retain_graph: bool = False
) -> dict[str, NDArray[np.float64]]:
    """The cotangents of the variables that are differentiated by; zeros where nothing arrives."""
    wanted = {name: tensors[name] for name in prepared.wrt}
    found: tuple[Tensor | None, ...] = (None,) * len(wanted)
    if value.requires_grad and wanted:
        found = backward.grad(value, list(wanted.values()), cotangent, retain_graph=retain_graph, allow_unused=True)
    return {
        name: np.zeros(tensor.shape) if g is None else np.asarray(g.array, dtype=np.float64)
        for (name, tensor), g in zip(wanted.items(), found, strict=True)
    }


def cotangent_of(value: Tensor, seed: Any) -> NDArray[np.float64]:
    """The seed in the shape of the value; a one for a single number."""
    if seed is None:
        if value.array.size != 1:
            raise ShapeProblem(
                f"the value has shape {value.shape}: a gradient needs one number",
                hint="give --seed ones (or a weight for each entry) for the vector-Jacobian product, "
                "use `gradcli jacobian` for all derivatives, or write sum(...) around the expression",
            )
        return np.ones(value.shape)
    weights = real_array("the seed", seed)
    try:
        return np.broadcast_to(weights, value.shape).copy()
    except ValueError:
        raise ShapeProblem(
            f"the seed has shape {weights.shape} and the value has shape {value.shape}: they must be equal",
            hint="`--seed ones` gives every entry the weight one",
        ) from None
