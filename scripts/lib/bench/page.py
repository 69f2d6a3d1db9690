"""docs/benchmarks.md: the figures of the last run of each section, with the machine that they were measured on."""

from __future__ import annotations

import os
import re
from pathlib import Path

__all__ = ["Page"]

PAGE = Path("docs/benchmarks.md")
HEAD = """# Benchmarks

Written by `scripts/bench --write`, which measures gradcli beside the peers that are installed, interleaved, on the same
work, and compares their numbers: `1.8 x ours` takes 1.8 times as long as gradcli. Figures of one section come from one
run. Machines differ, and a shared one is noisy: ratios mean more than seconds.
"""


class Page:
    """What has been measured in this run.

    Attributes:
        sections: for each section its tables, a title and rows of cells.
    """

    def __init__(self) -> None:
        self.sections: dict[str, list[tuple[str, list[tuple[str, ...]]]]] = {}
        self._current: list[tuple[str, list[tuple[str, ...]]]] = []

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

    def write(self) -> None:
        """Write the sections of this run in the place of those of earlier ones."""
        known = _sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
        known |= {name: _section(name, tables) for name, tables in self.sections.items()}
        beside = PAGE.with_suffix(".tmp")
        beside.write_text("\n".join([HEAD, *known.values()]), encoding="utf-8")
        beside.replace(PAGE)


def _sections(text: str) -> dict[str, str]:
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {part[3:].splitlines()[0].lower(): part.rstrip() + "\n" for part in parts}


def _section(name: str, tables: list[tuple[str, list[tuple[str, ...]]]]) -> str:
    lines = [f"## {name.capitalize()}", "", _machine(), ""]
    for title, rows in tables:
        lines += [f"**{_cell(title)}**", "", "| | | | |", "|---|---|---|---|"]
        lines += [f"| {' | '.join(_cell(cell) for cell in (*cells, '', '', '')[:4])} |" for cells in rows]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("*", r"\*")


def _machine() -> str:
    """Cores and memory, and nothing else."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    told = f"{cores} core{'' if cores == 1 else 's'}"
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        told += f", {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB of memory"
    return f"Measured with {told}."
