"""`--values FILE` and values that are picked of a file: what a case cannot hold, such as archives."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.runner import Outcome, gradcli


def gradient(*words: str) -> Outcome:
    done = gradcli(["grad", "sum(x*k)", *words, "--no-check", "-q"])
    assert "Traceback" not in done.stderr
    return done


def refused(done: Outcome, told: str) -> None:
    assert (done.status, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.startswith("error: ")


def packed(path: Path, name: str, content: bytes, how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", how) as archive:
        archive.writestr(name, content)
    return path


def array_bytes(array: Any, **how: Any) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), **how)
    return file.getvalue()


def test_archive(tmp_path: Path) -> None:
    path = tmp_path / "p.npz"
    np.savez_compressed(path, x=np.array([1.0, 2.0]), k=3.0, other=np.array([{}], dtype=object))
    done = gradient("--values", str(path))
    assert (done.status, done.stdout) == (0, "[3.0, 3.0]\n3.0\n")
    assert done.stderr == f"note: the expression does not use other of {path}\n"
    assert gradient("--x", f"@{path}", "--k", f"@{path}:k").stdout == done.stdout
    refused(gradient("--x", f"@{path}:y", "--k", "1"), "has no entry 'y'")


class Malicious:
    """Writes a file as soon as it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_nothing_in_an_archive_is_unpickled(tmp_path: Path) -> None:
    trap = Malicious(tmp_path / "run")
    np.savez(tmp_path / "a.npz", x=np.array([trap], dtype=object), k=1.0)
    packed(tmp_path / "b.npz", "x.npy", pickle.dumps(trap))
    packed(tmp_path / "c.npz", "x", pickle.dumps(trap))
    for name in "abc":
        refused(gradient("--values", str(tmp_path / f"{name}.npz"), "--k", "1"), "is not an array of numbers")
    assert not (tmp_path / "run").exists()


def test_the_size_of_an_archive_is_checked_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zeros = np.zeros(2**21)
    big = packed(tmp_path / "big.npz", "x.npy", array_bytes(zeros))
    few = array_bytes(np.zeros(2))
    lie = packed(tmp_path / "lie.npz", "x.npy", few.replace(b"(2,), }      ", b"(9000000,), }"))
    assert big.stat().st_size < 2**16
    read: list[int] = []

    def unpack(self: zipfile.ZipExtFile, n: int = -1) -> bytes:
        read.append(n)
        return b""

    monkeypatch.setattr(zipfile.ZipExtFile, "read", unpack)
    refused(
        gradient("--values", str(big), "--k", "1", "--max-memory", "8MiB"), "would take 16.0 MiB, and 8 MiB is allowed"
    )
    assert read == []
    monkeypatch.undo()
    refused(gradient("--values", str(lie), "--k", "1", "--max-memory", "8MiB"), "would have 9,000,000 entries")
    assert gradient("--values", str(big), "--k", "1", "--wrt", "k", "--max-memory", "64MiB").stdout == "0.0\n"


def test_archives_that_lie(tmp_path: Path) -> None:
    good = array_bytes([1.0, 2.0])
    cut = packed(tmp_path / "cut.npz", "x.npy", good[:-8])
    refused(gradient("--values", str(cut), "--k", "1"), "is cut off: it should hold 2 numbers")
    odd = packed(tmp_path / "odd.npz", "x.npy", good, zipfile.ZIP_LZMA)
    refused(gradient("--values", str(odd), "--k", "1"), "is not a NumPy archive of numbers")
    broken = tmp_path / "broken.npz"
    whole = packed(tmp_path / "whole.npz", "x.npy", array_bytes(np.arange(1000.0))).read_bytes()
    broken.write_bytes(whole[:200] + bytes(100) + whole[300:])
    refused(gradient("--values", str(broken), "--k", "1"), "is not a NumPy archive of numbers")
    broken.write_bytes(whole[: len(whole) // 2])
    refused(gradient("--values", str(broken), "--k", "1"), "is not a NumPy archive of numbers")
    twice = tmp_path / "twice.npz"
    with zipfile.ZipFile(twice, "w") as archive:
        archive.writestr("x.npy", good)
        archive.writestr("x", good)
    refused(gradient("--values", str(twice), "--k", "1"), "has the name 'x' twice")


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x,k\n1\n", "has 1 cell, and the first has 2 names"),
        ("x,k\n1,a\n", "column 'k', is no number: 'a'"),
        ("x,k\n1,\n", "column 'k', is empty"),
        ("x,x,k\n1,2,3\n", "has the column 'x' twice"),
        ("x,k\n", "has no row of numbers"),
        ("x,k\n1,1e999\n", "overflows float64"),
        ('x,k\n"1,2\n', "has 1 cell,"),
        ("x;k\n1,5;2\n", "column 'x', is no number: '1,5'"),
        ("", "has no row of numbers"),
    ],
)
def test_broken_columns(text: str, told: str, tmp_path: Path) -> None:
    refused(gradient("--values", written(tmp_path / "p.csv", text)), told)


@pytest.mark.parametrize(
    "text",
    [
        "x,k\n2,3\n",
        "\ufeffx, k\r\n2, 3\r\n",
        '"x";"k"\n2;3\n',
        "# x,k\n2,3\n",
        ",x,k\n0,2,3\n",
        "x\tk\n2\t3",
        "k,x\n3,2",
    ],
)
def test_columns(text: str, tmp_path: Path) -> None:
    assert gradient("--values", written(tmp_path / "p.csv", text)).stdout == "3.0\n2.0\n"
    assert gradient("--values", written(tmp_path / "p", text)).stdout == "3.0\n2.0\n"


def test_a_header_gets_no_hint_about_numbers(tmp_path: Path) -> None:
    table = written(tmp_path / "p.csv", "0.10.2,time\n1,2\n3,4\n")
    refused(
        gradient("--x", f"@{table}", "--k", "1"),
        f"has no entry 'x'\nhint: it has '0.10.2', 'time'; a column of another name: @{table}:0.10.2\n",
    )
    assert gradient("--x", f"@{table}:0.10.2", "--k", "1").stdout == "[1.0, 1.0]\n4.0\n"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("p.toml", "x = ", "is not TOML"),
        ("p.toml", "x = " + "[" * 5000, "is nested too deeply"),
        ("p.toml", "x = 1979-05-27\nk = 1", "must be real numbers"),
        ("p.toml", 'x = "y"\nk = 1', "in the value of 'x' in"),
        ("p.toml", 'x = "@p.toml"\nk = 1', "in the value of 'x' in"),
        ("p.toml", 'x.y = 1\n"x.y" = 2\nk = 1', "has the name 'x.y' twice"),
        ("p.json", '{"x": 1, "x": 2}', "has the name 'x' twice"),
        ("p.json", "[1, 2]", "has no names for its values"),
        ("p.json", "", "has no names for its values"),
        ("p.json", '{"x": null, "k": 1}', "must be real numbers"),
        ("p.yaml", "x: &a [1, 2]\nk: *a", "aliases are not read"),
        ("p.yaml", "x: 1\nx: 2", "a name stands twice"),
        ("p.yaml", "x: !!python/object/apply:os.getcwd []", "is not YAML of plain values"),
        ("p.yaml", "on: 1", "quote it"),
        ("p.yaml", "x: [", "is not YAML of plain values"),
        ("p.yaml", "[1, 2]", "has no names for its values"),
        ("p.yaml", "x: " + "[" * 5000, "is nested too deeply"),
    ],
)
def test_files_that_are_no_values(name: str, text: str, told: str, tmp_path: Path) -> None:
    refused(gradient("--values", written(tmp_path / name, text)), told)


def test_yaml_without_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "p.yaml", "x: [1, 2]\nk: 1e3\n")
    assert gradient("--values", path).stdout == "[1000.0, 1000.0]\n3.0\n"
    monkeypatch.setitem(__import__("sys").modules, "gradcli.data.yaml_texts", None)
    refused(gradient("--values", path), "needs the package pyyaml, which is not installed")


def test_later_files_win_and_names_that_no_file_needs_are_told_once(tmp_path: Path) -> None:
    first = written(tmp_path / "a.json", '{"x": 1, "k": 2, "b": 0, "t": {"x": 9}}')
    second = written(tmp_path / "b.json", '{"x": 5, "b": 0}')
    done = gradient("--values", first, "--values", second)
    assert done.stdout == "2.0\n5.0\n"
    assert done.stderr == f"note: the expression does not use b, t.x of {first}\n"
    many = written(tmp_path / "c.json", str({f"n{i}": i for i in range(30)} | {"x": 1, "k": 1}).replace("'", '"'))
    assert gradient("--values", many).stderr.endswith("n7 of " + many + " and 22 more\n")


def test_what_a_run_gave_is_a_file_of_values(tmp_path: Path) -> None:
    given = gradcli(["grad", "sum(x*k)", "--x", "[1, 2]", "--k", "3", "--no-check", "--json"]).stdout
    path = written(tmp_path / "g.json", given)
    done = gradient("--values", f"{path}:gradients")
    assert (done.stdout, done.stderr) == ("[3.0, 3.0]\n6.0\n", "")


def test_a_file_with_a_colon_in_its_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a:b.json", '{"x": 1, "k": 2}')
    assert gradient("--values", path).stdout == "2.0\n1.0\n"
    assert gradient("--values", path, "--k", f"@{path}:x").stdout == "1.0\n1.0\n"
