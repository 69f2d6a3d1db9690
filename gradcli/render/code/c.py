"""C99 with its mathematical library."""

from __future__ import annotations

from gradcli.render.code.language import Language, Written, words
from gradcli.render.code.shapes import flat_index, size_of

__all__ = ["C_FUNCTIONS", "C_WORDS", "LANGUAGE", "c_entry", "c_function"]

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

C_WORDS = words(
        """
        auto break case char const continue default do double else enum extern float
        for goto if inline int long register restrict return short signed sizeof static
        struct switch typedef union unsigned void volatile while fabs tgamma rint j0 j1
        jn y0 y1 yn gamma main INFINITY NAN
        """
    ) | {text.partition("(")[0] for text in C_FUNCTIONS.values()}  # fmt: skip


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
    reserved=C_WORDS,
)
