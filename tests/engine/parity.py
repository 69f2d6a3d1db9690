"""One and the same function run with PyTorch and with gradcli as its module, and the outcomes compared.

PyTorch's outcomes are recorded, so that they are compared where it is not installed.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gradcli
from tests.recorded import Seen, same, told

__all__ = ["Case", "agree", "cases_in", "live", "named", "outcome", "same", "theirs"]


def live() -> Any:
    """PyTorch itself; the test that asks is skipped where it is not installed."""
    return pytest.importorskip("torch")


Case = Callable[[Any], Any]
"""A function of the module, `torch` or `gradcli`, that gives tensors and plain values to compare."""

_ALIKE = (
    ("IndexBackward0", "SelectBackward0", "SliceBackward0", "AsStridedBackward0"),
    ("ViewBackward0", "SqueezeBackward0", "SqueezeBackward1", "UnsqueezeBackward0", "UnsafeViewBackward0"),
    ("TransposeBackward0", "PermuteBackward0", "TBackward0", "NumpyTBackward0"),
    ("MatmulBackward0", "MmBackward0", "MvBackward0", "DotBackward0"),
    ("MaxBackward0", "AmaxBackward0", "MaxBackward1"),
    ("MinBackward0", "AminBackward0", "MinBackward1"),
    ("SumBackward0", "SumBackward1"),
    ("MeanBackward0", "MeanBackward1"),
    ("ClipBackward0", "ClampBackward0", "ClampBackward1"),
    ("DivBackward0", "DivBackward1"),
    (
        "CopySlices",
        "FillBackward1",
        "FillBackward2",
        "FillBackward3",
        "IndexPutBackward0",
        "ZeroBackward0",
        "CopyBackwards",
        "MaskedFillBackward0",
    ),
    ("ExpandBackward0", "ExpandBackward1"),
    ("PowBackward0", "SquareBackward0"),
)
"""Nodes that PyTorch calls differently because of how they are called there, and gradcli does not."""


def cases_in(namespace: dict[str, Any]) -> pytest.MarkDecorator:
    """The functions of a test module that take the module to run with."""
    found = [f for name, f in namespace.items() if getattr(f, "__module__", "") == namespace["__name__"]]
    cases = [f for f in found if f.__code__.co_varnames[:1] == ("m",)]
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.__name__)


def agree(case: Case) -> None:
    """Assert that a function does the same with gradcli as with PyTorch."""
    same(outcome(case, gradcli), theirs(case))


def theirs(case: Case) -> Any:
    """What the function gives with PyTorch, as recorded, or the error that it raises there."""
    return told("torch", lambda torch: outcome(case, torch))


def outcome(case: Case, module: Any) -> Any:
    """What the function gives, or the exception that it raises."""
    with _float64(module), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return _plain(case(module), module)
        except Exception as error:  # noqa: BLE001  # that an error is raised is what is compared
            return error


@contextlib.contextmanager
def _float64(module: Any) -> Iterator[None]:
    before = None if module is gradcli else module.get_default_dtype()
    if before is not None:
        module.set_default_dtype(module.float64)
    try:
        yield
    finally:
        module.set_grad_enabled(True)
        if before is not None:
            module.set_default_dtype(before)


def named(node: Any) -> str | None:
    """A node's name, the first of those that mean the same."""
    if node is None:
        return None
    name: str = node.name().rpartition("::")[2]
    return next((alike[0] for alike in _ALIKE if name in alike), name)


def _plain(value: Any, module: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item, module) for key, item in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "numel"):
        items = [_plain(item, module) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, module.Tensor):
        return Seen(
            values=np.array(value.detach().numpy()),
            dtype=str(value.dtype).rpartition(".")[2],
            requires_grad=value.requires_grad,
            is_leaf=value.is_leaf,
            grad_fn=named(value.grad_fn),
        )
    return value
