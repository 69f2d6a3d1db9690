"""Plots as drawings of characters: curves of braille dots, maps of shades."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from shutil import get_terminal_size
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.text import Text

from gradcli.render.plots import Look
from gradcli.render.plots.braille import BLANK, SOLID, Dashes, dotted
from gradcli.render.plots.view import bounds, tick_texts, ticks
from gradcli.render.plots.words import breaks_told, equation, mark_name, proofs, shortened
from gradcli.render.style import Style
from gradcli.render.terminal.canvas import DERIVATIVE, FAINT, NAME, Canvas
from gradcli.render.terminal.expression import expression_lines
from gradcli.render.words.numbers import rounded_text
from gradcli.transforms.results.plot import Curve, Mark, Surface
from gradcli.transforms.results.value import Value

__all__ = ["render_terminal"]

_COLORS = ("bright_cyan", "yellow", "green", "magenta", "bright_blue", "red", "bright_white")
_DASHES = (SOLID, Dashes(4, 7), Dashes(1, 3), Dashes(1, 5), Dashes(6, 9), Dashes(2, 6), Dashes(1, 8))
_TANGENT, _TAYLOR = Dashes(1, 2), Dashes(5, 6)
_LETTERS = "*123456"
_MARKS = {"root": "●", "minimum": "▼", "maximum": "▲", "inflection": "◆"}
_ASCII_MARKS = {"root": "o", "minimum": "v", "maximum": "^", "inflection": "x"}
_SHADES, _ASCII_SHADES = " ░▒▓█", " .:=#"
_SHADE_COLORS = ("blue", "cyan", "green", "yellow", "bright_red")
_LEAST_SIZE = (16, 4)
_AROUND = 7
"""Lines beside a drawing's own: the expression, the axis, the legend."""
_MOST_MARKS = 20
"""Marks of a kind that are listed."""
_APART = 12
"""Characters from mark to mark along the axis of places."""


class _Stroke(NamedTuple):
    """A line of a drawing.

    Attributes:
        label: what it is called.
        x: its places; y: its values, with NaN where it is broken.
        dashes: how it is drawn; letter: the same where there is ASCII alone.
        color: a colour of rich's.
    """

    label: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    dashes: Dashes
    letter: str
    color: str


class _Frame(NamedTuple):
    """A drawing's size in characters, and what it shows."""

    width: int
    height: int
    x: tuple[float, float]
    y: tuple[float, float]
    log_x: bool
    log_y: bool

    def across(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """From 0 at the left edge to 1 at the right one."""
        return _share(x, *self.x, self.log_x)

    def up(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """From 0 at the lower edge to 1 at the upper one."""
        return _share(y, *self.y, self.log_y)

    def column(self, x: float) -> int:
        """The character that a place is in."""
        return _cell(float(self.across(np.array(x))), self.width)

    def row(self, y: float) -> int:
        """The line that a value is in, the top one being 0."""
        return self.height - 1 - _cell(float(self.up(np.array(y))), self.height)


def _share(numbers: NDArray[np.float64], low: float, high: float, log: bool) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):
        if log:
            numbers, low, high = np.log10(np.where(numbers > 0, numbers, np.nan)), np.log10(low), np.log10(high)
        found: NDArray[np.float64] = (numbers / 2 - low / 2) / (high / 2 - low / 2)  # no overflow of a difference
    return found


def _cell(share: float, cells: int) -> int:
    return -1 if not np.isfinite(share) else round(share * (cells - 1)) if -1 < share < 2 else -1


def render_terminal(found: Curve | Surface, look: Look) -> str:
    """A drawing, its axes, its legend, and what it marks.

    Args:
        found: the curve, or the map.
        look: what the terminal can show.
    """
    canvas = Canvas.of(Style("rich", look.color, look.width, look.unicode))
    if isinstance(found, Surface):
        return canvas.text(_map(found, look, canvas))
    return canvas.text(_curve(found, look, canvas))


def _curve(curve: Curve, look: Look, canvas: Canvas) -> Iterator[list[RenderableType]]:
    low, high = bounds(curve, look.y_range, look.log_y)
    strokes = list(_strokes(curve))
    y_ticks = [tick for tick in ticks(low, high, 5, look.log_y) if low <= tick <= high]
    texts = tick_texts(y_ticks)
    margin = max(map(len, ["0", *texts]))
    width, height = _size(look, canvas, margin + 3 + len(curve.axis.name))
    frame = _Frame(width, height, (curve.axis.start, curve.axis.stop), (low, high), curve.log, look.log_y)
    picture = _background(curve, frame, canvas)
    for stroke in reversed(strokes):
        _draw(picture, stroke, frame, canvas)
    for mark in curve.marks:
        _put(picture, frame, mark.x, mark.value, (_MARKS if canvas.unicode else _ASCII_MARKS)[mark.kind], DERIVATIVE)
    for line in curve.lines:
        _put(picture, frame, line.at, line.coefficients[0], "+", DERIVATIVE)
    yield [*expression_lines(curve.expression, canvas), *_fixed(curve, canvas)]
    labels = {frame.row(tick): text for tick, text in zip(y_ticks, texts, strict=True)}
    yield [
        *_framed(picture, labels, margin, canvas),
        *_below(frame, curve.axis.name, margin, canvas),
        *_legend(strokes, canvas),
    ]
    told = [f"{line.kind} {equation(line, curve.axis.name)}" for line in curve.lines]
    if told:
        yield [Text(text) for text in told]
    if curve.marks:
        yield [_marks(curve, canvas)]
    notes = [*shortened(curve.marks, _MOST_MARKS)[1], *proofs(curve)]
    notes += [*(f"{curve.label(0, e)} is zero from {a!r} to {b!r}" for a, b, e in curve.zeros), *breaks_told(curve)]
    notes += _hidden(curve, low, high, look)
    if notes:
        yield [canvas.note(text) for text in notes]


def _strokes(curve: Curve) -> Iterator[_Stroke]:
    for output in range(curve.entries):
        for order in range(curve.order + 1):
            color = _COLORS[(order if curve.entries == 1 else output) % len(_COLORS)]
            letter = (
                _LETTERS[order] if curve.entries == 1 else (chr(ord("a") + output) if not order else _LETTERS[order])
            )
            yield _Stroke(curve.label(order, output), *curve.pieces(order, output), _DASHES[order], letter, color)
    for line in curve.lines:
        dashes, color = (_TANGENT, "magenta") if line.kind == "tangent" else (_TAYLOR, "red")
        yield _Stroke(line.kind, curve.x, line(curve.x), dashes, line.kind[0], color)


def _size(look: Look, canvas: Canvas, beside: int) -> tuple[int, int]:
    """Columns and lines of a drawing."""
    if look.size is not None:
        width, height = look.size
        return max(width - beside, _LEAST_SIZE[0]), max(height - 3, _LEAST_SIZE[1])
    height = min(get_terminal_size().lines - _AROUND, canvas.width // 4)
    return max(canvas.width - beside - 1, _LEAST_SIZE[0]), max(height, 2 * _LEAST_SIZE[1])


_Picture = list[list[tuple[str, str]]]
"""Lines of characters, each with its style; " " where nothing is."""


def _background(curve: Curve, frame: _Frame, canvas: Canvas) -> _Picture:
    """The axes through zero, and lines at poles."""
    picture: _Picture = [[(" ", "")] * frame.width for _ in range(frame.height)]
    across, up = ("┄", "┊") if canvas.unicode else (".", ":")
    columns = [frame.column(one.x) for one in curve.breaks if one.kind == "pole"]
    if frame.x[0] < 0 < frame.x[1]:
        columns.append(frame.column(0.0))
    for column in columns:
        if 0 <= column < frame.width:
            for line in picture:
                line[column] = (up, FAINT)
    if frame.y[0] < 0 < frame.y[1] and not frame.log_y:
        picture[frame.row(0.0)] = [(across, FAINT)] * frame.width
    return picture


def _draw(picture: _Picture, stroke: _Stroke, frame: _Frame, canvas: Canvas) -> None:
    """Put a line's dots over what is there."""
    lines = dotted(frame.across(stroke.x), frame.up(stroke.y), frame.width, frame.height, stroke.dashes)
    for row, line in enumerate(lines):
        for column, dots in enumerate(line):
            if dots == BLANK:
                continue
            below = picture[row][column][0]
            if not canvas.unicode:
                dots = stroke.letter
            elif below >= BLANK:
                dots = chr(ord(dots) | ord(below))
            picture[row][column] = (dots, stroke.color)


def _put(picture: _Picture, frame: _Frame, x: float, y: float, sign: str, style: str) -> None:
    row, column = frame.row(y), frame.column(x)
    if 0 <= row < frame.height and 0 <= column < frame.width:
        picture[row][column] = (sign, style)


def _framed(picture: _Picture, labels: dict[int, str], margin: int, canvas: Canvas) -> Iterator[Text]:
    """The lines of a drawing behind the axis of values."""
    for row, line in enumerate(picture):
        label = labels.get(row, "")
        edge = ("┤" if label else "│") if canvas.unicode else ("+" if label else "|")
        text = Text().append(f"{label.rjust(margin)} {edge}", style=FAINT)
        for style, some in groupby(line, key=lambda cell: cell[1]):
            text.append("".join(character for character, _ in some), style=style)
        yield text


def _below(frame: _Frame, name: str, margin: int, canvas: Canvas) -> Iterator[Text]:
    """The axis of places with its marks, and the variable's name at its end."""
    corner, line, mark = ("└", "─", "┬") if canvas.unicode else ("+", "-", "+")
    axis, labels = [line] * frame.width, [" "] * frame.width
    places = ticks(*frame.x, max(frame.width // _APART, 2), frame.log_x)
    for tick, text in zip(places, tick_texts(places), strict=True):
        column = frame.column(tick)
        first = min(max(column - len(text) // 2, 0), frame.width - len(text))
        if not (frame.x[0] <= tick <= frame.x[1]) or first < 0:
            continue
        if any(character != " " for character in labels[max(first - 1, 0) : first + len(text) + 1]):
            continue
        axis[column] = mark
        labels[first : first + len(text)] = text
    yield Text(" " * (margin + 1) + corner + "".join(axis) + f" {name}", style=FAINT)
    yield Text(" " * (margin + 2) + "".join(labels), style=FAINT)


def _legend(strokes: Sequence[_Stroke], canvas: Canvas) -> list[Text]:
    """What each line is, as it is drawn."""
    text = Text()
    for stroke in strokes:
        if canvas.unicode:
            (sample,) = dotted(np.linspace(0.0, 1.0, 2), np.full(2, 0.5), 4, 1, stroke.dashes)
        else:
            sample = stroke.letter * 3
        if text:
            text.append("   ")
        text.append(sample, style=stroke.color)
        text.append(f" {stroke.label}")
    return [text]


def _marks(curve: Curve, canvas: Canvas) -> RenderableType:
    table = canvas.table(("", "mark", curve.axis.name, "value"))
    signs = _MARKS if canvas.unicode else _ASCII_MARKS
    for mark in shortened(curve.marks, _MOST_MARKS)[0]:
        table.add_row(signs[mark.kind], _named(curve, mark), repr(mark.x), Text(repr(mark.value), style=DERIVATIVE))
    return table


def _named(curve: Curve, mark: Mark) -> Text:
    of = "" if curve.entries == 1 else f" of {curve.label(0, mark.output)}"
    return Text(mark_name(mark) + of, style=NAME)


def _fixed(found: Curve | Surface, canvas: Canvas) -> list[Text]:
    told = [f"{name} = {_short(value)}" for name, value in found.fixed.items()]
    return [canvas.note(", ".join(told))] if told else []


def _short(value: Value) -> str:
    return rounded_text(value) if isinstance(value, float) else f"array of shape {np.shape(value)}"


def _hidden(curve: Curve, low: float, high: float, look: Look) -> Iterator[str]:
    """Which curves go beyond the drawing, poles apart."""
    poles = {one.output for one in curve.breaks if one.kind in ("pole", "overflow")}
    for order in range(curve.order + 1):
        for output in range(curve.entries):
            numbers = curve.values[order, output]
            finite = numbers[np.isfinite(numbers)]
            if not len(finite):
                continue
            label, least, most = curve.label(order, output), float(finite.min()), float(finite.max())
            if look.log_y and least <= 0:
                yield f"{label} is not above 0 everywhere, and --log-y shows what is"
            elif look.y_range is None and output not in poles and (least < low or most > high):
                yield f"{label} is from {rounded_text(least)} to {rounded_text(most)}: the drawing shows a part"


def _map(found: Surface, look: Look, canvas: Canvas) -> Iterator[list[RenderableType]]:
    across, up = found.axes
    y_ticks = [tick for tick in ticks(up.start, up.stop, 5) if up.start <= tick <= up.stop]
    texts = tick_texts(y_ticks)
    margin = max(map(len, ["0", *texts]))
    width, height = _size(look, canvas, margin + 3 + len(across.name))
    frame = _Frame(width, height, (across.start, across.stop), (up.start, up.stop), False, False)
    low, high = _levels(found.value, look.y_range)
    rows = np.rint(np.linspace(len(found.y) - 1, 0, height)).astype(int)
    columns = np.rint(np.linspace(0, len(found.x) - 1, width)).astype(int)
    numbers = found.value[np.ix_(rows, columns)]
    shades = _SHADES if canvas.unicode else _ASCII_SHADES
    picture: _Picture = []
    for line in numbers.tolist():
        picture.append([_shade(number, low, high, shades) for number in line])
    yield [*expression_lines(found.expression, canvas), *_fixed(found, canvas)]
    labels = {frame.row(tick): text for tick, text in zip(y_ticks, texts, strict=True)}
    yield [
        canvas.note(up.name.rjust(margin)),
        *_framed(picture, labels, margin, canvas),
        *_below(frame, across.name, margin, canvas),
    ]
    yield list(_key(found, low, high, shades, canvas))


def _levels(value: NDArray[np.float64], y_range: tuple[float, float] | None) -> tuple[float, float]:
    """The values of the lightest and the darkest shade: a pole's few large ones do not count."""
    if y_range is not None:
        return y_range
    finite = value[np.isfinite(value)]
    low, high = float(finite.min()), float(finite.max())
    first, last = (float(q) for q in np.quantile(finite, (0.02, 0.98)))
    if high - low > 10 * (last - first) > 0:
        return first, last
    return low, high


def _shade(number: float, low: float, high: float, shades: str) -> tuple[str, str]:
    if not np.isfinite(number):
        return "?", FAINT
    share = 0.5 if high <= low else (number - low) / (high - low)
    level = min(max(int(share * len(shades)), 0), len(shades) - 1)
    return shades[level], _SHADE_COLORS[level]


def _key(found: Surface, low: float, high: float, shades: str, canvas: Canvas) -> Iterator[Text]:
    """What each shade stands for, and the range of the values."""
    edges = np.linspace(low, high, len(shades) + 1).tolist()
    dots = "…" if canvas.unicode else ".."
    line = Text()
    for level, shade in enumerate(shades):
        entry = Text(f"[{shade * 2}]", style=_SHADE_COLORS[level])
        entry.append(f" {edges[level]:.3g}{dots}{edges[level + 1]:.3g}", style="none")
        if line and line.cell_len + entry.cell_len + 2 > canvas.width:
            yield line
            line = Text()
        line.append("  " if line else "").append_text(entry)
    yield line
    finite = found.value[np.isfinite(found.value)]
    told = f"{found.outputs.called} is from {rounded_text(float(finite.min()))} to {rounded_text(float(finite.max()))}"
    rest = found.value.size - finite.size
    yield canvas.note(told + (f"; ? where it is not finite, {rest:,} of {found.value.size:,} points" if rest else ""))
