"""`autograd.Function`: operations with a derivative of one's own, as in PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from gradcli.engine.rules.rule import fit
from gradcli.engine.tape.apply import output_nrs_of, versions_of
from gradcli.engine.tape.modes import is_grad_enabled, no_grad
from gradcli.engine.tape.node import Node
from gradcli.engine.tape.tensor import Tensor, marked, unwrap
from gradcli.errors import AutogradError

__all__ = ["Context", "Function"]


class Context:
    """What `forward` leaves for `backward`; anything else may be put in its attributes.

    Attributes:
        saved_tensors: what was given to `save_for_backward`.
        needs_input_grad: for each argument whether its gradient is wanted.
    """

    def __init__(self) -> None:
        self.saved_tensors: tuple[Tensor | None, ...] = ()
        self.needs_input_grad: tuple[bool, ...] = ()
        self._plain: list[Tensor] = []

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep arguments or outputs, of which changes in place are noticed."""
        self.saved_tensors = tensors

    def mark_non_differentiable(self, *outputs: Tensor) -> None:
        """Outputs through which no gradient comes."""
        self._plain += outputs


class Function:
    """An operation given by its value and by what comes back for a cotangent. Used by `apply`.

    >>> import gradcli
    >>> class Cube(Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return 3 * x**2 * g
    >>> x = gradcli.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    @staticmethod
    def forward(*args: Any, **keywords: Any) -> Any:
        """The value, from a context and the arguments; from these alone if there is a `setup_context`."""
        raise AutogradError("a Function needs a static method forward(ctx, ...)")

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        """For each argument its cotangent, or None, given those of the outputs."""
        raise AutogradError("a Function needs a static method backward(ctx, ...) to be differentiated")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """What `forward` would do with a context, where it takes none."""

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """The value, recorded with the Function's own backward.

        Raises:
            AutogradError: from a later backward, for gradients that do not fit the arguments.
        """
        ctx = Context()
        wanted = tuple(isinstance(a, Tensor) and a.requires_grad for a in args)
        ctx.needs_input_grad = wanted
        with no_grad():
            if cls.setup_context is Function.setup_context:
                result = cls.forward(ctx, *args)
            else:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)
        if not is_grad_enabled() or not any(wanted):
            return result
        return _record(cls, ctx, args, result)


def _record(function: type[Function], ctx: Context, args: Sequence[Any], result: Any) -> Any:
    outputs = result if isinstance(result, tuple) else (result,)
    edges = tuple([a.edge() if wanted else None for a, wanted in zip(args, ctx.needs_input_grad, strict=True)])
    node = Node(_Rule(function, ctx, args, several=isinstance(result, tuple)), edges, (), None)  # type: ignore[arg-type]  # as much of one as backward asks for
    details = node.writable_details()
    details.output_shapes = tuple(np.shape(unwrap(out)) for out in outputs)
    details.output_nrs = output_nrs_of(args)
    made = [_output(node, out, i, ctx) for i, out in enumerate(outputs)]
    saved = [next((m for m, out in zip(made, outputs, strict=True) if s is out), s) for s in ctx.saved_tensors]
    ctx.saved_tensors = node.tensors = tuple(saved)
    details.versions = versions_of(saved)
    return tuple(made) if isinstance(result, tuple) else made[0]


def _output(node: Node, out: Any, index: int, ctx: Context) -> Any:
    if not isinstance(out, Tensor) or out.array.dtype.kind != "f" or any(out is p for p in ctx._plain):
        return out
    made = marked(Tensor(out.array, True, node))
    if node.rule.multi_output:
        made.meta().output_nr = index
        made.meta().slow_path = True
    return made


class _Rule:
    """What backward asks of a rule."""

    op = SimpleNamespace(kind="general", analytic=False)
    jvps = ()
    fused_vjps = None
    variadic = True
    takes_undefined = elementwise = views = spares = adds_in_place = False

    def __init__(self, function: type[Function], ctx: Context, args: Sequence[Any], several: bool) -> None:
        self.name = function.__name__
        self.node_name = f"{self.name}Backward"
        self.multi_output = several
        self.vjps = (self._vjp,)
        self._function = function
        self._ctx = ctx
        self._likes = [(a.shape, a.dtype) if isinstance(a, Tensor) else None for a in args]

    def _vjp(self, g: Any, *_: Any) -> list[Any]:
        parts = g if self.multi_output else [g]
        recorded = any(isinstance(part, Tensor) for part in parts)
        given = [part if isinstance(part, Tensor) else Tensor(np.asarray(part)) for part in parts]
        found = self._function.backward(self._ctx, *given)
        gradients = list(found) if isinstance(found, tuple | list) else [found]
        count = len(self._likes)
        if len(gradients) < count or any(extra is not None for extra in gradients[count:]):
            raise AutogradError(f"{self.name} has {count} arguments, and its backward gives {len(gradients)} gradients")
        return [self._fitted(i, part, recorded) for i, part in enumerate(gradients[:count])]

    def _fitted(self, place: int, gradient: Any, recorded: bool) -> Any:
        like = self._likes[place]
        if like is None or not self._ctx.needs_input_grad[place]:
            return None
        shape, dtype = like
        if gradient is None:
            return np.zeros(shape, dtype)
        try:
            np.broadcast_shapes(np.shape(unwrap(gradient)), shape)
            fitted = fit(gradient if recorded else np.asarray(unwrap(gradient)), shape)
        except ValueError:
            fitted = gradient
        if np.shape(unwrap(fitted)) != shape:
            raise AutogradError(
                f"{self.name}'s backward gives a gradient of shape {np.shape(unwrap(gradient))} for argument {place}, "
                f"which has shape {shape}"
            )
        return fitted if recorded else fitted.astype(dtype)
