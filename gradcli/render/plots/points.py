"""The points of a plot as a table."""

from __future__ import annotations

import csv
from io import StringIO

from gradcli.transforms.results.plot import Curve, Surface

__all__ = ["render_points"]


def render_points(found: Curve | Surface, delimiter: str) -> str:
    """A header and a row for each point; numbers read back the same.

    Args:
        found: the curve, or the map.
        delimiter: between the columns.
    """
    columns = dict(found.columns())
    written = StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(map(repr, numbers.tolist()) for numbers in columns.values()), strict=True))
    return written.getvalue()
