"""`gradcli.autograd.functional`: derivatives of a function at a point, as in `torch.autograd.functional`.

A tensor in gives a tensor out, a tuple of tensors a tuple. Products with a tangent (`jvp`), and Hessians,
push tangents forward through the recorded graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.engine.sweeps.backward import grad
from gradcli.engine.sweeps.forward import forward_jacobian, push
from gradcli.engine.tape.apply import call
from gradcli.engine.tape.modes import enable_grad
from gradcli.engine.tape.tensor import Tensor
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
        heads = _tuple(outputs)
        if strict:
            _pull(heads, points, tuple(Tensor(np.ones_like(out.array)) for out in heads), False, strict, retain=True)
        given = tangents if create_graph else [t.array for t in tangents]
        found = push(heads, points, given, create_graph)
        pushed = [Tensor(np.zeros_like(o.array)) if t is None else t for o, t in zip(heads, found, strict=True)]
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
    if strict and strategy == "forward-mode":
        raise AutogradError('strict=True and strategy="forward-mode" are not supported together')
    with enable_grad():
        points = _points(inputs, create_graph)
        outputs = func(*points)
        if strategy == "forward-mode":
            found = _by_columns(_tuple(outputs), points, create_graph)
        else:
            found = [_by_rows(out, points, create_graph, strict) for out in _tuple(outputs)]
        blocks = tuple(_shaped(block, inputs, create_graph) for block in found)
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

    # Forward over reverse gives the same numbers by one sweep for many columns.
    strategy = outer_jacobian_strategy if create_graph or strict else "forward-mode"
    return jacobian(gradient, inputs, create_graph, strict, vectorize, strategy)


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


def _by_columns(outputs: Sequence[Tensor], points: Sequence[Tensor], create_graph: bool) -> list[tuple[Tensor, ...]]:
    """For each output its Jacobian by each point, by forward mode."""
    columns = _recorded_columns(outputs, points) if create_graph else _plain_columns(outputs, points)
    found = []
    for out, whole in zip(outputs, columns, strict=True):
        blocks, start = [], 0
        for point in points:
            stop = start + point.array.size
            blocks.append(whole[..., start:stop].reshape((*out.shape, *point.shape)))
            start = stop
        found.append(tuple(blocks))
    return found


def _plain_columns(outputs: Sequence[Tensor], points: Sequence[Tensor]) -> list[Tensor]:
    matrices = forward_jacobian(outputs, points)
    return [
        Tensor(matrix.reshape((*out.shape, -1) if matrix.size else (*out.shape, matrix.shape[1])).astype(out.dtype))
        for out, matrix in zip(outputs, matrices, strict=True)
    ]


def _recorded_columns(outputs: Sequence[Tensor], points: Sequence[Tensor]) -> list[Tensor]:
    columns: list[list[Tensor]] = [[] for _ in outputs]
    for i, point in enumerate(points):
        for unit in _units(point):
            pushed = push(outputs, [points[i]], [unit], create_graph=True)
            for out, column, tangent in zip(outputs, columns, pushed, strict=True):
                column.append(Tensor(np.zeros_like(out.array)) if tangent is None else tangent)
    return [
        call("stack", *column, axis=-1) if column else Tensor(np.zeros((*out.shape, 0)))
        for out, column in zip(outputs, columns, strict=True)
    ]


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
