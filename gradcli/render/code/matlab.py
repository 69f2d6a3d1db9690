"""MATLAB and Octave."""

from __future__ import annotations

from gradcli.render.code.language import Language, Written, words
from gradcli.render.code.shapes import one_based

__all__ = ["LANGUAGE"]

_SAME = (
    "abs", "acos", "acosh", "acot", "acoth", "acsc", "acsch", "asec", "asech", "asin", "asinh", "atan", "atanh", "ceil",
    "cos", "cosh", "cot", "coth", "csc", "csch", "erf", "erfc", "erfcx", "exp", "expm1", "floor", "gamma", "log",
    "log10", "log1p", "log2", "sec", "sech", "sign", "sin", "sinh", "sqrt", "tan", "tanh",
)  # fmt: skip

_CHOOSE = """
function chosen = choose_(condition, a, b)
    if condition
        chosen = a;
    else
        chosen = b;
    end
end
"""


def _frame(written: Written) -> str:
    outputs = ", ".join(name for name, *_ in written.outputs)
    head = f"[{outputs}]" if len(written.outputs) > 1 else outputs
    lines = [f"function {head} = {written.name}({', '.join(name for name, _ in written.parameters)})"]
    lines += [f"% {line}" for line in written.comments]
    lines += [f"    {name} = {text};" for name, text in written.lines]
    for name, shape, entries, _ in written.outputs:
        lines.append(f"    {name} = {_array(entries, shape) if shape else entries[0]};")
    text = "\n".join([*lines, "end"]) + "\n"
    return text + _CHOOSE if "choose_(" in text else text


def _array(entries: tuple[str, ...], shape: tuple[int, ...]) -> str:
    """A vector is a column, a matrix in rows; other arrays are reshaped, since MATLAB counts the first axis first."""
    if len(shape) == 1:
        return f"[{'; '.join(entries)}]"
    if len(shape) == 2:
        columns = shape[1]
        rows = [", ".join(entries[i : i + columns]) for i in range(0, len(entries), columns or 1)]
        return f"[{'; '.join(rows)}]"
    backwards = ", ".join(map(str, reversed(shape)))
    order = ", ".join(map(str, range(len(shape), 0, -1)))
    return f"permute(reshape([{', '.join(entries)}], [{backwards}]), [{order}])"


LANGUAGE = Language(
    name="MATLAB",
    functions={name: f"{name}({{0}})" for name in _SAME}
    | {
        "atan2": "atan2({0}, {1})",
        "cbrt": "nthroot({0}, 3)",
        "fmod": "rem({0}, {1})",
        "hypot": "hypot({0}, {1})",
        "lgamma": "gammaln({0})",
        "digamma": "psi({0})",
        "mod": "mod({0}, {1})",
        "pow": "({0})^({1})",
        "trunc": "fix({0})",
    },
    conditional="choose_({0}, {1}, {2})",
    frame=_frame,
    entry=lambda name, at, shape: one_based("(", ")", name, at),
    constants={"inf": "Inf", "nan": "NaN", "pi": "pi"},
    reserved=frozenset(
        {
            *_SAME,
            *words(
                """
                break case catch classdef continue else elseif end for function global if
                otherwise parfor persistent return spmd switch try while nthroot rem hypot gammaln
                psi mod fix permute reshape choose_ Inf NaN pi i j ans
                """
            ),
        }
    ),
    operators={"not_equal": "~=", "logical_not": "~"},
)
