"""The derivative table as text: the functions under headings, those that a word finds, and one entry in full."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

from gradcli.errors import Problem
from gradcli.lang import parse
from gradcli.ops import Op
from gradcli.ops.calls.paths import resolve_rule
from gradcli.ops.calls.resolve import resolve
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
from gradcli.ops.table.lookup import INTERNAL

__all__ = ["find_ops", "render_op", "render_ops"]

_SUBJECTS = {
    "Arithmetic, comparisons and logic": arithmetic.ENTRIES,
    "Elementary functions": elementary.ENTRIES,
    "Special functions": special.ENTRIES,
    "Sums and other reductions": reductions.ENTRIES,
    "Along an axis": scans.ENTRIES,
    "Products of arrays": products.ENTRIES,
    "Linear algebra": linalg.ENTRIES,
    "Shapes and selections": shapes.ENTRIES,
    "Making arrays": arrays.ENTRIES,
    "Quantiles, interpolation, classes and losses": labels.ENTRIES,
}

_GAP = 2
_LEAST = 24
"""Columns that a description needs beside its call; with fewer it stands below."""


def render_ops(found: Sequence[Op] | None = None, width: int | None = None) -> str:
    """One line for each function, its call and what it is, under headings.

    Args:
        found: the functions to show (default: all).
        width: that of the terminal, at which lines break between words; None breaks none.

    >>> from gradcli.ops import lookup
    >>> print(render_ops([lookup("tanh"), lookup("det")]), end="")
    Elementary functions
      tanh(x)  Hyperbolic tangent.
    <BLANKLINE>
    Linear algebra
      det(x)   Determinant.
    """
    chosen = None if found is None else {op.name for op in found}
    shown = {
        title: [op for op in entries if op.name not in INTERNAL and (chosen is None or op.name in chosen)]
        for title, entries in _SUBJECTS.items()
    }
    longest = max((len(op.signature) for ops in shown.values() for op in ops), default=0)
    parts = [
        _filled(title, width) + "\n" + "".join(_line(op, longest, width) for op in ops)
        for title, ops in shown.items()
        if ops
    ]
    return "\n".join(parts)


def _line(op: Op, longest: int, width: int | None) -> str:
    if width is None:
        return f"  {op.signature:{longest}}  {op.doc}\n"
    from textwrap import fill

    column = longest + 2 * _GAP if longest + 2 * _GAP + _LEAST <= width else 2 * _GAP
    head = f"  {op.signature:{longest}}  " if column > 2 * _GAP else ""
    below = "" if head else _broken(op.signature, width) + "\n"
    lines = fill(
        op.doc, width, initial_indent=head or " " * column, subsequent_indent=" " * column,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return f"{below}{lines}\n"


def _broken(signature: str, width: int) -> str:
    """A call, broken after commas alone."""
    from textwrap import fill

    return fill(
        signature, width, initial_indent=" " * _GAP, subsequent_indent=" " * 3 * _GAP,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def find_ops(word: str) -> list[Op]:
    """The functions that a word finds: by operator, else by name or alias, else in descriptions.

    >>> [op.name for op in find_ops("+")], [op.name for op in find_ops("determinant")][:1]
    (['add'], ['det'])
    """
    ops = [op for entries in _SUBJECTS.values() for op in entries if op.name not in INTERNAL]
    by_sign = [op for op in ops if word in (op.infix, "**" if op.infix == "^" else op.infix)]
    if by_sign:
        return by_sign
    if word == "^":
        return find_ops("**")
    sought = word.lower()
    if not sought.replace("_", "").isalnum():
        return []
    return [op for op in ops if any(sought in text.lower() for text in (op.name, *op.aliases, op.doc))]


def render_op(op: Op, width: int | None = None, drawn: bool = False) -> str:
    """Everything that an entry declares.

    Args:
        op: the entry.
        width: that of the terminal, at which lines break between words; None breaks none.
        drawn: whether derivatives are drawn in several lines, as for a terminal.

    >>> from gradcli.ops import lookup
    >>> print(render_op(lookup("tanh")), end="")
    tanh(x)
    Hyperbolic tangent.
    d/dx  sech(x)**2
    """
    derivatives = _derivatives(op)
    before = [op.signature, op.doc]
    if op.infix:
        before.append(f"operator  {op.infix}")
    if op.aliases:
        before.append(f"also  {', '.join(op.aliases)}")
    after = ["t is the change of the argument"] if any(label == "d out" for label, _ in derivatives) else []
    if op.unlearned:
        without = [p for p, partial in zip(op.params, op.partials, strict=True) if partial is None]
        after.append(f"no derivative by {', '.join(without)}: {op.unlearned}")
    if op.reach:
        after.append(f"to the last digits for {op.reach}; other arguments are refused")
    if op.kinks:
        after.append(f"not differentiable where {' or '.join(f'{k} = 0' for k in op.kinks)}: {op.convention}")
    if op.peers is not None:
        after.append(f"elsewhere  {op.peers.told}")
    lines = [_filled(line, width) for line in before]
    for label, text in derivatives:
        picture = _drawn(label, text) if drawn else []
        fits = picture and (width is None or max(map(len, picture)) <= width)
        lines += picture if fits else [_filled(f"{label}  {text}", width)]
    return "".join(f"{line}\n" for line in [*lines, *(_filled(line, width) for line in after)])


def _filled(text: str, width: int | None) -> str:
    from textwrap import fill

    if width is None:
        return text
    return fill(text, width, subsequent_indent=" " * 2 * _GAP, break_long_words=False, break_on_hyphens=False)


def _derivatives(op: Op) -> list[tuple[str, str]]:
    """The entry's derivatives as mathematics, each with what it is."""
    named = [(param, text) for param, text in zip(op.params, op.partials, strict=False) if text]
    if op.kind == "elementwise":
        return [(f"d/d{param}", text) for param, text in named]
    if op.kind == "composite":
        return [("made of", op.sympy)]
    if op.kind == "reduction":
        return [(f"d out = sum(w*d{param}), w", _told(text)) for param, text in named]
    if op.kind in ("linear", "multilinear"):
        return [("derivative", f"linear in {'its argument' if op.kind == 'linear' else 'each argument'}")]
    rules = dict.fromkeys(_told(text) for text in op.jvps or op.transposes or () if text)
    return [("d out", text) for text in rules]


def _drawn(label: str, text: str) -> list[str]:
    """A derivative in several lines, if it is a formula, with what is said of it behind a semicolon; else none."""
    from gradcli.render.formulas.pretty import pretty

    formula, semicolon, remark = text.partition(";")
    try:
        program = resolve(parse(formula))
    except Problem:
        return []
    return [*pretty(program, label), *([f"  {remark.strip()}"] if semicolon else [])]


def _told(rule: str) -> str:
    """A formula, or what a rule's own text says first."""
    if not rule.startswith("ops."):
        return rule
    text = inspect.getdoc(resolve_rule(rule)) or rule.rpartition(".")[2].replace("_", " ")
    return text.splitlines()[0].rstrip(".").replace("`", "")
