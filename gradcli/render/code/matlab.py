"""MATLAB and Octave."""

from __future__ import annotations

from dataclasses import replace

from gradcli.render.code.language import Arrays, ArrayWritten, Language, Written, words
from gradcli.render.code.shapes import one_based

__all__ = ["ARRAYS", "LANGUAGE"]

_SAME = (
    "abs", "acot", "acsch", "asinh", "atan", "ceil", "cos", "cosh", "cot", "coth", "csc", "csch", "erf", "erfc",
    "erfcx", "exp", "expm1", "floor", "gamma", "sec", "sech", "sign", "sin", "sinh", "tan", "tanh",
)  # fmt: skip
_COMPLEX = (
    "acos", "acosh", "acoth", "acsc", "asec", "asech", "asin", "atanh", "log", "log10", "log1p", "log2", "sqrt",
)  # fmt: skip
"""Functions that give a complex number where there is no real one."""

_CHOOSE = """
function chosen = choose_(condition, a, b)
    chosen = b + zeros(size(condition)) + zeros(size(a));
    condition = condition & true(size(chosen));
    a = a + zeros(size(chosen));
    chosen(condition) = a(condition);
end
"""
_REAL = """
function y = real_(z)
    y = real(z);
    y(imag(z) ~= 0) = NaN;
end
"""


def _with_helpers(text: str) -> str:
    return text + (_CHOOSE if "choose_(" in text else "") + (_REAL if "real_(" in text else "")


def _frame(written: Written) -> str:
    outputs = ", ".join(name for name, *_ in written.outputs)
    head = f"[{outputs}]" if len(written.outputs) > 1 else outputs
    lines = [f"function {head} = {written.name}({', '.join(name for name, _ in written.parameters)})"]
    lines += [f"% {line}" for line in written.comments]
    lines += [f"    {name} = {text};" for name, text in written.lines]
    for name, shape, entries, _ in written.outputs:
        lines.append(f"    {name} = {_array(entries, shape) if shape else entries[0]};")
    text = "\n".join([*lines, "end"]) + "\n"
    return _with_helpers(text)


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
    | {name: f"real_({name}({{0}}))" for name in _COMPLEX}
    | {
        "atan2": "atan2({0}, {1})",
        "cbrt": "nthroot({0}, 3)",
        "fmod": "rem({0}, {1})",
        "hypot": "hypot({0}, {1})",
        "lgamma": "gammaln({0})",
        "digamma": "psi({0})",
        "mod": "mod({0}, {1})",
        "pow": "real_(({0})^({1}))",
        "trunc": "fix({0})",
    },
    conditional="choose_({0}, {1}, {2})",
    frame=_frame,
    entry=lambda name, at, shape: one_based("(", ")", name, at),
    constants={"inf": "Inf", "nan": "NaN", "pi": "pi"},
    reserved=frozenset(
        {
            *_SAME,
            *_COMPLEX,
            *words(
                """
                break case catch classdef continue else elseif end for function global if
                otherwise parfor persistent return spmd switch try while nthroot rem hypot gammaln
                psi mod fix permute reshape choose_ real_ Inf NaN pi i j ans
                """
            ),
        }
    ),
    operators={"not_equal": "~=", "logical_not": "~"},
)


def _array_frame(written: ArrayWritten) -> str:
    outputs = ", ".join(name for name, *_ in written.outputs)
    head = f"[{outputs}]" if len(written.outputs) > 1 else outputs
    lines = [f"function {head} = {written.name}({', '.join(name for name, _ in written.parameters)})"]
    lines += [f"% {line}" for line in (*written.comments, "vectors are columns")]
    lines += [f"    {name} = {text};" for name, _, text in (*written.lines, *written.outputs)]
    text = "\n".join([*lines, "end"]) + "\n"
    return _with_helpers(text)


_EACH = {
    "mul": ".*", "div": "./", "not_equal": "~=", "logical_and": "&", "logical_or": "|", "logical_not": "~",
}  # fmt: skip

ARRAYS = Arrays(
    language=replace(
        LANGUAGE,
        functions=LANGUAGE.functions | {"pow": "real_(({0}).^({1}))"},
        operators=_EACH,
    ),
    functions={
        "det": "det({0})",
        "diag": "diag({0})",
        "expand_dims 1 0": "{0}.'",
        "expand_dims 1 1": "{0}",
        "eye 2": "eye({0})",
        "inv": "inv({0})",
        "logabsdet": "sum(log(abs(diag(lu({0})))))",
        "matmul 11": "{0}.'*{1}",
        "matmul 12": "{1}.'*{0}",
        "matmul 21": "{0}*{1}",
        "matmul 22": "{0}*{1}",
        "cumsum": "cumsum({0})",
        "flip": "flip({0})",
        "max 1": "max({0})",
        "max 2": "max(max({0}))",
        "min 1": "min({0})",
        "min 2": "min(min({0}))",
        "norm": "norm({0}, 'fro')",
        "ones 1": "ones({0}, 1)",
        "ones 2": "ones({0}, {1})",
        "outer": "{0}*{1}.'",
        "solve": "{0}\\{1}",
        "sum 1": "sum({0})",
        "sum 1 0": "sum({0})",
        "sum 1 0 kept": "sum({0})",
        "sum 2": "sum(sum({0}))",
        "sum 2 0": "sum({0}, 1).'",
        "sum 2 0 kept": "sum({0}, 1)",
        "sum 2 1": "sum({0}, 2)",
        "sum 2 1 kept": "sum({0}, 2)",
        "trace": "trace({0})",
        "transpose": "{0}.'",
    },
    frame=_array_frame,
    size="size({0}, {2})",
    row="{0}.'",
)
