"""Several kinks of one result in one report: what they share is said once."""

from __future__ import annotations

from dataclasses import replace

from gradcli.render import Style, render
from gradcli.render.words.kinks import reports
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.results.findings import Kink


def kinks(source: str, **values: object) -> tuple[Kink, ...]:
    return grad(source, values).kinks


def test_entries_and_conventions_are_listed_once() -> None:
    (report,) = reports(kinks("min(x, y, z)", x=1.0, y=1.0, z=1.0))
    assert report.headline == "minimum is not differentiable at (1.0, 1.0)"
    assert report.places == (("  min(x, y, z)", "  ^^^^^^^^^^^^"),)
    assert [remark.split(":")[0] for remark in report.remarks] == [
        "df/dx", "df/dy", "df/dz", "convention", "minimum(x, 1) at x = 1",
    ]  # fmt: skip


def test_carets_share_a_line_where_they_stand_apart() -> None:
    (report,) = reports(kinks("exp(abs(x)) + abs(y) + where(x > 0, x, 0)", x=0.0, y=0.0))
    assert report.headline == "abs at 0.0 and the condition at (0.0, 0.0) are not differentiable"
    assert report.places == (
        (
            "  exp(abs(x)) + abs(y) + where(x > 0, x, 0)",
            "      ^^^^^^    ^^^^^^         ^^^^^",
        ),
    )
    told = "convention of the condition: that of what the condition picks, as in PyTorch, JAX and SymPy"
    assert told in report.remarks


def test_each_kind_has_its_own_report() -> None:
    found = reports(kinks("sqrt(abs(x*y)) + pi*x", x=0.0, y=0.0))
    assert [report.kind for report in found] == ["kink"]
    assert "; the partial derivatives add up to 3.14" in found[0].remarks[0]
    (singular,) = reports(kinks("sqrt(x)", x=0.0))
    assert (singular.kind, singular.headline) == (
        "singular",
        "sqrt is not differentiable at 0.0, and the slope is infinite",
    )
    (smooth,) = reports(kinks("sqrt(abs(x)**4) + pi*x", x=0.0))
    assert smooth.headline.endswith("not differentiable at 0.0, but the derivative exists")
    assert [remark for remark in smooth.remarks if " is " in remark] == [
        "df/dx is 3.141592653589793; the conventions would give nan",
    ]  # fmt: skip


def test_what_is_not_known_names_all_of_them() -> None:
    (report,) = reports(kinks("sum(eigvalsh(reshape(x, [2, 2]))) + abs(x[0])", x=[0.0, 0.0, 0.0, 0.0]))
    assert report.headline == (
        "eigvalsh at [[0.0, 0.0], [0.0, 0.0]] and abs at 0.0 are not differentiable; whether the result is, is not "
        "known: the operations around it have no one-sided derivatives here"
    )


def test_of_many_some_are_named() -> None:
    source = " + ".join(f"abs(x - {i})*(x - {i})" for i in range(20))
    (kink,) = kinks("abs(x)", x=0.0)
    many = [
        replace(kink, source=source, span=(start, start + 3), at=f"{i}.0")
        for i, start in enumerate(j for j in range(len(source)) if source.startswith("abs", j))
    ]
    (report,) = reports(many)
    assert report.headline == "abs at 0.0, abs at 1.0, abs at 2.0 and 17 more are not differentiable"
    assert sum(carets.count("^^^") for _, carets in report.places) == 6
    assert reports(()) == []


def test_a_person_sees_a_mark_in_the_margin() -> None:
    shown = render(grad("abs(x) + 1", {"x": 0.0}), None, Style("rich", width=60)).partition("∧")[2]
    assert shown.splitlines() == [
        " abs is not differentiable at 0.0",
        "    abs(x) + 1",
        "    ^^^^^^",
        "  df/dx: from the left -1.0, from the right 1.0; given 0.0",
        "  convention: 0 at 0",
        "  abs(x) at x = 0: PyTorch 0, JAX 1, SymPy 0",
    ]
    smooth = render(grad("relu(x) - relu(-x)", {"x": 0.0}), None, Style("rich", width=80, unicode=False))
    assert smooth.partition("+ ")[2].splitlines() == [
        "relu is not differentiable at 0.0, but the derivative exists",
        "    relu(x) - relu(-x)",
        "    ^^^^^^^   ^^^^^^^^",
        "  df/dx is 1.0; the conventions would give 0.0",
        "  relu(x) at x = 0: PyTorch 0, JAX 0, SymPy 1/2",
    ]
