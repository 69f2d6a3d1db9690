"""Generated documentation: `python -m tests.docs` writes it; a test fails while it is stale."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

from gradcli.ops import TABLE, Op
from gradcli.ops.calls.paths import resolve_rule
from gradcli.ops.entry.domains import ABOVE1, NONZERO, OPEN01, OUTSIDE1, POSITIVE, REAL, UNIT, UNIT_NONZERO, Interval
from gradcli.ops.table.lookup import INTERNAL
from tests.commands_page import PAGE as COMMANDS
from tests.commands_page import commands_page
from tests.formulas_page import formulas_page
from tests.manual import manual_pages
from tests.picture import GALLERY, graph_picture, picture
from tests.typeset import typeset

TOP = Path(__file__).parent.parent
OPS = TOP / "docs" / "ops.md"
NOT_FINITE = TOP / "docs" / "not-finite.md"
MODULES = TOP / "docs" / "modules.md"
FORMULAS = TOP / "docs" / "formulas.md"
PICTURE = TOP / "docs" / "gradcli.svg"
GRAPH_PICTURE = TOP / "docs" / "graph.svg"
PACKAGE = TOP / "gradcli"
THREADS = TOP / "tests" / "cases" / "nan"

_HEAD = """# The derivative table

Written by `python -m tests.docs` from the entries in `gradcli/ops`; the tests fail while it is out of date.

`out` is the operation's value. A reduction's weight w gives d out = sum(w·dx) over the reduced axes, `n` being
their number of entries. The domain is where an operation has a derivative; where it tells for which arguments value
and derivatives are right to their last digits, others are refused. A parameter without a derivative is not listed.
Where an
operation is not differentiable the page says which derivative is taken, and which PyTorch, JAX and SymPy take at
such a point. Of a matrix function the page shows what a small change of its argument does to it, `t` being the
change and `x'` the transpose.
"""

_TITLES = {
    "elementwise": (
        "Elementwise operations",
        "| call | derivatives | domain | not differentiable | other names | what it is |",
    ),
    "reduction": ("Reductions", "| call | weight | domain | not differentiable | other names | what it is |"),
    "multilinear": (
        "Products of arrays",
        "| call | derivative | domain | not differentiable | other names | what it is |",
    ),
    "general": (
        "Matrix functions, scans and orderings",
        "| call | derivative | domain | not differentiable | other names | what it is |",
    ),
    "linear": (
        "Shapes and selections",
        "| call | derivative | domain | not differentiable | other names | what it is |",
    ),
    "predicate": (
        "Comparisons and logic",
        "| call | derivative | domain | not differentiable | other names | what it is |",
    ),
    "constructor": ("Constructors", "| call | derivative | domain | not differentiable | other names | what it is |"),
    "composite": (
        "Made of others",
        "| call | made of | domain | not differentiable | other names | what it is |",
    ),
}


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _row(op: Op) -> str:
    derivatives = [p for p in op.partials if p is not None]
    named = zip(op.params, op.partials, strict=False)
    if op.kind == "elementwise":
        rules = "<br>".join(f"d/d{param} = {_formula(p)}" for param, p in named if p is not None)
    elif op.kind == "reduction":
        rules = "<br>".join(_formula(p) if not p.startswith("ops.") else _told(p) for p in derivatives)
    elif op.kind in ("linear", "multilinear"):
        rules = "its own, linear" if op.kind == "linear" else "linear in each argument"
    elif op.kind == "composite":
        rules = _code(op.sympy)
    elif op.jvps or op.transposes:
        rules = "<br>".join(_told(p) for p in op.jvps or op.transposes)
    else:
        rules = "none"
    kinks = f"{_plain(op.convention)} ({', '.join(_code(k) for k in op.kinks)} = 0)" if op.kinks else ""
    if op.kinks == ("ties",):
        kinks = _plain(op.convention)
    if op.peers is not None:
        kinks += f"; {_plain(op.peers.told)}"
    infix = [op.infix] if op.infix else []
    also = ", ".join(_code(a) for a in [*infix, *op.aliases])
    return f"| {_code(op.signature)} | {rules} | {_domain(op)} | {kinks} | {also} | {_plain(op.doc)} |"


def _plain(text: str) -> str:
    """Words with formulas among them, whose stars are no emphasis."""
    return text.replace("|", "\\|").replace("*", "\\*")


def _formula(partial: str) -> str:
    """Mathematics as GitHub shows it in a table."""
    return f"$`{typeset(partial)}`$"


def _told(path: str) -> str:
    """What a rule's own text says first."""
    text = inspect.getdoc(resolve_rule(path)) or path.rpartition(".")[2].replace("_", " ")
    return _plain(text.splitlines()[0].rstrip("."))


def _domain(op: Op) -> str:
    return f"{_where(op)}; to the last digits for {_code(op.reach)}" if op.reach else _where(op)


def _where(op: Op) -> str:
    if op.kind not in ("elementwise", "reduction"):
        return ""
    if op.domain:
        return op.domain if op.domain == "all reals" else _code(op.domain)
    named = [(param, on) for param, on in zip(op.params, op.sample_domains, strict=False) if on != REAL]
    shown = [_DOMAINS[on].format(param) if on in _DOMAINS else f"{param} in {_intervals(on)}" for param, on in named]
    return ", ".join(shown) or "all reals"


_DOMAINS = {
    POSITIVE: "{} > 0",
    NONZERO: "{} ≠ 0",
    UNIT: "-1 < {} < 1",
    UNIT_NONZERO: "-1 < {0} < 1, {0} ≠ 0",
    OPEN01: "0 < {} < 1",
    ABOVE1: "{} > 1",
    OUTSIDE1: "abs({}) > 1",
}


def _intervals(on: tuple[Interval, ...]) -> str:
    return " or ".join(f"({low:g}, {high:g})" for low, high in on)


def ops_page() -> str:
    """The derivative table as Markdown."""
    lines = [_HEAD]
    for kind, (title, head) in _TITLES.items():
        shown = [op for op in TABLE.values() if op.kind == kind and op.name not in INTERNAL]
        lines += [f"## {title}", "", head, "|---|---|---|---|---|---|", *map(_row, shown), ""]
    return "\n".join(lines)


_THREADS_HEAD = """# Not finite: where it was born

Written by `python -m tests.docs` from the cases in `tests/cases/nan`; the tests fail while it is out of date.

Minimal programs after public threads about gradients that are NaN or infinite. Each is named at its birthplace, with
what helps where something does, or is finite here, because a branch that is left out has no part in the derivative.
The cases hold the whole output.
"""


def threads_page() -> str:
    """The programs of public threads, and what is found, as Markdown."""
    rows = [_thread(path.read_text(encoding="utf-8")) for path in sorted(THREADS.glob("*.txt"))]
    return "\n".join([_THREADS_HEAD, "| thread | command | found | instead |", "|---|---|---|---|", *rows, ""])


def _thread(case: str) -> str:
    head, found, command, *rest = case.splitlines()
    thread, title = head.removeprefix("# ").split(": ", 1)
    link = f"[{thread}](https://github.com/{thread.replace('#', '/issues/')})"
    born = found.removeprefix("# born in: ")
    put_right = found.removeprefix("# put right at: ")
    shown = "finite" if found == "# finite" else f"born in {_code(born)}"
    shown = shown if put_right == found else f"put right at {_code(put_right)}"
    after = [line.strip() for before, line in pairwise(rest) if before.endswith("and finite here:")]
    written = _code(command.removeprefix("$ gradcli "))
    return f"| {link}: {title} | {written} | {shown} | {', '.join(map(_code, after))} |"


_MODULES_HEAD = """# Modules

Written by `python -m tests.docs` from the first lines of the modules; the tests fail while it is out of date.
[architecture.md](architecture.md) tells how they fit together.
"""


def modules_page() -> str:
    """Every floor, room and module with its first line, as Markdown."""
    lines = [_MODULES_HEAD]
    for folder in sorted({path.parent for path in PACKAGE.rglob("*.py")}):
        name = folder.relative_to(PACKAGE.parent).as_posix()
        lines += [f"## {name}", "", _first_line(folder / "__init__.py"), ""]
        modules = sorted(path for path in folder.glob("*.py") if path.name not in ("__init__.py", "__main__.py"))
        lines += [f"- `{path.stem}`: {_first_line(path)}" for path in modules]
        lines += [""] if modules else []
    return "\n".join(lines)


def _first_line(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return _plain(text.split("\n\n")[0].replace("\n", " "))


PAGES: dict[Path, Callable[[], str]] = {
    OPS: ops_page, NOT_FINITE: threads_page, MODULES: modules_page, FORMULAS: formulas_page, PICTURE: picture,
    COMMANDS: commands_page,
    GRAPH_PICTURE: graph_picture,
    **{TOP / "docs" / "pictures" / f"{name}.svg": partial(picture, commands) for name, commands in GALLERY.items()},
    **manual_pages(),
}  # fmt: skip

if __name__ == "__main__":
    for path, page in PAGES.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(), encoding="utf-8")
