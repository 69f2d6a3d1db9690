"""docs/benchmarks.json and the page made from it: of each section the figures of its last run, and the machine."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any

from bench.notes import NOTES
from bench.pictures import draw
from bench.verdicts import judged

__all__ = ["Page"]

PAGE = Path("docs/benchmarks.md")
RECORD = PAGE.with_suffix(".json")
PICTURE = Path("docs/pictures/growth.svg")
HEAD = """# Benchmarks

Written by `scripts/bench all --write`, which measures gradcli beside the peers that are installed, interleaved, on the
same work, and compares their numbers: `1.8 x ours` takes 1.8 times as long as gradcli. Figures of one section come from
one run; `docs/benchmarks.json` has them too. Machines differ, and a shared one is noisy: ratios mean more than seconds.
"""
FIGURE = "![Time against the number of operations, inputs, outputs, rows and orders](pictures/growth.svg)"

Tables = list[tuple[str, list[tuple[str, ...]]]]
Curves = dict[str, dict[str, list[tuple[float, float]]]]


class Page:
    """What has been measured in this run.

    Attributes:
        sections: for each section its tables, a title and rows of cells.
        curves: for each plot its curves, points each.
    """

    def __init__(self) -> None:
        self.sections: dict[str, Tables] = {}
        self.curves: Curves = {}
        self._current: Tables = []

    def section(self, name: str) -> None:
        """What is measured from now on belongs to this section."""
        self._current = self.sections.setdefault(name, [])

    def title(self, text: str) -> None:
        """A table begins."""
        self._current.append((text, []))

    def row(self, *cells: str) -> None:
        """A row of the table."""
        if self._current:
            self._current[-1][1].append(cells)

    def point(self, plot: str, curve: str, x: float, y: float) -> None:
        """A point of a plot of how time grows."""
        self.curves.setdefault(plot, {}).setdefault(curve, []).append((x, y))

    def write(self) -> None:
        """Write the sections of this run in the place of those of earlier ones."""
        record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {"sections": {}, "curves": {}}
        machine = _machine()
        for name, tables in self.sections.items():
            told = [{"title": title, "rows": [list(cells) for cells in rows]} for title, rows in tables]
            record["sections"][name] = {"machine": machine, "tables": told}
        record["curves"] |= {name: {curve: list(map(list, points)) for curve, points in curves.items()}
                             for name, curves in self.curves.items()}  # fmt: skip
        if self.curves:
            draw(record["curves"], PICTURE)
        known = _sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
        known |= {name: _section(name, section) for name, section in record["sections"].items()}
        _replace(RECORD, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
        _replace(PAGE, "\n".join([HEAD, *known.values()]))


def _replace(path: Path, text: str) -> None:
    beside = path.with_suffix(".tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _sections(text: str) -> dict[str, str]:
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {part[3:].splitlines()[0].lower(): part.rstrip() + "\n" for part in parts}


def _section(name: str, section: dict[str, Any]) -> str:
    lines = [f"## {name.capitalize()}", "", section["machine"], ""]
    lines += [*wrap(NOTES[name], 120), ""] if name in NOTES else []
    lines += [FIGURE, ""] if name == "growth" else []
    for table in section["tables"]:
        lines += [f"**{_cell(table['title'])}**", "", *_table(table["rows"]), ""]
    return "\n".join(lines)


def _table(rows: list[list[str]]) -> Iterator[str]:
    """The columns that hold anything, under their names."""
    full = []
    for cells in rows:
        name, measured, ratio, target = (*cells, "", "", "")[:4]
        full.append([_cell(name), _cell(measured), _cell(ratio), judged(_cell(measured), _cell(ratio), _cell(target))])
    kept = [k for k in range(len(_COLUMNS)) if k == 0 or any(cells[k] for cells in full)]
    for cells in [_COLUMNS, ["---"] * len(_COLUMNS), *full]:
        yield f"| {' | '.join(cells[k] for k in kept)} |"


_COLUMNS = ["what", "measured", "beside", "aim"]


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("*", r"\*")


def _machine() -> str:
    """Cores and memory, and nothing else."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    told = f"{cores} core{'' if cores == 1 else 's'}"
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        told += f", {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB of memory"
    return f"Measured with {told}."
