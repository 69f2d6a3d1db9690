r"""LaTeX: an aligned program, what it is made of after `where`."""

from __future__ import annotations

import re

from gradcli.render.code.language import Language, Written
from gradcli.render.formulas.latex import latex_of
from gradcli.render.words.latex_names import spelled_name

__all__ = ["LANGUAGE"]

_SLOPE = re.compile(r"d(?P<above>.+)/d(?P<below>[^ ]+)")
_SECOND = re.compile(r"d2(?P<above>.+)/d(?P<x>.+) d(?P<y>.+)")
_ALONG = re.compile(r"d(?P<above>.+) along tangent")


def _frame(written: Written) -> str:
    lines = [f"% {line}" for line in written.comments]
    equations = [
        f"{_label(label)} &= {entry}"
        for output in written.outputs
        for label, entry in zip(output.labels, output.entries, strict=True)
    ]
    if written.lines:
        equations.append(r"\text{where} \quad &")
    equations += [f"{name} &= {text}" for name, text in written.lines]
    return "\n".join([*lines, r"\begin{aligned}", " \\\\\n".join(equations), r"\end{aligned}"]) + "\n"


def _label(label: str) -> str:
    """What an equation defines, such as df/dx."""
    if found := _SECOND.fullmatch(label):
        above, x, y = (_entry(part) for part in found.groups())
        below = rf"\partial {x}^{{2}}" if x == y else rf"\partial {x} \, \partial {y}"
        return rf"\frac{{\partial^{{2}} {above}}}{{{below}}}"
    if found := _SLOPE.fullmatch(label):
        above, below = (_entry(part) for part in found.groups())
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"
    found = _ALONG.fullmatch(label)
    return rf"\mathrm{{d}} {_entry(found['above'])}" if found else _entry(label)


def _entry(text: str) -> str:
    """A variable, or an entry of one, or the sum that a vjp is of."""
    if text.startswith("(seed*"):
        return rf"\left(\sum \mathrm{{seed}} \, {_entry(text[6:-1])}\right)"
    name, _, at = text.partition("[")
    spelled = spelled_name(name)
    if not at:
        return spelled
    base, _, below = spelled.partition("_{")
    return f"{base}_{{{', '.join([*([below[:-1]] if below else []), at[:-1]])}}}"


LANGUAGE = Language(
    name="LaTeX",
    functions={},
    conditional="",
    frame=_frame,
    entry=lambda name, at, shape: f"{name}_{{{', '.join(map(str, at))}}}",
    constants={},
    reserved=frozenset(),
    quoted="{0}",
    spell=latex_of,
)
