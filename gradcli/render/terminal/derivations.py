"""Derivations for a terminal: a table of the rules where it fits, else each rule over a few lines."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from gradcli.render.formulas.formats import seen
from gradcli.render.style import Style
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, OPERATION, Canvas, table_width
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.words.derivation import HEADERS, heading, results, row
from gradcli.transforms.results.derivation import Derivation, Derivations, DerivationStep
from gradcli.transforms.results.formula import Confirmation

__all__ = ["render", "rules_up_to"]

_WIDEST = 60
"""Characters of a cell up to which a table reads well."""


def render(found: Derivations, confirmation: Confirmation | None, style: Style) -> str:
    """Each derivation, then the derivatives with what the check says."""
    canvas = Canvas.of(style)
    groups: list[list[RenderableType]] = [[*expression_lines(found.formulas.expression, canvas)]]
    groups += [_derivation(one, canvas) for one in found.derivations]
    groups.append([*map(_result, results(found))])
    if confirmation is not None:
        groups.append([Text(line) for line in seen(confirmation, unicode=canvas.unicode)])
    return canvas.text(groups)


def rules_up_to(
    found: Derivations, position: int, taken: int, canvas: Canvas, lines: int
) -> list[list[RenderableType]]:
    """The rules of a derivation up to one of them, of many the last few; after the last one the derivative."""
    one = found.derivations[position]
    steps = one.steps[:taken]
    blocks = [_stacked(step, one) for step in steps]
    while len(blocks) > 1 and sum(map(len, blocks)) > lines:
        del blocks[0]
    groups: list[list[RenderableType]] = [[*expression_lines(found.formulas.expression, canvas)[:2]]]
    groups.append([Text(heading(one), style="bold"), *[line for block in blocks for line in block]])
    if taken >= len(one.steps):
        groups.append([_result(f"d{one.of}/d{one.by} = {one.formula}")])
    return groups


def _result(line: str) -> Text:
    head, equals, tail = line.partition(" = ")
    return Text.assemble((head, NAME), equals, (tail, DERIVATIVE))


def _derivation(one: Derivation, canvas: Canvas) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(heading(one), style="bold")]
    if not one.steps:
        return [*parts, canvas.note(f"{one.of} does not depend on {one.by}: a constant's derivative is 0")]
    rows = [row(step) for step in one.steps]
    columns = list(zip(HEADERS, *rows, strict=True))
    widest = max(cell_len(cell) for cells in rows for cell in cells)
    if widest > _WIDEST or table_width(columns) > canvas.width:
        return parts + [line for step in one.steps for line in _stacked(step, one)]
    table = canvas.table([Text(header, style=FAINT) for header in HEADERS])
    for cells in rows:
        styles = (FAINT, NAME, OPERATION, FAINT, "", DERIVATIVE)
        table.add_row(*map(Text, cells, styles))
    return [*parts, table]


def _stacked(step: DerivationStep, one: Derivation) -> list[Text]:
    """The rule, then what it makes of the sub-expression, line by line."""
    number, of, rule, pattern, becomes, formula = row(step)
    indent = " " * (len(number) + 2)
    lines = [Text.assemble((f"{number}  ", FAINT), (rule, OPERATION), (f"  {pattern}" if pattern else "", FAINT))]
    lines.append(Text.assemble(indent, (f"d/d{one.by}({of.partition(' = ')[2] or of})", NAME)))
    lines.append(Text.assemble(indent, f"= {becomes}"))
    if formula != becomes:
        lines.append(Text.assemble(indent, "= ", (formula, DERIVATIVE)))
    return lines
