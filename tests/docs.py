"""Generated documentation: `python -m tests.docs` writes it; a test fails while it is stale."""

from __future__ import annotations

from pathlib import Path

from gradcli.ops import TABLE, Op
from gradcli.ops.table import INTERNAL

TOP = Path(__file__).parent.parent
OPS = TOP / "docs" / "ops.md"

_HEAD = """# The derivative table

Written by `python -m tests.docs` from the entries in `gradcli/ops`; the tests fail while it is out of date.

Partials are in gradcli's own language; `out` is the operation's value. A reduction's weight w gives
d out = sum(w·dx) over the reduced axes, `n` being their number of entries. Where an operation is not differentiable
the page says which derivative is taken, and which PyTorch, JAX and SymPy take at such a point.
"""

_TITLES = {
    "elementwise": ("Elementwise operations", "| call | derivatives | not differentiable | also | |"),
    "reduction": ("Reductions", "| call | weight | not differentiable | also | |"),
    "multilinear": ("Products of arrays", "| call | | | also | |"),
    "general": ("Matrix functions, scans and orderings", "| call | | not differentiable | also | |"),
    "linear": ("Shapes and selections", "| call | | | also | |"),
    "predicate": ("Comparisons and logic", "| call | | not differentiable | also | |"),
    "constructor": ("Constructors", "| call | | | also | |"),
}


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _row(op: Op) -> str:
    derivatives = [p for p in op.partials if p is not None]
    named = zip(op.params, op.partials, strict=False)
    if op.kind == "elementwise":
        rules = "<br>".join(f"d/d{param} = {_code(p)}" for param, p in named if p is not None)
    else:
        rules = "<br>".join(_code(p) if not p.startswith("ops.") else p[4:].replace("_", " ") for p in derivatives)
    kinks = f"{op.convention} ({', '.join(_code(k) for k in op.kinks)} = 0)" if op.kinks else ""
    if op.kinks == ("ties",):
        kinks = op.convention
    if op.peers is not None:
        kinks += f"; {op.peers.told}"
    infix = [op.infix] if op.infix else []
    also = ", ".join(_code(a) for a in [*infix, *op.aliases])
    return f"| {_code(op.signature)} | {rules} | {kinks} | {also} | {op.doc} |"


def ops_page() -> str:
    """The derivative table as Markdown."""
    lines = [_HEAD]
    for kind, (title, head) in _TITLES.items():
        shown = [op for op in TABLE.values() if op.kind == kind and op.name not in INTERNAL]
        lines += [f"## {title}", "", head, "|---|---|---|---|---|", *map(_row, shown), ""]
    return "\n".join(lines)


PAGES = {OPS: ops_page}

if __name__ == "__main__":
    for path, page in PAGES.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(page(), encoding="utf-8")
