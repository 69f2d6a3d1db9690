"""Excel: one formula, which fills a row of cells with its results; a longer one as a row of formulas."""

from __future__ import annotations

import re

from gradcli.errors import UsageProblem
from gradcli.render.code.language import Language, Written, words
from gradcli.render.code.shapes import indices_of

__all__ = ["LANGUAGE"]

_SAME = (
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "cot", "coth", "csc", "csch", "exp",
    "gamma", "log10", "sec", "sech", "sign", "sin", "sinh", "sqrt", "tan", "tanh",
)  # fmt: skip
_LONGEST = 8192
_MOST_NAMES = 126
_MOST_RESULTS = 254
_MOST_COLUMNS = 16_384
_DIGITS = 15
_SMALLEST = 2.0**-1022
_LARGEST = 9.99e307
"""Excel's own limits; of a number that is written it reads 15 digits."""

_MADE = {
    "acot": "where(x == 0, pi/2, atan(1/x))",
    "copysign": "where(y < 0, -abs(x), abs(x))",
    "fmod": "sign(x)*mod(abs(x), abs(y))",
    "sigmoid": "exp(minimum(x, 0))/(1 + exp(-abs(x)))",
}
"""Without the infinities that others pass through: 1/0 and EXP(800) are errors, and so is all that is made of them."""

_NAMED = re.compile(r"INDEX\([^()]*\)|(?<![\w.])[^\W\d]\w*(?![\w.(])")


class _Reserved:
    """Names that Excel takes for functions, cells such as T1 or R1C1, or truth values."""

    words = words("true false let if r c and or not pi hstack")
    cell = re.compile(r"[a-z]{1,3}\d+|r\d*(c\d*)?|c\d*")

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self.words or bool(self.cell.fullmatch(name)))


def _frame(written: Written) -> str:
    """One formula, or where Excel does not take one as long a row of formulas."""
    places = _places(written)
    entries = [entry for output in written.outputs for entry in output.entries]
    labels = [label for output in written.outputs for label in output.labels]
    result = entries[0] if len(entries) == 1 else f"HSTACK({', '.join(entries)})"
    bound = [f"{name}, {text}" for name, text in (*places, *written.lines)]
    formula = f"=LET({', '.join([*bound, result])})" if bound else f"={result}"
    if len(formula) > _LONGEST or len(bound) > _MOST_NAMES or len(entries) > _MOST_RESULTS:
        return _row(written, labels, entries)
    lines = list(written.comments)
    if places:
        lines.append("cells: " + ", ".join(f"{name} in {place}" for name, place in places))
    if len(labels) > 1:
        lines.append("in one row: " + ", ".join(labels))
    return "\n".join([*lines, formula]) + "\n"


def _row(written: Written, labels: list[str], entries: list[str]) -> str:
    """Two rows with tabs between their cells, to be pasted at A1: names, and below each its formula; then comments."""
    cells: dict[str, str] = {}
    names: list[str] = []
    for name, shape in written.parameters:
        for at in indices_of(shape):
            place = f"{_letters(len(names))}2"
            cells[f"INDEX({name}, {', '.join(str(i + 1) for i in at)})" if at else name] = place
            names.append(f"{name}[{', '.join(map(str, at))}]" if at else name)
    formulas = [""] * len(names)
    for name, text in written.lines:
        formulas.append("=" + _in_cells(text, cells))
        cells[name] = f"{_letters(len(names))}2"
        names.append(name)
    names += labels
    formulas += ["=" + _in_cells(text, cells) for text in entries]
    for what, found, most in (
        ("characters", max(map(len, formulas)), _LONGEST),
        ("columns", len(names), _MOST_COLUMNS),
    ):
        if found > most:
            raise UsageProblem(
                f"Excel takes at most {most:,} {what}, and this would have {found:,}",
                hint="fewer derivatives at a time need fewer: --wrt, --no-value",
            )
    comments = ["paste at A1; fill row 2 down for more points", *written.comments]
    return "\n".join(["\t".join(names), "\t".join(formulas), "", *comments]) + "\n"


def _in_cells(text: str, cells: dict[str, str]) -> str:
    """An expression with the cells of names in their place."""
    return _NAMED.sub(lambda found: cells.get(found[0], found[0]), text)


def _places(written: Written) -> list[tuple[str, str]]:
    """The cells of each argument, side by side from A2 on; a matrix has rows."""
    places, column = [], 0
    for name, shape in written.parameters:
        if len(shape) > 2:
            raise UsageProblem(f"Excel has no arrays of {len(shape)} axes, as '{name}' is")
        width, height = (shape[-1] if shape else 1), (shape[0] if len(shape) == 2 else 1)
        first, last = f"{_letters(column)}2", f"{_letters(column + width - 1)}{height + 1}"
        places.append((name, first if first == last else f"{first}:{last}"))
        column += width
    return places


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _number(value: float) -> str:
    """A number of more than 15 digits is written as a sum of two, which Excel adds up to it."""
    if 0 < value < _SMALLEST:
        raise UsageProblem(f"Excel has no number as small as {value!r}", hint="another language has it")
    if value > _LARGEST:
        return f"({_number(value / 4)}*4)"
    rounded = f"{value:.{_DIGITS}g}"
    text = repr(value) if float(rounded) == value else ""
    if text:
        return text.removesuffix(".0").replace("e", "E")
    rest = f"{value - float(rounded):.{_DIGITS}g}"
    assert float(rounded) + float(rest) == value
    sign = "" if rest.startswith("-") else "+"
    return f"({rounded}{sign}{rest})".replace("e", "E")


LANGUAGE = Language(
    name="Excel",
    functions={name: f"{name.upper()}({{0}})" for name in _SAME}
    | {
        "atan2": "ATAN2({1}, {0})",
        "deg2rad": "RADIANS({0})",
        "erf": "ERF.PRECISE({0})",
        "erfc": "ERFC.PRECISE({0})",
        "floor": "INT({0})",
        "lgamma": "GAMMALN({0})",
        "log": "LN({0})",
        "logical_and": "AND({0}, {1})",
        "logical_or": "OR({0}, {1})",
        "logical_not": "NOT({0})",
        "maximum": "MAX({0}, {1})",
        "minimum": "MIN({0}, {1})",
        "mod": "MOD({0}, {1})",
        "pow": "POWER({0}, {1})",
        "rad2deg": "DEGREES({0})",
        "trunc": "TRUNC({0})",
    },
    made=_MADE,
    conditional="IF({0}, {1}, {2})",
    frame=_frame,
    entry=lambda name, at, shape: f"INDEX({name}, {', '.join(str(i + 1) for i in at)})",
    constants={"inf": "(1/0)", "nan": "SQRT(-1)", "pi": "PI()"},
    reserved=_Reserved(),
    number=_number,
    operators={"equal": "=", "not_equal": "<>"},
    any_case=True,
)
