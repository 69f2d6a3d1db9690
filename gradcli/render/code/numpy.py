"""Python with NumPy: every argument may also be an array of points of one shape."""

from __future__ import annotations

from gradcli.render.code.language import Arrays, Language, Written
from gradcli.render.code.python import PYTHON_WORDS, array_function, array_results, python_function

__all__ = ["ARRAYS", "LANGUAGE", "OF_ONE", "OF_TWO", "array_functions", "comma_entry"]

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


def array_functions(np: str, keepdims: str = "keepdims") -> dict[str, str]:
    """Operations on whole arrays as a library of NumPy's names has them."""
    return {
        "arange": f"{np}.arange({{start}}.0, {{stop}})",
        "cumsum": f"{np}.cumsum({{0}})",
        "det": f"{np}.linalg.det({{0}})",
        "diag": f"{np}.diag({{0}})",
        "entry": "{0}[{index}]",
        "expand_dims 1 0": "{0}[None, :]",
        "expand_dims 1 1": "{0}[:, None]",
        "eye 2": f"{np}.eye({{0}})",
        "flip": f"{np}.flip({{0}})",
        "inv": f"{np}.linalg.inv({{0}})",
        "logabsdet": f"{np}.linalg.slogdet({{0}})[1]",
        "matmul 11": "{0} @ {1}",
        "matmul 12": "{0} @ {1}",
        "matmul 21": "{0} @ {1}",
        "matmul 22": "{0} @ {1}",
        "max": f"{np}.max({{0}})",
        "min": f"{np}.min({{0}})",
        "norm": f"{np}.linalg.norm({{0}})",
        "one_hot": f"{np}.eye({{of}})[{{at}}]",
        "ones 1": f"{np}.ones({{0}})",
        "ones 2": f"{np}.ones(({{0}}, {{1}}))",
        "outer": f"{np}.outer({{0}}, {{1}})",
        "padded": f"{np}.pad({{0}}, ({{before}}, {{after}}))",
        "part": "{0}[{first}:{last}]",
        "prod 1": f"{np}.prod({{0}})",
        "prod 2 1": f"{np}.prod({{0}}, 1)",
        "solve": f"{np}.linalg.solve({{0}}, {{1}})",
        "sum 1": f"{np}.sum({{0}})",
        "sum 1 0": f"{np}.sum({{0}})",
        "sum 1 0 kept": f"{np}.sum({{0}}, 0, {keepdims}=True)",
        "sum 2": f"{np}.sum({{0}})",
        "sum 2 0": f"{np}.sum({{0}}, 0)",
        "sum 2 0 kept": f"{np}.sum({{0}}, 0, {keepdims}=True)",
        "sum 2 1": f"{np}.sum({{0}}, 1)",
        "sum 2 1 kept": f"{np}.sum({{0}}, 1, {keepdims}=True)",
        "trace": f"{np}.trace({{0}})",
        "transpose": "{0}.T",
    }


ARRAYS = Arrays(
    language=LANGUAGE,
    functions=array_functions("np"),
    frame=lambda written: array_function(written, "import numpy as np"),
    size="{0}.shape[{1}]",
)
