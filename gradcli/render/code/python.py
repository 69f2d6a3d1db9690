"""Python, with nothing but its standard library."""

from __future__ import annotations

import keyword

from gradcli.render.code.language import Language, Written
from gradcli.render.code.shapes import bracketed, nested

__all__ = ["LANGUAGE", "python_function"]

_MATH = (
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos", "cosh", "erf",
    "erfc", "exp", "exp2", "expm1", "floor", "fmod", "gamma", "hypot", "lgamma", "log", "log10", "log1p", "log2",
    "pow", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
)  # fmt: skip


def python_function(written: Written, imports: str, array: str = "{}") -> str:
    """A function whose results are numbers and nested lists.

    Args:
        written: its parts.
        imports: the lines above it.
        array: what is made of a nested list.
    """
    lines = [f"# {line}" for line in written.comments]
    lines += [imports, "", "", f"def {written.name}({', '.join(name for name, _ in written.parameters)}):"]
    lines += [f"    {name} = {text}" for name, text in written.lines]
    for name, shape, entries in written.outputs:
        text = nested(entries, shape)
        lines.append(f"    {name} = {array.format(text) if shape else text}")
    lines.append(f"    return {', '.join(name for name, _, _ in written.outputs)}")
    return "\n".join(lines) + "\n"


def _frame(written: Written) -> str:
    return python_function(written, "import math")


def _own(name: str) -> str:
    arguments = "{0}, {1}" if name in ("atan2", "copysign", "fmod", "hypot", "pow") else "{0}"
    text = f"math.{name}({arguments})"
    return f"float({text})" if name in ("ceil", "floor", "trunc") else text


LANGUAGE = Language(
    name="Python",
    functions={name: _own(name) for name in _MATH}
    | {"abs": "abs({0})", "mod": "(({0}) % ({1}))", "round": "float(round({0}))"},
    conditional="({1} if {0} else {2})",
    frame=_frame,
    entry=bracketed,
    constants={"inf": "math.inf", "nan": "math.nan", "pi": "math.pi", "e": "math.e", "tau": "math.tau"},
    reserved=frozenset({*keyword.kwlist, *keyword.softkwlist, "math", "abs", "float", "round"}),
    operators={"logical_and": "and", "logical_or": "or", "logical_not": "not "},
)
