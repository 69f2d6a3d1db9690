"""From the table's dotted paths to functions, imported on first use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["resolve_rule", "resolve_value"]


@cache
def resolve_value(path: str) -> Callable[..., Any]:
    """The function that computes an operation's value: "numpy.tanh", "scipy.special.erf", "ops.sech".

    >>> resolve_value("numpy.tanh")(0.0)
    np.float64(0.0)
    """
    return _resolve(path, "gradcli.ops.functions.numeric")


@cache
def resolve_rule(path: str) -> Callable[..., Any]:
    """The transpose or weight function of an entry: "ops.matmul_a"."""
    return _resolve(path, "gradcli.ops.functions.transposes")


def _resolve(path: str, own: str) -> Callable[..., Any]:
    module, _, name = path.rpartition(".")
    if module == "ops":
        module = own
    elif module.startswith("ops."):
        module = f"gradcli.ops.functions.{module.removeprefix('ops.')}"
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
