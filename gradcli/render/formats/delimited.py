"""Numbers as CSV, or with tabs between them, under their labels."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from gradcli.render.style import Style
from gradcli.render.words.sheet import sheet

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["render"]


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    r"""A header and rows; the first column has the labels.

    >>> from gradcli.transforms.results.gradient import Gradient
    >>> render(Gradient("x*y", {"x": 2.0, "y": 3.0}, 6.0, {"x": 3.0, "y": 2.0}), None, Style("csv"))
    'name,value\nf,6.0\ndf/dx,3.0\ndf/dy,2.0\n'
    """
    written = StringIO()
    writer = csv.writer(written, delimiter="\t" if style.format == "tsv" else ",", lineterminator="\n")
    table = sheet(result)
    writer.writerow(table.header)
    writer.writerows(table.rows)
    return written.getvalue()
