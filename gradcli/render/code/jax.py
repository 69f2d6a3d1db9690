"""Python with JAX in float64: every argument may also be an array of points of one shape."""

from __future__ import annotations

from gradcli.render.code.language import Arrays, Language, Written
from gradcli.render.code.numpy import OF_ONE, OF_TWO, array_functions, comma_entry
from gradcli.render.code.python import PYTHON_WORDS, array_function, array_results, python_function

__all__ = ["ARRAYS", "LANGUAGE"]

_SPECIAL = {
    "digamma": "digamma", "erf": "erf", "erfc": "erfc", "erfinv": "erfinv", "gamma": "gamma", "i0": "i0", "i1": "i1",
    "lgamma": "gammaln", "log_ndtr": "log_ndtr", "ndtr": "ndtr",
}  # fmt: skip

_ABOVE = 'import jax\nimport jax.numpy as jnp\n\njax.config.update("jax_enable_x64", True)'


def _frame(written: Written) -> str:
    return python_function(written, _ABOVE, (), array_results(written, "jnp", "array", "broadcast_arrays"))


LANGUAGE = Language(
    name="JAX",
    functions={op: f"jnp.{name}({{0}})" for op, name in OF_ONE.items()}
    | {op: f"jnp.{name}({{0}}, {{1}})" for op, name in OF_TWO.items()}
    | {op: f"jax.scipy.special.{name}({{0}})" for op, name in _SPECIAL.items()}
    | {
        "logical_and": "jnp.logical_and({0}, {1})",
        "logical_or": "jnp.logical_or({0}, {1})",
        "logical_not": "jnp.logical_not({0})",
    },
    conditional="jnp.where({0}, {1}, {2})",
    frame=_frame,
    entry=comma_entry,
    constants={"inf": "jnp.inf", "nan": "jnp.nan", "pi": "jnp.pi", "e": "jnp.e"},
    reserved=PYTHON_WORDS | {"jax", "jnp"},
)

ARRAYS = Arrays(
    language=LANGUAGE,
    functions=array_functions("jnp"),
    frame=lambda written: array_function(written, _ABOVE),
    size="{0}.shape[{1}]",
)
