"""The colours of nodes by what they are, for light and dark surroundings; texts have a contrast of 4.5 and more."""

from __future__ import annotations

from typing import NamedTuple

from gradcli.transforms.results.graph import NodeKind

__all__ = ["DARK", "LIGHT", "Colors", "Shade"]


class Shade(NamedTuple):
    """What a kind of box is filled with and edged by."""

    fill: str
    edge: str


class Colors(NamedTuple):
    """One set of colours.

    Attributes:
        kinds: of boxes.
        text: of titles.
        faint: of operations' names.
        value: of values.
        grad: of gradients.
        kink: of what marks kinks.
        wire: of lines.
    """

    kinds: dict[NodeKind, Shade]
    text: str
    faint: str
    value: str
    grad: str
    kink: str
    wire: str


LIGHT = Colors(
    {
        "leaf": Shade("#dbeafe", "#2563eb"),
        "constant": Shade("#f1f5f9", "#94a3b8"),
        "operation": Shade("#ffffff", "#64748b"),
        "output": Shade("#dcfce7", "#15803d"),
    },
    text="#0f172a",
    faint="#475569",
    value="#1e3a8a",
    grad="#9a3412",
    kink="#b91c1c",
    wire="#64748b",
)

DARK = Colors(
    {
        "leaf": Shade("#172554", "#60a5fa"),
        "constant": Shade("#1e293b", "#64748b"),
        "operation": Shade("#0f172a", "#94a3b8"),
        "output": Shade("#052e16", "#4ade80"),
    },
    text="#f1f5f9",
    faint="#cbd5e1",
    value="#bfdbfe",
    grad="#fdba74",
    kink="#fca5a5",
    wire="#94a3b8",
)
