"""`gradcli.nn.functional`: losses, and the functions of tensors that `torch.nn.functional` has too.

>>> import gradcli
>>> gradcli.nn.functional.softmax(gradcli.tensor([0.0, 0.0]), dim=0)
tensor([0.5000, 0.5000])
"""

from __future__ import annotations

from typing import Any

from gradcli.engine.tape.apply import call
from gradcli.engine.tape.tensor import Tensor, TensorLike
from gradcli.engine.torch.losses import (
    binary_cross_entropy,
    cross_entropy,
    huber_loss,
    layer_norm,
    mse_loss,
    one_hot,
)
from gradcli.errors import UsageProblem

__all__ = [
    "binary_cross_entropy", "cross_entropy", "gelu", "huber_loss", "layer_norm", "mse_loss", "one_hot",
]  # fmt: skip

_SHARED = frozenset({"log_softmax", "logsigmoid", "relu", "sigmoid", "silu", "softmax", "softplus", "tanh"})


def __getattr__(name: str) -> Any:
    if name not in _SHARED:
        raise AttributeError(f"module 'gradcli.nn.functional' has no attribute '{name}'")
    from gradcli.engine.torch.functions import function

    return function(name)


def gelu(input: TensorLike, approximate: str = "none") -> Tensor:
    """x*ndtr(x), or its approximation by tanh.

    >>> gelu([0.0, 1.0], approximate="tanh")
    tensor([0.0000, 0.8412])
    """
    if approximate == "none":
        return call("gelu", input)
    if approximate != "tanh":
        raise UsageProblem(f"gelu's approximation is 'none' or 'tanh', not {approximate!r}")
    inner = call("mul", _SLOPE, call("add", input, call("mul", _CUBIC, call("pow", input, 3))))
    return call("mul", call("mul", input, 0.5), call("add", call("tanh", inner), 1))


_SLOPE = 0.7978845608028654
"""sqrt(2/pi)."""

_CUBIC = 0.044715
"""D. Hendrycks, K. Gimpel, "Gaussian error linear units (GELUs)", 2016."""
