"""Python with NumPy: every argument may also be an array of points of one shape."""

from __future__ import annotations

from gradcli.render.code.language import Language, Written
from gradcli.render.code.python import PYTHON_WORDS, array_results, python_function

__all__ = ["LANGUAGE", "OF_ONE", "OF_TWO", "comma_entry"]

OF_ONE = {
    "abs": "abs", "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
    "atanh": "arctanh", "cbrt": "cbrt", "ceil": "ceil", "cos": "cos", "cosh": "cosh", "exp": "exp", "exp2": "exp2",
    "expm1": "expm1", "floor": "floor", "log": "log", "log10": "log10", "log1p": "log1p", "log2": "log2",
    "round": "rint", "sign": "sign", "sin": "sin", "sinh": "sinh", "sqrt": "sqrt", "square": "square", "tan": "tan",
    "tanh": "tanh", "trunc": "trunc",
}  # fmt: skip
OF_TWO = {
    "atan2": "arctan2", "copysign": "copysign", "floor_divide": "floor_divide", "fmax": "fmax", "fmin": "fmin",
    "fmod": "fmod", "heaviside": "heaviside", "hypot": "hypot", "logaddexp": "logaddexp", "maximum": "maximum",
    "minimum": "minimum", "mod": "remainder", "pow": "power",
}  # fmt: skip


def _frame(written: Written) -> str:
    return python_function(written, "import numpy as np", (), array_results(written, "np", "array", "broadcast_arrays"))


def comma_entry(name: str, at: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """x[1, 2]."""
    return f"{name}[{', '.join(map(str, at))}]"


LANGUAGE = Language(
    name="NumPy",
    functions={op: f"np.{name}({{0}})" for op, name in OF_ONE.items()}
    | {op: f"np.{name}({{0}}, {{1}})" for op, name in OF_TWO.items()}
    | {
        "logical_and": "np.logical_and({0}, {1})",
        "logical_or": "np.logical_or({0}, {1})",
        "logical_not": "np.logical_not({0})",
    },
    conditional="np.where({0}, {1}, {2})",
    frame=_frame,
    entry=comma_entry,
    constants={"inf": "np.inf", "nan": "np.nan", "pi": "np.pi", "e": "np.e"},
    reserved=PYTHON_WORDS | {"np"},
)
