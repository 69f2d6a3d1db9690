"""`gradcli plot` as a user meets it."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from gradcli.render import style
from tests.cli.runner import Outcome, gradcli
from tests.cli.test_imports import imported

SCHEMA = json.loads((Path(style.__file__).parent / "schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def plot(*words: str, check: bool = False, **options: object) -> Outcome:
    off = [] if check else ["--no-check"]
    return gradcli(["plot", *words, *off], **options)  # type: ignore[arg-type]  # a test's own words


def test_in_a_pipe_there_are_points_under_the_names_of_tables() -> None:
    done = plot("k*x**2", "--x", "-1:1:3", "--k", "2")
    assert done == ("x,value,d_x\n-1.0,2.0,-4.0\n0.0,0.0,0.0\n1.0,2.0,4.0\n", "", 0)
    assert (
        plot("x**2", "--x", "0:1:2", "--order", "2", "--format", "tsv").stdout.splitlines()[0] == "x\tvalue\td_x\td2_x"
    )
    assert plot("[x, x*x]", "--x", "0:1:2").stdout.splitlines()[0] == "x,value[0],value[1],d_x[0],d_x[1]"
    assert plot("x**2", "--x", "0:1:2", "--at", "0.5", "--taylor", "2", "-q").stdout.splitlines()[0] == (
        "x,value,d_x,tangent,taylor"
    )


def test_ends_of_a_range_are_in_the_language() -> None:
    rows = list(csv.reader(io.StringIO(plot("sin(x)", "--x", "-pi:2*pi:3").stdout)))
    assert [float(row[0]) for row in rows[1:]] == [-math.pi, math.pi / 2, 2 * math.pi]


def test_two_ranges_make_a_grid() -> None:
    done = plot("x*y", "--x", "0:1:2", "--y", "1:2:2", "-q")
    assert (
        done.stdout
        == "x,y,value,d_x,d_y\n0.0,1.0,0.0,1.0,0.0\n0.0,2.0,0.0,2.0,0.0\n1.0,1.0,1.0,1.0,1.0\n1.0,2.0,2.0,2.0,1.0\n"
    )


def test_marks_and_breaks_are_told_beside_the_points() -> None:
    done = plot("tan(x)", "--x", "-2:2:5", "--mark", "roots")
    assert "note: root at x = 0.0: f = 0.0\n" in done.stderr
    assert "note: poles at x = -1.57079632679489" in done.stderr
    assert plot("tan(x)", "--x", "-2:2:5", "--mark", "roots", "-q").stderr == ""


def test_the_check_is_told_and_counts() -> None:
    done = plot("sin(x)", "--x", "0:1", "--mark", "extrema,roots", "--check", "sample:4", check=True)
    assert done.status == 0
    assert "note: 4 of 4 points sampled agree with SymPy's derivative" in done.stderr
    done = plot("sin(x)", "--x", "0:1:3", "--check", "require", "--check-timeout", "1e-9", check=True)
    assert done.status == 4


def test_a_wrong_derivative_is_found() -> None:
    from gradcli.transforms.curves import curve as module

    right = module.curve

    def wrong(*args: object, **options: object) -> object:
        from dataclasses import replace

        found = right(*args, **options)  # type: ignore[arg-type]  # as it was called
        values = found.values.copy()
        values[1] *= 1.001
        return replace(found, values=values)

    with mock.patch.object(module, "curve", wrong):
        done = plot("sin(x)", "--x", "0:1", "--check", "sample:3", check=True)
    assert done.status == 1
    assert "differs from SymPy's derivative: df/dx" in done.stderr


def test_a_wrong_gradient_of_a_map_is_found() -> None:
    from gradcli.transforms.curves import surface as module

    right = module.surface

    def wrong(*args: object, **options: object) -> object:
        from dataclasses import replace

        found = right(*args, **options)  # type: ignore[arg-type]  # as it was called
        return replace(found, gradient=found.gradient * 1.001)

    words = ("x*y", "--x", "1:2:3", "--y", "1:2:3", "--check", "sample:2")
    with mock.patch.object(module, "surface", wrong):
        done = plot(*words, check=True)
    assert done.status == 1
    assert "the point x = 1.0, y = 1.0 differs from SymPy's derivative" in done.stderr


def test_a_drawing_imports_what_it_uses() -> None:
    modules = imported(["plot", "sin(x)", "--x", "0:1", "--no-check", "--format", "rich", "--color", "never"])
    assert "plotille" in modules
    assert not modules.keys() & {"matplotlib", "sympy", "mpmath", "gradcli.transforms.taylor", "gradcli.onesided"}


@pytest.mark.parametrize(
    "words",
    [
        ("1/x", "--x", "-1:1", "--mark", "roots,extrema,inflections"),
        ("[sin(x)/x, abs(x)]", "--x", "-1:1:3", "--order", "2", "--mark", "roots", "--taylor", "0", "--at", "0.5"),
        ("relu(x)*k", "--x", "-1:1", "--k", "2", "--mark", "roots"),
        ("x/y", "--x", "0:1:3", "--y", "0:1:3"),
    ],
)
def test_json_is_as_the_schema_says(words: tuple[str, ...]) -> None:
    document = json.loads(plot(*words, "--json").stdout, parse_constant=pytest.fail)
    VALIDATOR.validate(document)
    assert len({len(column) for column in document["samples"].values()}) == 1
    for strange in document["nonfinite"]:
        found = document
        for step in strange["at"].split("/")[1:]:
            found = found[int(step) if isinstance(found, list) else step]
        assert found is None


def test_json_has_the_check_and_what_was_found() -> None:
    document = json.loads(plot("x**2 - 2", "--x", "0:2", "--mark", "roots", "--at", "1", "--json", check=True).stdout)
    VALIDATOR.validate(document)
    assert document["check"]["agreed"] == document["check"]["points"] == 20
    assert document["marks"][0]["x"] == pytest.approx(math.sqrt(2), abs=3e-16)
    assert document["lines"][0]["equation"] == "-1.0 + 2.0*(x - 1.0)"


def test_a_terminal_gets_a_drawing() -> None:
    done = plot("x**3 - 3*x", "--x", "-3:3", "--mark", "roots,extrema", "--at", "2", terminal=True, width=60)
    lines = done.stdout.splitlines()
    assert bare(lines[0]) == "x**3 - 3*x"
    assert max(map(len, map(bare, lines))) <= 60
    drawn = [bare(line) for line in lines if "│" in line or "┤" in line]
    dots = sum(any("⠀" < character <= "⣿" for character in line) for line in drawn)
    assert dots >= len(drawn) - 2
    assert sum(line.count("●") for line in drawn) == 3
    assert sum(line.count("▲") + line.count("▼") for line in drawn) == 2
    assert "tangent 2.0 + 9.0*(x - 2.0)" in "\n".join(map(bare, lines))
    assert "\x1b[" in done.stdout
    plain = plot("x", "--x", "0:1", terminal=True, variables={"NO_COLOR": "1"})
    assert "\x1b[" not in plain.stdout


def test_a_curve_is_where_its_numbers_are() -> None:
    done = plot("x", "--x", "0:1", "--order", "0", "--size", "43x13", terminal=True, variables={"NO_COLOR": "1"})
    drawn = [line for line in done.stdout.splitlines() if "│" in line or "┤" in line]
    assert len(drawn) == 10
    edge = max(line.index("│") if "│" in line else line.index("┤") for line in drawn)
    columns = [[i for i, c in enumerate(line[edge + 1 :]) if "⠀" < c <= "⣿"] for line in drawn]
    starts = [min(found) for found in columns if found]
    assert starts == sorted(starts, reverse=True)
    assert starts[-1] == 0
    assert max(max(found) for found in columns if found) == max(columns[0])


def test_ascii_alone() -> None:
    class Ascii(io.StringIO):
        encoding = "ascii"

        def isatty(self) -> bool:
            return True

    from gradcli.cli.environment import Environment
    from gradcli.cli.main import main

    out = Ascii()
    words = ["plot", "gamma(x)", "--x", "-2.5:3", "--mark", "extrema", "--no-check"]
    assert main(words, Environment(io.StringIO(), out, io.StringIO(), {"GRADCLI_CONFIG": "", "NO_COLOR": "1"}, 60)) == 0
    assert out.getvalue().isascii()
    assert "\\u" not in out.getvalue()
    assert out.getvalue().count("*") > 30
    out = Ascii()
    words = ["plot", "x*y", "--x", "-1:1", "--y", "-1:1", "--no-check"]
    assert main(words, Environment(io.StringIO(), out, io.StringIO(), {"GRADCLI_CONFIG": "", "NO_COLOR": "1"}, 60)) == 0
    assert out.getvalue().isascii()
    assert "##" in out.getvalue()


def test_a_map_on_a_terminal_has_shades_and_their_key() -> None:
    done = plot("x + y", "--x", "-1:1", "--y", "-1:1", terminal=True, width=60, variables={"NO_COLOR": "1"})
    drawn = [line for line in done.stdout.splitlines() if "│" in line or "┤" in line]
    assert "█" in drawn[0]
    assert "█" not in drawn[-1]
    assert "[██] 1.2…2" in done.stdout
    assert "f is from -2.0 to 2.0" in done.stdout


def test_words_for_who_sees_no_picture() -> None:
    done = plot("x**2", "--x", "-1:2:4", "--mark", "roots", "--format", "plain")
    assert done.stdout == (
        "x**2\n"
        "x from -1.0 to 2.0\n"
        "f is from 0.0 (at x = 0.0) to 4.0 (at x = 2.0)\n"
        "df/dx is from -2.0 (at x = -1.0) to 4.0 (at x = 2.0)\n"
        "these are the least and the largest numbers at 4 points\n"
        "root (touches) at x = 0.0: f = 0.0\n"
        "proved by enclosures: there are no other roots\n"
    )
    assert "x = 1.0, y = 1.0" in plot("x*y", "--x", "0:1:2", "--y", "0:1:2", "--format", "plain").stdout


CURVE = ("tan(x)", "--x", "-2:2", "--at", "1")
MAP = ("x*y", "--x", "-1:1:9", "--y", "-1:1:9")


@pytest.mark.parametrize(
    ("suffix", "start", "words"),
    [("png", b"\x89PNG", CURVE), ("svg", b"<?xml", CURVE), ("svg", b"<?xml", MAP), ("pdf", b"%PDF", MAP)],
)
def test_pictures(tmp_path: Path, suffix: str, start: bytes, words: tuple[str, ...]) -> None:
    pytest.importorskip("matplotlib", reason="pictures are drawn by matplotlib, of the extra 'plot'")
    path = tmp_path / f"p.{suffix}"
    done = plot(*words, "-o", str(path), "-q")
    assert (done.stdout, done.stderr, done.status) == ("", "", 0)
    content = path.read_bytes()
    assert content.startswith(start)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    if suffix == "svg":
        again = tmp_path / "again.svg"
        plot(*words, "-o", str(again), "-q")
        assert again.read_bytes() == content


def test_a_picture_shows_the_curve_in_its_pieces() -> None:
    pytest.importorskip("matplotlib", reason="pictures are drawn by matplotlib, of the extra 'plot'")
    from gradcli.render.plots import Look
    from gradcli.render.plots.picture import figure
    from gradcli.transforms.curves.curve import curve
    from gradcli.transforms.results.plot import Axis

    found = curve("tan(x)", Axis("x", -2.0, 2.0), marks=["roots"])
    (axes,) = figure(found, Look(size=(400, 300))).axes
    labels = [line.get_label() for line in axes.lines]
    value = axes.lines[labels.index("f")]
    y = np.asarray(value.get_ydata())
    assert sum(number != number for number in y) == 2
    assert "df/dx" in labels
    assert "root" in labels
    low, high = axes.get_ylim()
    assert -40 < low < -1 < 1 < high < 40


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("x",), "variable 'x' has no range"),
        (("x", "--x", "3"), "no variable has a range"),
        (("x", "--x", "3:-3"), "turn it round: --x -3.0:3.0"),
        (("x", "--x", "1:1"), "nothing between"),
        (("x", "--x", "0:inf"), "begins and ends with a finite number"),
        (("x", "--x", "0:"), "--x 0: is no range"),
        (("x", "--x", "0:1:2:3"), "is no range"),
        (("x", "--x", "0:1:1"), "a whole number from 2 on"),
        (("x", "--x", "0:1:2.5"), "a whole number from 2 on"),
        (("x", "--x", "0:[1, 2]"), "takes a number"),
        (("x*y", "--x", "0:1"), "variable 'y' has no value"),
        (("x*y*z", "--x", "0:1", "--y", "0:1", "--z", "0:1"), "3 variables have ranges"),
        (("x", "--x", "0:1", "--mark", "maxima"), "there are roots, extrema, inflections"),
        (("x", "--x", "0:1", "-o", "p.bmp"), "does not say in what format"),
        (("x", "--x", "0:1", "--y-range", "0:1"), "--y-range is for a picture"),
        (("x", "--x", "0:1", "--json", "--format", "csv"), "leave one of them out"),
        (("x", "--x", "-1:1", "--log-x"), "above 0"),
        (("x*y", "--x", "0:1", "--y", "0:1", "--mark", "roots"), "--mark is for a curve"),
        (("x*y", "--x", "0:1", "--y", "0:1", "--order", "2"), "--order is for a curve"),
        (("x*at", "--x", "0:1", "--at", "3"), "--set at=3"),
        (("abs(x)", "--x", "-1:1", "--at", "0"), "derivative 1 tends to -1 and 1 from the left and the right"),
        (("[1, 2][i]", "--i", "0:1"), "stands where a whole number must"),
        (("x", "--x", "0:1", "--size", "big", "-o", "p.png"), "--size takes WIDTHxHEIGHT"),
        (("x", "--x", "0:1", "--y-range", "1:0", "-o", "p.png"), "no range of values"),
    ],
)
def test_what_is_wrong_is_told(words: tuple[str, ...], told: str) -> None:
    done = plot(*words)
    assert done.status == 2
    assert done.stdout == ""
    assert told in done.stderr


def test_what_is_not_finite_anywhere() -> None:
    for words in (("log(x)", "--x", "-3:-1"), ("log(x*y)", "--x", "-3:-1", "--y", "1:2")):
        done = plot(*words)
        assert done.status == 3
        assert done.stdout == ""
        assert "the value is not finite anywhere" in done.stderr
        assert "a NaN arises here: log(-" in done.stderr


def test_what_is_not_installed_is_named() -> None:
    def without(name: str, package: str | None = None) -> object:
        return None if name == "matplotlib" else find_spec(name, package)

    with mock.patch("importlib.util.find_spec", without):
        done = plot("x", "--x", "0:1", "-o", "p.png")
    assert done.status == 2
    assert "needs the package matplotlib" in done.stderr
    assert "pip install 'gradcli[plot]'" in done.stderr


@pytest.mark.parametrize("size", ["0x0", "2x100", "30000x10"])
def test_a_size_that_no_picture_has_is_refused(size: str) -> None:
    done = plot("x", "--x", "0:1", "-o", "p.png", "--size", size)
    assert (done.status, done.stdout) == (2, "")
    assert "--size is from 3x3 to 20000x20000" in done.stderr


def test_a_picture_is_not_poured_into_a_terminal() -> None:
    done = plot("x", "--x", "0:1", "--format", "png", terminal=True)
    assert done.status == 2
    assert "-o FILE" in done.stderr


def test_axes_of_powers_of_ten() -> None:
    done = plot("x**2", "--x", "0.01:100", "--log-x", "--log-y", terminal=True, variables={"NO_COLOR": "1"}, width=70)
    assert "0.01" in done.stdout
    lines = [line for line in done.stdout.splitlines() if "┤" in line]
    assert len(lines) >= 3
    straight = [min(i for i, c in enumerate(line) if "⠀" < c <= "⣿") for line in lines]
    assert straight == sorted(straight, reverse=True)


def bare(text: str) -> str:
    return re.sub("\x1b\\[[0-9;]*m", "", text)
