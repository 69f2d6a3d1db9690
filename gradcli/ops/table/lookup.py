"""The derivative table: every entry, and the lookup by name."""

from __future__ import annotations

from importlib import import_module

from gradcli.errors import NameProblem, Span, suggest
from gradcli.ops.entry.op import Op
from gradcli.ops.table import arithmetic, arrays, elementary, linalg, products, reductions, scans, shapes, special

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
    for module in (arithmetic, elementary, special, reductions, scans, products, linalg, shapes, arrays)
    for op in module.ENTRIES
}  # fmt: skip

_ALIASES: dict[str, str] = {alias: op.name for op in TABLE.values() for alias in op.aliases}

INTERNAL = frozenset(
    {
        "as_strided",
        "astype",
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

_ELSEWHERE = {
    "integrate": "gradcli differentiates; it does not integrate",
    "diff": "gradcli diff differentiates the whole expression",
    "sqr": "write x**2 or square(x)",
    "cosec": "write csc(x)",
    "cotan": "write cot(x)",
    "factorial": "write gamma(x + 1)",
}


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
        raise unknown_function(name, source, span)
    return op


def unknown_function(name: str, source: str | None, span: Span | None) -> NameProblem:
    """The error for a call of something that is not in the table."""
    home = _home(name)
    near = suggest(name, names())
    if name in _ELSEWHERE:
        hint = _ELSEWHERE[name]
    elif home is not None:  # another function that happens to be spelled alike would be another function
        hint = f"{home} has it, and it is not available here; `gradcli ops` lists what is"
    elif near is not None:
        hint = f"did you mean '{near}'?"
    elif len(name) <= 2:
        hint = f"to multiply, write {name}*(...)"
    else:
        hint = "`gradcli ops` lists the functions"
    return NameProblem(f"unknown function '{name}'", source=source, span=span, hint=hint)


_TORCH = """
    binary_cross_entropy celu cdist cosine_similarity cross_entropy cummax cummin dropout elu erfinv_ glu hardshrink
    hardsigmoid hardswish hardtanh huber_loss index_add kl_div l1_loss layer_norm leaky_relu lerp logcumsumexp
    masked_fill mish mse_loss nansum nll_loss normalize one_hot pairwise_distance pdist prelu rrelu selu
    smooth_l1_loss softmin softshrink softsign tanhshrink threshold
"""
"""Functions of PyTorch's that people take for granted, of which neither NumPy nor SciPy has the name."""


def _home(name: str) -> str | None:
    """The package that has a function of this name, which the language has not."""
    if not name.isidentifier() or name.startswith("_") or len(name) < 3:
        return None
    if name in _TORCH.split():
        return "PyTorch"
    # Names alone are looked for, for the message's sake: no value comes of it.
    homes = {"numpy": "NumPy", "numpy.linalg": "NumPy", "scipy.special": "SciPy"}
    return next((told for home, told in homes.items() if callable(getattr(import_module(home), name, None))), None)
