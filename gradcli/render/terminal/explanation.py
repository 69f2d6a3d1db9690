"""A backward pass for a terminal: a table forward, a table for each pass backward, the chain rule for each variable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from gradcli.render.style import Style
from gradcli.render.terminal.arrays import shaded
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, OPERATION, Canvas, table_width
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.terminal.matrix import Labelled, matrix_view, middle_cut
from gradcli.render.terminal.spelled import Speller
from gradcli.render.words.explanation import (
    BACKWARD,
    FORWARD,
    SEEN,
    backward_row,
    chain_lines,
    forward_row,
    pass_title,
    simple,
)
from gradcli.render.words.numbers import exact, rounded_text
from gradcli.transforms.results.explanation import BackwardStep, Explanation, ForwardStep, Leaf

__all__ = ["Moment", "explanation_view", "moments"]

_ROWS = 60
"""Steps that a table shows."""

_WIDE, _ARRAY, _SMALL = 100, 40, 22
"""Characters of an array in a cell where there is much room, usually, and where there is little."""

_WORDS = 24
"""Those of a rule in words."""

_LABEL = 16
"""Those of the words before a number that has a line of its own."""

_RULE = BACKWARD.index("local rule")


class Moment(NamedTuple):
    """How far the steps have come, for a walk through them.

    Attributes:
        forward: steps forward that have been taken.
        passed: the pass that is under way; -1 while the value is computed.
        backward: steps of it that have been taken.
        leaves: whether it is over, and the chain rule is told.
    """

    forward: int
    passed: int = -1
    backward: int = 0
    leaves: bool = False


def moments(result: Explanation) -> list[Moment]:
    """Every moment of a walk: a step forward each, then a step backward each, then the chain rule."""
    count = len(result.forward)
    found = [Moment(k) for k in range(1, count + 1)]
    for position, one in enumerate(result.passes):
        found += [Moment(count, position, k) for k in range(len(one.steps) + 1)]
        found.append(Moment(count, position, len(one.steps), True))
    return found


def explanation_view(result: Explanation, style: Style, canvas: Canvas) -> list[list[RenderableType]]:
    """All of it; of a Jacobian with many rows the first few passes."""
    cuts: list[Speller] = []
    groups: list[list[RenderableType]] = [[*expression_lines(result.expression, canvas)]]
    groups.append(_forward(result.forward, None, canvas, cuts))
    shown = len(result.passes) if len(result.passes) <= SEEN or style.all_passes else SEEN
    for position in range(shown):
        if position and result.passes[position].row is None:
            title = _title(result, position, canvas, cuts)
            groups.append([title, canvas.note("the same steps; what comes to a leaf is added")])
        else:
            groups.append(_backward(result, position, None, canvas, cuts))
        groups.append([line for leaf in result.passes[position].leaves for line in _chain(leaf, canvas, cuts)])
    if shown < len(result.passes):
        more = len(result.passes) - shown
        groups.append([canvas.note(f"{more:,} more passes; --row N shows one, --format plain and --json all")])
    if not result.passes:
        groups.append([canvas.note("nothing goes backward: the value depends on no variable")])
    labelled = result.matrix()
    if labelled is not None and labelled.matrix.size:
        groups.append(matrix_view(Labelled(labelled.matrix, labelled.rows, labelled.columns), canvas))
    told = _left_out(cuts)
    if told:
        groups.append([canvas.note(told)])
    return groups


def _left_out(cuts: Sequence[Speller]) -> str:
    """What the texts have lost, and where all of it is; "" where they are exact."""
    rounded, shortened = any(cut.rounded for cut in cuts), any(cut.shortened for cut in cuts)
    if rounded and shortened:
        return "numbers are rounded to 6 digits, and long arrays shortened; all of it: --format plain or --json"
    if shortened:
        return "long arrays are shortened; all their entries: --format plain or --json"
    return "numbers are rounded to 6 digits; all digits: --format plain or --json" if rounded else ""


def moment_view(result: Explanation, moment: Moment, canvas: Canvas, rows: int) -> list[list[RenderableType]]:
    """A moment of a walk, the step that was taken last being marked; of long tables the part around it.

    Args:
        result: what is walked through.
        moment: how far.
        canvas: where it is shown.
        rows: lines that a table may take.
    """
    groups: list[list[RenderableType]] = [[*expression_lines(result.expression, canvas)[:2]]]
    if moment.passed < 0:
        steps = result.forward[: moment.forward]
        groups.append(_forward(steps, moment.forward - 1, canvas, [], rows))
        groups.append([_sentence_forward(steps[-1], canvas)])
        return groups
    one = result.passes[moment.passed]
    half = max(rows // 3, 3)
    groups.append(_forward(result.forward, None, canvas, [], half))
    groups.append(_backward(result, moment.passed, moment.backward, canvas, [], rows - half))
    if moment.leaves:
        groups.append([line for leaf in one.leaves for line in _chain(leaf, canvas, [])])
    elif moment.backward:
        groups.append([_sentence_backward(one.steps[moment.backward - 1], canvas)])
    else:
        groups.append([Text(f"the seed arrives at {one.start}; the newest step goes first", style=FAINT)])
    return groups


def _sentence_forward(step: ForwardStep, canvas: Canvas) -> Text:
    if step.kind == "variable":
        return Text.assemble((step.name, NAME), " is a leaf: its derivative is what is wanted")
    if step.op:
        return Text.assemble((step.name, NAME), " is computed, and ", (step.op, OPERATION), " is recorded on the tape")
    return Text.assemble((step.name, NAME), " is a constant: nothing goes back to it")


def _sentence_backward(step: BackwardStep, canvas: Canvas) -> Text:
    spell = Speller(exact, _ARRAY, canvas.unicode)
    arrow = f"\N{PARTIAL DIFFERENTIAL}{step.node}/\N{PARTIAL DIFFERENTIAL}{step.input}"
    slope = arrow if canvas.unicode else simple(arrow)
    rule = f"{slope} = {step.rule}" if step.is_partial else step.rule
    _, _, _, _, _, contribution, total = backward_row(step, spell)
    told = f"{rule}; {contribution} goes to {step.input}, which has {total} so far"
    return Text.assemble((told, ""), (f"; {step.note}" if step.note else "", "yellow"))


def _title(result: Explanation, position: int, canvas: Canvas, cuts: list[Speller]) -> Text:
    cuts.append(Speller(exact, _ARRAY, canvas.unicode))
    return Text(pass_title(result, position, cuts[-1]), style="bold")


def _forward(
    steps: Sequence[ForwardStep], current: int | None, canvas: Canvas, cuts: list[Speller], most: int = _ROWS
) -> list[RenderableType]:
    kind = _Kind(FORWARD, (NAME, "", "", FAINT), forward_row)
    return [Text("forward", style="bold"), *_table(kind, steps, current, canvas, cuts, most)]


def _backward(
    result: Explanation, position: int, taken: int | None, canvas: Canvas, cuts: list[Speller], most: int = _ROWS
) -> list[RenderableType]:
    steps = result.passes[position].steps[:taken]
    title = _title(result, position, canvas, cuts)
    if not steps:
        return [title]
    kind = _Kind(BACKWARD, (NAME, "", NAME, OPERATION, "", "", DERIVATIVE), backward_row)
    return [title, *_table(kind, steps, None if taken is None else taken - 1, canvas, cuts, most)]


class _Kind(NamedTuple):
    """What a table of steps is like."""

    headers: Sequence[str]
    styles: Sequence[str]
    row_of: Callable[..., list[str]]


_ATTEMPTS = ((exact, _WIDE, None), (rounded_text, _WIDE, None), (rounded_text, _ARRAY, None),
             (rounded_text, _SMALL, _WORDS))  # fmt: skip
"""What is given up for a table that fits: how numbers are written, characters of an array, those of a rule."""


def _table(
    kind: _Kind,
    steps: Sequence[ForwardStep] | Sequence[BackwardStep],
    current: int | None,
    canvas: Canvas,
    cuts: list[Speller],
    most: int,
) -> list[RenderableType]:
    """Steps as a table; its numbers are rounded, and arrays shortened, where it is too wide otherwise.

    Where that is no help either, each step takes several lines. What was written with is added to `cuts`.
    """
    headers = kind.headers
    positions = middle_cut(len(steps), most) if current is None else _around(len(steps), most, current)
    chosen = [steps[p] for p in positions if p is not None]
    parts: list[RenderableType] = []
    for spell, limit, words in _ATTEMPTS:
        speller = Speller(spell, limit, canvas.unicode)
        rows = [kind.row_of(step, speller) for step in chosen]
        if words is not None:
            rows = [[_folded(cell, words) if i == _RULE else cell for i, cell in enumerate(row)] for row in rows]
        if _width(headers, rows) <= canvas.width:
            cuts.append(speller)
            parts.append(_rows(kind, rows, positions, current, len(steps) - len(chosen), canvas))
            return [*parts, *(note for p in positions if p is not None for note in _notes(steps[p], canvas))]
    speller = Speller(exact, max(canvas.width - _LABEL, _SMALL), canvas.unicode)
    cuts.append(speller)
    for place in (p for p in positions if p is not None):
        parts += _stacked(kind.row_of(steps[place], speller), headers, place == current, canvas)
        parts += _notes(steps[place], canvas)
    return parts


def _rows(
    kind: _Kind, rows: Sequence[list[str]], positions: Sequence[int | None], current: int | None, hidden: int,
    canvas: Canvas,
) -> RenderableType:  # fmt: skip
    table = canvas.table([Text(header, style=FAINT) for header in kind.headers])
    remaining = iter(rows)
    before = ""
    for position in positions:
        if position is None:
            table.add_row(Text(f"{canvas.dots} {hidden:,} more", style=FAINT))
            before = ""
            continue
        row = next(remaining)
        cells = [shaded(cell, style) for cell, style in zip(row, kind.styles, strict=True)]
        if kind.headers is BACKWARD and row[0] == before:  # the same node again
            cells[:2] = [Text(""), Text("")]
        before = row[0]
        table.add_row(*cells, style="reverse" if position == current else None)
    return table


def _stacked(row: Sequence[str], headers: Sequence[str], here: bool, canvas: Canvas) -> list[Text]:
    """A step over several lines: what it is, then its numbers."""
    mark = "* " if here else ""
    if headers is FORWARD:
        name, expression, value, node = row
        made = f"{name} = {expression}" if expression else name
        return [Text(f"{mark}{made}", style=NAME), *_packed([f"= {value}", node], canvas)]
    source, cotangent, to, rule, slope, contribution, total = row
    arrow = "→" if canvas.unicode else "->"
    numbers = [
        f"{header} {cell}"
        for header, cell in (("cotangent", cotangent), ("partial", slope), ("contribution", contribution),
                             ("sum so far", total))
        if cell
    ]  # fmt: skip
    head = Text.assemble((f"{mark}{source} {arrow} {to}", NAME), "  rule ", (" ".join(rule.split("\n")), OPERATION))
    return [head, *_packed(numbers, canvas)]


def _packed(pieces: Sequence[str], canvas: Canvas) -> list[Text]:
    lines: list[str] = []
    for piece in pieces:
        if lines and len(lines[-1]) + 2 + len(piece) <= canvas.width:
            lines[-1] += f"  {piece}"
        else:
            lines.append(f"  {piece}")
    return [shaded(line) for line in lines]


def _notes(step: ForwardStep | BackwardStep, canvas: Canvas) -> list[Text]:
    if not step.note:
        return []
    arrow = "→" if canvas.unicode else "->"
    name = step.name if isinstance(step, ForwardStep) else f"{step.node} {arrow} {step.input}"
    return [Text.assemble((name, NAME), (f"  {step.note}", "yellow"))]


def _around(count: int, most: int, current: int) -> list[int | None]:
    """Positions about one of them."""
    if count <= most:
        return [*range(count)]
    start = min(max(0, current - most // 2), count - most)
    return [*range(start, start + most)]


def _width(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    return table_width([[header, *column] for header, *column in zip(headers, *rows, strict=True)])


def _folded(cell: str, width: int) -> str:
    """Words over several lines."""
    from textwrap import fill

    return fill(cell, width, break_long_words=False) if cell_len(cell) > width else cell


def _chain(leaf: Leaf, canvas: Canvas, cuts: list[Speller]) -> list[Text]:
    """The chain rule, its equals signs under each other."""
    head = f"d{leaf.of}/d{leaf.name} = "
    cuts.append(Speller(exact, max(canvas.width - cell_len(head), _ARRAY), canvas.unicode))
    lines = chain_lines(leaf, cuts[-1])
    width = max(cell_len(head) for head, _ in lines[:1])
    shown = []
    for head, line in lines:
        text = line if canvas.unicode else simple(line)
        if head.endswith(".grad"):
            shown.append(Text.assemble((head, NAME), (" = ", FAINT), (text, DERIVATIVE)))
        else:
            shown.append(Text.assemble((f"{head:{width}}", NAME), (" = ", FAINT)) + shaded(text))
    return shown
