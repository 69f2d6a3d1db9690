"""Generated code that no tool at hand runs, read back: Excel's formulas and LaTeX, as Python expressions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.special

__all__ = ["read_excel", "read_latex"]

_EXCEL = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:E[+-]?\d+)?)|(?P<name>[A-Za-z_][\w.]*(?::[A-Z]+\d+)?)|(?P<sign><=|>=|<>|[-+*/(),=<>]))"
)
_CELL = re.compile(r"([A-Z]+)(\d+)")


def _column(letters: str) -> int:
    found = 0
    for letter in letters:
        found = 26 * found + ord(letter) - ord("A") + 1
    return found - 1


def _index(block: Any, *at: float) -> Any:
    array = np.asarray(block)
    assert array.ndim == len(at) or array.shape[0] == 1
    return (array if array.ndim == len(at) else array[0])[tuple(int(i) - 1 for i in at)]


def _checked(found: Any) -> Any:
    """A number, or the error that Excel has in the place of infinities and NaN."""
    return found if isinstance(found, list) or np.isfinite(found) else _ERROR


_ERROR = None
"""#DIV/0! and #NUM!: what is computed from one is one; a branch of IF that is not taken is not looked at."""

_EXCEL_FUNCTIONS = {
    "AND": lambda a, b: a and b, "OR": lambda a, b: a or b, "NOT": lambda a: not a,
    "ABS": abs, "ACOS": np.arccos, "ACOSH": np.arccosh, "ASIN": np.arcsin, "ASINH": np.arcsinh, "ATAN": np.arctan,
    "ATAN2": lambda x, y: np.arctan2(y, x), "ATANH": np.arctanh, "COS": np.cos, "COSH": np.cosh,
    "COT": lambda x: 1 / np.tan(x), "COTH": lambda x: 1 / np.tanh(x), "CSC": lambda x: 1 / np.sin(x),
    "CSCH": lambda x: 1 / np.sinh(x), "DEGREES": np.degrees, "ERF.PRECISE": scipy.special.erf,
    "ERFC.PRECISE": scipy.special.erfc, "EXP": np.exp, "GAMMA": scipy.special.gamma, "GAMMALN": scipy.special.gammaln,
    "HSTACK": lambda *parts: list(parts), "INDEX": _index, "INT": np.floor, "LN": np.log, "LOG10": np.log10,
    "MAX": max, "MIN": min, "MOD": np.mod, "PI": lambda: np.pi,
    "POWER": np.power, "RADIANS": np.radians, "SEC": lambda x: 1 / np.cos(x), "SECH": lambda x: 1 / np.cosh(x),
    "SIGN": np.sign, "SIN": np.sin, "SINH": np.sinh, "SQRT": np.sqrt, "TAN": np.tan, "TANH": np.tanh, "TRUNC": np.trunc,
}  # fmt: skip


class _Excel:
    """A formula, by recursive descent: a comparison of sums of products of signed parts."""

    def __init__(self, text: str, sheet: Mapping[tuple[int, int], float]) -> None:
        assert text.startswith("=")
        self.sheet = sheet
        self.tokens: list[tuple[str, str]] = []
        end = 1
        while end < len(text.rstrip()):
            found = _EXCEL.match(text, end)
            assert found is not None, text[end:]
            kind = found.lastgroup or ""
            self.tokens.append((kind, found[kind]))
            end = found.end()
        self.tokens.append(("end", ""))
        self.at = 0
        self.names: dict[str, Any] = {}

    def take(self, *wanted: str) -> str | None:
        kind, text = self.tokens[self.at]
        if kind == "sign" and text in wanted:
            self.at += 1
            return text
        return None

    def need(self, wanted: str) -> None:
        assert self.take(wanted), (wanted, self.tokens[self.at :])

    def whole(self) -> Any:
        found = self.comparison()
        assert self.tokens[self.at][0] == "end"
        return found

    def comparison(self) -> Any:
        found = self.sum()
        sign = self.take("=", "<>", "<", ">", "<=", ">=")
        if sign is None:
            return found
        other = self.sum()
        if found is _ERROR or other is _ERROR:
            return _ERROR
        return {"=": found == other, "<>": found != other, "<": found < other, ">": found > other,
                "<=": found <= other, ">=": found >= other}[sign]  # fmt: skip

    def sum(self) -> Any:
        found = self.product()
        while sign := self.take("+", "-"):
            other = self.product()
            if found is not _ERROR:
                found = _ERROR if other is _ERROR else _checked(found + other if sign == "+" else found - other)
        return found

    def product(self) -> Any:
        found = self.signed()
        while sign := self.take("*", "/"):
            other = self.signed()
            if found is _ERROR or other is _ERROR:
                found = _ERROR
                continue
            found = _checked(found * other if sign == "*" else np.float64(found) / np.float64(other))
        return found

    def signed(self) -> Any:
        if not self.take("-"):
            return self.part()
        found = self.signed()
        return _ERROR if found is _ERROR else -found

    def part(self) -> Any:
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            assert len(re.sub(r"E.*|\.|^0+\.?0*", "", text)) <= 15, f"Excel does not read all digits of {text}"
            return float(text)
        if kind == "sign":
            assert text == "("
            found = self.comparison()
            self.need(")")
            return found
        if text == "LET":
            return self.let()
        if self.take("("):
            args: list[Any] = []
            while not self.take(")"):
                args.append(self.comparison())
                self.take(",")
            if text == "IF" and args[0] is not _ERROR:
                return args[1] if args[0] else args[2]
            if text in ("HSTACK", "INDEX"):
                return _EXCEL_FUNCTIONS[text](*args)
            return _ERROR if _ERROR in args else _checked(_EXCEL_FUNCTIONS[text](*args))
        return self.names[text.lower()] if text.lower() in self.names else self.cells(text)

    def let(self) -> Any:
        self.need("(")
        while True:
            kind, text = self.tokens[self.at]
            if kind == "name" and self.tokens[self.at + 1] == ("sign", ","):
                assert not _CELL.fullmatch(text.upper()), f"{text} is a cell"
                self.at += 2
                self.names[text.lower()] = self.comparison()
                self.need(",")
            else:
                found = self.comparison()
                self.need(")")
                return found

    def cells(self, text: str) -> Any:
        corners = [_CELL.fullmatch(part) for part in text.split(":")]
        (left, top), (right, bottom) = ((_column(c[1]), int(c[2])) for c in (corners[0], corners[-1]) if c)
        if len(corners) == 1:
            return self.sheet[top, left]
        return [[self.sheet[row, column] for column in range(left, right + 1)] for row in range(top, bottom + 1)]


def read_excel(text: str, arguments: Sequence[Any]) -> list[float]:
    """The numbers of a formula whose arguments are in cells from A2 on; NaN where Excel shows an error."""
    sheet: dict[tuple[int, int], float] = {}
    column = 0
    for argument in arguments:
        block = np.atleast_2d(np.asarray(argument, dtype=float))
        for i, row in enumerate(block):
            for j, number in enumerate(row):
                sheet[2 + i, column + j] = float(number)
        column += block.shape[1]
    first = text.splitlines()[0].split("\t")
    if len(first) > 1:
        return _read_row(text, [float(number) for argument in arguments for number in np.ravel(argument)])
    with np.errstate(all="ignore"):
        found = _Excel(text.rstrip("\n").splitlines()[-1], sheet).whole()
    return [float("nan" if number is _ERROR else number) for number in (found if isinstance(found, list) else [found])]


def _read_row(text: str, numbers: Sequence[float]) -> list[float]:
    """A row of formulas, each of which may refer to those before it."""
    formulas = text.splitlines()[1].split("\t")
    sheet: dict[tuple[int, int], Any] = {}
    for column, formula in enumerate(formulas):
        assert len(formula) <= 8192
        with np.errstate(all="ignore"):
            sheet[2, column] = _Excel(formula, sheet).whole() if formula else numbers[column]
    names = text.splitlines()[0].split("\t")
    found = [sheet[2, column] for column in range(names.index("f_"), len(names))]
    return [float("nan" if number is _ERROR else number) for number in found]


_LATEX = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?: \\cdot 10\^\{-?\d+\})?(?![\d.]))"
    r"|(?P<spaced>\\ |\\,)"
    r"|(?P<word>\\(?:left|right)(?:\\[a-zA-Z]+|\\\||.)"
    r"|\\begin\{[a-z]+\}|\\end\{[a-z]+\}|\\text\{[^}]*\}|\\(?:mathrm|operatorname)\{(?:[^{}\\]|\\_)*\}|\\[a-zA-Z]+|\\\\)"
    r"|(?P<letter>[^\W\d_])|(?P<sign>[-+*/(){}\[\],=<>^_&|]))"
)
_LATEX_FUNCTIONS = {
    r"\arccos": "acos", r"\arcsin": "asin", r"\arctan": "atan", r"\cos": "cos", r"\cosh": "cosh", r"\cot": "cot",
    r"\coth": "coth", r"\csc": "csc", r"\log": "log", r"\max": "maximum", r"\min": "minimum", r"\sec": "sec",
    r"\sin": "sin", r"\sinh": "sinh", r"\tan": "tan", r"\tanh": "tanh", r"\Gamma": "gamma", r"\psi": "digamma",
    r"\log10": "log10", r"\log2": "log2",
}  # fmt: skip
_CONSTANTS = {"e": "e", r"\infty": "inf", r"\pi": "pi", r"\mathrm{NaN}": "nan"}
_RELATIONS = {"<": "<", ">": ">", "=": "==", r"\le": "<=", r"\ge": ">=", r"\ne": "!="}
_CLOSED = r"\right)"
_AROUND = {r"\left(": "", r"\left|": "abs", r"\left\|": "norm", r"\left\lfloor": "floor", r"\left\lceil": "ceil"}
_CLOSING = dict(zip(_AROUND, (_CLOSED, r"\right|", r"\right\|", r"\right\rfloor", r"\right\rceil"), strict=True))
_ENDS = frozenset({"}", "]", ",", "&", "+", "-", r"\\", r"\wedge", r"\vee", *_RELATIONS})


class _Latex:
    """A side of an equation, as a Python expression; symbols get names of their own."""

    def __init__(self, text: str, symbols: Mapping[str, str]) -> None:
        self.symbols = symbols
        self.tokens: list[str] = []
        end, text = 0, text.strip()
        while end < len(text):
            found = _LATEX.match(text, end)
            assert found is not None, text[end:]
            if found.lastgroup != "spaced":
                self.tokens.append(found[0].strip())
            end = found.end()
        self.tokens.append("")
        self.at = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at]

    def take(self, *wanted: str) -> str:
        found = self.next
        if found in wanted:
            self.at += 1
            return found
        return ""

    def need(self, wanted: str) -> None:
        assert self.take(wanted), (wanted, self.tokens[self.at :])

    def whole(self) -> str:
        found = self.choice()
        assert not self.next, self.tokens[self.at :]
        return found

    def choice(self) -> str:
        found = self.both()
        while self.take(r"\vee"):
            found = f"({found}) | ({self.both()})"
        return found

    def both(self) -> str:
        found = self.negated()
        while self.take(r"\wedge"):
            found = f"({found}) & ({self.negated()})"
        return found

    def negated(self) -> str:
        return f"~({self.negated()})" if self.take(r"\neg") else self.relation()

    def relation(self) -> str:
        found = self.sum()
        sign = self.take(*_RELATIONS)
        return f"(({found}) {_RELATIONS[sign]} ({self.sum()}))" if sign else found

    def sum(self) -> str:
        found = f"-({self.product()})" if self.take("-") else self.product()
        while sign := self.take("+", "-"):
            found = f"{found} {sign} ({self.product()})"
        return found

    def product(self) -> str:
        found = self.power()
        while self.next and self.next not in _ENDS and not self.next.startswith((r"\right", r"\end", r"\text")):
            self.take(r"\cdot")
            found = f"{found}*{self.power()}"
        return found

    def power(self) -> str:
        found = self.part()
        return f"({found}**({self.braced()}))" if self.take("^") else found

    def braced(self) -> str:
        self.need("{")
        found = self.choice()
        self.need("}")
        return found

    def part(self) -> str:
        token = self.next
        self.at += 1
        if token[0].isdigit():
            mantissa, _, power = token.partition(r" \cdot 10^{")
            return f"{mantissa}e{power[:-1]}" if power else token
        if token == r"\frac":
            above = self.braced()
            return f"(({above})/({self.braced()}))"
        if token == r"\sqrt":
            if self.take("["):
                self.need("3")
                self.need("]")
                return f"cbrt({self.braced()})"
            return f"sqrt({self.braced()})"
        if token in _AROUND:
            return f"{_AROUND[token]}({self.until(_CLOSING[token])})"
        if token == r"\begin{cases}":
            return self.cases()
        if token == r"\begin{pmatrix}":
            rows = [self.choice()]
            while self.take(r"\\"):
                rows.append(self.choice())
            self.need(r"\end{pmatrix}")
            return f"[{', '.join(rows)}]"
        if token == "e" and self.take("^"):
            return f"exp({self.braced()})"
        if token in _CONSTANTS and token not in self.symbols:
            return _CONSTANTS[token]
        return self.symbol(token)

    def until(self, closing: str) -> str:
        found = self.choice()
        while self.take(","):
            found += f", {self.choice()}"
        self.need(closing)
        return found

    def cases(self) -> str:
        chosen = self.choice()
        self.need("&")
        self.need(r"\text{if }")
        condition = self.choice()
        self.need(r"\\")
        otherwise = self.choice()
        self.need("&")
        self.need(r"\text{otherwise}")
        self.need(r"\end{cases}")
        return f"where({condition}, {chosen}, {otherwise})"

    def symbol(self, token: str) -> str:
        """A variable, or a function and its arguments."""
        if token.startswith(r"\operatorname{"):
            name = token[len(r"\operatorname{") : -1].replace(r"\_", "_")
            self.need(r"\left(")
            return f"{name}({self.until(_CLOSED)})"
        below = ""
        if self.take("_"):
            self.need("{")
            while not self.take("}"):
                below += self.next + (" " if self.next == "," else "")
                self.at += 1
        if token + below in _LATEX_FUNCTIONS and self.next in ("^", r"\left("):
            power = self.braced() if self.take("^") else ""
            self.need(r"\left(")
            name = _LATEX_FUNCTIONS[token + below]
            arguments = self.until(_CLOSED)
            name = name.removesuffix("imum") if arguments.startswith("[") else name
            return f"({name}({arguments})**({power}))" if power else f"{name}({arguments})"
        return self.symbols[f"{token}_{{{below}}}" if below else token]


def read_latex(text: str, arguments: Mapping[str, str]) -> str:
    """A program of Python for aligned equations; `arguments` says what symbols are called in it."""
    body = text[text.index(r"\begin{aligned}") + len(r"\begin{aligned}") : text.index(r"\end{aligned}")]
    above, _, below = body.partition("\\text{where} \\quad & \\\\\n")
    symbols = dict(arguments)
    statements: list[str] = []
    for equation in below.split(" \\\\\n") if below else ():
        symbol, _, side = equation.partition(" &= ")
        statements.append(f"made{len(statements)} = {_Latex(side, symbols).whole()}")
        symbols[symbol.strip()] = f"made{len(statements) - 1}"
    equations = above.strip().removesuffix(r" \\").split(" \\\\\n")
    entries = [_Latex(equation.partition(" &= ")[2], symbols).whole() for equation in equations]
    return "; ".join([*statements, f"[{', '.join(entries)}]"])
