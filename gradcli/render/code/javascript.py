"""JavaScript."""

from __future__ import annotations

from gradcli.render.code.language import Language, Written, words
from gradcli.render.code.shapes import bracketed, nested

__all__ = ["LANGUAGE"]

_SAME = (
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "exp", "expm1", "floor",
    "log", "log10", "log1p", "log2", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
)  # fmt: skip


def _frame(written: Written) -> str:
    lines = [f"// {line}" for line in written.comments]
    lines.append(f"function {written.name}({', '.join(name for name, _ in written.parameters)}) {{")
    lines += [f"  const {name} = {text};" for name, text in written.lines]
    for name, shape, entries, _ in written.outputs:
        lines.append(f"  const {name} = {nested(entries, shape)};")
    names = [name for name, *_ in written.outputs]
    lines.append(f"  return {names[0] if len(names) == 1 else '{ ' + ', '.join(names) + ' }'};")
    return "\n".join([*lines, "}"]) + "\n"


LANGUAGE = Language(
    name="JavaScript",
    functions={name: f"Math.{name}({{0}})" for name in _SAME}
    | {
        "atan2": "Math.atan2({0}, {1})",
        "fmod": "(({0}) % ({1}))",
        "hypot": "Math.hypot({0}, {1})",
        "pow": "Math.pow({0}, {1})",
        "sign": "Math.sign({0})",
    },
    conditional="({0} ? {1} : {2})",
    frame=_frame,
    entry=bracketed,
    constants={"inf": "Infinity", "nan": "NaN", "pi": "Math.PI", "e": "Math.E"},
    reserved=words(
        """
        arguments await break case catch class const continue debugger default delete do else
        enum eval export extends false finally for function if implements import in instanceof
        interface let new null package private protected public return static super switch this
        throw true try typeof undefined var void while with yield Math NaN Infinity
        """
    ),
    operators={"equal": "===", "not_equal": "!=="},
)
