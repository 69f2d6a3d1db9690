"""`gradcli.special`: functions by the names of `torch.special`.

>>> import gradcli
>>> gradcli.special.bessel_j0(0.0)
tensor(1.)
"""

from __future__ import annotations

from typing import Any

_OTHERWISE = {"bessel_j0": "j0", "bessel_j1": "j1", "gammaln": "lgamma", "psi": "digamma"}


def __getattr__(name: str) -> Any:
    from gradcli.engine.torch.functions import function
    from gradcli.errors import NameProblem

    if name.startswith("_"):
        raise AttributeError(name)
    try:
        return function(_OTHERWISE.get(name, name))
    except NameProblem:
        raise AttributeError(f"module 'gradcli.special' has no attribute '{name}'") from None
