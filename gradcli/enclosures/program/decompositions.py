"""Decompositions of matrices of enclosed numbers, and what follows from them, by the table's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.enclosures.program.eigen import eigenvectors, eigh, eigvalsh
from gradcli.enclosures.program.exponential import expm
from gradcli.enclosures.program.linalg import square, stacked
from gradcli.enclosures.program.singular import norm, svd, svdvals
from gradcli.enclosures.program.triangular import qr

__all__ = ["DECOMPOSITIONS"]

DECOMPOSITIONS: dict[str, Callable[..., Any]] = {
    "eigenvectors": square(eigenvectors),
    "eigh": square(eigh),
    "eigvalsh": square(eigvalsh),
    "expm": square(expm),
    "norm": norm,
    "qr": stacked(qr),
    "svd": stacked(svd),
    "svdvals": stacked(svdvals),
}
"""By the names of the table."""
