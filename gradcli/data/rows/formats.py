"""Which format a table has, and its reader and writer."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from gradcli.batch.table import Sink, Table
from gradcli.errors import UsageProblem

__all__ = ["FORMATS", "SUFFIXES", "WRITTEN", "Form", "compressed", "decompressed", "form_of", "open_table", "sink_for"]

FORMATS = ("csv", "tsv", "jsonl", "parquet", "arrow", "npy", "npz")
"""Of tables that are read."""

WRITTEN = tuple(name for name in FORMATS if name != "npy")
"""Of tables that are written: .npy has no place for the names of columns."""

_SUFFIXES = {
    "csv": "csv", "tsv": "tsv", "tab": "tsv", "jsonl": "jsonl", "ndjson": "jsonl", "parquet": "parquet",
    "pq": "parquet", "arrow": "arrow", "arrows": "arrow", "feather": "arrow", "ipc": "arrow", "npy": "npy",
    "npz": "npz",
}  # fmt: skip
_OTHERS = frozenset(
    ("json", "xls", "xlsx", "ods", "h5", "hdf5", "nc", "mat", "orc", "avro", "db", "sqlite", "xml", "html", "md", "tex",
     "yaml", "yml", "toml", "pkl", "pickle", "zip", "bz2", "xz", "tar")
)  # fmt: skip
"""Suffixes of files in which none of these formats is expected."""

SUFFIXES = tuple(f".{suffix}{packing}" for suffix in _SUFFIXES for packing in ("", ".gz", ".zst"))
"""Of files that are tables."""

_DELIMITERS = {"csv": ",", "tsv": "\t"}
_ARROW = "pyarrow"


class Form(NamedTuple):
    """A format, and whether it is packed.

    Attributes:
        name: one of `FORMATS`.
        packing: "gz", "zst" or "".
    """

    name: str
    packing: str = ""


def form_of(path: str, given: str | None, what: str, otherwise: str | None = None) -> Form:
    """The format of a file: the one that is given, else that of its suffix.

    Args:
        path: the file.
        given: a format; None for none.
        what: the option that gives it.
        otherwise: the format of a file to be written whose suffix tells none, as of /dev/null and points.txt.

    Raises:
        UsageProblem: if nothing tells it, or the suffix is that of another kind of file.

    >>> form_of("points.csv.gz", None, "--input-format"), form_of("p.dat", "tsv", "--input-format")
    (Form(name='csv', packing='gz'), Form(name='tsv', packing=''))
    >>> form_of("/dev/null", None, "--format", "jsonl")
    Form(name='jsonl', packing='')
    """
    stem, packing = path.lower(), ""
    for suffix in (".gz", ".zst"):
        if stem.endswith(suffix):
            stem, packing = stem.removesuffix(suffix), suffix[1:]
    if given is not None:
        return Form(given, packing)
    suffix = Path(stem).suffix[1:]
    name = _SUFFIXES.get(suffix, None if suffix in _OTHERS else otherwise)
    if name is None:
        known = FORMATS if otherwise is None else WRITTEN
        raise UsageProblem(f"'{path}' does not say in what format it is", hint=f"{what} {'|'.join(known)} says it")
    return Form(name, packing)


def decompressed(stream: IO[bytes], packing: str) -> IO[bytes]:
    """What a packed stream holds.

    Raises:
        UsageProblem: if a package is missing.
    """
    if packing == "gz":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=stream, mode="rb"))
    if packing == "zst":
        return io.BufferedReader(_arrow("a .zst file").CompressedInputStream(stream, "zstd"))
    return stream


def compressed(stream: IO[bytes], packing: str) -> IO[bytes]:
    """A stream that packs what it is given.

    Raises:
        UsageProblem: if a package is missing.
    """
    if packing == "gz":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=6, mtime=0))
    if packing == "zst":
        return cast("IO[bytes]", _arrow("a .zst file").CompressedOutputStream(_LeftOpen(stream), "zstd"))
    return stream


class _LeftOpen:
    """A stream that whoever writes to it does not close."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.closed = False

    def write(self, data: bytes) -> int:
        return self._stream.write(data)

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self.closed = True


def _arrow(what: str) -> Any:
    try:
        import pyarrow
    except ImportError:
        raise UsageProblem(
            f"{what} needs the package {_ARROW}, which is not installed",
            hint="pip install 'gradcli[tables]'; CSV and JSON Lines need nothing",
        ) from None
    return pyarrow


def open_table(
    stream: IO[bytes],
    origin: str,
    form: Form,
    columns: Sequence[str] = (),
    renamed: Mapping[str, str] | None = None,
    at_once: bool = False,
    groups: Sequence[int] | None = None,
    texts: Sequence[str] = (),
    expected: Sequence[str] = (),
) -> Table:
    """The table that a stream holds.

    Args:
        stream: of bytes, not packed; for formats that are not read from their start one that can be read anywhere.
        origin: what it is called in messages.
        form: its format.
        columns: names of the columns, where the table has none.
        renamed: for variables the columns that they stand for.
        at_once: whether each line of JSON Lines is to be answered before the next is read.
        groups: the row groups of Parquet that are read; None for all.
        texts: columns of delimited text that are texts to formats that have types.
        expected: variables that lines of JSON may have although the first does not show them.

    Raises:
        Problem: if it holds none, or a package is missing.
    """
    if form.name in _DELIMITERS:
        from gradcli.data.rows.delimited import DelimitedTable

        delimiter = "\t" if form.name == "tsv" else ("," if columns else "")
        table = DelimitedTable(stream, origin, delimiter, columns, renamed)
        table.keep_texts(texts)
        return table
    if texts:
        raise UsageProblem(f"--text is for csv and tsv, and the columns of {form.name} have types", hint="leave it out")
    if columns and form.name != "npy":
        raise UsageProblem(f"--columns does not go with {form.name}, whose columns have names", hint="--rename")
    if form.name == "jsonl":
        from gradcli.data.rows.jsonl import JsonLinesTable

        return JsonLinesTable(stream, origin, renamed, at_once, expected=expected)
    if form.name in ("parquet", "arrow"):
        _arrow(f"a {form.name} file")
        from gradcli.data.rows.arrow import ArrowTable

        return ArrowTable(stream, origin, form.name == "parquet", renamed, groups)
    from gradcli.data.rows.archives import NumpyTable

    return NumpyTable(stream, origin, columns, renamed)


def sink_for(
    stream: IO[bytes], table: Table, form: Form, overwrite: bool
) -> Callable[[Mapping[str, tuple[int, ...] | None]], Sink]:
    """What makes the writer of a format, once the results' shapes are known.

    Args:
        stream: takes bytes.
        table: where the rows come from; in its own format they go out as they came in.
        form: the format to write.
        overwrite: whether columns may have the names of results, and are then replaced.

    Raises:
        UsageProblem: if a package is missing, or the format is not written.
    """
    if form.name in ("parquet", "arrow"):
        _arrow(f"a {form.name} file")
        from gradcli.data.rows.arrow_sink import ArrowSink

        return lambda shapes: ArrowSink(stream, table, shapes, form.name == "parquet", overwrite)
    if form.name in ("npy", "npz"):
        if form.name == "npy":
            raise UsageProblem("a table is not written as .npy", hint=".npz has an array for each column")
        from gradcli.data.rows.archives import NumpySink

        return lambda shapes: NumpySink(stream, table, shapes, overwrite)
    from gradcli.data.rows.delimited import DelimitedTable
    from gradcli.data.rows.delimited_sink import DelimitedSink
    from gradcli.data.rows.generic import FieldsSink

    if form.name == "jsonl":
        from gradcli.data.rows.jsonl import JsonLinesSink, JsonLinesTable

        if isinstance(table, JsonLinesTable):
            return lambda shapes: JsonLinesSink(stream.write, table, list(shapes), overwrite)
    delimiter = _DELIMITERS.get(form.name, "")
    if isinstance(table, DelimitedTable) and delimiter and (form.name == "csv" or table.delimiter == delimiter):
        return lambda shapes: DelimitedSink(stream.write, table, shapes, overwrite)
    return lambda shapes: FieldsSink(stream.write, table.origin, shapes, delimiter, overwrite, table.names)
