"""Fortran 2008."""

from __future__ import annotations

from collections.abc import Iterable

from gradcli.render.code.language import Arrays, ArrayWritten, Language, Written, words
from gradcli.render.code.shapes import one_based

__all__ = ["ARRAYS", "LANGUAGE"]

_SAME = (
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "erf", "erfc", "exp", "gamma", "log",
    "log10", "sin", "sinh", "sqrt", "tan", "tanh",
)  # fmt: skip

_MODULE_NAMES = ("ieee_value", "ieee_positive_inf", "ieee_quiet_nan")
_WIDTH = 120


def _frame(written: Written) -> str:
    outputs = [name for name, *_ in written.outputs]
    arguments = ", ".join([*(name for name, _ in written.parameters), *outputs])
    lines = [f"! {line}" for line in written.comments]
    lines += _folded(f"subroutine {written.name}({arguments})")
    lines += _head(
        [*(text for _, text in written.lines), *(text for output in written.outputs for text in output.entries)]
    )
    lines += [f"  real(dp), intent(in) :: {name}{_extent(shape)}" for name, shape in written.parameters]
    lines += [f"  real(dp), intent(out) :: {name}{_extent(shape)}" for name, shape, *_ in written.outputs]
    lines += [f"  real(dp) :: {name}" for name, _ in written.lines]
    for name, text in written.lines:
        lines += _folded(f"  {name} = {text}")
    for name, shape, entries, _ in written.outputs:
        for position, text in enumerate(entries):
            place = one_based("(", ")", name, _indices(position, shape)) if shape else name
            lines += _folded(f"  {place} = {text}")
    return "\n".join([*lines, f"end subroutine {written.name}"]) + "\n"


def _head(texts: Iterable[str]) -> list[str]:
    """The first lines; a module is used where some text needs its names."""
    used = [name for name in _MODULE_NAMES if any(name in text for text in texts)]
    module = [f"  use, intrinsic :: ieee_arithmetic, only: {', '.join(used)}"] if used else []
    return [*module, "  implicit none", "  integer, parameter :: dp = kind(1.0d0)"]


def _extent(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))})" if shape else ""


def _indices(position: int, shape: tuple[int, ...]) -> list[int]:
    found = []
    for size in reversed(shape):
        position, index = divmod(position, size)
        found.append(index)
    return found[::-1]


def _folded(line: str) -> list[str]:
    """A statement in lines of no more than the standard's 132 characters, cut at blanks."""
    lines = []
    while len(line) > _WIDTH:
        cut = line.rfind(" ", 4, _WIDTH)
        cut = cut if cut > 0 else next((i for i in range(_WIDTH, 4, -1) if line[i] in "*/(,"), _WIDTH)
        lines.append(line[:cut] + " &")
        line = "    " + line[cut:].lstrip()
    return [*lines, line]


def _number(value: float) -> str:
    mantissa, _, power = repr(value).partition("e")
    return f"{mantissa}d{int(power or 0)}"


LANGUAGE = Language(
    name="Fortran",
    functions={name: f"{name}({{0}})" for name in _SAME}
    | {
        "atan2": "atan2({0}, {1})",
        "ceil": "(aint({0}) + merge(1.0d0, 0.0d0, aint({0}) < {0}))",
        "fmod": "mod({0}, {1})",
        "hypot": "hypot({0}, {1})",
        "lgamma": "log_gamma({0})",
        "pow": "({0})**({1})",
        "trunc": "aint({0})",
        "floor": "(aint({0}) - merge(1.0d0, 0.0d0, aint({0}) > {0}))",
    },
    conditional="merge({1}, {2}, {0})",
    frame=_frame,
    flags="gfortran -O2 -march=native",
    entry=lambda name, at, shape: one_based("(", ")", name, at),
    constants={
        "inf": "ieee_value(1.0d0, ieee_positive_inf)",
        "nan": "ieee_value(1.0d0, ieee_quiet_nan)",
    },
    reserved=frozenset({*_SAME, *_MODULE_NAMES})
    | words("aint atan2 dp hypot ieee_arithmetic kind log_gamma merge mod"),
    number=_number,
    any_case=True,
    operators={"not_equal": "/=", "logical_and": ".and.", "logical_or": ".or.", "logical_not": ".not. "},
)


def _array_frame(written: ArrayWritten) -> str:
    results = [name for name, _, _ in written.outputs]
    arguments = [*written.letters, *(name for name, _ in written.parameters), *results]
    lines = [f"! {line}" for line in written.comments]
    lines += _folded(f"subroutine {written.name}({', '.join(arguments)})")
    lines += _head([text for *_, text in (*written.lines, *written.outputs)])
    lines += [f"  integer, intent(in) :: {', '.join(written.letters)}"] if written.letters else []
    lines += [f"  real(dp), intent(in) :: {name}{_sized(sizes)}" for name, sizes in written.parameters]
    lines += [f"  real(dp), intent(out) :: {name}{_sized(sizes)}" for name, sizes, _ in written.outputs]
    lines += [f"  real(dp) :: {name}{_sized(sizes)}" for name, sizes, _ in written.lines]
    for name, _, text in (*written.lines, *written.outputs):
        lines += _folded(f"  {name} = {text}")
    return "\n".join([*lines, f"end subroutine {written.name}"]) + "\n"


def _sized(sizes: tuple[str, ...]) -> str:
    return f"({', '.join(sizes)})" if sizes else ""


ARRAYS = Arrays(
    language=LANGUAGE,
    functions={
        "matmul 11": "dot_product({0}, {1})",
        "matmul 12": "matmul({0}, {1})",
        "matmul 21": "matmul({0}, {1})",
        "matmul 22": "matmul({0}, {1})",
        "max": "maxval({0})",
        "min": "minval({0})",
        "norm": "norm2({0})",
        "ones 1": "spread(1.0d0, 1, {0})",
        "ones 2": "spread(spread(1.0d0, 1, {0}), 2, {1})",
        "outer": "(spread({0}, 2, size({1}))*spread({1}, 1, size({0})))",
        "sum 1": "sum({0})",
        "sum 1 0": "sum({0})",
        "sum 2": "sum({0})",
        "sum 2 0": "sum({0}, 1)",
        "sum 2 1": "sum({0}, 2)",
        "transpose": "transpose({0})",
    },
    frame=_array_frame,
    size="",
    row="spread({0}, 1, {1})",
    row_sizes=True,
)
