"""Numbers in NumPy's own formats, which are no text."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import UsageProblem
from gradcli.render.style import Style
from gradcli.transforms.results.sparse import SparseResult

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result

__all__ = ["render_bytes"]


def render_bytes(result: Result, style: Style) -> bytes:
    """One array as .npy; or as .npz all arrays, under the names that they have in the JSON document.

    Raises:
        UsageProblem: if there is no array, or too many, or what was asked for is more than float64.
    """
    if result.digits is not None:
        raise UsageProblem("NumPy's arrays hold float64, and --digits asks for more", hint="--json or --format csv")
    if isinstance(result, SparseResult):
        return _sparse(result, style)
    arrays = result.bare()
    if arrays is None:
        raise UsageProblem(f"`{result.command}` gives more than numbers", hint="--json has everything")
    written = BytesIO()
    if style.format == "npz":
        np.savez(written, **dict(_named(result)))
        return written.getvalue()
    if len(arrays) != 1:
        told = f"a .npy file holds one array, and there are {len(arrays)}"
        raise UsageProblem(told, hint="-o FILE.npz holds them all; or ask for one: --wrt NAME")
    np.save(written, np.asarray(arrays[0]), allow_pickle=False)
    return written.getvalue()


def _sparse(result: SparseResult, style: Style) -> bytes:
    """A sparse matrix as SciPy's `load_npz` reads it."""
    if style.format == "npy":
        raise UsageProblem("a .npy file holds a dense array", hint="-o FILE.npz or FILE.mtx holds a sparse matrix")
    from scipy.sparse import save_npz

    written = BytesIO()
    save_npz(written, result.sparse())
    return written.getvalue()


def _named(result: Result) -> Iterator[tuple[str, Any]]:
    """The value, and what else is numbers in the document, what is in a table under a dotted name."""
    yield "value", result.value
    for key, held in result.document().items():
        named = {f"{key}.{inner}": item for inner, item in held.items()} if isinstance(held, dict) else {key: held}
        yield from ((name, array) for name, array in named.items() if isinstance(array, float | np.ndarray))
