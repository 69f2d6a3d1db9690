"""Claims at a terminal: a mark, the formula, and the verdict under it."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from gradcli.render.claims.sentences import Tried, has_random, notes, right_formula, seed_line, sentence
from gradcli.render.style import Style
from gradcli.render.terminal.arrays import shaded
from gradcli.render.terminal.canvas import FAINT, NAME, Canvas
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.words.escape import visible
from gradcli.transforms.claims.types import CaseVerdicts, ClaimVerdict

__all__ = ["render_claims_rich"]

_MARKS = {
    "proved": ("✓", "+", "green"),
    "sampled": ("≈", "~", "green"),
    "true to float64": ("≈", "~", "green"),
    "within tolerance": ("≈", "~", "green"),
    "false": ("✗", "x", "bold red"),
    "undecided": ("·", "-", "yellow"),
}


def render_claims_rich(tried: Tried, style: Style) -> str:
    """The expression with its claims; a case of a file in as few lines as it takes."""
    canvas = Canvas.of(style)
    verdicts = tried.verdicts
    if verdicts is None:
        return ""
    claims: list[RenderableType] = [_claims(tried.place, verdicts, canvas)]
    if tried.place:
        return canvas.text([claims])
    groups: list[list[RenderableType]] = [[*expression_lines(verdicts.case.expression, canvas)], claims]
    if has_random(verdicts):
        groups.append([canvas.note(seed_line(verdicts))])
    return canvas.text(groups)


def _claims(place: str, verdicts: CaseVerdicts, canvas: Canvas) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for claim in verdicts.verdicts:
        at_a_point = claim.verdict == "sampled" and not verdicts.free
        pretty, simple, style = _MARKS["proved" if at_a_point else claim.verdict]
        mark = Text(pretty if canvas.unicode else simple, style=style)
        if place:
            name = f" {visible(verdicts.case.name)}" if verdicts.case.name else ""
            head = Text.assemble((f"{place}{name} ", FAINT), (claim.claimed.label, NAME), " ")
            right = f"; {right_formula(claim)}" if claim.formula else ""
            grid.add_row(mark, head + _verdict(verdicts, claim, style) + Text(right, style=FAINT))
            continue
        formula = visible(claim.claimed.origin) or " ".join(visible(claim.claimed.text).split())
        grid.add_row(mark, Text.assemble((claim.claimed.label, NAME), f" = {formula}"))
        grid.add_row("", _verdict(verdicts, claim, style))
        if claim.formula:
            grid.add_row("", Text.assemble(("right: ", FAINT), right_formula(claim)))
        for note in notes(claim):
            grid.add_row("", shaded(note, FAINT))
    return grid


def _verdict(verdicts: CaseVerdicts, claim: ClaimVerdict, style: str) -> Text:
    text = Text(sentence(verdicts, claim))
    text.stylize(style, 0, len(text.plain.split(" ", 1)[0].rstrip(":")))
    return text
