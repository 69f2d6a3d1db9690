"""One and the same function run with PyTorch and with gradcli as its module, and the outcomes compared."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gradcli

__all__ = ["Case", "agree", "cases_in", "named", "outcome", "same", "torch"]


def torch() -> Any:
    """PyTorch; the test that asks is skipped where it is not installed."""
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
    same(outcome(case, gradcli), outcome(case, torch()))


def same(ours: Any, theirs: Any) -> None:
    """Assert that two outcomes are the same values, or that both are errors."""
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        both = isinstance(theirs, Exception) and isinstance(ours, Exception)
        assert both, f"gradcli: {ours!r}\nPyTorch: {theirs!r}"
        return
    _same(ours, theirs, "result")


def outcome(case: Case, module: Any) -> Any:
    """What the function gives, or the exception that it raises."""
    with _float64(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return _plain(case(module))
        except Exception as error:  # noqa: BLE001  # that an error is raised is what is compared
            return error


@contextlib.contextmanager
def _float64() -> Iterator[None]:
    peer = torch()
    before = peer.get_default_dtype()
    peer.set_default_dtype(peer.float64)
    try:
        yield
    finally:
        peer.set_grad_enabled(True)
        gradcli.set_grad_enabled(True)
        peer.set_default_dtype(before)


def named(node: Any) -> str | None:
    """A node's name, the first of those that mean the same."""
    if node is None:
        return None
    name: str = node.name().rpartition("::")[2]
    return next((alike[0] for alike in _ALIKE if name in alike), name)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "numel"):
        return type(value)(_plain(item) for item in value) if type(value) in (list, tuple) else tuple(value)
    if isinstance(value, gradcli.Tensor | torch().Tensor):
        return {
            "values": np.array(value.detach().numpy()),
            "shape": tuple(value.shape),
            "dtype": str(value.dtype).rpartition(".")[2],
            "requires_grad": value.requires_grad,
            "is_leaf": value.is_leaf,
            "grad_fn": named(value.grad_fn),
        }
    return value


def _same(ours: Any, theirs: Any, where: str) -> None:
    if isinstance(theirs, dict):
        assert isinstance(ours, dict), f"{where}: gradcli {ours!r}, PyTorch {theirs!r}"
        assert ours.keys() == theirs.keys(), where
        for key in theirs:
            _same(ours[key], theirs[key], f"{where}[{key!r}]")
    elif isinstance(theirs, list | tuple):
        assert type(ours) is type(theirs), f"{where}: gradcli {ours!r}, PyTorch {theirs!r}"
        assert len(ours) == len(theirs), f"{where}: gradcli {ours!r}, PyTorch {theirs!r}"
        for i, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            _same(one, other, f"{where}[{i}]")
    elif isinstance(theirs, np.ndarray | float):
        coarse = np.asarray(theirs).dtype == np.float32
        np.testing.assert_allclose(ours, theirs, rtol=1e-5 if coarse else 1e-10, atol=1e-12, err_msg=where)
    else:
        assert ours == theirs, f"{where}: gradcli {ours!r}, PyTorch {theirs!r}"
