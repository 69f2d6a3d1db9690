"""Printing a tensor as PyTorch prints it."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.engine.tape.tensor import Tensor

__all__ = ["tensor_repr"]

# The defaults of torch.set_printoptions: precision, threshold, edgeitems, linewidth.
_PRECISION = 4
_THRESHOLD = 1000
_EDGE_ITEMS = 3
_LINE_WIDTH = 80

_SPARE = 2
"""What PyTorch leaves free of a line before it counts what comes behind the numbers."""

# Beyond these PyTorch writes exponents (its _tensor_str.py).
_WIDEST_RANGE = 1000
_LARGEST_FIXED = 1e8
_SMALLEST_FIXED = 1e-4

_OPENING = "tensor("


def tensor_repr(tensor: Tensor) -> str:
    """`tensor([[2., 3.]], requires_grad=True)`, `tensor(8., grad_fn=<MulBackward0>)`."""
    array = np.asarray(tensor.array)
    body = _text(array)
    suffixes = [f"size={array.shape}"] if array.size == 0 and array.ndim > 1 else []
    if array.dtype != np.float64 and (not array.size or array.dtype not in (np.int64, np.bool_)):
        suffixes.append(f"dtype=gradcli.{array.dtype}")
    if tensor.grad_fn is not None:
        suffixes.append(f"grad_fn=<{tensor.grad_fn.name()}>")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    last = len(_OPENING + body) - (body.rfind("\n") + 1 + len(_OPENING) if "\n" in body else 0) + _SPARE
    text = _OPENING + body
    for suffix in suffixes:
        if last + len(suffix) + 2 > _LINE_WIDTH:
            text += ",\n" + " " * len(_OPENING) + suffix
            last = len(_OPENING) + len(suffix)
        else:
            text += ", " + suffix
            last += len(suffix) + 2
    return text + ")"


def _text(array: np.ndarray[Any, Any]) -> str:
    if array.size == 0:
        return "[]"
    summarize = array.size > _THRESHOLD
    shown = _edges(array) if summarize else array
    cells = _cells(shown)
    if array.ndim == 0:
        return str(cells[()])
    return _nested(cells, array.shape, summarize)


def _edges(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The corners that stay when an array is cut in the middle."""
    for axis, n in enumerate(array.shape):
        if n > 2 * _EDGE_ITEMS:
            keep = [*range(_EDGE_ITEMS), *range(n - _EDGE_ITEMS, n)]
            array = np.take(array, keep, axis=axis)
    return array


def _cells(array: np.ndarray[Any, Any]) -> Any:
    texts: Any = np.empty(array.shape, dtype=object)
    style = _style(array)
    for index in np.ndindex(array.shape):
        texts[index] = style(array[index])
    width = _cell_width(array, texts)
    for index in np.ndindex(array.shape):
        texts[index] = texts[index].rjust(width)
    return texts


def _cell_width(array: np.ndarray[Any, Any], texts: Any) -> int:
    """As wide as the widest entry; of floats, zeros, infinities and NaNs do not count, as in PyTorch."""
    if array.ndim == 0:
        return 0
    counted = texts[np.isfinite(array) & (array != 0)] if array.dtype.kind == "f" else texts
    return max((len(t) for t in counted.flat), default=0)


def _style(array: np.ndarray[Any, Any]) -> Any:
    """PyTorch's choice: whole numbers as `2.`, four decimals, or an exponent where the range is wide."""
    if array.dtype.kind != "f":
        return str
    finite = np.abs(array[np.isfinite(array) & (array != 0)]).astype(float)
    if finite.size == 0:
        return lambda v: f"{v:.0f}." if np.isfinite(v) else str(v)
    wide = finite.max() / finite.min() > _WIDEST_RANGE or finite.max() > _LARGEST_FIXED
    whole = bool(np.all(finite == np.ceil(finite)))
    if wide or (not whole and finite.min() < _SMALLEST_FIXED):
        return lambda v: f"{v:.{_PRECISION}e}"
    if whole:
        return lambda v: f"{v:.0f}." if np.isfinite(v) else str(v)
    return lambda v: f"{v:.{_PRECISION}f}"


def _nested(cells: Any, shape: tuple[int, ...], summarize: bool) -> str:
    """Bracketed rows, innermost axis first, without recursion over the axes."""
    rows: Any = cells
    for axis in range(len(shape) - 1, -1, -1):
        cut = summarize and shape[axis] > 2 * _EDGE_ITEMS
        indent = len(_OPENING) + axis + 1
        folded = np.empty(rows.shape[:axis], dtype=object)
        for index in np.ndindex(folded.shape):
            folded[index] = _bracket(list(rows[index]), cut, axis == len(shape) - 1, indent, len(shape) - axis)
        rows = folded
    return str(rows[()])


def _bracket(items: list[str], cut: bool, innermost: bool, indent: int, depth: int) -> str:
    if innermost:
        width = max((len(i) for i in items), default=0)
        per_line = max(1, (_LINE_WIDTH - indent + 1) // (width + 2))
        shown = [*items[:_EDGE_ITEMS], " ...", *items[_EDGE_ITEMS:]] if cut else items
        lines = [", ".join(shown[i : i + per_line]) for i in range(0, len(shown), per_line)]
        return "[" + (",\n" + " " * indent).join(lines) + "]"
    if cut:
        items = [*items[:_EDGE_ITEMS], "...", *items[_EDGE_ITEMS:]]
    return "[" + ("," + "\n" * (depth - 1) + " " * indent).join(items) + "]"
