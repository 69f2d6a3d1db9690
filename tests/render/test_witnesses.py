"""The witnesses of a result: in a pipe a row an entry; at a terminal all digits of few, of many what fits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gradcli.render import Style, render
from gradcli.transforms.results.findings import Witnesses
from gradcli.transforms.results.verdict import Verdict
from tests.render import samples


def of(count: int) -> Verdict:
    """A verdict on so many entries, each a little worse than the one before."""
    entries = [
        replace(samples.AGREED, label=f"df/dx[{i}]", ulps=float(i), digits=15.0 - i / 10, condition=float(i))
        for i in range(count)
    ]
    return Verdict("verified", count, count, 1.0, witnesses=Witnesses(tuple(entries), count))


def test_plain() -> None:
    assert render(samples.CHECKED, samples.WITNESSED, Style("plain")) == (
        "f = 1.0\n"
        "entry  gradcli  SymPy                             numeric  +-     ulps   digits  condition  agree\n"
        "df/dx  0.1      0.100000000000000005551115123126  0.1      1e-16  0      15.9    1          all\n"
        "df/dy  2.0      2.5                               2.5      1e-12  1e+15  0.6     12         "
        "SymPy and numeric\n"
        "df/dz  nan      kink                              -        -      -      -       -          kink\n"
        "check = differs: 1 of 3 entries differ from SymPy's\n"
        "  df/dy: gradcli has 2.0, SymPy has 2.5\n"
        "  SymPy and the numeric derivative agree: gradcli is suspect\n"
    )


def test_of_many_the_worst_are_shown_and_the_rest_counted() -> None:
    lines = render(samples.CHECKED, of(50), Style("plain")).splitlines()
    assert len(lines) == 1 + 1 + 20 + 1 + 1
    assert lines[2].startswith("df/dx[49]  ")
    assert lines[21].startswith("df/dx[30]  ")
    assert lines[22] == "... and 30 more entries, which are no worse"


def test_of_few_all_digits_are_under_each_other_at_a_terminal() -> None:
    assert render(samples.CHECKED, samples.WITNESSED, Style("rich", width=80)) == (
        "x**2-2*x+1\n"
        "f = 1.0\n"
        "\n"
        "df/dx\n"
        "  gradcli  0.1\n"
        "  SymPy    0.100000000000000005551115123126\n"
        "  numeric  0.1  +- 1e-16, complex step\n"
        "  agree: all, 15.9 digits to be trusted, error 0 ulps, condition 1\n"
        "df/dy\n"
        "  gradcli  2.0\n"
        "  SymPy    2.5\n"
        "  numeric  2.5  +- 1e-12, differences\n"
        "  agree: SymPy and numeric, 0.6 digits to be trusted, error 1e+15 ulps,\n"
        "  condition 12\n"
        "df/dz\n"
        "  gradcli  nan\n"
        "  SymPy    kink\n"
        "  numeric  none  a kink\n"
        "  agree: kink\n"
        "\n"
        "✗ differs: 1 of 3 entries differ from SymPy's\n"
        "  df/dy: gradcli has 2.0, SymPy has 2.5\n"
        "  SymPy and the numeric derivative agree: gradcli is suspect\n"
    )


@pytest.mark.parametrize(("width", "header"), [(80, "ulps   digits   condition"), (130, "SymPy")])
def test_of_more_a_table_with_the_columns_that_fit(width: int, header: str) -> None:
    text = render(samples.CHECKED, of(50), Style("rich", width=width))
    assert header in text.splitlines()[3]
    assert all(len(line) <= width for line in text.splitlines())
    assert "… and 30 more" in text or "... and 30 more entries, which are no worse" in text
    assert text.count("df/dx[") == 20


def test_an_unverified_result_has_no_table() -> None:
    assert "entry" not in render(samples.SQUARE, samples.VERIFIED, Style("plain"))
