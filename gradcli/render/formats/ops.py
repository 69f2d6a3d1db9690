"""The derivative table as text: the list of functions, and one entry in full."""

from __future__ import annotations

from gradcli.ops import TABLE, Op
from gradcli.ops.table.lookup import INTERNAL

__all__ = ["render_op", "render_ops"]


def render_ops() -> str:
    """One line for each function: its call and what it is."""
    shown = [op for op in TABLE.values() if op.name not in INTERNAL]
    width = max(len(op.signature) for op in shown)
    return "".join(f"{op.signature:{width}}  {op.doc}\n" for op in shown)


def render_op(op: Op) -> str:
    """Everything that an entry declares.

    >>> from gradcli.ops import lookup
    >>> print(render_op(lookup("tanh")), end="")
    tanh(x)
    Hyperbolic tangent.
    d/dx  sech(x)**2
    """
    lines = [op.signature, op.doc]
    if op.infix:
        lines.append(f"operator  {op.infix}")
    if op.aliases:
        lines.append(f"also  {', '.join(op.aliases)}")
    if op.kind == "elementwise":
        lines += [f"d/d{p}  {partial}" for p, partial in zip(op.params, op.partials, strict=True) if partial]
    if op.kinks:
        lines.append(f"not differentiable where {' or '.join(f'{k} = 0' for k in op.kinks)}: {op.convention}")
    if op.peers is not None:
        lines.append(f"elsewhere  {op.peers.told}")
    return "\n".join(lines) + "\n"
