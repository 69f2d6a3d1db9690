"""C99 with its mathematical library."""

from __future__ import annotations

import re

from gradcli.render.code.language import Language, Written, words
from gradcli.render.code.shapes import flat_index, size_of

__all__ = ["C_FUNCTIONS", "LANGUAGE", "Reserved", "c_entry", "c_function"]

C_FUNCTIONS = {
    name: f"{name}({{0}})"
    for name in (
        "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "erf", "erfc", "exp", "exp2",
        "expm1", "floor", "lgamma", "log", "log10", "log1p", "log2", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
    )
} | {
    "abs": "fabs({0})",
    "atan2": "atan2({0}, {1})",
    "copysign": "copysign({0}, {1})",
    "fmax": "fmax({0}, {1})",
    "fmin": "fmin({0}, {1})",
    "fmod": "fmod({0}, {1})",
    "gamma": "tgamma({0})",
    "hypot": "hypot({0}, {1})",
    "pow": "pow({0}, {1})",
    "round": "rint({0})",
}  # fmt: skip

_WORDS = words(
        """
        auto break case char const continue default do double else enum extern float
        for goto if inline int long register restrict return short signed sizeof static
        struct switch typedef union unsigned void volatile while fabs tgamma rint j0 j1
        jn y0 y1 yn gamma main
        """
    ) | {text.partition("(")[0] for text in C_FUNCTIONS.values()}  # fmt: skip
_MACROS = words(
    """
    INFINITY NAN MAXFLOAT NULL NFDBITS RAND_MAX MB_CUR_MAX BYTE_ORDER BIG_ENDIAN LITTLE_ENDIAN PDP_ENDIAN
    math_errhandling fpclassify isfinite isgreater isgreaterequal isinf isless islessequal islessgreater isnan isnormal
    issubnormal isunordered signbit alloca linux unix i386
    """
)
_FAMILIES = re.compile(
    r"M_(E|LOG2E|LOG10E|LN2|LN10|PI|PI_2|PI_4|1_PI|2_PI|2_SQRTPI|SQRT2|SQRT1_2)(f|l|f\d+x?)?"
    r"|FP_(INT_|FAST_)?[A-Z0-9]+|HUGE_VAL([FL]|_[A-Z0-9]+)?|MATH_ERR[A-Z]+|SNAN[A-Z0-9]*|FD_[A-Z]+|EXIT_[A-Z]+"
    r"|W(CONTINUED|EXITED|EXITSTATUS|IF[A-Z]+|NO[A-Z]+|STOP[A-Z]+|TERMSIG|UNTRACED)"
    r"|(U?(CHAR|SHRT|INT|LONG|LLONG)|SCHAR)_(BIT|MIN|MAX)|(be|le)(16|32|64)toh|hto(be|le)(16|32|64)"
)
"""Macros of the headers, and of what these include, that compilers replace wherever their names stand."""


class Reserved:
    """Names that a variable cannot have: words of the language, functions that are used, macros.

    >>> "M_PI" in Reserved(), "linux" in Reserved(), "m_pi" in Reserved()
    (True, True, False)
    """

    def __init__(self, others: frozenset[str] = frozenset()) -> None:
        self.words = _WORDS | _MACROS | others

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self.words or bool(_FAMILIES.fullmatch(name)))


def c_function(written: Written, head: str, restrict: str = "") -> str:
    """A function that returns a single number, or writes its results through pointers.

    Args:
        written: its parts.
        head: the lines above it.
        restrict: the word that says that arrays do not overlap.
    """
    single = len(written.outputs) == 1 and not written.outputs[0].shape
    arguments = [
        f"const double {name}[{size_of(shape)}]" if shape else f"double {name}" for name, shape in written.parameters
    ]
    if not single:
        arguments += [f"double *{restrict}{name}" for name, *_ in written.outputs]
    kind = "double" if single else "void"
    lines = [f"// {line}" for line in written.comments]
    lines += [head, "", f"{kind} {written.name}({', '.join(arguments) or 'void'})", "{"]
    lines += [f"    const double {name} = {text};" for name, text in written.lines]
    if single:
        lines.append(f"    return {written.outputs[0].entries[0]};")
    else:
        for name, shape, entries, _ in written.outputs:
            places = [f"{name}[{i}]" for i in range(len(entries))] if shape else [f"*{name}"]
            lines += [f"    {place} = {text};" for place, text in zip(places, entries, strict=True)]
    return "\n".join([*lines, "}"]) + "\n"


def c_entry(name: str, at: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """Arrays are in C order."""
    return f"{name}[{flat_index(at, shape)}]"


def _frame(written: Written) -> str:
    return c_function(written, "#include <math.h>", "restrict ")


LANGUAGE = Language(
    name="C",
    functions=C_FUNCTIONS,
    conditional="({0} ? {1} : {2})",
    frame=_frame,
    flags="cc -O2 -march=native",
    entry=c_entry,
    constants={"inf": "INFINITY", "nan": "NAN"},
    reserved=Reserved(),
)
