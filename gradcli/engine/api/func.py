"""`gradcli.func`: functions that give derivatives of functions, as in `torch.func`.

They nest to any depth. Arguments and outputs may be tensors in tuples, lists and dictionaries. `jvp`,
`jacfwd` and `hessian` push tangents forward.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.api.products import jacobian_by_columns, jacobian_by_rows, pull_back
from gradcli.engine.api.pytree import flatten, rebuild, tensors_in
from gradcli.engine.api.vmap import vmap
from gradcli.engine.sweeps.forward import push
from gradcli.engine.tape.mapped import Mapped, all_slices, slices
from gradcli.engine.tape.modes import enable_grad, forward_mode, is_grad_enabled
from gradcli.engine.tape.node import AccumulateGrad, Edge
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError
from gradcli.ops.calls.stacks import NoRule

if TYPE_CHECKING:
    from gradcli.engine.api.sparse import sparse_hessian, sparse_jacobian, sparsity

__all__ = [
    "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "sparse_hessian", "sparse_jacobian", "sparsity",
    "vjp", "vmap",
]  # fmt: skip

Function = Callable[..., Any]
Argnums = int | tuple[int, ...]


def grad(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """A function that gives the gradient of `func`, which gives a number, in these of its arguments.

    Args:
        argnums: one position, or several for a tuple of gradients.
        has_aux: whether `func` gives a pair (output, something else); so does the gradient then.

    >>> import gradcli
    >>> grad(grad(lambda x: x**3))(gradcli.tensor(2.0))
    tensor(12.)
    """

    def gradient(*args: Any) -> Any:
        found, value = grad_and_value(func, argnums, has_aux)(*args)
        return (found, value[1]) if has_aux else found

    return gradient


def grad_and_value(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """A function that gives the gradient of `func`, and its value.

    >>> import gradcli
    >>> grad_and_value(lambda x: x**3)(gradcli.tensor(2.0))
    (tensor(12.), tensor(8.))
    """

    def both(*args: Any) -> Any:
        if slices():
            return _of_all_slices(func, argnums, has_aux, args)
        with _Level(args, _positions(argnums, len(args))) as level:
            output, aux = _aux(func(*level.args), has_aux)
            if not isinstance(output, Tensor) or output.ndim or output.array.size != 1:
                raise AutogradError("the function given to grad must give one number, a tensor of shape ()")
            found = level.shaped(level.pull([output], None))
        gradient = level.out(found if isinstance(argnums, tuple) else found[0])
        value = level.out(output)
        return gradient, ((value, level.out(aux)) if has_aux else value)

    return both


def _of_all_slices(func: Function, argnums: Argnums, has_aux: bool, args: Sequence[Any]) -> Any:
    """The gradient and the value within `vmap`: of the sum over all slices, which do not depend on each other."""
    count = slices()
    positions = _positions(argnums, len(args))
    given: list[Any] = list(args)
    held: list[Any] = [None] * len(args)
    for i in positions:
        leaves = tensors_in(args[i], "the arguments to differentiate by")
        held[i] = rebuild(args[i], [all_slices(leaf, count) for leaf in leaves])
    with _Level(held, positions) as level:
        for i in positions:
            given[i] = rebuild(args[i], [Mapped(point) for point in flatten(level.args[i])])
        output, aux = _aux(func(*given), has_aux)
        if not isinstance(output, Tensor) or output.shape:
            raise AutogradError("the function given to grad must give one number, a tensor of shape ()")
        values = all_slices(output, count)
        found = level.shaped(level.pull([values], [np.ones(count)]))

    def out(tree: Any) -> Any:
        return rebuild(tree, [Mapped(level.out(x)) for x in flatten(tree)])

    gradient, value = out(found if isinstance(argnums, tuple) else found[0]), out(values)
    if not has_aux:
        return gradient, value
    others = [all_slices(x, count) if isinstance(x, Tensor) else x for x in flatten(aux)]
    return gradient, (value, rebuild(aux, [Mapped(level.out(x)) if isinstance(x, Tensor) else x for x in others]))


def vjp(func: Function, *primals: Tensor, has_aux: bool = False) -> Any:
    """The output, and a function from cotangents to their product with the Jacobian.

    >>> import gradcli
    >>> output, pull = vjp(lambda x: x**2, gradcli.tensor([1.0, 3.0]))
    >>> pull(gradcli.tensor([1.0, 10.0]))
    (tensor([ 2., 60.]),)
    """
    with _Level(primals, tuple(range(len(primals)))) as level:
        output, aux = _aux(func(*level.args), has_aux)
        outputs = tensors_in(output, "the outputs of the function given to vjp")

    def pull(cotangents: Any) -> Any:
        seeds = flatten(cotangents)
        if len(seeds) != len(outputs):
            raise AutogradError(f"vjp has {len(outputs)} outputs and {len(seeds)} cotangents")
        with enable_grad():
            found = level.pull(outputs, seeds)
        return level.out(level.shaped(found))

    return (level.out(output), pull, level.out(aux)) if has_aux else (level.out(output), pull)


def jvp(func: Function, primals: tuple[Any, ...], tangents: tuple[Any, ...], *, has_aux: bool = False) -> Any:
    """The output, and the product of the Jacobian with the tangents, by forward mode.

    Raises:
        AutogradError: if primals and tangents are no tuples of like tensors; for a function that gives no tensors.

    >>> import gradcli
    >>> jvp(lambda x: x**2, (gradcli.tensor(3.0),), (gradcli.tensor(1.0),))
    (tensor(9.), tensor(6.))
    """
    moved = _tangents(primals, tangents)
    with _Level(primals, tuple(range(len(primals))), forward=True) as level:
        output, aux = _aux(func(*level.args), has_aux)
        outputs = tensors_in(output, "the outputs of the function given to jvp")
        pushed = level.push(outputs, moved)
    result = level.out(rebuild(output, pushed))
    return (level.out(output), result, level.out(aux)) if has_aux else (level.out(output), result)


def _tangents(primals: Any, tangents: Any) -> list[Tensor]:
    """The tangents, one for each tensor of the primals and in its shape."""
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple):
        raise AutogradError("jvp takes primals and tangents as tuples", hint="for one argument write (x,) and (t,)")
    points, found = tensors_in(primals, "primals"), tensors_in(tangents, "tangents")
    if not points:
        raise AutogradError("jvp needs at least one tensor among the primals")
    if _structure(primals) != _structure(tangents):
        raise AutogradError("jvp's primals and tangents must have the same structure")
    for point, tangent in zip(points, found, strict=True):
        if point.shape != tangent.shape:
            raise AutogradError(f"a tangent of shape {tangent.shape} does not fit a primal of shape {point.shape}")
    return found


def _structure(tree: Any) -> Any:
    return repr(rebuild(tree, [None] * len(flatten(tree))))


def jacrev(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """A function that gives the Jacobian of `func`, by rows: backward.

    >>> import gradcli
    >>> jacrev(lambda x: x**2)(gradcli.tensor([1.0, 3.0]))
    tensor([[2., 0.],
            [0., 6.]])
    """
    return _jacobian(func, argnums, has_aux, forward=False)


def jacfwd(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """A function that gives the Jacobian of `func`, by columns: forward.

    >>> import gradcli
    >>> jacfwd(lambda x: x**2)(gradcli.tensor([1.0, 3.0]))
    tensor([[2., 0.],
            [0., 6.]])
    """
    return _jacobian(func, argnums, has_aux, forward=True)


def hessian(func: Function, argnums: Argnums = 0) -> Function:
    """A function that gives the second derivatives of `func`.

    >>> import gradcli
    >>> hessian(lambda x: (x**3).sum())(gradcli.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)


def _jacobian(func: Function, argnums: Argnums, has_aux: bool, forward: bool) -> Function:
    def at(*args: Any) -> Any:
        with _Level(args, _positions(argnums, len(args)), forward) as level:
            output, aux = _aux(func(*level.args), has_aux)
            outputs = tensors_in(output, "the outputs of a function with a Jacobian")
            rows = level.columns(outputs) if forward else level.rows(outputs)
        blocks = [level.shaped(row) for row in rows]
        found = [block if isinstance(argnums, tuple) else block[0] for block in blocks]
        result = level.out(rebuild(output, found))
        return (result, level.out(aux)) if has_aux else result

    return at


class _Level:
    """One derivative being taken: its points, apart from the caller's, and the way its results go out."""

    def __init__(self, args: Sequence[Any], positions: tuple[int, ...], forward: bool = False) -> None:
        if slices() and any(isinstance(leaf, Mapped) for arg in args for leaf in flatten(arg)):
            raise NoRule("a derivative of slices")
        self.recording = is_grad_enabled()
        self.args = list(args)
        self.fresh: list[Tensor] = []
        self._recorder: Any = forward_mode() if forward else enable_grad()
        with enable_grad():
            for i in positions:
                given = tensors_in(args[i], "the arguments to differentiate by")
                self.args[i] = rebuild(args[i], [self._point(x) for x in given])
        self._trees = tuple(self.args[i] for i in positions)
        self.points = tuple(flatten(self._trees))

    def _point(self, x: Tensor) -> Tensor:
        if x.requires_grad and self.recording:
            same: Tensor = x.view_as(x)
            return same
        point = x.detach().requires_grad_()
        self.fresh.append(point)
        return point

    def __enter__(self) -> _Level:
        self._recorder.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._recorder.__exit__(None, None, None)

    def pull(self, outputs: Sequence[Tensor], cotangents: Sequence[Any] | None) -> tuple[Tensor, ...]:
        seeds = [None] * len(outputs) if cotangents is None else cotangents
        return pull_back(outputs, self.points, seeds, True, False)

    def push(self, outputs: Sequence[Tensor], tangents: Sequence[Tensor]) -> list[Tensor]:
        """The outputs' tangents, with history where somebody else differentiates them."""
        if self._is_inner(outputs) or (self.recording and any(t.requires_grad for t in tangents)):
            found = push(outputs, self.points, tangents, create_graph=True)
        else:
            found = push(outputs, self.points, [t.array for t in tangents])
        return [Tensor(np.zeros_like(o.array)) if t is None else t for o, t in zip(outputs, found, strict=True)]

    def _is_inner(self, outputs: Sequence[Tensor]) -> bool:
        return self.recording and any(self._is_of_the_caller(out) for out in outputs)

    def rows(self, outputs: Sequence[Tensor]) -> list[tuple[Tensor, ...]]:
        """For each output its Jacobian by each point, backward: many rows at once if nobody differentiates them."""
        return [jacobian_by_rows(out, self.points, self._is_inner(outputs), False) for out in outputs]

    def columns(self, outputs: Sequence[Tensor]) -> list[tuple[Tensor, ...]]:
        """For each output its Jacobian by each point, forward: all columns at once if nobody differentiates them."""
        return jacobian_by_columns(outputs, self.points, self._is_inner(outputs))

    def shaped(self, found: Sequence[Any]) -> tuple[Any, ...]:
        """What was found for the points, in the arguments' containers."""
        whole: tuple[Any, ...] = rebuild(self._trees, found)
        return whole

    def out(self, results: Any) -> Any:
        """Results without history, unless something that the caller differentiates is in it."""
        if isinstance(results, Tensor):
            return results if self.recording and self._is_of_the_caller(results) else results.detach()
        if isinstance(results, list | tuple | dict):
            return rebuild(results, [self.out(item) for item in flatten(results)])
        return results

    def _is_of_the_caller(self, tensor: Tensor) -> bool:
        own = {point.edge().key for point in self.fresh}
        seen: set[int] = set()
        todo: list[Edge | None] = [tensor.edge()] if tensor.requires_grad else []
        while todo:
            node = todo.pop()
            if node is None or node.key in seen:
                continue
            if isinstance(node, AccumulateGrad) and node.key not in own:
                return True
            seen.add(node.key)
            todo += node.edges
        return False


def _positions(argnums: Argnums, count: int) -> tuple[int, ...]:
    positions = argnums if isinstance(argnums, tuple) else (argnums,)
    if not all(-count <= i < count for i in positions):
        raise AutogradError(f"argnums is {argnums} and the function is given {count} arguments")
    return tuple(i % count for i in positions)


def _aux(result: Any, has_aux: bool) -> tuple[Any, Any]:
    if not has_aux:
        return result, None
    if not isinstance(result, tuple) or len(result) != 2:
        raise AutogradError("with has_aux=True the function must give a pair (output, aux)")
    return result[0], result[1]


def __getattr__(name: str) -> Any:
    """The sparse derivatives, imported when they are first used."""
    if name in ("sparse_hessian", "sparse_jacobian", "sparsity"):
        from gradcli.engine.api import sparse

        return getattr(sparse, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
