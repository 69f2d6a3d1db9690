"""Formats that are not read from their start, through pipes: they go through a file on disk, not through memory."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from gradcli.data.rows.spool import readable_anywhere
from gradcli.errors import InputProblem

pa = pytest.importorskip("pyarrow")


class Forwards(io.RawIOBase):
    """A stream that is read from its start to its end alone, and says how much of it was asked for at once."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._inner = io.BytesIO(content)
        self.largest = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.largest = max(self.largest, len(buffer))
        return self._inner.readinto(buffer)


def table_in(form: str) -> bytes:
    import numpy as np
    import pyarrow.ipc
    import pyarrow.parquet

    out, made = io.BytesIO(), pa.table({"x": [1.0, 2.0], "y": [3.0, 4.0]})
    if form == "parquet":
        pyarrow.parquet.write_table(made, out)
    elif form == "npz":
        np.savez(out, **{name: made.column(name).to_numpy() for name in ("x", "y")})
    else:
        with (pyarrow.ipc.new_file if form == "arrow" else pyarrow.ipc.new_stream)(out, made.schema) as writer:
            writer.write_table(made)
    return out.getvalue()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("form", ["arrow", "stream", "parquet", "npz"])
def test_every_format_comes_through_a_pipe(tmp_path: Path, form: str, packed: bool) -> None:
    raw = gzip.compress(table_in(form)) if packed else table_in(form)
    words = [sys.executable, "-m", "gradcli", "batch", "x*y", "--check", "off", "-q", "--format", "csv", "--value-only"]
    words += ["--input-format", "arrow" if form == "stream" else form]
    done = subprocess.run(words, input=raw, capture_output=True, check=False, env=_with_temporary(tmp_path))
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.split() == [b"x,y,value", b"1.0,3.0,3.0", b"2.0,4.0,8.0"]
    assert list(tmp_path.iterdir()) == []


def _with_temporary(folder: Path) -> dict[str, str]:
    import os

    return {**os.environ, "TMPDIR": str(folder)}


@pytest.mark.parametrize("form", ["arrow", "parquet", "npz"])
def test_no_pipe_is_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    content = b"ARROW1" + bytes(5 << 20)
    raw = Forwards(content)
    with readable_anywhere(io.BufferedReader(raw), "p", form, packed=False) as stream:
        assert raw.largest <= 1 << 20
        assert stream.fileno() >= 0  # a file of the system's
        stream.seek(-4, io.SEEK_END)
        assert stream.read() == content[-4:]
    assert stream.closed
    assert list(tmp_path.iterdir()) == []


def test_what_is_read_from_its_start_is_not_copied() -> None:
    for form, content in (("arrow", b"\xff\xff\xff\xff"), ("csv", b"x\n1\n"), ("jsonl", b"{}\n")):
        pipe = io.BufferedReader(Forwards(content))
        with readable_anywhere(pipe, "p", form, packed=True) as stream:
            assert stream is pipe


def test_a_full_disk_and_a_broken_stream_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(bytes(1000))[:20]))
    with pytest.raises(InputProblem, match="p cannot be read: "), readable_anywhere(cut, "p", "parquet", packed=True):  # type: ignore[arg-type]  # it reads bytes
        pass

    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    pipe = io.BufferedReader(Forwards(b"PAR1"))
    with (
        pytest.raises(InputProblem, match=r"p does not go into a temporary file.*No space left on device") as caught,
        readable_anywhere(pipe, "p", "parquet", packed=False),
    ):
        pass
    assert caught.value.hint is not None
    assert "TMPDIR" in caught.value.hint
