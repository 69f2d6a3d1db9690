"""Files that lie about what they are, hold too much, or would like to run something."""

from __future__ import annotations

import os
import pickle
import struct
import sys
import threading
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.runner import Outcome, gradcli

POSIX = pytest.mark.skipif(os.name != "posix", reason="files of POSIX")


class Malicious:
    """Writes a file as soon as it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def header(shape: str, descr: str = "'<f8'", version: bytes = b"\x01\x00") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (117 - len(text)) + "\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text.encode()


def read(path: Path | str) -> Outcome:
    begin = time.monotonic()
    done = gradcli(["eval", "sum(x)", "--x", f"@{path}"])
    assert time.monotonic() - begin < 15
    assert "Traceback" not in done.stderr
    assert done.status in (0, 2, 3)
    assert done.status != 2 or (done.stdout == "" and done.stderr.startswith("error: "))
    return done


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    trap = tmp_path / "run"
    evil: Any = np.array([Malicious(trap)], dtype=object)
    np.save(tmp_path / "array.npy", evil, allow_pickle=True)
    np.savez(tmp_path / "archive.npz", x=evil)
    (tmp_path / "archive.npz").rename(tmp_path / "archive.npz.npy")
    np.savez(tmp_path / "archive.npz", x=evil)
    (tmp_path / "bare.npy").write_bytes(pickle.dumps(Malicious(trap)))
    (tmp_path / "bare.txt").write_bytes(pickle.dumps(Malicious(trap), protocol=0))
    pickle.loads(pickle.dumps(Malicious(tmp_path / "it works")))
    assert (tmp_path / "it works").exists()
    for path in sorted(tmp_path.iterdir()):
        if path.suffix:
            assert read(path).status == 2, path
    assert not trap.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (header("(1000000000000000,)"), "would have 1,000,000,000,000,000 entries, 7.1 PiB"),
        (header("(100000, 100000)"), "would have 10,000,000,000 entries"),
        (header("(1000,)") + b"1234", "is cut off: it should hold 1,000 numbers"),
        (header("(1000,)")[:40], "is not a NumPy file of numbers"),
        (b"", "is not a NumPy file of numbers"),
        (header("(-1,)") + b"12345678", "is not a NumPy file of numbers"),
        (header("(True,)") + b"12345678", None),
        (header("'x'"), "is not a NumPy file of numbers"),
        (header("(1,)", version=b"\x09\x09") + b"12345678", "is not a NumPy file of numbers"),
        (header("__import__('os').getcwd()"), "is not a NumPy file of numbers"),
        (header("(1,)", "'|O'") + b"12345678", "is not a NumPy file of numbers"),
        (header("(1,)", "'<c16'") + b"1234567812345678", "does not hold an array of real numbers, but complex128"),
        (header("(1,)", "'<U2'") + b"12345678", "does not hold an array of real numbers"),
        (header("(1,)", "'<M8[s]'") + b"12345678", "does not hold an array of real numbers"),
        (header("(1,)", "[('a', '<f8')]") + b"12345678", "does not hold an array of real numbers"),
        (header("(" + "1," * 40 + ")")[:120], None),
    ],
)
def test_npy_files_that_lie(content: bytes, message: str | None, tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(content)
    done = read(path)
    if message is not None:
        assert done.status == 2
        assert message in done.stderr


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "f4", "f2", "i1", ">u2", "<u8", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_files_that_are_right(dtype: str, order: Any, tmp_path: Path) -> None:
    array = np.array([[1, 0, 2], [1, 1, 1]]).astype(dtype, order=order)
    np.save(tmp_path / "x.npy", array)
    done = gradcli(["eval", "x", "-q", "--x", f"@{tmp_path / 'x.npy'}"])
    assert done.stdout == f"{array.astype(float).tolist()}\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[" * 100_000 + "]" * 100_000, "is nested too deeply"),
        ('{"x":' * 100_000 + "1" + "}" * 100_000, "is nested too deeply"),
        ("[1" + "0" * 5000 + "]", "too large for float64"),
        ("[1" + "0" * 400 + "]", "must be real numbers"),
        ('{"x": 1, "y": 2, "x": 3}', "has the name 'x' twice"),
        ('{"x": {"x": 1}}', "must be real numbers"),
        ('["1", "2"]', "must be real numbers"),
        ("[null]", "must be real numbers"),
        ("[[1, 2], [3]]", "ragged"),
        ("[1, 2", "is not JSON"),
        ("1\x002", "unexpected character"),
        ("[1,\x002]", "is not JSON"),
        (b"\xff\xfe1\x00", "is not a UTF-8 text file"),
        ("   \n", "is empty"),
        ("\ufeff3", None),
        ("[NaN, -Infinity]", None),
        ("__import__('os')", "__import__"),
    ],
    ids=lambda value: str(value)[:20].encode("unicode_escape").decode(),
)
def test_texts_that_are_no_numbers(content: str | bytes, message: str | None, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = read(path)
    if message is not None:
        assert done.status == 2
        assert message in done.stderr
    for stream in (done.stdout, done.stderr):
        assert not set(stream) & set(map(chr, (*range(9), *range(11, 32), 127)))


@POSIX
@pytest.mark.skipif(sys.platform != "linux", reason="devices of Linux")
def test_devices_and_folders(tmp_path: Path) -> None:
    for device in ("/dev/zero", "/dev/full"):
        done = gradcli(["eval", "x", "--x", f"@{device}", "--max-memory", "64MiB"])
        assert (done.status, done.stderr.splitlines()[0]) == (
            2,
            f"error: '{device}' is larger than 4 MiB, which is what --max-memory allows text",
        )
    (tmp_path / "zero.npy").symlink_to("/dev/zero")
    assert "is not a NumPy file" in read(tmp_path / "zero.npy").stderr
    assert "is empty" in read("/dev/null").stderr
    assert "Is a directory" in read(tmp_path).stderr
    (tmp_path / "loop").symlink_to("loop")
    assert "symbolic links" in read(tmp_path / "loop").stderr
    assert "File name too long" in read("x" * 5000).stderr
    assert read("a\0b").status == 2
    assert read("").status == 2


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="the superuser reads everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("1")
    path.chmod(0)
    assert "Permission denied" in read(path).stderr


@POSIX
def test_a_pipe_that_nobody_writes_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.data.files._PATIENCE", 0.2)
    os.mkfifo(tmp_path / "x")
    assert "nobody writes to this pipe" in read(tmp_path / "x").stderr


@POSIX
def test_a_pipe_whose_writer_takes_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.data.files._PATIENCE", 5.0)
    path = tmp_path / "x"
    os.mkfifo(path)

    def write() -> None:
        time.sleep(0.1)
        with path.open("w") as file:
            time.sleep(0.3)
            file.write("[1, ")
            file.flush()
            time.sleep(0.1)
            file.write("2]")

    writer = threading.Thread(target=write)
    writer.start()
    assert read(path).stdout == "3.0\n"
    writer.join()


def test_standard_input_without_end() -> None:
    text = "1" + " " * 10**6
    done = gradcli(["eval", "-", "--max-memory", "1MiB"], stdin=text)
    assert done.stdout == "1.0\n"  # the expression is read before the options are; its bound is the default one
    done = gradcli(["eval", "x", "--x", "-", "--max-memory", "1MiB"], stdin=text)
    assert done.status == 2
    assert done.stderr.startswith("error: standard input is larger than 64 KiB")


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_a_header_of_gigabytes_is_not_read(tmp_path: Path, suffix: str) -> None:
    start = b"\x93NUMPY\x02\x00" + struct.pack("<I", 3_000_000_000)
    path = tmp_path / f"array.{suffix}"
    if suffix == "npy":
        with path.open("wb") as file:
            file.write(start)
            file.truncate(3_000_000_100)  # which takes no room on the disk
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.npy", "w") as member:
            member.write(start)
            for _ in range(200):
                member.write(bytes(1_000_000))
    tracemalloc.start()
    try:
        done = read(path)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
    assert done.status == 2


@pytest.mark.parametrize("name", [".".join(["a"] * 30_000), ".".join(['"a b"'] * 30_000), " . ".join(["a-1"] * 30_000)])
def test_a_name_of_many_parts_is_not_taken_apart(tmp_path: Path, name: str) -> None:
    (tmp_path / "deep.toml").write_text(f"{name} = 1\n")
    (tmp_path / "cases.toml").write_text(f'[[case]]\nexpr = "x"\nclaim = 1\n{name} = 1\n')
    assert "has a name of more than 100 parts" in read(tmp_path / "deep.toml").stderr
    begin = time.monotonic()
    assert "has a name of more than 100 parts" in gradcli(["check", str(tmp_path / "cases.toml")]).stderr
    assert time.monotonic() - begin < 5


def test_long_texts_in_toml_are_no_names(tmp_path: Path) -> None:
    for i, text in enumerate(
        ["1." + "1" * 500_000, "'" + "1 + " * 2000 + "1'", "['" + "', '".join(["1.5"] * 500) + "']"]
    ):
        path = tmp_path / f"{i}.toml"
        path.write_text(f"x = {text}\n")
        assert "parts" not in read(path).stderr


@pytest.mark.parametrize("content", [header("(10**12,)"), b"\x93NUMPY\x01\x00", b""])
def test_a_claim_is_read_as_carefully_as_a_value(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "g.npy").write_bytes(content)
    done = gradcli(["check", "sum(x**2)", "--claim", f"x=@{tmp_path}/g.npy", "--x", "[1, 2]"])
    assert done.status == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
