"""The names that textbooks, calculators and other languages give to functions and constants.

A pattern tells what a call becomes: `{0}` is its first argument, `{0:a}` the same in parentheses where it needs them.
Where two languages mean different things by a name, both patterns stand here, and both are shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TypeAlias

__all__ = ["CONSTANTS", "INVERSES", "MODULES", "Patterns", "foreign", "split"]

Patterns: TypeAlias = dict[int | None, tuple[str, ...]]
"""By the number of arguments (None: any), the patterns, more than one where the name is ambiguous."""

_INVERTED = ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch")
INVERSES = {name: f"a{name}" for name in _INVERTED}

MODULES = frozenset(
    ("F", "Math", "cmath", "functional", "jax", "jnp", "linalg", "math", "nn", "np", "numpy", "scipy", "sp", "special")
) | {"std", "sympy", "tf", "torch"}

CONSTANTS = {
    "E": "e",
    "INFINITY": "inf",
    "Inf": "inf",
    "Infinity": "inf",
    "LN10": "log(10)",
    "LN2": "log(2)",
    "LOG10E": "(1/log(10))",
    "LOG2E": "(1/log(2))",
    "M_E": "e",
    "M_PI": "pi",
    "M_PI_2": "(pi/2)",
    "NaN": "nan",
    "PI": "pi",
    "Pi": "pi",
    "SQRT1_2": "sqrt(1/2)",
    "SQRT2": "sqrt(2)",
    "infinity": "inf",
    "infty": "inf",
    "oo": "inf",
    "π": "pi",
}

_SAME = {
    "arccosec": "acsc",
    "arccotan": "acot",
    "arcctg": "acot",
    "arch": "acosh",
    "arcosh": "acosh",
    "arcoth": "acoth",
    "arcsen": "asin",
    "arctg": "atan",
    "argch": "acosh",
    "argsh": "asinh",
    "argth": "atanh",
    "arsh": "asinh",
    "arsinh": "asinh",
    "artanh": "atanh",
    "arth": "atanh",
    "average": "mean",
    "ch": "cosh",
    "cosec": "csc",
    "cosech": "csch",
    "cotan": "cot",
    "cotg": "cot",
    "ctg": "cot",
    "cth": "coth",
    "cuberoot": "cbrt",
    "inverse": "inv",
    "ld": "log2",
    "norm.cdf": "ndtr",
    "normcdf": "ndtr",
    "normsdist": "ndtr",
    "sen": "sin",
    "senh": "sinh",
    "sh": "sinh",
    "tg": "tan",
    "tgh": "tanh",
    "th": "tanh",
    "total": "sum",
    "tr": "trace",
}

_DENSITY = "(exp(-{0:a}**2/2)/sqrt(2*pi))"

_SHAPED: dict[str, Patterns] = {
    "acosd": {1: ("(acos({0})*180/pi)",)},
    "asind": {1: ("(asin({0})*180/pi)",)},
    "atand": {1: ("(atan({0})*180/pi)",)},
    "cosd": {1: ("cos({0:a}*pi/180)",)},
    "cube": {1: ("({0:a}**3)",)},
    "dble": {1: ("{0:a}",)},
    "fact": {1: ("gamma({0} + 1)",)},
    "factorial": {1: ("gamma({0} + 1)",)},
    "if": {3: ("({1} if {0} else {2})",)},
    "iif": {3: ("({1} if {0} else {2})",)},
    "lg": {1: ("log10({0})", "log2({0})")},
    "log": {1: ("log({0})",), 2: ("(log({0})/log({1}))",)},
    "merge": {3: ("({0} if {2} else {1})",)},
    "mmult": {2: ("({0:a}@{1:a})",)},
    "norm.pdf": {1: (_DENSITY,)},
    "norm.s.dist": {2: ("ndtr({0})",)},
    "normpdf": {1: (_DENSITY,)},
    "nthroot": {2: ("({0:a}**(1/{1:a}))",)},
    "real": {1: ("{0:a}",)},
    "sind": {1: ("sin({0:a}*pi/180)",)},
    "sqr": {1: ("({0:a}**2)", "sqrt({0})")},  # Pascal's and Basic's
    "sumproduct": {2: ("sum({0:a}*{1:a})",)},
    "sumsq": {1: ("sum({0:a}**2)",)},
    "surd": {2: ("({0:a}**(1/{1:a}))",)},
    "tand": {1: ("tan({0:a}*pi/180)",)},
}

# Excel, Fortran and Mathematica write capitals, and do not agree on these. By how the name is written.
_CAPITAL: dict[str, Patterns] = {
    "ATAN2": {2: ("atan2({0}, {1})", "atan2({1}, {0})")},
    "ArcTan": {1: ("atan({0})",), 2: ("atan2({1}, {0})",)},
    "INT": {1: ("trunc({0})", "floor({0})")},
    "LOG": {1: ("log({0})", "log10({0})"), 2: ("(log({0})/log({1}))",)},
    "Log": {1: ("log({0})",), 2: ("(log({1})/log({0}))",)},
    "MOD": {2: ("mod({0}, {1})", "fmod({0}, {1})")},
    "PI": {0: ("pi",)},
    "ROUND": {},
    "SUM": {1: ("sum({0})",), 2: ("sum([{0}, {1}])",), 3: ("sum([{0}, {1}, {2}])",)},
    "Sum": {1: ("sum({0})",)},
    "Product": {1: ("prod({0})",)},
    "SIGN": {1: ("sign({0})",), 2: ("copysign({0}, {1})",)},
}

_OF_FORTRAN = re.compile("D(SINH?|COSH?|TANH?|ASIN|ACOS|ATAN2?|EXP|LOG10|LOG|SQRT|ABS)|A(LOG10|LOG)")
_LARGEST_OF_FORTRAN = re.compile("[AD]?(MAX|MIN)[01]")
_OF_C = re.compile("(sinh?|cosh?|tanh?|asin|acos|atan2?|exp2?|log10|log2|log|sqrt|cbrt|pow|fabs|hypot|floor|ceil)[fl]")
_LOG_TO_BASE = re.compile("(?:log|lg)_([0-9]+|[a-z])")


def foreign(name: str, functions: Collection[str]) -> Patterns | None:
    """What the calls of a name that is not in the language become, or None if it is unknown.

    >>> foreign("tg", {"tan"}), foreign("Sin", {"sin"}), foreign("flurb", {"sin"})
    ({None: ('tan',)}, {None: ('sin',)}, None)
    """
    lowered = name.lower()
    base = _LOG_TO_BASE.fullmatch(name)
    of_fortran, largest = _OF_FORTRAN.fullmatch(name), _LARGEST_OF_FORTRAN.fullmatch(name)
    of_c = _OF_C.fullmatch(name)
    if name in _CAPITAL:
        return _CAPITAL[name]
    if base is not None:
        return {1: (_logarithm(base[1]),)}
    if name in functions:
        return {None: (name,)} | _SHAPED.get(name, {})
    if lowered in _SHAPED and (name.islower() or name.isupper() or name.istitle()):
        return _SHAPED[lowered]
    same = _SAME.get(lowered)
    if of_fortran is not None:
        same = (of_fortran[1] or of_fortran[2]).lower()
    elif largest is not None:
        same = largest[1].lower()
    elif of_c is not None:
        same = of_c[1]
    elif lowered in functions and not name.islower():
        same = lowered
    return None if same is None or same not in functions else {None: (same,)}


def _logarithm(base: str) -> str:
    if base in ("2", "10"):
        return f"log{base}({{0}})"
    return "log({0})" if base == "e" else f"(log({{0}})/log({base}))"


def split(word: str, functions: Collection[str], variables: Collection[str]) -> list[tuple[str, ...]]:
    """The ways to read a word as variables, then perhaps a function and what stands after it.

    >>> split("xsin", {"sin"}, {"x"}), split("sin2x", {"sin"}, {"x"}), split("ab", set(), {"a", "b"})
    ([('x', 'sin')], [('sin', '2', 'x')], [('a', 'b')])
    """
    found: list[tuple[str, ...]] = []
    open_ways: list[tuple[tuple[str, ...], str, bool]] = [((), word, False)]
    while open_ways and len(found) < _MOST_WAYS:
        before, rest, after_function = open_ways.pop()
        if not rest:
            found.append(before)
            continue
        number = re.match("[0-9]+", rest)
        if number is not None and after_function:
            open_ways.append(((*before, number[0]), rest[number.end() :], False))
        for length in range(1, len(rest) + 1):
            piece = rest[:length]
            constant = not after_function and piece in ("pi", "π", "e")
            if piece in variables or constant:
                open_ways.append(((*before, piece), rest[length:], False))
            elif len(piece) > 1 and (piece in functions or piece in _SAME) and len(before) < _MOST_PIECES:
                open_ways.append(((*before, piece), rest[length:], True))
    found = [way for way in found if len(way) > 1]
    fewest = min(map(len, found), default=0)
    return [way for way in found if len(way) == fewest]


_MOST_WAYS = 32
_MOST_PIECES = 6
