"""Generated code, compiled and run where its tools are at hand, has the engine's numbers."""

from __future__ import annotations

import itertools
import re
import sqlite3
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcli.cli.commands.code import TARGETS
from gradcli.errors import UsageProblem
from gradcli.ops import TABLE, Op
from gradcli.ops.calls.paths import resolve_value
from gradcli.ops.table.special import HIGHER
from gradcli.render.code.language import Table
from gradcli.render.code.lower import MADE, OPERATORS
from gradcli.render.code.printer import LANGUAGES, language_of, render_code
from gradcli.transforms.operators.code import FAST, routine
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.jacobian import jacobian
from tests.cli.runner import gradcli
from tests.render.code_readers import read_excel
from tests.render.code_runners import RUNNERS, Trial, missing, trial

ELEMENTWISE = [op for op in TABLE.values() if op.kind == "elementwise" and not op.statics]

LACKING = {
    "beta", "betaln", "digamma", "dsinc", "erfcx", "erfinv", "i0", "i1", "iv", "j0", "j1", "jv", "log_ndtr", "loggamma",
    "polygamma",
} | {op.name for op in HIGHER if op.name != "ldexp"}  # fmt: skip
"""What no language has, but for a few that are below."""

_ERROR_FUNCTIONS = {"erf", "erfc", "gelu", "ndtr"}
ALSO_LACKING: dict[str, set[str]] = {
    "numpy": {*_ERROR_FUNCTIONS, "gamma", "lgamma"},
    "torch": {"gamma"},
    "javascript": {*_ERROR_FUNCTIONS, "gamma", "lgamma"},
    "rust": {*_ERROR_FUNCTIONS, "gamma", "lgamma"},
    "julia": {*_ERROR_FUNCTIONS, "gamma", "lgamma"},
    "r": _ERROR_FUNCTIONS,
    "sql": _ERROR_FUNCTIONS,
}
CAREFUL = set(language_of("python").careful)
HAVING = {
    "jax": {"digamma", "erfinv", "i0", "i1", "log_ndtr"},
    "torch": {"digamma", "erfcx", "erfinv", "i0", "i1", "j0", "j1", "log_ndtr"},
    "matlab": {"digamma", "erfcx"},
    "r": {"digamma"},
    "latex": LACKING,
    "gradcli": LACKING,
}


PROGRAMS: list[tuple[str, dict[str, Any]]] = [
    ("a = w + x; b = w + 1; a*b", {"w": 1.0, "x": 2.0}),
    ("s = sin(x)*y; s*exp(s) - x % y + (x > 1)*y", {"x": 1.7, "y": -0.4}),
    ("where((x > 0) & (y < 1) | ~(x < 5), sqrt(x), x**2)*y - -x", {"x": 2.0, "y": 3.0}),
    ("log(x) if x > 1 else x*y", {"x": 0.5, "y": 2.0}),
    ("norm(A@x - b)**2 + max(x) - logsumexp(b)", {"A": [[1.0, 2.0], [3.0, 5.0]], "x": [0.5, -1.0], "b": [1.0, 2.0]}),
    ("int*end + θ**int", {"int": 2.5, "end": 2.0, "θ": 1.5}),
    ("value*f + 1e-300*exp(value)", {"value": 2.5, "f": 2.0}),
    ("x**3 - 2*x**-2 + x**y", {"x": 1.3, "y": 2.0}),
    ("+".join(f"sin({i}*x)" for i in range(300)), {"x": 0.1}),
    ("max(x, y, z) + min(x, y)", {"x": 2.0, "y": 2.0, "z": 1.0}),
    ("(x - y)*pi/e + (x == y)", {"x": 2.0, "y": 2.0}),
    ("u, v = [x*y, x - y]; u*v", {"x": 2.0, "y": 3.0}),
    ("exp(-(-x)**2)*y - -(-x)**2", {"x": 0.5, "y": 3.0}),
    ("-x**2 + (-x)**2*y - square(-(y + x))", {"x": 0.5, "y": 3.0}),
    ("sum(-(-v)**2)*x", {"v": [0.5, 3.0], "x": 2.0}),
]  # fmt: skip


NO_VALUE: tuple[str, dict[str, Any]] = ("where(x > 0, sqrt(x) + log(x)*x**1.5, x*y)", {"x": -0.5, "y": 2.0})
"""A branch that is not taken has no value there; Julia raises an error."""


SIGNS = ["exp(-(-x)**2)", "-((-x)**2)", "-x**2+(-x)**2", "square(-(y+x))", "-(-x)**3*y", "(-x)**2*y-x",
         "x*y - -(-y)*x/3",
         "-x*(-y) - (-x)*y", "a = -x*y; -a*a - a", "1 - (-2*x)*y*-3", "x - abs(-y)*-x"]  # fmt: skip


@pytest.mark.parametrize("language", sorted({*LANGUAGES} - {"gradcli"}))
def test_no_sign_follows_another(language: str) -> None:
    """Two are a decrement in C and JavaScript, a comment in SQL, and no Fortran."""
    parts = ["value", "gradient"] if language in ("excel", "sql") else ["value", "gradient", "jvp", "vjp"]
    for text in SIGNS:
        code = render_code(routine(text, parts), language_of(language), "f", Table() if language == "sql" else None)
        code = code.replace("<- ", "= ")  # R's assignment
        lines = [line for line in code.splitlines() if not re.match(r"\s*(//|#|%|--|!|f:|=?f =)", line)]
        assert [line for line in lines if re.search(r"(?<![eEd])[-+]\s*-", line)] == []


@cache
def program_trials() -> list[tuple[str, Trial]]:
    programs = [*PROGRAMS, NO_VALUE]
    return [(text, trial(text, values, ("value", "gradient", "hessian"))) for text, values in programs]


@cache
def _all_trials(fast: bool) -> list[tuple[str, Trial]]:
    """The whole table, at one or two points each; what is in no language's way is the same for all of them."""
    found = []
    for op in ELEMENTWISE:
        moving = [param for i, param in enumerate(op.params) if op.partials[i] is not None]
        points = list(itertools.product(*[[float(np.mean(one)) for one in domain] for domain in op.sample_domains]))
        for point in points[:2]:
            values = dict(zip(op.params, point, strict=True))
            fixed = {param: repr(value) for param, value in values.items() if param not in moving}
            call = f"{op.name}({', '.join(fixed.get(param, param) for param in op.params)})"
            with suppress(UsageProblem):
                found.append((f"{call} at {point}", trial(call, {param: values[param] for param in moving}, fast=fast)))
    return found


def table_trials(language: str, fast: bool = False) -> list[tuple[str, Trial]]:
    """Those of the table that the language can write."""
    found = []
    for text, made in _all_trials(fast):
        with suppress(UsageProblem):
            made.code(language)
            found.append((text, made))
    return found


_NEAR = 4 * 2.0**-52
"""Four units in the last place, as a part of the number."""


@pytest.mark.parametrize("runner", RUNNERS)
def test_generated_code_runs_and_agrees(runner: str, tmp_path: Path) -> None:
    reason = missing(runner)
    if reason:
        pytest.skip(reason)
    language = runner.split(maxsplit=1)[0]
    trials = [one for one in program_trials() if language != "julia" or one[0] != NO_VALUE[0]] + table_trials(language)
    found = RUNNERS[runner]([t for _, t in trials], tmp_path)
    assert len(found) == len(trials)
    assert sum(numbers is not None for numbers in found) > len(PROGRAMS)
    for (text, t), numbers in zip(trials, found, strict=True):
        if numbers is None:
            continue
        assert len(numbers) == len(t.wanted), text
        for number, wanted, bound in zip(numbers, t.wanted, t.bounds, strict=True):
            near = abs(number - wanted) <= _NEAR * abs(wanted) + 2 * bound
            assert number == wanted or near, (runner, text, number, wanted, bound)


@pytest.mark.parametrize("runner", ["c", "python"])
def test_fast_code_has_the_same_numbers_but_for_the_last_digits(runner: str, tmp_path: Path) -> None:
    if reason := missing(runner):
        pytest.skip(reason)
    at_ties = {"max(x, y, z) + min(x, y)", "where((x > 0) & (y < 1) | ~(x < 5), sqrt(x), x**2)*y - -x"}
    programs = [(text, values) for text, values in PROGRAMS if text not in at_ties]
    trials = [(text, trial(text, values, ("value", "gradient", "hessian"), fast=True)) for text, values in programs]
    apart = "maximum(x, y)*minimum(x, y) + norm([x, y])"
    trials.append((apart, trial(apart, {"x": 1.0, "y": 2.0}, fast=True)))
    trials += [one for one in table_trials(runner, fast=True) if not one[0].startswith(("maximum", "minimum"))]
    tried = {text.partition("(")[0] for text, _ in trials}
    assert set(FAST) - {"maximum", "minimum", "norm"} <= tried
    for (text, t), numbers in zip(trials, RUNNERS[runner]([t for _, t in trials], tmp_path), strict=True):
        assert numbers == pytest.approx(t.wanted, rel=1e-10, abs=1e-12), text


def test_fast_code_tells_what_it_gives_up() -> None:
    text = render_code(routine("hypot(x, y)**3", ["value", "gradient"], fast=True), language_of("c"), "f")
    assert "// fast: without guards against overflow" in text
    assert "// flags: cc -O2 -march=native" in text
    assert "sqrt(x*x + y*y)" in text
    assert "pow" not in text.partition("{")[2]
    outcome = gradcli(["code", "sum(x)", "--to", "numpy", "--fast", "--shape", "x=n"])
    assert "# fast: without guards against overflow" in outcome.stdout


def test_what_is_run_has_no_factors_of_one_and_shares_products_of_either_order() -> None:
    text = render_code(routine("sin(x*y)*1 + cos(y*x)*(-1)"), language_of("c"), "f")
    assert "t1 = x*y;" in text
    assert "return sin(t1) - cos(t1);" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_language_lacks_is_known(language: str) -> None:
    facts = language_of(language)

    def has(op: Op) -> bool:
        try:
            render_code(routine(f"{op.name}({', '.join('abcdefgh'[: len(op.params)])})"), facts, "f")
        except UsageProblem as problem:
            return f"{facts.name} has no function" not in problem.message
        return True

    lacking = {op.name for op in ELEMENTWISE if not has(op)}
    assert lacking == (LACKING | ALSO_LACKING.get(language, set())) - HAVING.get(language, set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_writes_all_parts(language: str) -> None:
    made = routine("[x*y, x/y]", ["value", "jacobian", "jvp", "vjp"])
    text = render_code(made, language_of(language), "pair")
    for name in ("pair", "value", "jacobian", "jvp", "vjp", "seed", "tangent_x", "tangent_y"):
        assert name in text or (language, name) == ("gradcli", "pair")  # its functions have no names


def test_the_option_offers_every_language() -> None:
    assert tuple(LANGUAGES) == TARGETS


def test_a_name_of_the_language_is_changed_and_told() -> None:
    text = render_code(routine("int*exp(end)"), language_of("c"), "f")
    assert "// int_: int in the expression" in text
    assert "double f(double int_, double end)" in text


def test_names_stay_apart() -> None:
    text = render_code(routine("x*X + θ + theta"), language_of("fortran"), "f")
    assert "subroutine f(x, X_, theta, theta_, value)" in text


def test_a_comment_is_one_line() -> None:
    made = replace(routine("x + 1"), expression="x + 1 \u2028\n system() \\")
    assert render_code(made, language_of("c"), "f").startswith("// f = x + 1 system() \n// value: f\n")


@pytest.mark.parametrize("name", ["double", "a b", "1x", "θ", ""])
def test_names_of_functions(name: str) -> None:
    with pytest.raises(UsageProblem, match="cannot be the name of a function in C"):
        render_code(routine("x"), language_of("c"), name)


def test_every_made_operation_is_one_of_the_table() -> None:
    assert set(MADE) <= set(TABLE)
    assert OPERATORS - {"if"} <= set(TABLE)


def test_jvp_and_vjp_are_products_with_the_jacobian() -> None:
    made = routine("[x*y, x/y]", ["jvp", "vjp"])
    namespace: dict[str, Any] = {}
    exec(render_code(made, language_of("python"), "f"), namespace)
    matrix = jacobian("[x*y, x/y]", {"x": 2.0, "y": 4.0}).jacobian
    given = {"x": 2.0, "y": 4.0, "seed": [3.0, 5.0], "tangent_x": 7.0, "tangent_y": 11.0}
    jvp, vjp = namespace["f"](*[given[parameter.name] for parameter in made.parameters])
    assert jvp == pytest.approx((matrix @ [7.0, 11.0]).tolist())
    assert vjp == pytest.approx((np.array([3.0, 5.0]) @ matrix).tolist())


def test_the_file(tmp_path: Path) -> None:
    outcome = gradcli(["code", "x*y", "--to", "c", "--gradient", "-o", str(tmp_path / "f.c")])
    assert (outcome.stdout, outcome.stderr, outcome.status) == ("", "", 0)
    assert "*value = x*y;" in (tmp_path / "f.c").read_text(encoding="utf-8")
    outcome = gradcli(["code", "x*y", "--to", "c", "-o", str(tmp_path / "no" / "f.c")])
    assert outcome.status == 74


def test_sql_gives_the_derivatives_of_each_row_beside_its_key() -> None:
    outcome = gradcli(
        ["code", "x*n", "--to", "sql", "--gradient", "--table", "main.points", "--keep", "id", "--name", "g"]
    )
    assert (outcome.stderr, outcome.status) == ("", 0)
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE points (id TEXT, x REAL, n INTEGER, other TEXT)")
        connection.execute("INSERT INTO points VALUES ('a', 0.5, 3, ''), ('b', NULL, 3, '')")
        cursor = connection.execute(outcome.stdout)
        assert [column[0] for column in cursor.description] == ["id", "x", "n", "g", "dg/dx", "dg/dn"]
        assert cursor.fetchall() == [("a", 0.5, 3.0, 1.5, 3.0, 0.5), ("b", None, 3.0, None, 3.0, None)]
    connection.close()


def test_whole_numbers_in_sql_are_divided_as_numbers() -> None:
    text = render_code(routine("x/n + 1/3"), language_of("sql"), "f")
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (x INTEGER, n INTEGER)")
        connection.execute("INSERT INTO t VALUES (1, 2)")
        assert connection.execute(text).fetchall() == [(1.0, 2.0, 1 / 2 + 1 / 3)]
    connection.close()


def test_what_is_missing_stays_missing_in_sql() -> None:
    text = render_code(routine("maximum(x, 0) + (x > 1)"), language_of("sql"), "f")
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (x REAL)")
        connection.execute("INSERT INTO t VALUES (NULL)")
        assert connection.execute(text).fetchall() == [(None, None)]
    connection.close()


def test_names_in_sql() -> None:
    text = render_code(routine("select*f + θ", ["value"]), language_of("sql"), "f", Table('my"table.parquet', ("F_",)))
    assert 'FROM "my""table.parquet"' in text
    assert '"select"*"f" + "θ" AS "f__"' in text
    with pytest.raises(UsageProblem, match="columns 'x' and 'X' are one in SQL"):
        render_code(routine("x*X"), language_of("sql"), "f")
    with pytest.raises(UsageProblem, match=r"'a\.\.b' is no table's name"):
        render_code(routine("x"), language_of("sql"), "f", Table("a..b"))


def test_a_table_is_for_sql() -> None:
    outcome = gradcli(["code", "x", "--to", "c", "--table", "points"])
    assert (outcome.stdout, outcome.status) == ("", 2)
    assert "C has no tables" in outcome.stderr


def test_names_that_are_cells_of_excel() -> None:
    text = render_code(routine("x1*r + let"), language_of("excel"), "f")
    assert "x1_: x1 in the expression" in text
    assert "=LET(x1_, A2, r_, B2, let_, C2, x1_*r_ + let_)" in text


def test_numbers_with_more_digits_than_excel_reads() -> None:
    for number in (0.1 + 0.2, 1 / 3, 2.0**53 - 1, 1.7976931348623157e308, 4.35):
        text = render_code(routine(f"x + {number!r}"), language_of("excel"), "f")
        assert read_excel(text, [0.0]) == [number]
    with pytest.raises(UsageProblem, match="Excel has no number as small as 5e-324"):
        render_code(routine("x + 5e-324"), language_of("excel"), "f")


def test_a_formula_that_is_too_long_for_excel_is_a_row_of_formulas(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "+".join(f"sin({i}*x[0])*x[1]" for i in range(500))
    lines = render_code(routine(text, shapes={"x": (2,)}), language_of("excel"), "f_").splitlines()
    assert lines[0].split("\t")[:2] == ["x[0]", "x[1]"]
    assert lines[1].startswith("\t\t=")
    found = read_excel("\n".join(lines), [[0.3, 2.0]])
    assert found == pytest.approx([sum(np.sin(i * 0.3) * 2 for i in range(500))])
    monkeypatch.setattr("gradcli.render.code.excel._MOST_COLUMNS", 9)
    with pytest.raises(UsageProblem, match="Excel takes at most 9 columns, and this would have"):
        render_code(routine(text, shapes={"x": (2,)}), language_of("excel"), "f_")


@pytest.mark.parametrize("language", ["numpy", "jax", "torch"])
def test_arguments_may_be_arrays_of_points(language: str) -> None:
    if reason := missing(language):
        pytest.skip(reason)
    namespace: dict[str, Any] = {}
    exec(render_code(routine("x*x*y + x", ["value", "gradient", "hessian"]), language_of(language), "f"), namespace)
    value, gradient, second = namespace["f"](np.array([1.0, 2.0, 3.0]), 2.0)
    assert np.asarray(value).tolist() == [3.0, 10.0, 21.0]
    assert np.asarray(gradient).tolist() == [[5.0, 9.0, 13.0], [1.0, 4.0, 9.0]]
    assert np.asarray(second).tolist() == [[[4.0] * 3, [2.0, 4.0, 6.0]], [[2.0, 4.0, 6.0], [0.0] * 3]]


def test_names_that_latex_writes_alike() -> None:
    text = render_code(routine("t_1*sin(x)*exp(sin(x))"), language_of("latex"), "f")
    assert r"f &= t_{1} t_{2} e^{t_{2}} \\" in text
    assert r"t_{2} &= \sin\left(x\right)" in text
    with pytest.raises(UsageProblem, match="'x1' and 'x_1' are written alike"):
        render_code(routine("x1 + x_1"), language_of("latex"), "f")


def test_what_a_query_tells_of_nan() -> None:
    assert "-- NaN: to DuckDB" in render_code(routine("where(x > 1, x, 0)"), language_of("sql"), "f")
    assert "NaN" not in render_code(routine("x + 1"), language_of("sql"), "f")


def test_what_is_not_taken_need_have_no_value_in_python() -> None:
    namespace: dict[str, Any] = {}
    text = "x*log(x) + 1/x if x > 0 else exp(x)"
    exec(render_code(routine(text, ["value", "gradient"]), language_of("python"), "f"), namespace)
    for x in (0.0, -0.0, -1.0, 1.5, -1e9):
        engine = grad(text, {"x": x})
        value, gradient = namespace["f"](x)
        assert [value, *gradient] == pytest.approx([engine.value, engine.gradients["x"]], rel=1e-15)
    plain = render_code(routine("x*log(x)"), language_of("python"), "f")
    assert "return value" in plain
    assert "x*math.log(x)" in plain


@pytest.mark.parametrize("op", [op for op in ELEMENTWISE if op.name in CAREFUL], ids=lambda op: op.name)
def test_careful_functions_give_what_float64_gives(op: Op) -> None:
    facts = language_of("python")
    names = list(op.params)
    namespace: dict[str, Any] = {}
    text = f"where({names[0]} == 77, 0, {op.name}({', '.join(names)}))"
    exec(render_code(routine(text), facts, "f"), namespace)
    edges = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -2.0,
        3.0,
        -3.0,
        800.0,
        -800.0,
        1e300,
        float("inf"),
        float("-inf"),
        float("nan"),
    ]
    for point in itertools.product(edges, repeat=len(names)):
        with np.errstate(all="ignore"):
            wanted = float(resolve_value(op.value)(*point))
        if op.name in ("lgamma", "pow") and point[0] == float("-inf"):  # C and Python differ from SciPy there
            continue
        found = namespace["f"](*point)
        assert found == pytest.approx(wanted, rel=1e-14, nan_ok=True), (op.name, point)


def test_a_mean_of_entries_is_written() -> None:
    text = gradcli("code mean(x) --to javascript --shape x=3 --scalar").stdout
    assert "const value = (x[0] + x[1] + x[2])/3.0;" in text
