"""The benchmark's page, its record and its plots; and that each operation it measures works. Nothing is timed."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradcli

LIB = Path(__file__).parents[1] / "scripts" / "lib"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Imports a module of the benchmark."""
    monkeypatch.syspath_prepend(str(LIB))
    return lambda name: import_module(f"bench.{name}")


def measured(page: Any, section: str, told: str) -> Any:
    page.section(section)
    page.title("**x** | y")
    page.row("gradcli", told)
    return page


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (("12.1 us", "1.5 x", "target <= 1.5 x"), "at most 1.5 x: met"),
        (("12.1 us", "1.51 x", "target <= 1.5 x"), "at most 1.5 x: **missed**"),
        (("3.1 ns/row", "2.9 x ours", "target >= 3 x"), "at least 3 x: **missed**"),
        (("1.2 s", "13 us/term", "target <= 1.5 s"), "at most 1.5 s: met"),
        (("101 MB", "300 s", "target <= 250 MB"), "at most 250 MB: met"),
        (("1,234 B/node", "", "target <= 600"), "at most 600: **missed**"),
        (("2.2 ms", "1.00 x ours", "4.18 x jax; target <= 2 x jax"), "4.18 x jax; at most 2 x jax: **missed**"),
        (("3 us", "1.02 x", "target: constant"), "target: constant"),
        (("3 us", "", "target <= 2 x"), "target <= 2 x"),
    ],
)
def test_a_figure_is_held_against_its_target(
    module: Callable[[str], Any], cells: tuple[str, str, str], told: str
) -> None:
    assert module("verdicts").judged(*cells) == told


def test_a_run_replaces_its_sections_and_no_others(
    module: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs" / "pictures").mkdir(parents=True)
    page = tmp_path / "docs" / "benchmarks.md"
    page.write_text("# Benchmarks\n\n## Batch\n\nof old\n")
    new = module("page").Page
    measured(measured(new(), "ops", "1 us"), "engine", "2 us").write()
    run = measured(new(), "ops", "3 us")
    for n in (1, 10):
        run.point("rows", "gradcli", n, 2.0 * n)
        run.point("rows", "PyTorch", n, 3.0 * n)
    run.write()
    text = page.read_text()
    assert text.count("## ") == 3
    assert "## Batch\n\nof old\n" in text
    assert "| what | measured |\n| --- | --- |\n| gradcli | 3 us |\n" in text
    assert "1 us" not in text
    assert text.index("## Ops") < text.index("garbage collector") < text.index("3 us")
    assert r"**\*\*x\*\* \| y**" in text
    record = json.loads((tmp_path / "docs" / "benchmarks.json").read_text())
    assert set(record["sections"]) == {"ops", "engine"}
    assert record["curves"]["rows"]["PyTorch"] == [[1, 3.0], [10, 30.0]]
    picture = (tmp_path / "docs" / "pictures" / "growth.svg").read_text()
    assert ">rows<" in picture
    assert ">PyTorch<" in picture


def test_other_numbers_are_no_measurement(module: Callable[[str], Any]) -> None:
    agree = module("peers").agree
    agree("all", {"one": [1.0, 0.0], "other": np.array([1.0 + 1e-12, 1e-12])})
    with pytest.raises(AssertionError, match="all: other gives other numbers"):
        agree("all", {"one": [1.0, 0.0], "other": [1.0, 1e-3]})


def test_every_operation_of_the_table_runs(module: Callable[[str], Any]) -> None:
    for name, case in module("table").cases().items():
        found = case.operation(gradcli, gradcli.tensor(case.argument(), requires_grad=True))
        assert isinstance(found, gradcli.Tensor), name


def test_orders_by_series_and_by_sympy(module: Callable[[str], Any]) -> None:
    orders = module("orders")
    assert orders.series(2) == pytest.approx(orders.symbolic(2), rel=1e-14)
