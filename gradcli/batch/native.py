"""Rows computed by compiled code: the text of the loop around a function in C, and the call of what becomes of it."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Argument", "Native", "loop"]

_PIECE = 1 << 16
"""Rows that a thread takes at a time."""

_VECTORS = (
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "cos", "cosh", "erf", "erfc", "exp", "exp2", "expm1",
    "log", "log10", "log1p", "log2", "sin", "sinh", "tan", "tanh",
)  # fmt: skip
_VECTORS_OF_TWO = ("atan2", "hypot", "pow")


class Argument(NamedTuple):
    """An argument of the function.

    Attributes:
        name: of the variable.
        shape: of a row's entry.
        varies: whether it differs from row to row.
    """

    name: str
    shape: tuple[int, ...]
    varies: bool


def loop(function: str, arguments: Sequence[Argument], results: int) -> str:
    r"""The text of a library with one function, `rows`, that computes some rows.

    glibc has vectors of the mathematical functions, which are declared here: the compiler then takes several rows at a
    time. Each of them is within 4 ulps, and NaN and infinities keep their meaning.

    Args:
        function: in C, of the arguments of one row and of a pointer to the results.
        arguments: those of one row, in order; C may have other names for them.
        results: how many there are.

    >>> function = "void f(double x, double k, double *restrict y)\n{\n    y[0] = x*k;\n}"
    >>> text = loop(function, [Argument("x", (), True), Argument("k", (), False)], 1)
    >>> print(text[text.index("    for") :], end="")
        for (long gradcli_i = gradcli_begin; gradcli_i < gradcli_end; gradcli_i++) {
            const double x = gradcli_a0[gradcli_i*1];
            const double k = gradcli_a1[0];
            gradcli_r0[gradcli_i] = x*k;
        }
    }
    """
    head, _, body = function.partition("\n{\n")
    *names, result = _NAMES.findall(head.splitlines()[-1])
    before = [f"    const double *restrict gradcli_a{i} = gradcli_a[{i}];" for i in range(len(names))]
    before += [f"    double *restrict gradcli_r{i} = gradcli_r[{i}];" for i in range(results)]
    inside = []
    for i, (name, (_, shape, varies)) in enumerate(zip(names, arguments, strict=True)):
        at = f"gradcli_i*{prod(shape)}" if varies else "0"
        if shape:
            inside.append(f"    const double *{name} = gradcli_a{i} + {at};")
        else:
            inside.append(f"    const double {name} = gradcli_a{i}[{at}];")
    place = re.compile(rf"^( *){result}\[(\d+)\] = ")
    inside += [place.sub(r"\1gradcli_r\2[gradcli_i] = ", line) for line in body.rstrip().removesuffix("}").splitlines()]
    lines = [
        "#include <math.h>",
        "#if defined(__GLIBC__) && defined(__x86_64__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 35)",
        *(f"{_VECTOR} double {name}(double);" for name in _VECTORS),
        *(f"{_VECTOR} double {name}(double, double);" for name in _VECTORS_OF_TWO),
        "#endif",
        "void rows(long gradcli_begin, long gradcli_end, const double *const *gradcli_a, double *const *gradcli_r)",
        "{",
        *before,
        "#pragma omp simd",
        "    for (long gradcli_i = gradcli_begin; gradcli_i < gradcli_end; gradcli_i++) {",
        *(f"    {line}" for line in inside),
        "    }",
        "}",
    ]
    return "\n".join(lines) + "\n"


_VECTOR = '__attribute__((simd("notinbranch"), const))'
_NAMES = re.compile(r"(\w+)(?:\[\d+\])?(?=[,)])")
"""The arguments' names in a function's head."""


class Native:
    """A compiled loop.

    Args:
        path: of the library.
        arguments: of its function.
        results: how many numbers each row has.

    Raises:
        OSError: if it cannot be loaded.
    """

    def __init__(self, path: Path, arguments: Sequence[Argument], results: int) -> None:
        self.arguments = tuple(arguments)
        self.results = results
        self._rows = ctypes.CDLL(str(path)).rows
        pointers = ctypes.POINTER(ctypes.c_void_p)
        self._rows.argtypes = [ctypes.c_long, ctypes.c_long, pointers, pointers]
        self._rows.restype = None

    def run(self, values: Mapping[str, NDArray[Any]], rows: int, threads: int) -> list[NDArray[np.float64]]:
        """The results of some rows, an array for each.

        Args:
            values: of each argument: with an axis for the rows first, where it varies.
            rows: how many there are.
            threads: that compute at the same time.
        """
        given = [np.ascontiguousarray(values[argument.name], np.float64) for argument in self.arguments]
        found = [np.empty(rows) for _ in range(self.results)]
        arguments = (ctypes.c_void_p * max(len(given), 1))(*(array.ctypes.data for array in given))
        results = (ctypes.c_void_p * max(len(found), 1))(*(array.ctypes.data for array in found))
        pieces = range(0, rows, _PIECE)

        def work(first: int) -> None:
            self._rows(first, min(first + _PIECE, rows), arguments, results)

        if threads > 1 and len(pieces) > 1:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(work, pieces))
        else:
            for first in pieces:
                work(first)
        return found
