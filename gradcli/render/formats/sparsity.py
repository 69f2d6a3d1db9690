"""What `gradcli sparsity` says: the size of a pattern, its picture, and the sweeps that it takes."""

from __future__ import annotations

import json
from textwrap import wrap

from gradcli.render.formats.json import SCHEMA
from gradcli.render.words.spy import spy
from gradcli.transforms.results.sparsity import Sparsity

__all__ = ["render_json", "render_plain", "render_terminal"]


def render_json(found: Sparsity, values: bool = True) -> str:
    """One JSON object, with all places."""
    plan, pattern = found.plan, found.pattern
    document = {
        "schema": SCHEMA,
        "command": "sparsity",
        "expression": found.expression,
        "of": found.of,
        "shape": list(pattern.shape),
        "nnz": pattern.nnz,
        "bandwidth": list(pattern.bandwidth),
        "colors": {"columns": found.forward, "rows": found.backward},
        "sweeps": plan.sweeps,
        "method": plan.method,
        "order": plan.order,
        "rows": pattern.rows().tolist() if values else [],
        "cols": pattern.indices.tolist() if values else [],
        "warnings": list(found.notes),
    }
    return json.dumps(document, allow_nan=False) + "\n"


def render_plain(found: Sparsity) -> str:
    """One fact a line."""
    pattern = found.pattern
    below, above = pattern.bandwidth
    lines = [
        f"of = {found.of}",
        f"rows = {pattern.shape[0]}",
        f"cols = {pattern.shape[1]}",
        f"nnz = {pattern.nnz}",
        f"bandwidth = {below} below, {above} above",
        f"colors = {found.forward} of columns, {found.backward} of rows",
        f"sweeps = {found.plan.sweeps}",
        f"method = {found.plan.method}",
        f"order = {found.plan.order}",
    ]
    return "".join(f"{line}\n" for line in lines)


def render_terminal(found: Sparsity, width: int, unicode: bool) -> str:
    """The picture, and sentences under it."""
    pattern = found.pattern
    rows, columns = pattern.shape
    times = "×" if unicode else "x"
    drawn = spy(pattern, max(10, min(width - 4, 64)), 24, unicode)
    bar = "│" if unicode else "|"
    picture = [f"  {bar}{line}{bar}" for line in drawn]
    share = f", {pattern.nnz / (rows * columns):.2g} of all" if rows * columns else ""
    told = f"{pattern.nnz:,} entries may differ from zero{share}"
    if rows == columns and pattern.nnz:
        below, above = pattern.bandwidth
        told += f"; they reach {below:,} below and {above:,} above the diagonal"
    saved = "" if found.plan.sweeps >= min(rows, columns) else f"; one by one it would take {min(rows, columns):,}"
    sentences = [line for text in (told, f"{_sweeps(found)}{saved}") for line in wrap(text, max(width, 20))]
    head = f"{found.of.capitalize()}: {rows:,} {times} {columns:,}"
    return "".join(f"{line}\n" for line in [head, *picture, *sentences])


def _sweeps(found: Sparsity) -> str:
    """How many sweeps of which kind, and how they were found."""
    parts = []
    if found.forward or not found.backward:
        parts.append(f"{found.forward:,} forward (columns of {_colors(found.forward)})")
    if found.backward:
        parts.append(f"{found.backward:,} backward (rows of {_colors(found.backward)})")
    word = "sweep" if found.plan.sweeps == 1 else "sweeps"
    return f"{found.plan.sweeps:,} {word}: {', '.join(parts)}, {found.plan.order}"


def _colors(count: int) -> str:
    return f"{count:,} colour{'' if count == 1 else 's'}"
