"""`gradcli.func.vmap`: a function of one example as a function of many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.engine.api.pytree import flatten, rebuild, tensors_in
from gradcli.engine.tape.apply import call
from gradcli.engine.tape.mapped import Mapped, all_slices, mapping, slices
from gradcli.engine.tape.tensor import Tensor
from gradcli.engine.torch.shapes import axis_of, select
from gradcli.errors import AutogradError, ShapeProblem
from gradcli.ops.calls.stacks import NoRule

__all__ = ["vmap"]


def vmap(func: Callable[..., Any], in_dims: Any = 0, out_dims: int = 0) -> Callable[..., Any]:
    """A function that applies `func` to every slice of its arguments, and stacks what it gives.

    `func` is called once, with tensors that stand for all slices, and each of its operations computes all of them at
    once. Where it does what needs one slice at a time (`if x > 0`, `float(x)`, an operation in place, a Jacobian), it
    is called again for each slice. So it should do nothing else than compute: what it draws at random may be the same
    for all slices.

    Args:
        in_dims: the axis to slice, None for an argument that every call gets whole; for each argument its own, where
            it is a tuple.
        out_dims: the axis along which results are stacked.

    Raises:
        AutogradError: if nothing is sliced, or `in_dims` does not fit the arguments.
        ShapeProblem: if the axes have different lengths.

    >>> import gradcli
    >>> vmap(gradcli.func.grad(lambda w, x: (w * x).sum() ** 2), in_dims=(None, 0))(gradcli.ones(2), gradcli.eye(2))
    tensor([[2., 0.],
            [0., 2.]])
    """

    def mapped(*args: Any) -> Any:
        dims = [in_dims] * len(args) if not isinstance(in_dims, tuple | list) else list(in_dims)
        if len(dims) != len(args):
            raise AutogradError(f"in_dims has {len(dims)} entries and the function is given {len(args)} arguments")
        count = _count(args, dims)
        try:
            return _at_once(func, args, dims, out_dims, count)
        except Exception:  # noqa: BLE001  # whatever it is, one slice says it better
            return _one_by_one(func, args, dims, out_dims, count)

    return mapped


def _at_once(func: Callable[..., Any], args: Sequence[Any], dims: Sequence[int | None], out_dims: int, n: int) -> Any:
    """All slices by one call.

    Raises:
        Exception: if the function needs one slice at a time, or does not take them at all.
    """
    if slices():
        raise NoRule("slices of slices")
    given = [
        arg if dim is None else rebuild(arg, [_side_by_side(x, dim) for x in flatten(arg)])
        for arg, dim in zip(args, dims, strict=True)
    ]
    with mapping(n):
        result = func(*given)
    parts = [all_slices(part, n) for part in tensors_in(result, "the outputs of a function given to vmap")]
    return rebuild(result, [part if not out_dims else call("moveaxis", part, 0, out_dims) for part in parts])


def _side_by_side(leaf: Tensor, dim: int) -> Mapped:
    axis = axis_of(leaf, dim)
    return Mapped(call("moveaxis", leaf, axis, 0) if axis else leaf)


def _one_by_one(
    func: Callable[..., Any], args: Sequence[Any], dims: Sequence[int | None], out_dims: int, n: int
) -> Any:
    """All slices, one after the other."""
    results = [func(*(_slice(arg, dim, i) for arg, dim in zip(args, dims, strict=True))) for i in range(n)]
    parts = [tensors_in(result, "the outputs of a function given to vmap") for result in results]
    return rebuild(results[0], [call("stack", *column, axis=out_dims) for column in zip(*parts, strict=True)])


def _count(args: Sequence[Any], dims: Sequence[int | None]) -> int:
    sizes = {
        leaf.shape[axis_of(leaf, dim)]
        for arg, dim in zip(args, dims, strict=True)
        if dim is not None
        for leaf in tensors_in(arg, "the arguments that vmap slices")
    }
    if not sizes:
        raise AutogradError("vmap needs an argument to slice: in_dims is None for all of them")
    if len(sizes) > 1:
        raise ShapeProblem(f"the axes that vmap slices have lengths {', '.join(map(str, sorted(sizes)))}")
    if sizes == {0}:
        raise ShapeProblem("vmap knows no shape for no slices at all")
    return sizes.pop()


def _slice(arg: Any, dim: int | None, place: int) -> Any:
    if dim is None:
        return arg
    if isinstance(arg, Tensor):
        return select(arg, dim, place)
    return rebuild(arg, [select(leaf, dim, place) for leaf in flatten(arg)])
