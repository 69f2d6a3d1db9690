"""Python, with nothing but its standard library."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Sequence

from gradcli.render.code.language import ArrayWritten, Language, Written
from gradcli.render.code.shapes import bracketed, nested

__all__ = ["LANGUAGE", "PYTHON_WORDS", "array_function", "array_results", "python_function"]

PYTHON_WORDS = frozenset({*keyword.kwlist, *keyword.softkwlist})

_CAREFUL = {
    "div": """def _over(x, y):
    if y != 0 or x != x:
        return x/y if y != 0 else x
    return math.copysign(math.inf, x)*math.copysign(1.0, y) if x != 0 else math.nan""",
    "mod": """def _mod(x, y):
    return x % y if y != 0 else math.nan""",
    "fmod": """def _fmod(x, y):
    return math.fmod(x, y) if y != 0 and abs(x) != math.inf else math.nan""",
    "pow": """def _pow(x, y):
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    except ValueError:
        return math.nan if x != 0 else math.copysign(math.inf, x) if y % 2 == 1 else math.inf""",
    "atanh": """def _atanh(x):
    return math.atanh(x) if abs(x) < 1 else math.copysign(math.inf, x) if abs(x) == 1 else math.nan""",
    "sinh": """def _sinh(x):
    try:
        return math.sinh(x)
    except OverflowError:
        return math.copysign(math.inf, x)""",
    "gamma": """def _gamma(x):
    try:
        return math.gamma(x)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.copysign(math.inf, x) if x == 0 else math.nan""",
}
_LOGS = {"log": 0, "log10": 0, "log1p": -1, "log2": 0}
_CAREFUL |= {
    name: f"""def _{name}(x):
    return math.{name}(x) if x > {pole} else -math.inf if x == {pole} else math.nan"""
    for name, pole in _LOGS.items()
}
_WHERE = {"acos": "abs(x) <= 1", "acosh": "x >= 1", "asin": "abs(x) <= 1", "sqrt": "x >= 0"}
_WHERE |= dict.fromkeys(("cos", "sin", "tan"), "abs(x) != math.inf")
_CAREFUL |= {
    name: f"""def _{name}(x):
    return math.{name}(x) if {where} else math.nan"""
    for name, where in _WHERE.items()
}
_CAREFUL |= {
    name: f"""def _{name}(x):
    try:
        return math.{name}(x)
    except {error}:
        return math.inf"""
    for name, error in {
        "cosh": "OverflowError", "exp": "OverflowError", "exp2": "OverflowError", "expm1": "OverflowError",
        "lgamma": "(OverflowError, ValueError)",
    }.items()
}  # fmt: skip
_CAREFUL |= {
    name: f"""def _{name}(x):
    return float({call}(x)) if abs(x) < math.inf else x"""
    for name, call in {"ceil": "math.ceil", "floor": "math.floor", "round": "round", "trunc": "math.trunc"}.items()
}
"""Functions that give what float64 gives where Python raises an error."""

_HELPER = {"div": "_over"} | {name: f"_{name}" for name in _CAREFUL if name != "div"}
_OF_TWO = frozenset({"atan2", "copysign", "div", "fmod", "hypot", "mod", "pow"})

_WORD = re.compile(r"(?<![\w.])[^\W\d]\w*")

_MATH = (
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos", "cosh", "erf",
    "erfc", "exp", "exp2", "expm1", "floor", "fmod", "gamma", "hypot", "lgamma", "log", "log10", "log1p", "log2",
    "pow", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
)  # fmt: skip


def python_function(written: Written, above: str, first: Sequence[str], results: Sequence[str]) -> str:
    """A function.

    Args:
        written: its parts.
        above: the lines above it.
        first: its first lines.
        results: the lines that make its results.
    """
    lines = [f"# {line}" for line in written.comments]
    lines += [above, "", "", f"def {written.name}({', '.join(name for name, _ in written.parameters)}):"]
    lines += [f"    {line}" for line in first]
    lines += [f"    {name} = {text}" for name, text in written.lines]
    lines += [f"    {line}" for line in results]
    lines.append(f"    return {', '.join(name for name, *_ in written.outputs)}")
    return "\n".join(lines) + "\n"


def array_results(written: Written, module: str, stack: str, broadcast: str, number: str = "{0}") -> list[str]:
    """The lines that make arrays of entries, each of which may itself be an array of one shape, that of the points.

    An entry that depends on some of the numbers alone is brought to that shape by the others.

    Args:
        written: the function's parts.
        module: the name of the library.
        stack: its function that makes an array of a list.
        broadcast: its function that brings arrays to one shape.
        number: what is made of an entry that depends on no argument.
    """
    known = {name for name, _ in (*written.parameters, *written.lines)}
    points = [name for name, shape in written.parameters if not shape]
    points_of = _dependence(written, points)
    lines = []
    for name, shape, entries, _ in written.outputs:
        found = [points_of(entry) for entry in entries]
        fixed = [known.isdisjoint(_WORD.findall(entry)) for entry in entries]
        entries = tuple(number.format(text) if same else text for text, same in zip(entries, fixed, strict=True))
        used = frozenset[str]().union(*found)
        left = [point for point in points if point not in used]
        listed, sizes = ", ".join(entries), ", ".join(map(str, shape))
        if entries and left:
            stacked = f"{module}.{stack}({module}.{broadcast}({listed}, {', '.join(left)})[:{len(entries)}])"
            lines.append(f"{name} = {stacked if shape else stacked + '[0]'}")
        elif not shape:
            lines.append(f"{name} = {entries[0]}")
            continue
        elif len(entries) > 1 and (any(len(own) < len(points) for own in found) or len({*fixed}) > 1):
            lines.append(f"{name} = {module}.{stack}({module}.{broadcast}({listed}))")
        elif stack == "array":
            lines.append(f"{name} = {module}.{stack}({nested(entries, shape)})")
            continue
        else:
            lines.append(f"{name} = {module}.{stack}([{listed}])")
        if len(shape) > 1:
            lines.append(f"{name} = {name}.reshape({sizes}, *{name}.shape[1:])")
    return lines


def _dependence(written: Written, points: Sequence[str]) -> Callable[[str], frozenset[str]]:
    """A function that tells which of some arguments an expression depends on, through other lines too."""
    found = {point: frozenset({point}) for point in points}

    def depends(text: str) -> frozenset[str]:
        return frozenset[str]().union(*(found[name] for name in _WORD.findall(text) if name in found))

    for name, text in written.lines:
        found[name] = depends(text)
    return depends


def array_function(written: ArrayWritten, above: str, first: Sequence[str] = ()) -> str:
    """A function of whole arrays, whose first lines are given."""
    lines = [f"# {line}" for line in written.comments]
    lines += [above, "", "", f"def {written.name}({', '.join(name for name, _ in written.parameters)}):"]
    lines += [f"    {line}" for line in first]
    lines += [f"    {name} = {text}" for name, _, text in (*written.lines, *written.outputs)]
    lines.append(f"    return {', '.join(name for name, *_ in written.outputs)}")
    return "\n".join(lines) + "\n"


def _frame(written: Written) -> str:
    results = [f"{name} = {nested(entries, shape)}" for name, shape, entries, _ in written.outputs]
    used = set(_WORD.findall(" ".join([*(text for _, text in written.lines), *results])))
    helpers = [_CAREFUL[name] for name, helper in _HELPER.items() if helper in used]
    return python_function(written, "\n\n\n".join(["import math", *helpers]), (), results)


def _own(name: str) -> str:
    arguments = "{0}, {1}" if name in _OF_TWO else "{0}"
    text = f"math.{name}({arguments})"
    return f"float({text})" if name in ("ceil", "floor", "trunc") else text


LANGUAGE = Language(
    name="Python",
    functions={name: _own(name) for name in _MATH}
    | {"abs": "abs({0})", "mod": "(({0}) % ({1}))", "round": "float(round({0}))"},
    careful={
        name: f"{helper}({{0}}, {{1}})" if name in _OF_TWO else f"{helper}({{0}})" for name, helper in _HELPER.items()
    },
    overflowing=frozenset({"cosh", "exp", "exp2", "expm1", "gamma", "lgamma", "pow", "sinh"}),
    made={"acot": "copysign(atan2(1, abs(x)), x)"},
    conditional="({1} if {0} else {2})",
    frame=_frame,
    entry=bracketed,
    constants={"inf": "math.inf", "nan": "math.nan", "pi": "math.pi", "e": "math.e", "tau": "math.tau"},
    reserved=PYTHON_WORDS | {"math", "abs", "float", "round", *_HELPER.values()},
    operators={"logical_and": "and", "logical_or": "or", "logical_not": "not "},
)
