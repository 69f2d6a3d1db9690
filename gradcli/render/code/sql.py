"""SQL: a query that gives the results of each row of a table.

Made for DuckDB; where a database has the functions that are used, so do SQLite, PostgreSQL and others.
"""

from __future__ import annotations

import re

from gradcli.errors import UsageProblem
from gradcli.render.code.language import Language, Written

__all__ = ["LANGUAGE"]

_SAME = (
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "cot", "exp", "floor",
    "gamma", "lgamma", "log10", "log2", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
)  # fmt: skip

_FEW = 2
"""Steps after which computing what they share at each use takes long."""

_NAN = "NaN: to DuckDB and PostgreSQL it is equal to itself and larger than all numbers, where it is compared"

_AGAIN = (
    "steps: where a database computes them anew at each use, as SQLite and PostgreSQL do, write AS MATERIALIZED for AS"
)

_NAME = re.compile(r'"([^"]*)"')
_FILES = (".arrow", ".csv", ".json", ".jsonl", ".ndjson", ".parquet", ".tsv")
_MADE = {
    "maximum": "where(y - x <= 0, x, where(x - y < 0, y, x + y))",
    "minimum": "where(x - y <= 0, x, where(y - x < 0, y, x + y))",
}
"""NaN is the largest number to some databases, so that x <= y holds for it; x - y <= 0 does not."""


def _frame(written: Written) -> str:
    _check_case(written)
    columns = [name for name, _ in written.parameters]
    kept = [quoted for column in written.table.keep if (quoted := _quoted(column)) not in columns]
    taken = {name.lower() for name in (*columns, *kept)}
    results: list[tuple[str, str]] = []
    for output in written.outputs:
        for label, text in zip(output.labels, output.entries, strict=True):
            while _quoted(label).lower() in taken:
                label += "_"
            results.append((_quoted(label), text))
    tables = _fresh(["points", *(f"step{i}" for i in range(1, len(written.lines) + 1))], written.table.name)
    points = [name if shape else f"CAST({name} AS DOUBLE PRECISION) AS {name}" for name, shape in written.parameters]
    source = tables[0]
    steps = [f"{source} AS (SELECT {', '.join([*kept, *points]) or '*'} FROM {_table(written.table.name)})"]
    carried, last = list(columns), [text for _, text in results]
    levels = _levels(written)
    for level, table in enumerate(tables[1 : len(levels) + 1]):
        later = [text for following in levels[level:] for _, text in following] + last
        needed = {name for text in later for name in _NAME.findall(text)}
        held = [name for name in carried if name[1:-1] in needed or name in columns]
        made = [f"{text} AS {name}" for name, text in levels[level]]
        steps.append(f"{table} AS (SELECT {', '.join([*kept, *held, *made])} FROM {source})")
        carried, source = [*held, *(name for name, _ in levels[level])], table
    chosen = [*kept, *columns, *(f"{text} AS {label}" for label, text in results)]
    lines = [f"-- {line}" for line in written.comments]
    texts = [text for _, text in (*written.lines, *results)]
    if any("CASE" in text for text in texts):
        lines.append(f"-- {_NAN}")
    if len(levels) > _FEW:
        lines.append("-- " + _AGAIN)
    lines += ["WITH", ",\n".join(f"  {step}" for step in steps), "SELECT"]
    return "\n".join([*lines, ",\n".join(f"  {column}" for column in chosen), f"FROM {source};"]) + "\n"


def _check_case(written: Written) -> None:
    """Refuse names of columns that differ in case alone."""
    seen: dict[str, str] = {}
    for column in [*(name[1:-1] for name, _ in written.parameters), *written.table.keep]:
        other = seen.setdefault(column.lower(), column)
        if other != column:
            raise UsageProblem(f"columns '{other}' and '{column}' are one in SQL", hint="rename one of them")


def _levels(written: Written) -> list[list[tuple[str, str]]]:
    """The statements in groups, each of which needs the ones before it alone."""
    heights: dict[str, int] = {}
    levels: list[list[tuple[str, str]]] = []
    for name, text in written.lines:
        height = max((heights.get(used, 0) for used in _NAME.findall(text)), default=0)
        heights[name[1:-1]] = height + 1
        levels[height : height + 1] = [[*(levels[height] if height < len(levels) else []), (name, text)]]
    return levels


def _fresh(names: list[str], table: str) -> list[str]:
    """Names of steps that are not the table's."""
    return [_quoted(f"{name}_" if name == table.lower() else name) for name in names]


def _table(name: str) -> str:
    """A table: `sales.points` is one of a schema, `points.parquet` a file that DuckDB reads."""
    parts = [name] if name.lower().endswith(_FILES) else name.split(".")
    if not all(parts):
        raise UsageProblem(f"'{name}' is no table's name", hint="--table points, --table schema.points")
    return ".".join(_quoted(part) for part in parts)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _number(value: float) -> str:
    """With an exponent, since 0.1 is a decimal number and 1/3 a whole one."""
    text = repr(value).removesuffix(".0")
    return text if "e" in text else f"{text}e0"


def _entry(name: str, at: tuple[int, ...], shape: tuple[int, ...]) -> str:
    return f"CAST({name}{''.join(f'[{i + 1}]' for i in at)} AS DOUBLE PRECISION)"


LANGUAGE = Language(
    name="SQL",
    functions={name: f"{name}({{0}})" for name in _SAME}
    | {
        "atan2": "atan2({0}, {1})",
        "deg2rad": "radians({0})",
        "fmod": "mod({0}, {1})",
        "log": "ln({0})",
        "pow": "power({0}, {1})",
        "rad2deg": "degrees({0})",
    },
    made=_MADE,
    conditional="CASE WHEN {0} THEN {1} WHEN NOT ({0}) THEN {2} END",  # of NULL neither
    frame=_frame,
    entry=_entry,
    constants={"inf": "9e999", "nan": "(9e999 - 9e999)", "pi": "pi()"},
    reserved=frozenset(),
    number=_number,
    operators={"equal": "=", "not_equal": "<>", "logical_and": "AND", "logical_or": "OR", "logical_not": "NOT "},
    quoted='"{0}"',
    any_case=True,
    queries=True,
)
