"""Sparse Jacobians and Hessians of functions of tensors: `gradcli.func.sparse_jacobian`, `sparse_hessian`, `sparsity`.

What takes long, to find where the matrix may differ from zero and which columns can share a sweep, is a plan that can
be made once and used at other points. Each use is checked in a random direction, so that a plan which does not hold
there is an error and never a wrong number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcli.coloring.pattern import Pattern
from gradcli.coloring.plan import JacobianPlan, SymmetricPlan, plan_jacobian, plan_symmetric
from gradcli.engine.api.pytree import flatten, tensors_in
from gradcli.engine.sparsity.detect import detect
from gradcli.engine.sparsity.values import can_push, check_complete, hessian_entries, jacobian_entries
from gradcli.engine.sweeps.backward import grad
from gradcli.engine.sweeps.stretch import Stretch
from gradcli.engine.tape.modes import enable_grad
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError

__all__ = ["sparse_hessian", "sparse_jacobian", "sparsity"]

Function = Callable[..., Any]
Plan = JacobianPlan | SymmetricPlan


def sparse_jacobian(func: Function, argnums: int = 0, *, plan: JacobianPlan | None = None, check: bool = True) -> Any:
    """A function that gives the Jacobian of `func` as a SciPy matrix in compressed rows.

    Args:
        func: gives one tensor.
        argnums: which of its arguments to differentiate by, a tensor.
        plan: from `sparsity`, made at arguments of the same shapes; by default it is made anew at each call.
        check: whether one sweep more sees to it that the plan's pattern lacks no entry.

    Raises:
        AutogradError: if it does.

    >>> import gradcli
    >>> sparse_jacobian(lambda x: x[1:] * x[:-1])(gradcli.tensor([1.0, 2.0, 3.0])).toarray()
    array([[2., 1., 0.],
           [0., 3., 2.]])
    """

    def at(*args: Any) -> Any:
        out, stretch = _recorded(func, argnums, args)
        made = _jacobian_plan(out, stretch) if plan is None else plan
        matrix = made.pattern.filled(jacobian_entries(stretch, out, made))
        if check and can_push(stretch) and np.isfinite(matrix.data).all():
            check_complete(stretch, matrix)
        return matrix

    return at


def sparse_hessian(func: Function, argnums: int = 0, *, plan: SymmetricPlan | None = None, check: bool = True) -> Any:
    """A function that gives the second derivatives of `func` as a SciPy matrix in compressed rows.

    Args:
        func: gives one tensor with one entry.
        argnums: which of its arguments to differentiate by, a tensor.
        plan: from `sparsity(func, hessian=True)`; by default it is made anew at each call.
        check: whether one sweep more sees to it that the plan's pattern lacks no entry.

    Raises:
        AutogradError: if it does; for a function that gives more than one number.

    >>> import gradcli
    >>> sparse_hessian(lambda x: (x[1:] * x[:-1]).sum())(gradcli.tensor([1.0, 2.0, 3.0])).toarray()
    array([[0., 1., 0.],
           [1., 0., 1.],
           [0., 1., 0.]])
    """

    def at(*args: Any) -> Any:
        stretch = _gradient(func, argnums, args)
        made = _hessian_plan(stretch) if plan is None else plan
        matrix = made.pattern.filled(hessian_entries(stretch, made))
        if check and np.isfinite(matrix.data).all():
            check_complete(stretch, matrix)
        return matrix

    return at


def sparsity(func: Function, argnums: int = 0, *, hessian: bool = False) -> Callable[..., Any]:
    """A function that gives the plan of a Jacobian or Hessian: its pattern, and the sweeps that it takes.

    Args:
        func: gives one tensor.
        argnums: which of its arguments to differentiate by, a tensor.
        hessian: whether of the second derivatives.

    >>> import gradcli
    >>> plan = sparsity(lambda x: x[1:] * x[:-1])(gradcli.ones(100))
    >>> plan.pattern.nnz, plan.sweeps, plan.method
    (198, 2, 'sparse-columns')
    """

    def at(*args: Any) -> Plan:
        if hessian:
            return _hessian_plan(_gradient(func, argnums, args))
        return _jacobian_plan(*_recorded(func, argnums, args))

    return at


def _recorded(func: Function, argnums: int, args: tuple[Any, ...]) -> tuple[Tensor, Stretch]:
    """The function's value, and the way from its argument to it."""
    if not -len(args) <= argnums < len(args):
        raise AutogradError(f"argnums is {argnums}, and one of {len(args)} arguments is meant")
    given = list(args)
    points = tensors_in(given[argnums], "the argument to differentiate by")
    if not isinstance(given[argnums], Tensor):
        raise AutogradError("the argument to differentiate by must be one tensor")
    point = points[0].detach().requires_grad_()
    given[argnums] = point
    with enable_grad():
        outputs = flatten(func(*given))
    if len(outputs) != 1 or not isinstance(outputs[0], Tensor):
        raise AutogradError("a function with a sparse derivative gives one tensor", hint="cat(...) joins several")
    return outputs[0], Stretch([outputs[0]], [point])


def _gradient(func: Function, argnums: int, args: tuple[Any, ...]) -> Stretch:
    """The way from the argument to the recorded gradient."""
    out, stretch = _recorded(func, argnums, args)
    if out.array.size != 1:
        raise AutogradError(f"a Hessian is of one number, and the function gives a tensor of shape {out.shape}")
    point = stretch.points[0]
    found = grad(out, [point], create_graph=True, allow_unused=True)[0] if out.requires_grad else None
    return Stretch([Tensor(np.zeros(point.shape)) if found is None else found], [point])


def _jacobian_plan(out: Tensor, stretch: Stretch) -> JacobianPlan:
    pattern = detect([out], stretch.points, stretch=stretch)
    return plan_jacobian(pattern, stretch.points[0].shape, out.shape, can_push(stretch))


def _hessian_plan(stretch: Stretch) -> SymmetricPlan:
    pattern = detect(stretch.asked, stretch.points, stretch=stretch)
    ones = pattern.filled(np.ones(pattern.nnz, dtype=bool))
    return plan_symmetric(Pattern.of(ones + ones.T), grid=stretch.points[0].shape)
