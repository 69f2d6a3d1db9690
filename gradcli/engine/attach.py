"""What makes a Tensor whole: its operators and methods, attached to the class from the rooms above it.

`tape/tensor.py` holds what a tensor is. What computes with tensors imports that class, so the class cannot import it.
This module, which the package imports, knows both.

Operators and `backward` are attached here. PyTorch's many names are attached by `gradcli.engine.torch` as it is
imported: by whatever gives a tensor to a user, and else by the first tensor that is asked for one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.engine.sweeps import backward as reverse
from gradcli.engine.tape.inplace import refresh
from gradcli.engine.tape.operators import OPERATORS
from gradcli.engine.tape.tensor import Tensor, TensorLike

__all__: list[str] = []


def backward(
    self: Tensor,
    gradient: TensorLike = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Sequence[Tensor] | Tensor | None = None,
) -> None:
    """Add the derivative of this tensor to the `.grad` of every leaf that it was computed from.

    Args:
        gradient: the cotangent, in this tensor's shape; may be left out where there is one entry.
        retain_graph: keep what was saved for another backward (default: the value of `create_graph`).
        create_graph: record this backward too, so that the gradients can be differentiated.
        inputs: accumulate into these tensors alone.

    Raises:
        AutogradError: where PyTorch raises: no graph, a graph that is used up, a missing gradient.
    """
    reverse.backward([self], None if gradient is None else [gradient], retain_graph, create_graph, inputs)


# Those below are not needed to compute a gradient: they import what they need when they are first called.


def _getattr(self: Tensor, name: str) -> Any:
    """One of PyTorch's names, asked for before they are attached. Once they are, the class is without this function.

    It would slow every attribute of every tensor down.
    """
    if not name.startswith("_"):
        import gradcli.engine.torch  # noqa: F401  # attaches them

    return object.__getattribute__(self, name)


def _late(name: str) -> Any:
    """One of Python's special methods, for which no `__getattr__` is asked: attached for good when first called."""

    def operator(self: Tensor, *others: TensorLike) -> Any:
        import gradcli.engine.torch  # noqa: F401  # puts the operator itself in this one's place

        return getattr(Tensor, name)(self, *others)

    return operator


_LATE = ("__and__", "__invert__", "__or__", "__rand__", "__ror__", "__rxor__", "__xor__")


def _repr(self: Tensor) -> str:
    from gradcli.engine.torch.printing import tensor_repr

    return tensor_repr(self)


def _array_ufunc(self: Tensor, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:  # is among the inputs
    from gradcli.engine.torch.protocols import from_ufunc

    return from_ufunc(ufunc, method, inputs, kwargs)


def _array_function(self: Tensor, function: Any, types: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    from gradcli.engine.torch.protocols import from_function

    return from_function(function, args, kwargs)


def _attach() -> None:
    for name, attribute in {
        **OPERATORS,
        **{name: _late(name) for name in _LATE},
        "__array_function__": _array_function,
        "__array_ufunc__": _array_ufunc,
        "__getattr__": _getattr,
        "__repr__": _repr,
        "_refresh": refresh,
        "backward": backward,
    }.items():
        setattr(Tensor, name, attribute)


_attach()
