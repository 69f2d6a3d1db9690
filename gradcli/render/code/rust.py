"""Rust, with nothing but its standard library."""

from __future__ import annotations

from gradcli.render.code.language import Language, Written, words
from gradcli.render.code.shapes import flat_index, size_of

__all__ = ["LANGUAGE"]

_SAME = {
    name: name
    for name in (
        "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "exp", "exp2", "floor",
        "log10", "log2", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
    )
} | {"expm1": "exp_m1", "log": "ln", "log1p": "ln_1p", "round": "round_ties_even"}  # fmt: skip


def _frame(written: Written) -> str:
    lines = [f"// {line}" for line in written.comments]
    arguments = [f"{name}: &[f64; {size_of(shape)}]" if shape else f"{name}: f64" for name, shape in written.parameters]
    kinds = [f"[f64; {size_of(shape)}]" if shape else "f64" for _, shape, *_ in written.outputs]
    lines.append(
        f"pub fn {written.name}({', '.join(arguments)}) -> {kinds[0] if len(kinds) == 1 else _tuple(kinds)} {{"
    )
    lines += [f"    let {name}: f64 = {text};" for name, text in written.lines]
    for (name, shape, entries, _), kind in zip(written.outputs, kinds, strict=True):
        lines.append(f"    let {name}: {kind} = {'[' + ', '.join(entries) + ']' if shape else entries[0]};")
    names = [name for name, *_ in written.outputs]
    lines.append(f"    {names[0] if len(names) == 1 else _tuple(names)}")
    return "\n".join([*lines, "}"]) + "\n"


def _tuple(parts: list[str]) -> str:
    return f"({', '.join(parts)})"


LANGUAGE = Language(
    name="Rust",
    functions={op: f"f64::{name}({{0}})" for op, name in _SAME.items()}
    | {
        "atan2": "f64::atan2({0}, {1})",
        "copysign": "f64::copysign({0}, {1})",
        "fmod": "(({0}) % ({1}))",
        "hypot": "f64::hypot({0}, {1})",
        "pow": "f64::powf({0}, {1})",
    },
    conditional="(if {0} {{ {1} }} else {{ {2} }})",
    frame=_frame,
    flags="rustc -O -C target-cpu=native",
    entry=lambda name, at, shape: f"{name}[{flat_index(at, shape)}]",
    constants={"inf": "f64::INFINITY", "nan": "f64::NAN"},
    reserved=words(
        """
        as async await break const continue crate dyn else enum extern false fn
        for if impl in let loop match mod move mut pub ref return
        self Self static struct super trait true type unsafe use where while abstract
        become box do final macro override priv try typeof unsized virtual yield f64
        Some None Ok Err
        """
    ),
)
