"""Python with PyTorch in float64: every argument may also be an array of points of one shape."""

from __future__ import annotations

from collections.abc import Iterable

from gradcli.render.code.language import Arrays, ArrayWritten, Language, Written
from gradcli.render.code.numpy import array_functions, comma_entry
from gradcli.render.code.python import PYTHON_WORDS, array_function, array_results, python_function

__all__ = ["ARRAYS", "LANGUAGE"]

_OF_ONE = (
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "digamma", "erf", "erfc", "erfinv",
    "exp", "exp2", "expm1", "floor", "lgamma", "log", "log10", "log1p", "log2", "round", "sin", "sinh", "sqrt",
    "square", "tan", "tanh", "trunc",
)  # fmt: skip
_OF_TWO = ("atan2", "copysign", "fmax", "fmin", "fmod", "hypot", "logaddexp", "maximum", "minimum", "pow")
_SPECIAL = {"erfcx": "erfcx", "i0": "i0", "i1": "i1", "j0": "bessel_j0", "j1": "bessel_j1", "log_ndtr": "log_ndtr"}

_NUMBER = "number({0})"
_HELPER = """


def number(value):
    return torch.as_tensor(value, dtype=torch.float64)"""


def _frame(written: Written) -> str:
    first = _tensors(written.parameters)
    results = array_results(written, "torch", "stack", "broadcast_tensors", _NUMBER)
    texts = [text for _, text in written.lines] + results
    return python_function(written, _above(texts), first, results)


def _tensors(parameters: Iterable[tuple[str, object]]) -> list[str]:
    return [f"{name} = torch.as_tensor({name}, dtype=torch.float64)" for name, _ in parameters]


def _above(texts: Iterable[str]) -> str:
    return "import torch" + (_HELPER if any("number(" in text for text in texts) else "")


def _array_frame(written: ArrayWritten) -> str:
    texts = [text for *_, text in (*written.lines, *written.outputs)]
    return array_function(written, _above(texts), _tensors(written.parameters))


LANGUAGE = Language(
    name="PyTorch",
    functions={op: f"torch.{op}({{0}})" for op in _OF_ONE}
    | {op: f"torch.{op}({{0}}, {{1}})" for op in _OF_TWO}
    | {op: f"torch.special.{name}({{0}})" for op, name in _SPECIAL.items()}
    | {
        "mod": "torch.remainder({0}, {1})",
        "logical_and": "torch.logical_and({0}, {1})",
        "logical_or": "torch.logical_or({0}, {1})",
        "logical_not": "torch.logical_not({0})",
    },
    conditional="torch.where({0}, {1}, {2})",
    frame=_frame,
    entry=comma_entry,
    constants={"inf": "torch.inf", "nan": "torch.nan", "pi": "torch.pi", "e": "torch.e"},
    reserved=PYTHON_WORDS | {"number", "torch"},
    number_argument=_NUMBER,
)

ARRAYS = Arrays(
    language=LANGUAGE,
    functions=array_functions("torch", "keepdim")
    | {
        "arange": "torch.arange({start}.0, {stop}, dtype=torch.float64)",
        "one_hot": "torch.eye({of}, dtype=torch.float64)[{at}]",
        "padded": "torch.nn.functional.pad({0}, ({before}, {after}))",
        "cumsum": "torch.cumsum({0}, 0)",
        "flip": "torch.flip({0}, (0,))",
        "eye 2": "torch.eye({0}, dtype=torch.float64)",
        "ones 1": "torch.ones({0}, dtype=torch.float64)",
        "ones 2": "torch.ones({0}, {1}, dtype=torch.float64)",
    },
    frame=_array_frame,
    size="{0}.shape[{1}]",
)
