"""`gradcli.autograd.functional`: derivatives of a function at a point, as in `torch.autograd.functional`.

A tensor in gives a tensor out, a tuple of tensors a tuple. Products with a tangent (`jvp`), and Hessians,
push tangents forward through the recorded graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcli.engine.api.products import as_tuple, jacobian_by_columns, jacobian_by_rows, pull_back
from gradcli.engine.sweeps.forward import push
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
        pulled = pull_back(as_tuple(outputs), points, _given(v, as_tuple(outputs), "v"), create_graph, strict)
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
        heads = as_tuple(outputs)
        if strict:
            pull_back(
                heads, points, tuple(Tensor(np.ones_like(out.array)) for out in heads), False, strict, retain=True
            )
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
            found = jacobian_by_columns(as_tuple(outputs), points, create_graph)
        else:
            found = [jacobian_by_rows(out, points, create_graph, strict) for out in as_tuple(outputs)]
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
        gradient = pull_back((output,), points, (None,), True, strict)
        pulled = pull_back(gradient, points, _given(v, points, "v"), create_graph, strict)
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


def _points(inputs: Any, create_graph: bool) -> tuple[Tensor, ...]:
    """The inputs as tensors of this function alone; of their own history too, where that is wanted."""
    return tuple(
        x.view_as(x) if create_graph and x.requires_grad else x.detach().requires_grad_() for x in as_tuple(inputs)
    )


def _given(v: Any, like: Sequence[Tensor], name: str) -> tuple[Tensor, ...]:
    if v is None:
        if len(like) != 1 or like[0].array.size != 1:
            raise AutogradError(f"{name} can be left out only for one tensor with one entry")
        return (Tensor(np.ones_like(like[0].array)),)
    whole = as_tuple(v)
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
