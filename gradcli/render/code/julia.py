"""Julia, with nothing but its base library."""

from __future__ import annotations

import re
from dataclasses import replace

from gradcli.render.code.language import Arrays, ArrayWritten, Language, Written, words
from gradcli.render.code.shapes import one_based

__all__ = ["ARRAYS", "LANGUAGE"]

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


def _array_frame(written: ArrayWritten) -> str:
    lines = [f"# {line}" for line in written.comments]
    texts = " ".join(text for *_, text in (*written.lines, *written.outputs))
    if re.search(r"\b(det|inv|logabsdet|norm|tr|I)\b", texts):
        lines += ["using LinearAlgebra", ""]
    lines.append(f"function {written.name}({', '.join(name for name, _ in written.parameters)})")
    lines += [f"    {name} = {text}" for name, _, text in (*written.lines, *written.outputs)]
    lines.append(f"    return {', '.join(name for name, *_ in written.outputs)}")
    return "\n".join([*lines, "end"]) + "\n"


_INFIX = {
    "add": "+", "sub": "-", "div": " ./ ", "mul": " .* ", "less": "<", "less_equal": "<=", "greater": ">",
    "greater_equal": ">=", "equal": "==", "not_equal": "!=",
}  # fmt: skip

ARRAYS = Arrays(
    language=replace(
        LANGUAGE,
        functions={op: re.sub(r"^(\w+)\(", r"\1.(", text) for op, text in LANGUAGE.functions.items()}
        | {"pow": "({0}).^({1})", "logical_and": "(({0}) .& ({1}))", "logical_or": "(({0}) .| ({1}))"},
        conditional="ifelse.({0}, {1}, {2})",
        operators={op: text if " " in text else f".{text}" for op, text in _INFIX.items()} | {"logical_not": ".!"},
    ),
    functions={
        "det": "det({0})",
        "diag 1": "diagm({0})",
        "diag 2": "diag({0})",
        "expand_dims 1 0": "{0}'",
        "expand_dims 1 1": "reshape({0}, :, 1)",
        "eye 2": "Matrix(1.0I, {0}, {0})",
        "inv": "inv({0})",
        "logabsdet": "logabsdet({0})[1]",
        "matmul 11": "{0}' * {1}",
        "matmul 12": "{1}' * {0}",
        "matmul 21": "{0} * {1}",
        "matmul 22": "{0} * {1}",
        "cumsum": "cumsum({0})",
        "flip": "reverse({0})",
        "max": "maximum({0})",
        "min": "minimum({0})",
        "norm": "norm({0})",
        "ones 1": "ones({0})",
        "ones 2": "ones({0}, {1})",
        "outer": "{0} * {1}'",
        "solve": "{0} \\ {1}",
        "sum 1": "sum({0})",
        "sum 1 0": "sum({0})",
        "sum 1 0 kept": "[sum({0})]",
        "sum 2": "sum({0})",
        "sum 2 0": "vec(sum({0}, dims=1))",
        "sum 2 0 kept": "sum({0}, dims=1)",
        "sum 2 1": "vec(sum({0}, dims=2))",
        "sum 2 1 kept": "sum({0}, dims=2)",
        "trace": "tr({0})",
        "transpose": "{0}'",
    },
    frame=_array_frame,
    size="size({0}, {2})",
    row="{0}'",
)
