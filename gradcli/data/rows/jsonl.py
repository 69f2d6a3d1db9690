"""Tables of JSON Lines, an object a line, whose fields go out byte for byte as they came in."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from gradcli.batch.table import Bad, Block, Lacking, Variable
from gradcli.data.rows.texts import cells_of_objects
from gradcli.errors import InputProblem
from gradcli.lang import normalize

__all__ = ["JsonLinesSink", "JsonLinesTable"]

_LOOKED_AT = 1 << 16
"""Bytes of the lines whose keys may be variables: a key may be missing in some."""

PIECE = 1 << 22
"""Bytes that are read at a time."""


class JsonLinesTable:
    """A table of objects.

    Attributes:
        origin: what it is called in messages.
        names: the keys of the first lines, and of the variables that are expected.
        variables: what a program may use.
        first_row: how many rows of the table come before, where this is a piece of it.

    Args:
        stream: of bytes.
        origin: what it is called in messages.
        renamed: for variables the keys that they stand for.
        at_once: whether each line is a block of its own, so that it is answered before the next is read.
        piece: bytes that are read at a time.
        expected: variables that rows may have although the first ones do not show them: those of a table without rows
            or whose lines are answered one by one.
    """

    def __init__(
        self,
        stream: IO[bytes],
        origin: str,
        renamed: Mapping[str, str] | None = None,
        at_once: bool = False,
        piece: int = PIECE,
        expected: Sequence[str] = (),
    ) -> None:
        self.origin = origin
        self.first_row = 0
        self._stream = stream
        self._piece = piece
        self._at_once = at_once
        self._keys = {normalize(name): key for name, key in (renamed or {}).items()}
        self._kinds: dict[str, str] = {}
        self._pending = self._first()
        if self._pending and not at_once:
            self._pending += self._stream.readlines(_LOOKED_AT)
        found = [_object(line) or {} for line in self._pending if line.strip()]
        if not at_once and found and not any(found) and _object(self._pending[-1]) is None:
            start = next(line for line in self._pending if line.strip()).lstrip()
            hint = _ON_LINES.get(start[:1])
            raise InputProblem(f"the first line of {origin} is no JSON object in UTF-8", hint=hint)
        known = list(dict.fromkeys(key for row in found for key in row))
        hidden = set(self._keys.values())
        shown = [*self._keys, *(normalize(key) for key in known if key not in hidden)]
        more = [name for name in expected if name not in shown] if at_once or not found else []
        self.names = tuple(dict.fromkeys([*known, *(self._keys.get(name, name) for name in more)]))
        shown += more
        self.variables: Mapping[str, Variable] = {name: Variable((), ()) for name in shown}

    def _first(self) -> list[bytes]:
        """The lines up to the first that holds something."""
        lines = []
        while line := self._stream.readline():
            lines.append(line)
            if line.strip():
                break
        return lines

    def blocks(self, wanted: Sequence[str]) -> Iterator[Block]:
        """Its rows, with the numbers of some variables."""
        first = self.first_row
        for lines in self._lines():
            objects: list[Any] = []
            bad: list[Bad] = []
            for line in lines:
                if line.strip():
                    found = _object(line)
                    if found is None:
                        bad.append(Bad(first + len(objects), "", "is no JSON object"))
                    objects.append(found)
            if objects or lines:
                yield self._block(lines, objects, first, wanted, bad)
            first += len(objects)

    def _lines(self) -> Iterator[list[bytes]]:
        if self._at_once:
            yield self._pending
            while line := self._stream.readline():
                yield [line]
            return
        if self._pending:
            yield self._pending
        while lines := self._stream.readlines(self._piece):
            yield lines

    def _block(
        self, lines: list[bytes], objects: list[Any], first: int, wanted: Sequence[str], bad: list[Bad]
    ) -> Block:
        cells = {}
        there = [line for line in lines if line.strip()]
        for name in wanted:
            key = self._keys.get(name, name)
            held = [None if row is None else row.get(key) for row in objects]
            for position in [i for i, field in enumerate(held) if field in _INFINITIES]:
                held[position] = json.loads(there[position], parse_float=_finite)[key]
            found, wrong = cells_of_objects(held, self._kinds.get(name, ""))
            bad += [Bad(first + row, key, told) for row, told in wrong.items()]
            if name not in self._kinds and (found.blank is None or not found.blank.all()):
                listed = found.values.ndim > 1 or found.values.dtype == object
                self._kinds[name] = "list" if listed else found.kind
            cells[name] = found

        def fields() -> dict[str, Sequence[Any]]:
            keys = dict.fromkeys(key for row in objects if row is not None for key in row)
            return {key: [None if row is None else row.get(key) for row in objects] for key in keys}

        return Block(first, len(objects), cells, bad, (lines, objects), fields)


_ON_LINES = {b"{": "jq -c . writes each object on a line", b"[": "jq -c '.[]' makes JSON Lines of an array"}
"""What makes lines of JSON that begins otherwise."""

_INFINITIES = (math.inf, -math.inf)


def _finite(text: str) -> float | str:
    """A number of JSON; the text of one that overflows."""
    number = float(text)
    return text if math.isinf(number) else number


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


class JsonLinesSink:
    """Writes objects as they came in, with fields added.

    Args:
        write: takes bytes.
        table: where the rows come from.
        names: of the results.
        overwrite: whether fields of these names may be there, and are then replaced.
    """

    def __init__(self, write: Any, table: JsonLinesTable, names: Sequence[str], overwrite: bool = False) -> None:
        self.fixed = False
        self._write = write
        self._origin = table.origin
        self._names = list(names)
        self._overwrite = overwrite

    def write(self, block: Block, columns: Mapping[str, NDArray[Any]], lacking: Lacking) -> None:
        """Write rows, and beside them results."""
        lines, objects = block.raw
        texts = {name: self._texts(columns.get(name), lacking.results) for name in self._names}
        parts: list[bytes] = []
        row = 0
        for line in lines:
            if not line.strip():
                parts.append(line)
                continue
            found = objects[row]
            if not lacking.everything[row]:
                added = {name: texts[name][row] for name in self._names}
                parts.append(line if found is None else self._line(line, found, added))
            row += 1
        if parts and not parts[-1].endswith(b"\n"):
            parts[-1] += b"\n"
        self._write(b"".join(parts))

    def _line(self, line: bytes, found: Mapping[str, Any], added: Mapping[str, str]) -> bytes:
        """An object's line with fields added."""
        stripped = line.rstrip()
        ending = line[len(stripped) :] or b"\n"
        taken = [name for name in added if name in found]
        if taken and not self._overwrite:
            raise InputProblem(
                f"{self._origin} has a field '{taken[0]}' already",
                hint="--prefix P_ gives the new fields other names, --overwrite-columns replaces the old ones",
            )
        if taken:
            stripped = _without(stripped, taken)
        body = stripped.removesuffix(b"}").rstrip()
        fields = ", ".join(f"{json.dumps(name)}: {text}" for name, text in added.items())
        comma = "" if body.endswith(b"{") else ", "
        return body + f"{comma}{fields}}}".encode() + ending

    def _texts(self, array: NDArray[Any] | None, blank: NDArray[np.bool_]) -> list[str]:
        """A result's texts, one for each row."""
        if array is None:
            return ["null"] * len(blank)
        if array.dtype != object and array.ndim == 1:
            if array.dtype == bool:
                texts = ["true" if value else "false" for value in array.tolist()]
            else:
                texts = list(map(repr, array.tolist()))
                for row in np.flatnonzero(~np.isfinite(array)).tolist():
                    texts[row] = "null"
        else:
            texts = ["null" if entry is None else _listed(np.asarray(entry)) for entry in array]
        for row in np.flatnonzero(blank).tolist():
            texts[row] = "null"
        return texts

    def close(self) -> None:
        """Nothing is left."""

    def discard(self) -> None:
        """Nothing waits."""


def _without(line: bytes, names: Sequence[str]) -> bytes:
    """An object's line without some fields; the others keep their bytes.

    >>> _without(b'{"a": 1, "b":2.50, "c": 1e400}', ["a"])
    b'{"b":2.50, "c": 1e400}'
    """
    text = line.decode("utf-8", "surrogatepass")
    decoder = json.JSONDecoder()
    brace = text.index("{") + 1
    kept = []
    begin = _after_space(text, brace)
    while text[begin] != "}":
        name, end = decoder.raw_decode(text, begin)
        _, end = decoder.raw_decode(text, _after_space(text, text.index(":", end) + 1))
        if name not in names:
            kept.append(text[begin:end])
        begin = _after_space(text, end)
        if text[begin] == ",":
            begin = _after_space(text, begin + 1)
    return f"{text[:brace]}{', '.join(kept)}}}".encode("utf-8", "surrogatepass")


def _after_space(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at


def _listed(array: NDArray[Any]) -> str:
    """Nested lists in JSON, which has no infinities."""
    if array.dtype == bool or np.isfinite(array).all():
        return json.dumps(array.tolist())
    nested = array.astype(object)
    nested[~np.isfinite(array)] = None
    return json.dumps(nested.tolist())
