"""Input that is odd: numbers of thousands of digits, depths without end, accents in two spellings, locales, limits."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest

from tests.cli.runner import Outcome, gradcli

GRADCLI = str(Path(sys.executable).with_name("gradcli"))
POSIX = pytest.mark.skipif(os.name != "posix", reason="a shell")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits and locales of Linux")

DIGITS = "1" * 5000
DEEP = "[" * 80 + "1" + "]" * 80
COMPOSED = "é"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


def refused(done: Outcome, told: str) -> None:
    assert done.status == 2
    assert told in done.stderr.splitlines()[0]
    assert max(map(len, done.stderr.splitlines())) < 500
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("field", "told"),
    [
        (f'"at": {{"x": {DIGITS}}}', "the line holds a number that is too large for float64"),
        (f'"points": {DIGITS}', "the line holds a number that is too large for float64"),
        (f'"shape": {{"x": {DIGITS}}}', "the line holds a number that is too large for float64"),
        (f'"at": {{"x": "{DIGITS}"}}', "in the value of --x: this number overflows float64"),
        (f'"at": {{"x": {DEEP}}}', "is nested too deeply: NumPy has no array of so many axes"),
        ('"at": {"x": ' + "[" * 100_000 + "]" * 100_000 + "}", "is nested too deeply"),
    ],
    ids=lambda text: text[:20],
)
def test_a_line_of_cases(field: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    good = '{"expr": "x**2", "claim": {"x": "2*x"}, "points": 1}'
    path.write_text(f"{good[:-1]}, {field}}}\n{good}\n", encoding="utf-8")
    done = gradcli(["check", str(path)])
    refused(done, told)
    assert done.stderr.startswith(f"error: {path}:1: ")
    assert f"{path}:2: df/dx: true" in done.stdout


def test_cases_in_toml(tmp_path: Path) -> None:
    path = tmp_path / "cases.toml"
    path.write_text(f'[[case]]\nexpr = "x**2"\nclaim = "2*x"\nat = {{x = {DIGITS}}}\n', encoding="utf-8")
    refused(gradcli(["check", str(path)]), f"'{path}' holds a number that is too large for float64")
    path.write_text(f'[[case]]\nexpr = "x**2"\nclaim = "2*x"\nat = {{x = {DEEP}}}\n', encoding="utf-8")
    refused(gradcli(["check", str(path)]), "is nested too deeply")


@pytest.mark.parametrize("text", [DIGITS, f"-{DIGITS}", "1e400", "-1_0e400", f"[{DIGITS}]", f"2*{DIGITS}"])
def test_values_that_overflow(text: str, tmp_path: Path) -> None:
    refused(gradcli(["eval", "x", f"--x={text}"]), "in the value of --x: this number overflows float64")
    path = tmp_path / "x.txt"
    path.write_text(text, encoding="utf-8")
    refused(gradcli(["eval", "x", "--x", f"@{path}"]), "float64")
    refused(gradcli(["eval", "x", "--x", "-"], stdin=text), "float64")


@pytest.mark.parametrize("text", ["inf", "-inf", "Infinity", "nan"])
def test_values_that_are_meant_to_be_infinite(text: str) -> None:
    assert gradcli(["eval", "x", f"--x={text}"]).status == 3


@pytest.mark.parametrize("option", ["points", "random-seed", "shape x"])
def test_options_of_many_digits(option: str) -> None:
    name, _, variable = option.partition(" ")
    value = f"{variable}={DIGITS}" if variable else DIGITS
    done = gradcli(["check", "sum(x)", "--claim", "x=1", f"--{name}", value])
    assert done.status == 2
    assert done.stderr.startswith("error: ")


@pytest.mark.parametrize("stdin", [False, True])
@pytest.mark.parametrize("text", [DEEP, json.dumps({"x": json.loads(DEEP)})], ids=["list", "object"])
def test_values_nested_deeply(text: str, stdin: bool, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    done = gradcli(["eval", "sum(x)", "--x", "-"], stdin=text) if stdin else gradcli(f"eval sum(x) --x @{path}")
    refused(done, "the value of 'x' is nested too deeply: NumPy has no array of so many axes")
    refused(gradcli(["vjp", "x", "--x", "1", "--seed", DEEP]), "the seed is nested too deeply")


@pytest.mark.parametrize("words", [["eval", "zeros([1e5,1e5,0])"], ["grad", "sum(x)", "--x", "zeros([1e5,1e5,0])"]])
def test_billions_of_empty_rows(words: list[str]) -> None:
    begin = time.monotonic()
    refused(gradcli(words), "an array of shape (100000, 100000, 0) is 10,000,000,000 empty lists, 596 GiB")
    assert time.monotonic() - begin < 10


def test_empty_arrays_that_there_is_room_for() -> None:
    assert gradcli("eval 'zeros([2,3,0])' -q").stdout == "[[[], [], []], [[], [], []]]\n"
    assert gradcli("eval 'zeros([0,1e9,1e9])' -q").stdout == "[]\n"
    assert gradcli("eval 'sum(zeros([1e5,1e5,0]))' -q").stdout == "0.0\n"


@POSIX
@pytest.mark.parametrize("name", ["loop.txt", "loop.npy", "loop.jsonl", "loop/x.txt", "loop/x.npy", "loop/x.jsonl"])
def test_links_in_a_circle(name: str, tmp_path: Path) -> None:
    for loop in ("loop", "loop.txt", "loop.npy", "loop.jsonl"):
        (tmp_path / loop).symlink_to(loop)
    words = ["check", name] if name.endswith(".jsonl") else ["eval", "x", "--x", f"@{tmp_path / name}"]
    words[1] = str(tmp_path / name) if words[0] == "check" else words[1]
    refused(gradcli(words), "cannot be read: Too many levels of symbolic links")
    refused(gradcli(["eval", "-f", str(tmp_path / name)]), "cannot be read: Too many levels of symbolic links")


@pytest.mark.parametrize("given", [COMPOSED, DECOMPOSED], ids=["composed", "decomposed"])
@pytest.mark.parametrize("written", [COMPOSED, DECOMPOSED], ids=["composed", "decomposed"])
def test_accents_in_two_spellings(written: str, given: str, tmp_path: Path) -> None:
    square, no_check = f"{written}**2", "--no-check"
    assert gradcli(["grad", square, f"--{given}", "3", no_check, "-q"]).stdout == "6.0\n"
    assert gradcli(["grad", square, f"--{given}=3", no_check, "-q"]).stdout == "6.0\n"
    assert gradcli(["grad", square, "--set", f"{given}=3", no_check]).stdout == f"f = 9.0\ndf/d{COMPOSED} = 6.0\n"
    assert gradcli(["grad", f"{square}*y", f"--{written}=3", "--y=1", "--wrt", given, no_check, "-q"]).stdout == "6.0\n"
    assert gradcli(["jvp", square, f"--{written}=3", "--tangent", f"{given}=2", no_check, "-q"]).stdout == "12.0\n"
    claim = ["--claim", f"{given}=2*{written}", "--shape", f"{given}=2"]
    assert gradcli(["check", f"sum({square})", *claim, "--points", "1", "-q"]).stdout == "proved\n"
    twice = gradcli(["grad", square, f"--{written}=3", "--set", f"{given}=3"])
    refused(twice, f"variable '{COMPOSED}' is given twice")
    path = tmp_path / "x.json"
    path.write_text(json.dumps({given: 3}), encoding="utf-8")
    assert gradcli(["grad", square, f"--{written}", f"@{path}", no_check, "-q"]).stdout == "6.0\n"
    path = tmp_path / "cases.jsonl"
    case = {"expr": square, "claim": {given: f"2*{given}"}, "at": {given: 2}}
    path.write_text(json.dumps(case), encoding="utf-8")
    assert gradcli(["check", str(path), "-q"]) == Outcome(f"{path}:1: sampled\n", "", 0)


def test_an_accent_that_has_no_composed_spelling() -> None:
    name = "x\N{COMBINING CIRCUMFLEX ACCENT}"
    assert gradcli(["check", f"{name}**2", "--claim", f"{name}=2*{name}", "--points", "1", "-q"]).stdout == "proved\n"


def run(words: list[str], stdin: bytes = b"", **variables: str) -> tuple[int, str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    done = subprocess.run(
        [os.fsencode(word) for word in [GRADCLI, *words]],
        input=stdin, capture_output=True, timeout=60, check=False, env={**kept, **variables},
    )  # fmt: skip
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@LINUX
@pytest.mark.parametrize("coerced", ["0", "1"])
@pytest.mark.parametrize("locale", [{"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}])
def test_letters_in_a_locale_without_them(locale: dict[str, str], coerced: str, tmp_path: Path) -> None:
    variables = {**locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": coerced}
    told = ("f = 9.0\ndf/dθ = 6.0\n", "f = 9.0\ndf/d\\u03b8 = 6.0\n")
    file = tmp_path / "θ.txt"
    file.write_text("θ**2", encoding="utf-8")
    for words, stdin in ((["θ**2"], b""), (["-"], "θ**2".encode()), (["-f", str(file)], b"")):
        status, out, err = run(["grad", *words, "--θ", "3", "--no-check"], stdin, **variables)
        assert (status, err) == (0, "")
        assert out in told
    assert run(["grad", "-"], b"x\xff", **variables) == (2, "", "error: standard input is not UTF-8 text\n")


def limited(limit: str, words: str) -> tuple[int, str, str]:
    """What a command does within a limit of the shell's."""
    done = subprocess.run(
        ["sh", "-c", f'ulimit {limit}; exec "$G" {words}'],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "G": GRADCLI},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@LINUX
@pytest.mark.parametrize("files", range(5, 12))
def test_few_open_files(files: int) -> None:
    status, out, err = limited(f"-n {files}", "grad 'x**2' --x 3")
    if status == 0:
        assert out.startswith("f = 9.0\ndf/dx = 6.0\ncheck = ")
    else:
        told = "error: the system lets this process open too few files: `ulimit -n` shows how many\n"
        assert (status, out, err) == (2, "", told)


@LINUX
@pytest.mark.parametrize("kibibytes", [20_000, 60_000, 100_000, 200_000, 300_000, 400_000, 500_000])
def test_little_memory(kibibytes: int) -> None:
    status, out, err = limited(f"-v {kibibytes}", "grad 'sum(erf(A) @ A)' --A 'ones([2, 2])'")
    if status == 0:
        assert re.search(r"check = (verified|not checked: needs more than 0\.\d GiB)", out)
    else:
        assert (status, out) == (2, "")
        assert err.startswith("error: the system allows this process ")
        assert err.count("\n") <= 2
    if kibibytes == 500_000:
        assert status == 0


@LINUX
def test_more_than_the_little_memory_that_there_is() -> None:
    status, out, err = limited("-v 600000", "eval 'sum(zeros(1e8))' --max-memory 4GiB")
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert "memory" in err.splitlines()[0]


@pytest.mark.parametrize(
    ("seed", "told"),
    [
        ("nan", "the seed holds nan, and what is made of it is not finite either"),
        ("[1, inf]", "the seed holds inf, and what is made of it is not finite either"),
        ("[1e308, 1e308]", "the sum of the derivatives that come back here overflows"),
    ],
)
def test_a_seed_that_is_not_finite_is_told_from_a_sum_that_overflows(seed: str, told: str) -> None:
    done = gradcli(["vjp", "[x, x]", "--x", "1", "--seed", seed, "--no-check"])
    assert told in done.stderr


@pytest.mark.parametrize("text", ["inv(A)[0,1]", "solve(A, [1, 2])[0]"])
def test_a_matrix_that_is_nearly_singular_is_not_called_singular_alone(text: str) -> None:
    done = gradcli(["grad", text, "--A", "[[1,2],[3,6.000000000000001]]", "--no-check"])
    assert done.status == 2
    assert "the matrix is singular, or too near to a singular one for float64" in done.stderr
