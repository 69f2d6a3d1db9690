"""gradcli: derivatives that can be trusted, from the shell and from Python.

>>> import gradcli
>>> result = gradcli.grad("x**2 - 2*x + 1", {"x": 0.0})
>>> result.value, result.gradients
(1.0, {'x': -2.0})

The engine has PyTorch's names:

>>> x = gradcli.tensor([1.0, 2.0], requires_grad=True)
>>> gradcli.sin(x).sum().backward()
>>> x.grad
tensor([ 0.5403, -0.4161])

Importing the package imports neither NumPy nor SymPy; using it does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradcli.errors import Problem
from gradcli.version import __version__

if TYPE_CHECKING:
    from gradcli.engine import autograd
    from gradcli.engine.creation import tensor
    from gradcli.engine.modes import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
    from gradcli.engine.tensor import Tensor
    from gradcli.transforms.check import check
    from gradcli.transforms.evaluate import evaluate
    from gradcli.transforms.grad import grad
    from gradcli.transforms.jacobian import jacobian

__all__ = [
    "Problem",
    "Tensor",
    "__version__",
    "autograd",
    "check",
    "enable_grad",
    "evaluate",
    "grad",
    "is_grad_enabled",
    "jacobian",
    "no_grad",
    "set_grad_enabled",
    "tensor",
]

_HOMES = {
    "Tensor": "gradcli.engine.tensor",
    "check": "gradcli.transforms.check",
    "enable_grad": "gradcli.engine.modes",
    "evaluate": "gradcli.transforms.evaluate",
    "grad": "gradcli.transforms.grad",
    "is_grad_enabled": "gradcli.engine.modes",
    "jacobian": "gradcli.transforms.jacobian",
    "no_grad": "gradcli.engine.modes",
    "set_grad_enabled": "gradcli.engine.modes",
    "tensor": "gradcli.engine.creation",
}


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    if name == "autograd":
        return import_module("gradcli.engine.autograd")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    from gradcli.errors import NameProblem

    try:
        return import_module("gradcli.engine.functions").function(name)
    except NameProblem as problem:
        raise AttributeError(f"module 'gradcli' has no attribute '{name}'") from problem


def __dir__() -> list[str]:
    from gradcli.ops import names

    return sorted({*__all__, *names()})
