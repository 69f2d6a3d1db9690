"""A call of one of the functions that names stand for."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import numpy as np

from gradcli.reread.growth import check_growth, check_matrices
from gradcli.reread.names import KEYWORDS, Function, function
from gradcli.reread.outside import Outside
from gradcli.reread.values import floats, kept_array, operand, plain

__all__ = ["call", "reduce"]

_PYTORCH_WORDS = {"dim": "axis", "keepdim": "keepdims"}


def call(name: str, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """What a function gives.

    Raises:
        Outside: if NumPy and SciPy have no such function, or do not take such arguments.

    >>> call("clip", [3, 0, 1], {}), call("sum", [[1, 2]], {"axis": 0})
    (1, 3.0)
    """
    named = {_PYTORCH_WORDS.get(key, key): value for key, value in keywords.items()}
    strange = next((key for key in named if key not in KEYWORDS), None)
    if strange is not None:
        raise Outside(f"{name} has no argument '{strange}' in NumPy and SciPy")
    if name in ("max", "min"):
        return _extreme(name, args, named)
    if name == "len" and len(args) == 1 and not named:
        return _length(args[0])
    found = function(name)
    if found is None:
        raise Outside(f"NumPy and SciPy have no {name}")
    what, called = found
    given = _prepared(what, args)
    if name == "logsumexp" and "keepdims" in named and not np.ndim(given[0]):
        raise Outside("SciPy's logsumexp gives a number an axis")
    if name == "copysign" and np.any(np.isnan(given[1:])):
        raise Outside("the sign of NaN means nothing")
    check_growth(what.grows, [*given, *named.values()])
    if what.home in ("numpy.linalg", "scipy.linalg") or (what.takes, what.arrays, what.home) == ("floats", 1, ""):
        check_matrices(given)
    try:
        return plain(called(*given, **named))
    except Outside:
        raise
    except np.linalg.LinAlgError as error:
        raise Outside(f"NumPy refuses {name}: {error}") from None
    except (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError) as error:
        raise Outside(f"Python refuses {name}: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:100]


def _prepared(what: Function, args: Sequence[Any]) -> list[Any]:
    """The arguments as the function wants them."""
    if what.takes == "einsum":
        if not args or not isinstance(args[0], str):
            raise Outside("einsum takes its subscripts first, as a text")
        return [args[0], *(np.asarray(floats(arg)) for arg in args[1:])]
    if what.takes == "sequence":
        if not args:
            raise Outside("NumPy joins one sequence of arrays")
        first = args[0] if isinstance(args[0], np.ndarray) else [kept_array(part) for part in _parts(args[0])]
        return [first, *args[1:]]
    convert = floats if what.takes == "floats" else operand
    return [convert(arg) if i < what.arrays and arg is not None else arg for i, arg in enumerate(args)]


def _parts(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise Outside("NumPy joins a sequence of arrays, not a number")
    return value


def _length(value: Any) -> int:
    if isinstance(value, list | tuple | np.ndarray):
        return builtins.len(value)
    raise Outside("a number has no length in Python")


def _extreme(name: str, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """Python's `max` and `min` of several numbers; of one argument NumPy's, over all entries."""
    if builtins.len(args) == 1:
        found = function("amax" if name == "max" else "amin")
        assert found is not None
        try:
            return plain(found[1](kept_array(args[0]), **keywords))
        except (TypeError, ValueError) as error:
            raise Outside(f"NumPy refuses {name}: {_first_line(error)}") from None
    if keywords:
        raise Outside(f"Python's {name} of several numbers takes no '{next(iter(keywords))}'")
    return _of_numbers(name, args)


def _of_numbers(name: str, values: Sequence[Any]) -> Any:
    numbers = [operand(value) for value in values]
    if any(isinstance(number, np.ndarray) for number in numbers):
        raise Outside(f"Python's {name} finds the truth of an array ambiguous")
    if not numbers or any(isnan(number) for number in numbers):
        raise Outside(f"Python's {name} of nothing, or of NaN, says nothing")
    return (builtins.max if name == "max" else builtins.min)(numbers)


def reduce(name: str, elements: Sequence[Any]) -> Any:
    """`sum`, `prod`, `max` or `min` of the elements of a loop: Python's, which takes one after the other.

    >>> reduce("sum", [1, 2.5]), reduce("prod", []), reduce("max", [1, 3])
    (3.5, 1.0, 3)
    """
    if name in ("max", "min"):
        return _of_numbers(name, elements)
    if name not in ("sum", "prod"):
        raise Outside(f"{name} of a loop is not in the language")
    total = np.float64(name == "prod")
    for element in elements:
        total = total + floats(element) if name == "sum" else total * floats(element)
    return plain(total)
