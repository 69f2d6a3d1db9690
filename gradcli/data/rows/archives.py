"""Tables of NumPy's: .npz with an array for each column, .npy with records or with rows of numbers."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from gradcli.batch import Cells
from gradcli.batch.table import Block, Lacking, Variable
from gradcli.data.rows.generic import joined
from gradcli.data.rows.names import check_free, variables_of
from gradcli.data.rows.texts import kind_of, scalars_in
from gradcli.errors import InputProblem
from gradcli.ops.calls.memory import check_entries

__all__ = ["NumpySink", "NumpyTable"]

_ROWS = 131_072


class NumpyTable:
    """A table of arrays.

    Attributes:
        origin: what it is called in messages.
        names: the columns.
        variables: what a program may use.

    Args:
        stream: of bytes that can be read anywhere.
        origin: what it is called in messages.
        columns: names, for an array of rows that has none.
        renamed: for variables the columns that they stand for.

    Raises:
        InputProblem: if it holds no table.
    """

    def __init__(
        self,
        stream: IO[bytes],
        origin: str,
        columns: Sequence[str] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        self.origin = origin
        self.first_row = 0
        self.arrays = _arrays(stream, origin, columns)
        lengths = {len(array) for array in self.arrays.values()}
        if len(lengths) != 1:
            told = ", ".join(f"{name} {len(array):,}" for name, array in self.arrays.items())
            raise InputProblem(f"the arrays of {origin} have different lengths: {told}")
        self.rows = lengths.pop()
        self.names = tuple(self.arrays)
        self.variables: Mapping[str, Variable] = variables_of(self.names, renamed or {}, origin)

    def blocks(self, wanted: Sequence[str]) -> Iterator[Block]:
        """Its rows, with the numbers of some variables."""
        for first in range(0, self.rows, _ROWS):
            last = min(first + _ROWS, self.rows)
            part = {name: array[first:last] for name, array in self.arrays.items()}
            yield Block(first, last - first, self._cells(part, wanted), (), part, lambda part=part: part)  # type: ignore[misc]  # mypy infers no default's type

    def _cells(self, part: Mapping[str, NDArray[Any]], wanted: Sequence[str]) -> dict[str, Cells]:
        cells = {}
        for name in wanted:
            variable = self.variables[name]
            arrays = [part[self.names[position]] for position in variable.columns]
            for array, position in zip(arrays, variable.columns, strict=True):
                if array.dtype.kind not in "fiub":
                    raise InputProblem(f"'{self.names[position]}' of {self.origin} holds {array.dtype}, and no numbers")
            if variable.shape:
                values = np.stack(arrays, axis=1).reshape(-1, *variable.shape)
            else:
                (values,) = arrays
            if values.dtype.kind == "b":
                cells[name] = Cells(values, "truth")
            else:
                cells[name] = Cells(values.astype(np.float64), "real" if values.dtype.kind == "f" else "whole")
            if values.dtype.kind == "f":
                cells[name] = cells[name]._replace(kind=kind_of(np.ravel(cells[name].values)))
        return cells


def _arrays(stream: IO[bytes], origin: str, columns: Sequence[str]) -> dict[str, NDArray[Any]]:
    try:
        loaded = np.load(stream, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return _named(loaded, origin, columns)
        arrays = {name: loaded[name] for name in loaded.files}
    except (ValueError, EOFError, OSError, KeyError, BadZipFile, zlib.error) as error:
        told = "it is in no format of NumPy's" if "allow_pickle" in str(error) else str(error)
        raise InputProblem(f"{origin} is no NumPy file of numbers: {told}") from None
    for name, array in arrays.items():
        check_entries(f"'{name}' of {origin}", array.size)
        if not array.ndim:
            raise InputProblem(f"'{name}' of {origin} is one number, and no column", hint=f"--{name} VALUE gives it")
    if not arrays:
        raise InputProblem(f"{origin} holds no arrays")
    return arrays


def _named(array: NDArray[Any], origin: str, columns: Sequence[str]) -> dict[str, NDArray[Any]]:
    if array.dtype.names:
        return {name: array[name] for name in array.dtype.names}
    if array.ndim != 2 or len(columns) != array.shape[1]:
        told = f"has the shape {array.shape}, and its columns have no names"
        raise InputProblem(f"{origin} {told}", hint="--columns x,y names the columns of a matrix; .npz has names")
    return {name: array[:, i] for i, name in enumerate(columns)}


class NumpySink:
    """Writes .npz with an array for each column.

    Args:
        stream: takes bytes.
        table: where the rows come from.
        shapes: of the results' entries in a row; None where rows differ in it.
        overwrite: whether columns of these names may be there, and are then replaced.
    """

    def __init__(
        self, stream: IO[bytes], table: Any, shapes: Mapping[str, tuple[int, ...] | None], overwrite: bool
    ) -> None:
        self.fixed = True
        self._stream = stream
        self._origin = table.origin
        self._overwrite = overwrite
        self._names = list(dict.fromkeys([*table.names, *shapes]))
        self._parts: dict[str, dict[int, NDArray[Any]]] = {}
        self._scalars: dict[str, set[str]] = {}
        self._rows: list[int] = []
        if not overwrite:
            check_free(list(shapes), table.names, table.origin)

    def write(self, block: Block, columns: Mapping[str, NDArray[Any]], lacking: Lacking) -> None:
        """Keep rows, and beside them results."""
        for name, values in joined(block, columns, lacking, self._overwrite, self._origin).items():
            of_name = self._parts.setdefault(name, {})
            if any(value is not None for value in values):
                of_name[len(self._rows)] = self._array(name, values)
        self._rows.append(block.rows - int(lacking.everything.sum()))

    def _array(self, name: str, values: Any) -> NDArray[Any]:
        """A column; NumPy has no missing entry but not-a-number."""
        if isinstance(values, np.ndarray):
            return values
        scalars = self._scalars.setdefault(name, set())
        scalars |= scalars_in(values)
        if len(scalars) > 1:
            raise self._mixed(name)
        if {float, type(None)}.issuperset(map(type, values)):
            return np.array(values, np.float64)
        values = [float(value) if isinstance(value, Decimal) else value for value in values]
        there = [value for value in values if value is not None]
        if any(isinstance(value, str) for value in there):
            if all(isinstance(value, str) for value in there):
                return np.asarray(["" if value is None else value for value in values])
            raise self._mixed(name)
        shapes = {np.shape(value) for value in there if not isinstance(value, list)}
        try:
            shapes |= {np.asarray(value).shape for value in there if isinstance(value, list)}
        except ValueError:
            raise self._mixed(name) from None
        if len(shapes) > 1:
            raise self._ragged(name)
        filler = np.full(next(iter(shapes), ()), np.nan)
        array = np.asarray([filler if value is None else value for value in values])
        if array.dtype.kind not in "fiub":
            raise self._mixed(name)
        if array.dtype.kind == "f" and any(_is_rounded(value) for value in there):
            raise self._rounded(name)
        return array

    def _rounded(self, name: str) -> InputProblem:
        told = f"column '{name}' of {self._origin} has whole numbers above 2**53 beside others"
        return InputProblem(told, hint="--format csv or jsonl keeps their digits")

    def _ragged(self, name: str) -> InputProblem:
        told = f"column '{name}' of {self._origin} has rows of several lengths, and an array has one"
        return InputProblem(told, hint="--format jsonl or parquet takes them")

    def _mixed(self, name: str) -> InputProblem:
        told = f"column '{name}' of {self._origin} is no array of numbers or of texts"
        return InputProblem(told, hint="csv and jsonl take it")

    def close(self) -> None:
        """Write everything: a NumPy file begins with its length."""
        columns = {name: self._whole(name) for name in self._parts or self._names}
        np.savez(_Forwards(self._stream), **columns)  # type: ignore[arg-type]  # savez's stub takes its own options too

    def discard(self) -> None:
        """Keep nothing."""
        self._parts.clear()

    def _whole(self, name: str) -> NDArray[Any]:
        """A column of all rows; a field may begin late, or be missing in between."""
        found = self._parts.get(name, {})
        if len({part.dtype.kind == "U" for part in found.values()}) > 1:
            raise self._mixed(name)
        if len({part.shape[1:] for part in found.values()}) > 1:
            raise self._ragged(name)
        first = next(iter(found.values()), np.zeros(0))
        filler = "" if first.dtype.kind == "U" else np.nan
        parts = [
            found[number] if number in found else np.full((rows, *first.shape[1:]), filler)
            for number, rows in enumerate(self._rows)
        ]
        whole = np.concatenate(parts) if parts else np.zeros(0)
        if whole.dtype.kind == "f" and any(part.dtype.kind in "iu" and _are_rounded(part) for part in parts):
            raise self._rounded(name)
        return whole


def _are_rounded(numbers: NDArray[Any]) -> bool:
    """Whether whole numbers have more digits than floats."""
    return any(map(_is_rounded, numbers[np.abs(numbers.astype(np.float64)) >= _EXACT].tolist()))


_EXACT = 2.0**53


def _is_rounded(value: Any) -> bool:
    """Whether a whole number has more digits than a float."""
    return isinstance(value, int) and int(float(value)) != value


class _Forwards:
    """A stream that is written from its start to its end alone, as packed ones are."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.write = stream.write
        self.flush = stream.flush

    def read(self, size: int = -1) -> bytes:
        """Never asked; NumPy takes for a file what has it."""
        raise OSError(f"{size} bytes are not read")
