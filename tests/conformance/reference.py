"""What the language's names mean to Python: NumPy's, SciPy's and Python's own functions, and PyTorch's written out.

Nothing here passes through our parser or resolver: an expression is given to Python as it is.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import linalg, special

from gradcli.ops import names

__all__ = ["SAME_AS", "namespace", "python_value"]

SAME_AS: dict[str, Callable[..., Any]] = {
    "Abs": np.abs,
    "T": np.transpose,
    "acot": lambda x: np.arctan(1 / np.asarray(x)),
    "acoth": lambda x: np.arctanh(1 / np.asarray(x)),
    "acsc": lambda x: np.arcsin(1 / np.asarray(x)),
    "acsch": lambda x: np.arcsinh(1 / np.asarray(x)),
    "asec": lambda x: np.arccos(1 / np.asarray(x)),
    "asech": lambda x: np.arccosh(1 / np.asarray(x)),
    "besseli": special.iv,
    "besselj": special.jv,
    "cat": lambda tensors, axis=0: np.concatenate(tensors, axis),
    "ceiling": np.ceil,
    "array_split": lambda x, *args, **keywords: np.array_split(np.asarray(x), *args, **keywords),
    "chunk": lambda x, chunks, axis=0: np.array_split(np.asarray(x), chunks, axis),
    "clamp": np.clip,
    "cot": lambda x: 1 / np.tan(x),
    "coth": lambda x: 1 / np.tanh(x),
    "csc": lambda x: 1 / np.sin(x),
    "csch": lambda x: 1 / np.sinh(x),
    "div": np.true_divide,
    "flatten": np.ravel,
    "gelu": lambda x: x * special.ndtr(x),
    "len": builtins.len,
    "lgamma": special.gammaln,
    "ln": np.log,
    "log_sigmoid": special.log_expit,
    "logabsdet": lambda x: np.linalg.slogdet(x)[1],
    "logdet": lambda x: np.where(np.linalg.slogdet(x)[0] > 0, np.linalg.slogdet(x)[1], np.nan),
    "logistic": special.expit,
    "logsigmoid": special.log_expit,
    "movedim": np.moveaxis,
    "mul": np.multiply,
    "neg": np.negative,
    "pos": np.positive,
    "relu": lambda x: np.maximum(x, 0),
    "sec": lambda x: 1 / np.cos(x),
    "sech": lambda x: 1 / np.cosh(x),
    "sgn": np.sign,
    "sigmoid": special.expit,
    "silu": lambda x: x * special.expit(x),
    "softplus": lambda x: np.logaddexp(x, 0),
    "sub": np.subtract,
    "swish": lambda x: x * special.expit(x),
    "tensor_split": lambda x, *args, **keywords: np.array_split(np.asarray(x), *args, **keywords),
    "unbind": lambda x, axis=0: builtins.list(np.moveaxis(np.asarray(x), axis, 0)),
    "max": lambda *args, **keywords: builtins.max(*args) if len(args) > 1 else np.max(*args, **keywords),
    "min": lambda *args, **keywords: builtins.min(*args) if len(args) > 1 else np.min(*args, **keywords),
    "pow": np.power,
    "eigh": lambda x: np.linalg.eigh((x + np.swapaxes(x, -1, -2)) / 2),
    "eigvalsh": lambda x: np.linalg.eigvalsh((x + np.swapaxes(x, -1, -2)) / 2),
    "softmax": lambda x, axis=-1: special.softmax(x, axis),
    "log_softmax": lambda x, axis=-1: special.log_softmax(x, axis),
}
"""Names that none of the namespaces has, or that have another meaning there than in the language's documentation."""


def namespace() -> dict[str, Any]:
    """For each of the language's names Python's function of that name."""
    found: dict[str, Any] = {"range": builtins.range, "pi": np.pi, "e": np.e, "inf": np.inf, "nan": np.nan}
    for name in names():
        homes = (np, np.linalg, special, linalg)
        home = next((home for home in homes if hasattr(home, name)), None)
        function = SAME_AS.get(name) or (getattr(home, name) if home is not None else None)
        if function is not None:
            found[name] = function
    return found


_NAMESPACE = namespace()


def python_value(text: str, values: Mapping[str, Any]) -> Any:
    """What Python makes of a program: assignments separated by semicolons, then an expression.

    Raises:
        Exception: whatever Python, NumPy and SciPy raise.
    """
    scope = {**_NAMESPACE, **values, "__builtins__": {}}
    *statements, last = text.split(";")
    for statement in statements:
        name, _, expression = statement.partition("=")
        scope[name.strip()] = eval(expression.strip(), scope)
    return np.asarray(eval(last.strip(), scope), dtype=float)
