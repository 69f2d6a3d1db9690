"""What a person sees, as text without its colours."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len

from gradcli.render import Style, render
from gradcli.render.words.spoken import spoken
from gradcli.transforms.results.base import Result
from gradcli.transforms.results.derivative import Derivative
from gradcli.transforms.results.evaluation import Evaluation
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.hessian import HessianProduct
from gradcli.transforms.results.labels import Outputs
from gradcli.transforms.results.pushforward import Pushforward
from gradcli.transforms.results.verdict import SAME_LIMITS, SAME_SIDES, Proof, Verdict
from tests.render import samples


def seen(result: Result, width: int, verdict: Verdict | None = None, unicode: bool = True, seeds: bool = False) -> str:
    return "\n" + render(result, verdict, Style("rich", width=width, unicode=unicode, show_seeds=seeds))


def test_a_gradient() -> None:
    assert (
        seen(samples.SQUARE, 60, samples.VERIFIED)
        == """
x**2-2*x+1
f = 1.0

variable   value   derivative
─────────────────────────────
x          0.0     -2.0

✓ agrees with SymPy's derivative to all 16 digits
"""
    )


def test_a_gradient_in_ascii() -> None:
    assert (
        seen(samples.WEIGHTED, 60, samples.NOT_CHECKED, unicode=False)
        == """
[x**2, x*y]
f = [4.0, 6.0]
seed = [1.0, 0.5]

variable   value   seed.T @ J
-----------------------------
x          2.0     5.5
y          3.0     1.0

- not checked: SymPy took longer than 10 s
"""
    )


@pytest.mark.parametrize("width", [60, 100])
def test_arrays_side_by_side(width: int) -> None:
    assert (
        seen(samples.ARRAYS, width, samples.DIFFERS)
        == """
sum((A@x - b)**2)
f = 4.25

variable   value          derivative
──────────────────────────────────────────
A          [[1.0, 2.0],   [[-1.0,   0.5],
            [3.0, 4.0]]    [-1.5,   0.75]]
x          [0.5, -0.25]   [-11.0, -16.0]
b          2.0            0.125

✗ differs: 1 of 4 entries differ from SymPy's
  df[0]/dx1: gradcli has 4.0, SymPy has 5.0
"""
    )


def test_arrays_that_do_not_fit_entry_by_entry() -> None:
    assert (
        seen(samples.ARRAYS, 40)
        == """
sum((A@x - b)**2)
f = 4.25

variable   value   derivative
─────────────────────────────
A[0,0]      1.0     -1.0
A[0,1]      2.0      0.5
A[1,0]      3.0     -1.5
A[1,1]      4.0      0.75
x[0]        0.5    -11.0
x[1]       -0.25   -16.0
b           2.0      0.125
"""
    )


def test_numbers_under_each_other_where_a_table_does_not_fit() -> None:
    result = Gradient("x/y", {"x": 1 / 3, "y": 1e-300}, samples.INF, {"x": -2 / 3, "y": samples.NAN})
    table = """
x/y
f = inf

variable   value                derivative
────────────────────────────────────────────────────
x          0.3333333333333333    -0.6666666666666666
y          1e-300               nan
"""
    stacked = """
x/y
f = inf

x
  value       0.3333333333333333
  derivative  -0.6666666666666666
y
  value       1e-300
  derivative  nan
"""
    assert seen(result, 52) == table
    assert seen(result, 51) == stacked
    assert seen(result, 33) == stacked


def test_a_large_array_is_summarised_and_says_so() -> None:
    x = np.arange(1000.0).reshape(500, 2)
    assert (
        seen(Gradient("sum(x**2)", {"x": x, "c": 0.5}, 1.0, {"x": 2 * x, "c": 1.0}), 60)
        == """
sum(x**2)
f = 1.0

variable     value              derivative
─────────────────────────────────────────────────
x            <500×2, 0 … 999>   <500×2, 0 … 1998>
x[0,0]         0.0                 0.0
x[0,1]         1.0                 2.0
x[1,0]         2.0                 4.0
… 994 more
x[498,1]     997.0              1994.0
x[499,0]     998.0              1996.0
x[499,1]     999.0              1998.0
c              0.5                 1.0
all numbers: -q or --json
"""
    )


def test_a_gradient_by_nothing() -> None:
    assert seen(Gradient("2", {}, 2.0, {}), 60) == "\n2\nf = 2.0\n\nthere is no variable to differentiate by\n"


def test_a_jacobian_with_its_seeds() -> None:
    assert (
        seen(samples.TWO_BY_TWO, 60, seeds=True)
        == """
x1**2+3*x2, x2**2+2*x1
f = [0.0, 1.0]

       x1    x2
────────────────
f[0]   4.0   3.0
f[1]   2.0   6.0

each row is one backward pass, seeded with a one at its
output
seed         output   row
────────────────────────────────
[1.0, 0.0]   → f[0]   [4.0, 3.0]
[0.0, 1.0]   → f[1]   [2.0, 6.0]
"""
    )


def test_the_points_of_a_column_stand_under_each_other() -> None:
    assert (
        seen(samples.jacobian([[1, 0.25], [-1000, 2e-7]], ["x", "y"], "f, g"), 60, unicode=False)
        == """
f, g
f = [0.0, 1.0]

       x         y
----------------------
f[0]       1.0   0.25
f[1]   -1000.0   2e-07
"""
    )


def test_a_large_jacobian_is_cut_in_the_middle_with_counts() -> None:
    names = [f"x{i}" for i in range(30)]
    text = seen(samples.jacobian(np.full((50, 30), 1 / 3), names), 60)
    assert "20 of 50 rows and 4 of 30 columns are shown, rounded to 6\ndigits; all numbers: -q" in text
    table = text.split("\n\n")[1].splitlines()
    assert table[0].split() == ["x0", "x1", "…", "x28", "x29"]
    assert [line.split()[0] for line in table[2:23]] == [
        *[f"f[{i}]" for i in range(10)], "…", *[f"f[{i}]" for i in range(40, 50)]
    ]  # fmt: skip
    assert table[12].split() == ["…"] * 6


def test_a_jacobian_of_many_narrow_columns() -> None:
    names = [f"x{i}" for i in range(30)]
    text = seen(samples.jacobian(np.ones((2, 30)), names), 100)
    assert "12 of 30 columns are shown; all numbers: -q or --json" in text
    table = text.split("\n\n")[1].splitlines()
    assert table[0].split() == [*names[:6], "…", *names[-6:]]


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_jacobian_that_is_too_wide_is_folded_and_loses_nothing(width: int) -> None:
    numbers = np.random.default_rng(7).standard_normal((5, 12)) * 10.0 ** np.arange(-4, 8)
    names = [f"x[{i}]" for i in range(12)]
    text = seen(samples.jacobian(numbers, names, "f(x)"), width)
    _, *blocks, last = text.rpartition("\n")[0].split("\n\n")
    last, _, note = last.rpartition("\n")
    assert note == "rounded to 6 digits; all numbers: -q or --json"
    columns: list[str] = []
    rows: list[list[float]] = [[] for _ in numbers]
    for block in [*blocks, last]:
        names_line, _, *lines = block.splitlines()
        columns += names_line.split()
        for row, line in zip(rows, lines, strict=False):
            label, *cells = line.split()
            assert label.startswith("f[")
            row += map(float, cells)
    assert columns == names
    np.testing.assert_allclose(rows, numbers, rtol=1e-5)
    assert max(map(len, text.splitlines())) <= width
    assert bool(blocks) == (width < 200)


def test_numbers_are_rounded_only_where_they_do_not_fit() -> None:
    thirds = samples.jacobian(np.full((2, 4), 1 / 3), ["x", "y", "z", "w"])
    assert "0.3333333333333333" in seen(thirds, 100)
    assert "rounded" not in seen(thirds, 100)
    assert "0.3333333333333333" not in seen(thirds, 60)
    assert "rounded to 6 digits" in seen(thirds, 60)
    narrow = samples.jacobian(np.ones((2, 15)), [f"x{i}" for i in range(15)])
    assert "rounded" not in seen(narrow, 60)


def test_zeros_have_no_sign_on_a_terminal_and_keep_it_elsewhere() -> None:
    zeros = np.array([[-0.0, 1.0], [-1.0, -0.0]])
    result = samples.jacobian(zeros, ["x", "y"])
    assert "-0.0" not in seen(result, 80, seeds=True)
    assert "-0.0" in render(result, None, Style("plain"))
    assert "-0.0" in render(result, None, Style("quiet"))
    assert "-0.0" in render(result, None, Style("json"))


def test_every_row_of_seeds_shows_its_numbers() -> None:
    result = samples.jacobian(np.array([[-1.0, math.sqrt(3) / 2], [1 / 3, 2 / 3]]), ["x", "y"])
    text = seen(result, 80, seeds=True)
    assert "[1.0, 0.0]   → f[0]   [-1.0, 0.8660254037844386]" in text
    assert "[0.0, 1.0]   → f[1]   [0.3333333333333333, 0.6666666666666666]" in text
    folded = seen(result, 48, seeds=True).splitlines()[-4:]
    assert folded[-2].split() == ["[0.0,", "1.0]", "→", "f[1]", "[0.3333333333333333,"]
    assert folded[-1].split() == ["0.6666666666666666]"]


def test_seeds_that_are_long_are_named_by_their_one() -> None:
    many = samples.jacobian(np.eye(25), [f"x{i}" for i in range(25)])
    table = seen(many, 60, seeds=True).split("\n\n")[2].splitlines()
    first = "1.0 at f[0] → f[0] [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, … 13 more …, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]"
    assert " ".join(" ".join(table[4:7]).split()) == first
    assert [line for line in table if line.startswith("…")] == ["… 5 more"]
    assert sum("→" in line for line in table) == 20


@pytest.mark.parametrize("shape", [(0, 2), (2, 0)])
def test_an_empty_jacobian(shape: tuple[int, int]) -> None:
    outputs, inputs = shape
    empty = samples.jacobian(np.zeros(shape), [f"x{i}" for i in range(inputs)])
    told = f"the Jacobian is empty: {outputs} outputs, {inputs} variables\n"
    assert seen(empty, 60, seeds=True).endswith(told)


def test_a_hessian() -> None:
    assert (
        seen(samples.CURVATURE, 60, samples.VERIFIED)
        == """
x**2*y
f = 18.0

variable   value   derivative
─────────────────────────────
x          3.0     12.0
y          2.0      9.0

d²f   x     y
───────────────
x     4.0   6.0
y     6.0   0.0

✓ agrees with SymPy's derivative to all 16 digits
"""
    )


def test_a_large_hessian_is_cut_in_the_middle_with_counts() -> None:
    names = [f"x{i}" for i in range(30)]
    text = seen(samples.hessian(np.full((30, 30), 1 / 3), names), 60, unicode=False)
    assert "20 of 30 rows and 4 of 30 columns are shown, rounded to 6\ndigits; all numbers: -q" in text
    assert text.split("\n\n")[2].splitlines()[0].split() == ["d2f", "x0", "x1", "...", "x28", "x29"]


def test_a_hessian_by_nothing() -> None:
    text = seen(samples.hessian(np.zeros((0, 0)), []), 60)
    assert text == "\nf(x)\nf = 0.3333333333333333\n\nthere is no variable to differentiate by\n"


def test_a_derivative_along_a_tangent() -> None:
    assert (
        seen(samples.PUSHED, 60)
        == """
[x*y, x/y]

variable   value   tangent
──────────────────────────
x          6.0     0.0
y          2.0     1.0

output   value         J·tangent
──────────────────────────────────
f        [12.0, 3.0]   [6.0, -1.5]
"""
    )


def test_a_long_derivative_along_a_tangent_says_where_its_numbers_are() -> None:
    x = np.arange(100.0)
    text = seen(Pushforward("x**2", {"x": x}, x**2, {"x": np.ones(100)}, 2 * x), 60)
    inputs, outputs = text.split("\n\n")[1:]
    assert inputs.splitlines()[-1] == "all numbers: --json"
    assert outputs.splitlines()[-1] == "all numbers: -q or --json"
    assert outputs.splitlines()[-2].split() == ["f[99]", "9801.0", "198.0"]


def test_outputs_with_names_of_their_own_along_a_tangent() -> None:
    named = replace(samples.PUSHED, outputs=Outputs("f", ("u", None), 1))
    assert [line.split() for line in seen(named, 60).splitlines()[-2:]] == [
        ["u", "12.0", "6.0"],
        ["f[1]", "3.0", "-1.5"],
    ]


def test_a_hessian_times_a_vector() -> None:
    assert (
        seen(samples.PRODUCTS, 60)
        == """
sum(x**3)*a
f = 4.5

variable   value        vector        H·vector
─────────────────────────────────────────────────
x          [1.0, 2.0]   [1.0, -0.5]   [3.0, -3.0]
a          0.5          0.0           -3.0
"""
    )
    assert (
        seen(samples.PRODUCTS, 40, unicode=False)
        == """
sum(x**3)*a
f = 4.5

variable   value   vector   H @ vector
--------------------------------------
x[0]       1.0      1.0      3.0
x[1]       2.0     -0.5     -3.0
a          0.5      0.0     -3.0
"""
    )
    assert (
        seen(samples.PRODUCTS, 30)
        == """
sum(x**3)*a
f = 4.5

x[0]
  value     1.0
  vector    1.0
  H·vector  3.0
x[1]
  value     2.0
  vector    -0.5
  H·vector  -3.0
a
  value     0.5
  vector    0.0
  H·vector  -3.0
"""
    )


def test_derivatives_by_order() -> None:
    assert (
        seen(samples.POWERS, 60)
        == """
x**4
f = 16.0

derivative   value
──────────────────
df/dx        32.0
d2f/dx2      48.0
d3f/dx3      48.0
"""
    )
    assert (
        seen(samples.CURVE, 60)
        == """
[t1**2, a*t1]
f = [1.0, -0.5]

derivative   f[0]   f[1]
─────────────────────────
df/dt1       -2.0     0.5
d2f/d(t1)2    2.0   nan
"""
    )


def test_many_orders_are_cut_in_the_middle() -> None:
    text = seen(Derivative("exp(x)", {"x": 0.0}, 1.0, "x", 50, (1.0,) * 50), 60)
    assert text.endswith("\n20 of 50 rows are shown; all numbers: --json\n")
    assert "d10f/dx10    1.0\n…            …\nd41f/dx41    1.0\n" in text


def test_derivatives_of_nothing() -> None:
    text = seen(Derivative("x*[]", {"x": 0.0}, np.zeros(0), "x", 1, (np.zeros(0),)), 60)
    assert text == "\nx*[]\nf = []\n\nthe value is empty, and so are its derivatives\n"


def test_values() -> None:
    assert seen(samples.VALUE, 60) == "\n4.0\n"
    assert (
        seen(Evaluation("A", {}, np.array([[1.0, -20.5], [0.25, samples.NAN]])), 60)
        == """
[[  1.0,  -20.5],
 [  0.25, nan]]
"""
    )
    assert (
        seen(Evaluation("x", {}, np.arange(15.0)), 40)
        == """
[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0,
 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0]
"""
    )


def test_a_large_value_is_cut_and_says_so() -> None:
    text = seen(Evaluation("A", {}, np.arange(10_000.0).reshape(100, 100)), 50, unicode=False)
    assert (
        text
        == """
[[   0.0,    1.0, ...,   98.0,   99.0],
 [ 100.0,  101.0, ...,  198.0,  199.0],
 ...,
 [9800.0, 9801.0, ..., 9898.0, 9899.0],
 [9900.0, 9901.0, ..., 9998.0, 9999.0]]
<100x100, 0 .. 9999>; all numbers: -q or --json
"""
    )


def test_a_value_that_is_too_long_for_its_line_is_summarised() -> None:
    text = seen(replace(samples.TWO_BY_TWO, value=np.arange(500.0)), 60)
    assert text.splitlines()[2] == "f = <500 entries, 0 … 499>"


@pytest.mark.parametrize(
    ("verdict", "unicode", "marks"),
    [
        (samples.VERIFIED, True, "✓ agrees with SymPy's derivative"),
        (samples.VERIFIED, False, "+ agrees with SymPy's derivative"),
        (samples.DIFFERS, True, "✗ differs:"),
        (samples.DIFFERS, False, "x differs:"),
        (samples.KINK, True, "∧ kink:"),
        (samples.KINK, False, "^ kink:"),
        (samples.NOT_CHECKED, True, "· not checked:"),
        (samples.NOT_CHECKED, False, "- not checked:"),
    ],
)
def test_each_verdict_has_a_mark(verdict: Verdict, unicode: bool, marks: str) -> None:
    assert f"\n\n{marks} " in seen(samples.SQUARE, 60, verdict, unicode)


PROVED = replace(samples.VERIFIED, max_ulps=0.3, proof=Proof(1, 1, 0.31))


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (replace(samples.VERIFIED, max_ulps=0.3), "agrees with SymPy's derivative to all 16 digits (0.3 ulps)"),
        (replace(samples.VERIFIED, max_ulps=1.0), "agrees with SymPy's derivative to 15 digits (1 ulp)"),
        (replace(samples.VERIFIED, max_ulps=1e14), "agrees with SymPy's derivative to 1 digit (1e+14 ulps)"),
        (replace(samples.VERIFIED, max_ulps=None), "agrees with SymPy's derivative"),
        (PROVED, "agrees with SymPy's derivative to all 16 digits; proved within 0.31 ulps"),
        (
            replace(PROVED, checked=4, entries=4),
            "all 4 entries agree with SymPy's derivatives to all 16 digits; 1 of 4 entries proved within 0.31 ulps",
        ),
        (
            samples.SAMPLED,
            "64 of 1,000 entries, a sample, agree with SymPy's derivatives to 15 digits (1.5 ulps)",
        ),
        (
            replace(PROVED, by_proof=True, reason="by proof, 1 of 1 entries within 0.31 ulps; SymPy: gone"),
            "proved: the derivative is within 0.31 ulps of the exact one; SymPy: gone",
        ),
        (
            Verdict("kink", reason=f"not differentiable; {SAME_SIDES}"),
            "kink: not differentiable; SymPy confirms the values from both sides",
        ),
        (
            Verdict("singular", reason=f"infinite, and SymPy agrees; {SAME_LIMITS}"),
            "singular: infinite, and SymPy agrees; it confirms the limits of the derivatives",
        ),
    ],
    ids=str,
)
def test_a_verdict_speaks_to_a_person(verdict: Verdict, told: str) -> None:
    assert spoken(verdict)[0] == told
    assert told in " ".join(seen(samples.SQUARE, 200, verdict).split())


def test_digits_that_are_told_are_right() -> None:
    for ulps in (0.6, 1.0, 1.9, 7.0, 1e3, 1e9):
        digits = int(spoken(replace(samples.VERIFIED, max_ulps=ulps))[0].partition(" to ")[2].split()[0])
        for truth in (1.0, 1.9999, 3.3):
            assert ulps * np.spacing(truth) / truth <= 10.0**-digits


def test_a_long_verdict_hangs_under_its_sentence() -> None:
    assert (
        seen(samples.SQUARE, 60, samples.KINK).split("\n\n")[-1]
        == """\
∧ kink: the expression is not differentiable at this point
  df/dx: from the left -1.0, from the right 1.0; 0.0 is the
  convention (abs(x))
"""
    )


def test_a_program_of_several_lines() -> None:
    shown = seen(replace(samples.SQUARE, expression="a = x # \x1b[31mred\n\ta**2\n"), 60)
    assert shown.startswith("\na = x # \ufffd[31mred\n    a**2\nf = 1.0\n")


def test_a_huge_expression_is_counted() -> None:
    shown = seen(replace(samples.SQUARE, expression="+".join(["x"] * 20_000)), 60).split("\nf = ")[0]
    assert "… 39,819 more characters …" in shown.replace("\n", " ").replace("  ", " ")
    assert shown.count("\n") <= 6
    program = "\n".join(f"a{i} = x" for i in range(100))
    assert "\n… 88 more lines …\n" in seen(replace(samples.SQUARE, expression=program), 60)


HARD = (
    *samples.RESULTS,
    samples.chain(50_000),
    Gradient("θ" * 50, {"θ" * 50: 0.1}, 1 / 3, {"θ" * 50: -2 / 3}),
    Gradient("数" * 50, {"数" * 50: 0.1}, 1 / 3, {"数" * 50: -2 / 3}),
    Gradient("sum(x)", {"x": np.linspace(-1, 1, 999) ** 3}, 1 / 3, {"x": np.linspace(-1, 1, 999) / 7}),
    samples.jacobian(
        np.linspace(-1, 1, 1500).reshape(50, 30) ** 3, [f"a_variable_of_many_words_{i}" for i in range(30)]
    ),
    Evaluation("A", {}, np.linspace(-1, 1, 1500).reshape(50, 30) ** 3),
    Evaluation("A", {}, np.linspace(-1, 1, 24).reshape(2, 3, 4) ** 3),
    samples.hessian(np.full((30, 30), -1 / 3), [f"a_variable_{i}" for i in range(30)]),
    Pushforward(
        "x*y", {"x": np.linspace(0, 1, 99)}, np.full(99, 1 / 7), {"x": np.full(99, -1 / 7)}, np.full(99, 1 / 3)
    ),
    HessianProduct("f", {"alpha": 0.1, "beta": 1 / 3}, 1 / 3, {"beta": 1 / 7}, {"alpha": -1 / 3, "beta": 1e-300}),
    Derivative("f", {"x": 0.0}, np.full(40, 1 / 3), "x", 40, tuple(np.full(40, (-1) ** i / 3) for i in range(40))),
)


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("width", [20, 40, 60, 100, 200])
@pytest.mark.parametrize("result", HARD, ids=lambda result: str(result.expression)[:20])
def test_no_line_is_wider_than_the_terminal(result: Result, width: int, unicode: bool) -> None:
    text = seen(result, width, samples.DIFFERS, unicode, seeds=True)
    assert max(map(cell_len, text.splitlines())) <= width
    assert not any(line.endswith(" ") for line in text.splitlines())
    assert text.endswith("\n")
    assert unicode or "θ" in text or "数" in text or text.isascii()


@pytest.mark.parametrize("result", HARD, ids=lambda result: str(result.expression)[:20])
def test_colours_change_no_letter(result: Result) -> None:
    colored = render(result, samples.KINK, Style("rich", color=True, width=80, show_seeds=True))
    plain = render(result, samples.KINK, Style("rich", color=False, width=80, show_seeds=True))
    assert "\x1b[" in colored
    assert "\x1b" not in plain
    assert re.sub(r" +$", "", re.sub(r"\x1b\[[\d;]*m", "", colored), flags=re.MULTILINE) == plain


def test_numbers_that_are_not_finite_stand_out() -> None:
    text = render(samples.POLE, None, Style("rich", color=True, width=60))
    assert "f\x1b[0m = \x1b[1;31minf\x1b[0m" in text
    assert "\x1b[1;31m-inf\x1b[0m" in text


def test_without_a_width_the_terminal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert render(samples.ARRAYS, None, Style("rich")) == seen(samples.ARRAYS, 40)[1:]


def test_the_environment_has_no_say_in_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    before = render(samples.SQUARE, None, Style("rich", color=True, width=60))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert render(samples.SQUARE, None, Style("rich", color=True, width=60)) == before
