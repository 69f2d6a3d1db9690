"""The derivative table: every entry, and the lookup by name."""

from __future__ import annotations

from gradcli.errors import Span
from gradcli.ops.entry.op import Op
from gradcli.ops.table import (
    arithmetic,
    arrays,
    elementary,
    labels,
    linalg,
    products,
    reductions,
    scans,
    shapes,
    special,
)

__all__ = ["CONSTANTS", "INTERNAL", "TABLE", "lookup", "names"]

CONSTANTS: dict[str, float] = {
    "pi": 3.141592653589793,
    "e": 2.718281828459045,
    "tau": 6.283185307179586,
    "inf": float("inf"),
    "nan": float("nan"),
}

TABLE: dict[str, Op] = {
    op.name: op
    for module in (arithmetic, elementary, special, reductions, scans, products, linalg, shapes, arrays, labels)
    for op in module.ENTRIES
}  # fmt: skip

_ALIASES: dict[str, str] = {alias: op.name for op in TABLE.values() for alias in op.aliases}

INTERNAL = frozenset(
    {
        "as_strided",
        "astype",
        "class_labels",
        "clone",
        "cofactors",
        "copy_slices",
        "eigenvectors",
        "getitem",
        "pow_scalar",
        "scatter",
        "slice",
        "split_with_sizes",
        "output",
        "unpack",
    }
)
"""Names that only the parser and the engine write; not offered to users."""


def names() -> list[str]:
    """Every function name that a user may write, aliases included, sorted.

    >>> "arcsin" in names()
    True
    """
    return sorted((TABLE.keys() | _ALIASES.keys()) - INTERNAL)


def lookup(name: str, source: str | None = None, span: Span | None = None) -> Op:
    """The entry of a function's name or alias.

    Raises:
        NameProblem: with the nearest name as a hint.

    >>> lookup("arcsin").name
    'asin'
    """
    op = TABLE.get(name)
    if op is None:
        op = TABLE.get(_ALIASES.get(name, ""))
    if op is None:
        from gradcli.ops.table.unknown import unknown_function

        raise unknown_function(name, names(), source, span)
    return op
