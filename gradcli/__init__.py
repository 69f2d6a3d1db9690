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

from gradcli.version import __version__

TYPE_CHECKING = False  # as typing has it; the command imports little before it heeds Ctrl-C
if TYPE_CHECKING:
    from typing import Any

    from gradcli.engine.api import autograd, func
    from gradcli.engine.sweeps.anomaly import detect_anomaly
    from gradcli.engine.tape.modes import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
    from gradcli.engine.tape.tensor import Tensor
    from gradcli.engine.torch.creation import is_tensor, tensor
    from gradcli.errors import Problem
    from gradcli.transforms.operators.derivative import derivative
    from gradcli.transforms.operators.evaluate import evaluate
    from gradcli.transforms.operators.grad import grad
    from gradcli.transforms.operators.hessian import hessian, hvp
    from gradcli.transforms.operators.jacobian import jacobian
    from gradcli.transforms.operators.jvp import jvp
    from gradcli.transforms.verify.ask import check

__all__ = [
    "Problem",
    "Tensor",
    "__version__",
    "autograd",
    "check",
    "derivative",
    "detect_anomaly",
    "enable_grad",
    "evaluate",
    "func",
    "grad",
    "hessian",
    "hvp",
    "is_grad_enabled",
    "is_tensor",
    "jacobian",
    "jvp",
    "no_grad",
    "set_grad_enabled",
    "tensor",
]

_HOMES = {
    "Problem": "gradcli.errors",
    "Tensor": "gradcli.engine.torch",
    "check": "gradcli.transforms.verify.ask",
    "derivative": "gradcli.transforms.operators.derivative",
    "detect_anomaly": "gradcli.engine.sweeps.anomaly",
    "enable_grad": "gradcli.engine.tape.modes",
    "evaluate": "gradcli.transforms.operators.evaluate",
    "grad": "gradcli.transforms.operators.grad",
    "hessian": "gradcli.transforms.operators.hessian",
    "hvp": "gradcli.transforms.operators.hessian",
    "is_tensor": "gradcli.engine.torch.creation",
    "is_grad_enabled": "gradcli.engine.tape.modes",
    "jacobian": "gradcli.transforms.operators.jacobian",
    "jvp": "gradcli.transforms.operators.jvp",
    "no_grad": "gradcli.engine.tape.modes",
    "set_grad_enabled": "gradcli.engine.tape.modes",
    "tensor": "gradcli.engine.torch.creation",
}

_MODULES = {
    "autograd": "gradcli.engine.api.autograd",
    "func": "gradcli.engine.api.func",
    "linalg": "gradcli.engine.torch.linalg",
    "nn": "gradcli.engine.torch.nn",
    "special": "gradcli.engine.torch.special",
}
_NUMBERS = {"e": 2.718281828459045, "inf": 1e999, "nan": 1e999 - 1e999, "pi": 3.141592653589793}
_DTYPES = frozenset({"bool", "double", "float", "float32", "float64", "int", "int32", "int64", "long"})


def __getattr__(name: str) -> Any:
    found = globals()[name] = _find(name)  # asked for once: what is in the module is found at once
    return found


def _find(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    from importlib import import_module

    if name in _MODULES:
        return import_module(_MODULES[name])
    if name in _NUMBERS:
        return _NUMBERS[name]
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _DTYPES:
        return import_module("gradcli.engine.torch.dtypes").DTYPES[name]
    from gradcli.errors import NameProblem

    try:
        return import_module("gradcli.engine.torch.functions").function(name)
    except NameProblem as problem:
        raise AttributeError(f"module 'gradcli' has no attribute '{name}'") from problem


def __dir__() -> list[str]:
    from gradcli.ops import names

    return sorted({*__all__, *names()})
