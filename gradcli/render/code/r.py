"""R."""

from __future__ import annotations

from gradcli.render.code.language import Language, Written, words
from gradcli.render.code.shapes import one_based

__all__ = ["LANGUAGE"]

_SAME = (
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "digamma", "exp", "expm1", "floor",
    "gamma", "lgamma", "log", "log10", "log1p", "log2", "sign", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
)  # fmt: skip


def _frame(written: Written) -> str:
    lines = [f"# {line}" for line in written.comments]
    lines.append(f"{written.name} <- function({', '.join(name for name, _ in written.parameters)}) {{")
    lines += [f"  {name} <- {text}" for name, text in written.lines]
    for name, shape, entries, _ in written.outputs:
        lines.append(f"  {name} <- {_array(entries, shape) if shape else entries[0]}")
    names = [name for name, *_ in written.outputs]
    listed = ", ".join(f"{name} = {name}" for name in names)
    lines.append(f"  {names[0] if len(names) == 1 else f'list({listed})'}")
    return "\n".join([*lines, "}"]) + "\n"


def _array(entries: tuple[str, ...], shape: tuple[int, ...]) -> str:
    listed = f"c({', '.join(entries)})"
    if len(shape) == 1:
        return listed
    if len(shape) == 2:
        return f"matrix({listed}, nrow = {shape[0]}, ncol = {shape[1]}, byrow = TRUE)"
    backwards = ", ".join(map(str, reversed(shape)))
    return f"aperm(array({listed}, c({backwards})))"


LANGUAGE = Language(
    name="R",
    functions={name: f"{name}({{0}})" for name in _SAME}
    | {
        "atan2": "atan2({0}, {1})",
        "ceil": "ceiling({0})",
        "mod": "(({0}) %% ({1}))",
        "pow": "({0})^({1})",
    },
    made={"fmod": "sign(x)*mod(abs(x), abs(y))"},
    conditional="(if ({0}) {1} else {2})",
    frame=_frame,
    entry=lambda name, at, shape: one_based("[", "]", name, at),
    constants={"inf": "Inf", "nan": "NaN", "pi": "pi"},
    reserved=frozenset(
        {
            *_SAME,
            *words(
                """
                if else repeat while function for next break TRUE FALSE NULL Inf
                NaN NA in c matrix array aperm list ceiling atan2 pi T
                F
                """
            ),
        }
    ),
)
