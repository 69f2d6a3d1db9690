"""Julia, with nothing but its base library."""

from __future__ import annotations

from gradcli.render.code.language import Language, Written, words
from gradcli.render.code.shapes import one_based

__all__ = ["LANGUAGE"]

_SAME = (
    "abs", "acos", "acosh", "acot", "acoth", "acsc", "acsch", "asec", "asech", "asin", "asinh", "atan", "atanh", "cbrt",
    "ceil", "cos", "cosh", "cot", "coth", "csc", "csch", "deg2rad", "exp", "exp2", "expm1", "floor", "log", "log10",
    "log1p", "log2", "rad2deg", "round", "sec", "sech", "sign", "sin", "sinc", "sinh", "sqrt", "tan", "tanh", "trunc",
)  # fmt: skip


def _frame(written: Written) -> str:
    lines = [f"# {line}" for line in written.comments]
    lines.append(f"function {written.name}({', '.join(name for name, _ in written.parameters)})")
    lines += [f"    {name} = {text}" for name, text in written.lines]
    for name, shape, entries, _ in written.outputs:
        lines.append(f"    {name} = {_array(entries, shape) if shape else entries[0]}")
    lines.append(f"    return {', '.join(name for name, *_ in written.outputs)}")
    return "\n".join([*lines, "end"]) + "\n"


def _array(entries: tuple[str, ...], shape: tuple[int, ...]) -> str:
    listed = f"[{', '.join(entries)}]"
    if len(shape) == 1:
        return listed
    backwards = ", ".join(map(str, reversed(shape)))
    return f"permutedims(reshape({listed}, {backwards}), {tuple(range(len(shape), 0, -1))})"


LANGUAGE = Language(
    name="Julia",
    functions={name: f"{name}({{0}})" for name in _SAME}
    | {
        "atan2": "atan({0}, {1})",
        "copysign": "copysign({0}, {1})",
        "fmod": "rem({0}, {1})",
        "hypot": "hypot({0}, {1})",
        "mod": "mod({0}, {1})",
        "pow": "({0})^({1})",
    },
    conditional="ifelse({0}, {1}, {2})",
    frame=_frame,
    entry=lambda name, at, shape: one_based("[", "]", name, at),
    constants={"inf": "Inf", "nan": "NaN"},
    reserved=frozenset(
        {
            *_SAME,
            *words(
                """
                baremodule begin break catch const continue do else elseif end export false
                finally for function global if import in isa let local macro module
                quote return struct true try using where while copysign rem hypot mod
                ifelse permutedims reshape im pi Inf NaN
                """
            ),
        }
    ),
)
