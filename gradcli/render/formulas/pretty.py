"""Formulas in several lines of characters, as they stand on a blackboard."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from gradcli.lang import Program
from gradcli.render.formulas.typeset import typeset
from gradcli.render.words.letters import letters

__all__ = ["pretty"]


class _Box(NamedTuple):
    """Lines of one width.

    Attributes:
        lines: from the top.
        axis: the line that a sign beside it stands in.
    """

    lines: tuple[str, ...]
    axis: int = 0

    @property
    def width(self) -> int:
        """The number of characters in a line."""
        return len(self.lines[0])


def pretty(program: Program, label: str = "", variables: Container[str] = (), *, unicode: bool = True) -> list[str]:
    r"""A program in lines, after what it is.

    Args:
        program: in canonical names.
        label: what it is.
        variables: names of constants that are variables here.
        unicode: whether signs beyond ASCII can be written; without, bars are hyphens, and names are as in the language.

    >>> from gradcli.lang import parse
    >>> print("\n".join(pretty(parse("(x + 1)/sqrt(x)"), "df/dx")))
            x + 1
    df/dx = ─────
             √x
    >>> print("\n".join(pretty(parse("(x + 1)/sqrt(theta)"), "df/dx", unicode=False)))
               x + 1
    df/dx = -----------
            sqrt(theta)
    """
    drawing = _Pretty() if unicode else _Ascii()
    drawn = typeset(program, drawing, variables)
    if label:
        drawn = drawing.row([_text(f"{label} = "), drawn])
    return [line.rstrip() for line in drawn.lines]


def _text(text: str) -> _Box:
    return _Box((text,))


def _padded(line: str, width: int) -> str:
    left = (width - len(line)) // 2
    return " " * left + line + " " * (width - len(line) - left)


class _Pretty:
    def number(self, text: str) -> _Box:
        return _text(text)

    def name(self, name: str) -> _Box:
        head, subscripts = letters(name)
        if subscripts and all(part.isdigit() for part in subscripts) and len(subscripts) == 1:
            return _text(head + subscripts[0].translate(_BELOW))
        return _text("_".join([head, *subscripts]))

    def symbol(self, text: str) -> _Box:
        return _text(text)

    def operator(self, text: str) -> _Box:
        return _text(_SIGNS.get(text, f" {text} "))

    def row(self, parts: Sequence[_Box]) -> _Box:
        above = max(part.axis for part in parts)
        below = max(len(part.lines) - part.axis for part in parts)
        lines = [""] * (above + below)
        for i, part in enumerate(parts):
            text = part.lines
            if i == 0 and text == (" - ",):  # a sign, and no difference
                text = ("-",)
            blank = " " * len(text[0])
            for y in range(above + below):
                inner = y - above + part.axis
                lines[y] += text[inner] if 0 <= inner < len(text) else blank
        return _Box(tuple(lines), above)

    def fraction(self, above: _Box, below: _Box) -> _Box:
        width = max(above.width, below.width)
        lines = (*above.lines, "─" * width, *below.lines)
        return _Box(tuple(_padded(line, width) for line in lines), len(above.lines))

    def power(self, base: _Box, exponent: _Box) -> _Box:
        raised = exponent.lines[0].translate(_ABOVE)
        if len(exponent.lines) == 1 and all(c in _RAISED for c in exponent.lines[0]) and len(base.lines) == 1:
            return _text(base.lines[0] + raised)
        lines = [" " * base.width + line for line in exponent.lines]
        lines += [line + " " * exponent.width for line in base.lines]
        return _Box(tuple(lines), len(exponent.lines) + base.axis)

    def root(self, radicand: _Box, degree: int) -> _Box:
        sign = "√" if degree == 2 else "∛"
        if len(radicand.lines) == 1:
            simple = radicand.width == 1 or radicand.lines[0].isalnum()
            return _text(sign + radicand.lines[0] if simple else f"{sign}({radicand.lines[0]})")
        return self.row([_text(sign), self.fenced(radicand, "(", ")")])

    def fenced(self, part: _Box, left: str, right: str) -> _Box:
        height = len(part.lines)
        sides = [_side(sign, height) for sign in (left, right)]
        lines = tuple(a + line + b for a, line, b in zip(sides[0], part.lines, sides[1], strict=True))
        return _Box(lines, part.axis)

    def indexed(self, part: _Box, indices: Sequence[_Box]) -> _Box:
        texts = [index.lines[0] for index in indices]
        if len(texts) == 1 and texts[0].isdigit() and len(part.lines) == 1:
            return _text(part.lines[0] + texts[0].translate(_BELOW))
        return self.row([part, _text(f"[{', '.join(texts)}]")])

    def table(self, rows: Sequence[Sequence[_Box]]) -> _Box:
        widths = [max((entry.width for entry in column), default=0) for column in zip(*rows, strict=True)]
        lines: list[str] = []
        for row in rows:
            cells = [self._centred(entry, width) for entry, width in zip(row, widths, strict=True)]
            spaced = [piece for i, cell in enumerate(cells) for piece in ([_text("  "), cell] if i else [cell])]
            if lines and any(len(entry.lines) > 1 for line in rows for entry in line):
                lines.append(" " * (sum(widths) + 2 * (len(widths) - 1)))
            lines += self.row(spaced).lines if spaced else [""]
        made = _Box(tuple(lines or [""]), len(lines) // 2)
        return self.fenced(made, "[", "]")

    @staticmethod
    def _centred(entry: _Box, width: int) -> _Box:
        return _Box(tuple(_padded(line, width) for line in entry.lines), entry.axis)

    def cases(self, branches: Sequence[tuple[_Box, _Box | None]]) -> _Box:
        width = max(value.width for value, _ in branches)
        lines: list[str] = []
        for value, condition in branches:
            told = _text("  otherwise") if condition is None else self.row([_text("  if "), condition])
            aligned = _Box(tuple(line.ljust(width) for line in value.lines), value.axis)
            lines += self.row([aligned, told]).lines
        longest = max(map(len, lines))
        made = _Box(tuple(line.ljust(longest) for line in lines), (len(lines) - 1) // 2)
        return self.fenced(made, "{", "")

    def program(self, result: _Box, where: Sequence[tuple[_Box, _Box]]) -> _Box:
        lines = [*result.lines, "where"]
        for name, value in where:
            lines += self.row([_text("  "), name, _text(" = "), value]).lines
        width = max(map(len, lines))
        return _Box(tuple(line.ljust(width) for line in lines), result.axis)


class _Ascii(_Pretty):
    """The same in the characters of ASCII alone."""

    def name(self, name: str) -> _Box:
        return _text(name)

    def symbol(self, text: str) -> _Box:
        return _text("".join(_WORDS.get(letter, letter) for letter in text))

    def operator(self, text: str) -> _Box:
        return _text(_ASCII_SIGNS.get(text, super().operator(text).lines[0]))

    def fraction(self, above: _Box, below: _Box) -> _Box:
        drawn = super().fraction(above, below)
        return _Box(tuple(line.replace("─", "-") for line in drawn.lines), drawn.axis)

    def power(self, base: _Box, exponent: _Box) -> _Box:
        lines = [" " * base.width + line for line in exponent.lines]
        lines += [line + " " * exponent.width for line in base.lines]
        return _Box(tuple(lines), len(exponent.lines) + base.axis)

    def root(self, radicand: _Box, degree: int) -> _Box:
        return self.row([_text("sqrt" if degree == 2 else "cbrt"), self.fenced(radicand, "(", ")")])

    def fenced(self, part: _Box, left: str, right: str) -> _Box:
        function = _FUNCTIONS.get(left)
        if function is not None:
            return self.row([_text(function), self.fenced(part, "(", ")")])
        drawn = super().fenced(part, left, right)
        return _Box(tuple(line.translate(_PIECES) for line in drawn.lines), drawn.axis)

    def indexed(self, part: _Box, indices: Sequence[_Box]) -> _Box:
        return self.row([part, _text(f"[{', '.join(index.lines[0] for index in indices)}]")])


def _side(sign: str, height: int) -> list[str]:
    """A parenthesis or bar as high as what it stands beside."""
    if not sign:
        return [""] * height
    if height == 1:
        return [sign]
    top, middle, bottom, centre = _TALL.get(sign, (sign, sign, sign, sign))
    side = [top, *[middle] * (height - 2), bottom]
    if sign == "{" and height > 2:
        side[height // 2] = centre
    return side


_TALL = {
    "(": ("⎛", "⎜", "⎝", "⎜"), ")": ("⎞", "⎟", "⎠", "⎟"), "[": ("⎡", "⎢", "⎣", "⎢"), "]": ("⎤", "⎥", "⎦", "⎥"),
    "{": ("⎧", "⎪", "⎩", "⎨"), "|": ("│", "│", "│", "│"), "‖": ("║", "║", "║", "║"),
}  # fmt: skip

_PIECES = str.maketrans({
    "⎛": "/", "⎜": "|", "⎝": "\\", "⎞": "\\", "⎟": "|", "⎠": "/", "⎡": "[", "⎢": "[", "⎣": "[", "⎤": "]", "⎥": "]",
    "⎦": "]", "⎧": "{", "⎪": "{", "⎩": "{", "⎨": "{", "│": "|",
})  # fmt: skip
"""What stands for the pieces of tall signs."""

_FUNCTIONS = {"⌈": "ceil", "⌊": "floor", "‖": "norm"}
"""Signs around an argument that ASCII lacks, by the function's name."""

_WORDS = {"π": "pi", "∞": "inf", "Γ": "gamma", "ψ": "digamma"}
_ASCII_SIGNS = {
    "⋅": "*", "¬": "not ", "≤": " <= ", "≥": " >= ", "≠": " != ", "∧": " and ", "∨": " or ", "\u2062": "*",
    " ≤ ": " <= ", " ≥ ": " >= ", " ≠ ": " != ", " ∧ ": " and ", " ∨ ": " or ", "=": " == ",
}  # fmt: skip

_SIGNS = {",": ", ", "⋅": "⋅", "\u2062": " ", "¬": "¬"}
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_RAISED = "0123456789-nT"
_ABOVE = str.maketrans(_RAISED, "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿᵀ")
