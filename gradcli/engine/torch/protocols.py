"""NumPy functions called on Tensors: the table's entry for the same function is applied instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

import numpy as np

from gradcli.engine.tape.apply import call
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.engine.torch.bitwise import BITWISE
from gradcli.engine.torch.functions import function, operation_of
from gradcli.errors import AutogradError
from gradcli.ops import TABLE
from gradcli.ops.calls.paths import resolve_value

__all__ = ["from_function", "from_ufunc", "is_query", "name_of"]

_QUERIES: tuple[Callable[..., Any], ...] = (np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.iscomplexobj)
"""Functions that look at a tensor and carry no gradient."""


_NUMPY: dict[str, str] = {
    "array": "pos",
    "array_split": "array_split",
    "asarray": "pos",
    "count_nonzero": "count_nonzero",
    "cross": "cross",
    "diag": "diag",
    "diagonal": "diagonal",
    "divide": "div",
    "einsum": "einsum",
    "flip": "flip",
    "i0": "i0",
    "linalg.cholesky": "cholesky",
    "linalg.det": "det",
    "linalg.eigh": "eigh",
    "linalg.eigvalsh": "eigvalsh",
    "linalg.inv": "inv",
    "linalg.matrix_power": "matrix_power",
    "linalg.norm": "norm",
    "linalg.pinv": "pinv",
    "linalg.qr": "qr",
    "linalg.slogdet": "slogdet",
    "linalg.solve": "solve",
    "linalg.svd": "svd",
    "meshgrid": "meshgrid",
    "pad": "pad",
    "reciprocal": "reciprocal",
    "sinc": "sinc",
    "split": "split",
    "argsort": "argsort",
    "take": "take",
    "take_along_axis": "take_along_axis",
}
"""NumPy's functions whose entries compute with another one."""


@cache
def _names(room: str) -> dict[Any, str]:
    """From the functions of "numpy" or "ops", our own, to names in the table; SciPy's are met by their ufunc name.

    Ours are looked through after NumPy's alone: some of them import SciPy.
    """
    known: dict[Any, str] = {}
    for op in TABLE.values():
        if op.value.startswith(f"{room}."):
            known.setdefault(resolve_value(op.value), op.name)
    if room == "ops":
        return known
    known |= {attrgetter(path)(np): name for path, name in _NUMPY.items()}
    known |= {np.bitwise_and: "logical_and", np.bitwise_or: "logical_or", np.invert: "logical_not"}
    return known


def is_query(function: Any) -> bool:
    """Whether a NumPy function only looks at its argument."""
    return function in _QUERIES


def name_of(function: Any) -> str:
    """The operation of the table that a NumPy function is, or one of our own.

    Raises:
        AutogradError: if there is none.
    """
    name = _names("numpy").get(function) or _names("ops").get(function)
    if name is None and isinstance(function, np.ufunc):
        name = next((op.name for op in TABLE.values() if op.value == f"scipy.special.{function.__name__}"), None)
        if name is None and function.__name__ == "psi":
            name = "digamma"
    if name is None:
        label = getattr(function, "__name__", str(function))
        raise AutogradError(
            f"NumPy's {label} is not differentiable here yet",
            hint="call .detach() on the tensor if no gradient is wanted",
        )
    return name


@cache
def _function_of(ufunc: Any) -> Callable[..., Tensor]:
    return operation_of(name_of(ufunc))


def from_ufunc(ufunc: Any, method: str, inputs: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Answer `__array_ufunc__`: `np.sin(t)`, `array * t`."""
    if method != "__call__" or kwargs.get("out") is not None or set(kwargs) - {"out"}:
        raise AutogradError(f"NumPy's {ufunc.__name__} on a tensor takes no `{method}`, `out` or other options")
    if ufunc in _BITWISE_UFUNCS:
        return _BITWISE_UFUNCS[ufunc](*inputs)
    return _function_of(ufunc)(*inputs)


_BITWISE_UFUNCS = {
    np.bitwise_and: BITWISE["__and__"],
    np.bitwise_or: BITWISE["__or__"],
    np.bitwise_xor: BITWISE["__xor__"],
    np.invert: BITWISE["__invert__"],
}

_KEYWORDS = {"indices_or_sections": "sections"}
"""NumPy's names of parameters, where they are not the table's."""


def _svd(a: Tensor, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """NumPy's defaults are not the table's."""
    return call("svd", a, full_matrices=full_matrices) if compute_uv else call("svdvals", a)


def from_function(numpy_function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Answer `__array_function__`: `np.sum(t, axis=0)`, `np.where(t > 0, ...)`."""
    if is_query(numpy_function):
        found = numpy_function(*(unwrap(a) for a in args), **kwargs)
        return Tensor(found) if isinstance(found, np.ndarray) else found
    if numpy_function is np.linalg.svd:
        return _svd(*args, **kwargs)
    name = name_of(numpy_function)
    op = TABLE[name]
    if op.kind == "composite":
        return function(name)(*args, **kwargs)
    if op.name == "getitem":
        return args[0][args[1] if len(args) > 1 else kwargs["index"]]
    kwargs = {_KEYWORDS.get(key, key): value for key, value in kwargs.items()}
    if op.pairwise and len(args) > 1:
        return call(name, args[0], axis=args[1], **kwargs)
    return call(name, *args, **kwargs)
