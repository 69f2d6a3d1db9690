"""`gradcli.autograd.functional`: derivatives of a function at a point, as in `torch.autograd.functional`.

A tensor in gives a tensor out, a tuple of tensors a tuple. Products with a tangent (`jvp`, `hvp`) are
derivatives of the product with a cotangent with respect to that cotangent, in which it is linear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.engine.backward import grad
from gradcli.engine.modes import enable_grad
from gradcli.engine.tensor import Tensor, call
from gradcli.errors import AutogradError

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Function = Callable[..., Any]


def vjp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The outputs, and the product of the cotangents `v` with the Jacobian.

    Raises:
        AutogradError: if `v` is missing for an output of several entries, or does not fit; if `strict` and an
            input is not used.

    >>> import gradcli
    >>> vjp(lambda x: x**2, gradcli.tensor([1.0, 3.0]), gradcli.tensor([1.0, 10.0]))
    (tensor([1., 9.]), tensor([ 2., 60.]))
    """
    with enable_grad():
        points = _points(inputs, create_graph)
        outputs = func(*points)
        pulled = _pull(_tuple(outputs), points, _given(v, _tuple(outputs), "v"), create_graph, strict)
    return _finished(outputs, create_graph), _shaped(pulled, inputs, create_graph)


def jvp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The outputs, and the product of the Jacobian with the tangents `v`.

    Raises:
        AutogradError: as `vjp`.

    >>> import gradcli
    >>> jvp(lambda x: x.sum() ** 2, gradcli.tensor([1.0, 3.0]), gradcli.tensor([1.0, 0.0]))
    (tensor(16.), tensor(8.))
    """
    with enable_grad():
        points = _points(inputs, create_graph)
        outputs = func(*points)
        tangents = _given(v, points, "v")
        cotangents = tuple(Tensor(np.zeros_like(out.array), True) for out in _tuple(outputs))
        pulled = _pull(_tuple(outputs), points, cotangents, True, strict)
        pushed = _pull(pulled, cotangents, tangents, create_graph, strict)
    return _finished(outputs, create_graph), _shaped(pushed, outputs, create_graph)


def jacobian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian, in the output's shape followed by the input's; outputs outside, inputs inside where there are many.

    Args:
        vectorize: makes no difference here.
        strategy: "reverse-mode", a product for each entry of the output, or "forward-mode", for each of the input.

    >>> import gradcli
    >>> jacobian(lambda x: x**2, gradcli.tensor([1.0, 3.0]))
    tensor([[2., 0.],
            [0., 6.]])
    """
    with enable_grad():
        points = _points(inputs, create_graph)
        outputs = func(*points)
        build = _by_columns if strategy == "forward-mode" else _by_rows
        blocks = tuple(
            _shaped(build(out, points, create_graph, strict), inputs, create_graph) for out in _tuple(outputs)
        )
    return blocks if isinstance(outputs, tuple) else blocks[0]


def hessian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The matrix of second derivatives of a function with one output of one entry.

    Raises:
        AutogradError: for any other output.

    >>> import gradcli
    >>> hessian(lambda x: (x**3).sum(), gradcli.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """

    def gradient(*points: Tensor) -> Any:
        inner = jacobian(_scalar(func), points, create_graph=True, strict=strict)
        return inner if isinstance(inputs, tuple) else inner[0]

    return jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)


def vhp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The output, and the product of `v` with the Hessian.

    >>> import gradcli
    >>> vhp(lambda x: (x**3).sum(), gradcli.tensor([1.0, 2.0]), gradcli.tensor([1.0, 1.0]))
    (tensor(9.), tensor([ 6., 12.]))
    """
    with enable_grad():
        points = _points(inputs, create_graph)
        output = _scalar(func)(*points)
        gradient = _pull((output,), points, (None,), True, strict)
        pulled = _pull(gradient, points, _given(v, points, "v"), create_graph, strict)
    return _finished(output, create_graph), _shaped(pulled, inputs, create_graph)


def hvp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The output, and the product of the Hessian with `v`: that of `v` with it, as a Hessian is symmetric.

    >>> import gradcli
    >>> hvp(lambda x: (x**3).sum(), gradcli.tensor([1.0, 2.0]), gradcli.tensor([1.0, 1.0]))
    (tensor(9.), tensor([ 6., 12.]))
    """
    return vhp(func, inputs, v, create_graph, strict)


def _scalar(func: Function) -> Function:
    def checked(*points: Tensor) -> Tensor:
        output = func(*points)
        if not isinstance(output, Tensor) or output.array.size != 1:
            raise AutogradError("the function of a Hessian gives one tensor with one entry")
        return output.reshape(()) if output.ndim else output

    return checked


def _by_rows(out: Tensor, points: tuple[Tensor, ...], create_graph: bool, strict: bool) -> tuple[Tensor, ...]:
    rows = [_pull((out,), points, (seed,), create_graph, strict, retain=True) for seed in _units(out)]
    return tuple(
        _stacked([row[i] for row in rows], (*out.shape, *point.shape)) for i, point in enumerate(points)
    )  # fmt: skip


def _by_columns(out: Tensor, points: tuple[Tensor, ...], create_graph: bool, strict: bool) -> tuple[Tensor, ...]:
    cotangent = Tensor(np.zeros_like(out.array), True)
    pulled = _pull((out,), points, (cotangent,), True, strict)
    blocks = []
    for g, point in zip(pulled, points, strict=True):
        columns = [_pull((g,), (cotangent,), (t,), create_graph, strict, retain=True)[0] for t in _units(point)]
        last = _stacked(columns, (point.array.size, out.array.size))
        blocks.append(last.t().reshape((*out.shape, *point.shape)))
    return tuple(blocks)


def _units(like: Tensor) -> list[Tensor]:
    rows = np.eye(like.array.size, dtype=like.dtype)
    return [Tensor(row.reshape(like.shape)) for row in rows]


def _stacked(parts: list[Tensor], shape: tuple[int, ...]) -> Tensor:
    return call("stack", *parts).reshape(shape) if parts else Tensor(np.zeros(shape))


def _pull(
    outputs: Sequence[Tensor],
    points: Sequence[Tensor],
    cotangents: Sequence[Any],
    create_graph: bool,
    strict: bool,
    retain: bool = False,
) -> tuple[Tensor, ...]:
    """`grad` with zeros for what is not used, where not even an output may depend on anything."""
    used = [(out, g) for out, g in zip(outputs, cotangents, strict=True) if out.requires_grad]
    found: tuple[Tensor | None, ...] = (None,) * len(points)
    if used:
        heads, seeds = [out for out, _ in used], [g for _, g in used]
        found = grad(heads, points, seeds, retain or create_graph, create_graph, allow_unused=True)
    if strict and (len(used) < len(outputs) or any(g is None for g in found)):
        raise AutogradError("an output does not depend on an input, which strict=True forbids")
    return tuple(Tensor(np.zeros_like(p.array)) if g is None else g for p, g in zip(points, found, strict=True))


def _tuple(given: Any) -> tuple[Tensor, ...]:
    return tuple(given) if isinstance(given, list | tuple) else (given,)


def _points(inputs: Any, create_graph: bool) -> tuple[Tensor, ...]:
    """The inputs as tensors of this function alone; of their own history too, where that is wanted."""
    return tuple(
        x.view_as(x) if create_graph and x.requires_grad else x.detach().requires_grad_() for x in _tuple(inputs)
    )


def _given(v: Any, like: Sequence[Tensor], name: str) -> tuple[Tensor, ...]:
    if v is None:
        if len(like) != 1 or like[0].array.size != 1:
            raise AutogradError(f"{name} can be left out only for one tensor with one entry")
        return (Tensor(np.ones_like(like[0].array)),)
    whole = _tuple(v)
    if [t.shape for t in whole] != [t.shape for t in like]:
        wanted, got = [t.shape for t in like], [t.shape for t in whole]
        raise AutogradError(f"{name} has the shapes {got} where {wanted} are wanted")
    return whole


def _finished(outputs: Any, create_graph: bool) -> Any:
    if create_graph:
        return outputs
    return tuple(out.detach() for out in outputs) if isinstance(outputs, list | tuple) else outputs.detach()


def _shaped(found: Sequence[Tensor], like: Any, create_graph: bool) -> Any:
    whole = tuple(found) if create_graph else tuple(t.detach() for t in found)
    return whole if isinstance(like, list | tuple) else whole[0]
