"""SymPy without its tensors, which no program here has."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["leave_tensors_out"]

_TENSORS = "sympy.tensor.tensor"


class _Absent(ModuleType):
    """What stands for SymPy's tensors until somebody wants more of them than whether a term is one."""

    class TensExpr:
        """A class that no expression is of."""

    TensAdd = TensExpr

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(_TENSORS) is self:
            del sys.modules[_TENSORS]
        return getattr(import_module(_TENSORS), name)


def leave_tensors_out() -> None:
    """Have SymPy add without importing its tensors, and for these its groups and polyhedra.

    Its sums ask of each term whether it is a tensor. To import them for that takes as long as a tenth of the rest of
    SymPy, and three times as long as a small derivative.
    """
    if _TENSORS not in sys.modules:
        sys.modules[_TENSORS] = _Absent(_TENSORS)
