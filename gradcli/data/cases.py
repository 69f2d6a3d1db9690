"""Files of cases: JSON Lines with a case on each line, or TOML with a `[[case]]` table for each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from gradcli.data.files import read_text
from gradcli.errors import InputProblem, suggest

__all__ = ["Record", "is_cases", "read_cases"]

KEYS = (
    "name",
    "expr",
    "claim",
    "claim_hessian",
    "at",
    "shape",
    "points",
    "random_seed",
    "timeout",
    "tol",
    "assume",
    "symmetric",
)
_HEADER = re.compile(r"^\s*\[\[\s*case\s*\]\]")


class Record(NamedTuple):
    """One case as a file states it.

    Attributes:
        line: where it begins.
        fields: its keys and their values.
        problem: why it cannot be read, if it cannot.
    """

    line: int
    fields: dict[str, Any]
    problem: InputProblem | None = None


def is_cases(word: str) -> bool:
    """Whether a word names a file of cases and is no expression.

    >>> is_cases("cases.jsonl"), is_cases("x.T")
    (True, False)
    """
    return word.endswith((".jsonl", ".toml")) and "\n" not in word


def read_cases(path: Path) -> list[Record]:
    """The cases of a file. One that cannot be read holds its problem, so that the others can be judged.

    Raises:
        InputProblem: if the file cannot be read, or holds no case.
    """
    text = read_text(path)
    records = _toml(path, text) if path.suffix == ".toml" else _json_lines(text)
    if not records:
        what = "no [[case]] table" if path.suffix == ".toml" else "no line with a case"
        raise InputProblem(f"'{path}' has {what}", hint='a case has an "expr" and a "claim"')
    return [record if record.problem else _checked(record) for record in records]


def _json_lines(text: str) -> list[Record]:
    records = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except RecursionError:
            records.append(Record(number, {}, InputProblem("the line is nested too deeply")))
            continue
        except json.JSONDecodeError as error:
            told = InputProblem(f"the line is not JSON: {error.msg}", source=line, span=(error.pos, error.pos + 1))
            records.append(Record(number, {}, told))
            continue
        except ValueError:  # an integer of more digits than Python reads
            records.append(Record(number, {}, InputProblem("the line holds a number that is too large for float64")))
            continue
        if isinstance(fields, dict):
            records.append(Record(number, fields))
        else:
            hint = 'such as {"expr": "x**2", "claim": {"x": "2*x"}}'
            records.append(Record(number, {}, InputProblem("a case is a JSON object", hint=hint)))
    return records


def _toml(path: Path, text: str) -> list[Record]:
    from gradcli.data.toml_texts import loaded_toml

    whole = loaded_toml(text, f"'{path}'")
    for key in whole:
        if key != "case":
            raise InputProblem(f"'{path}' has a '{key}', and only [[case]] tables are known")
    tables = whole.get("case", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputProblem(f"'{path}' must hold its cases as [[case]] tables")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if _HEADER.match(line)]
    if len(lines) != len(tables):  # TOML has other spellings of a table, whose lines are not known
        lines = [1] * len(tables)
    return [Record(line, table) for line, table in zip(lines, tables, strict=True)]


def _checked(record: Record) -> Record:
    for key in record.fields:
        if key not in KEYS:
            near = suggest(key, list(KEYS))
            hint = f"did you mean '{near}'?" if near else f"the keys are {', '.join(KEYS)}"
            return record._replace(problem=InputProblem(f"a case has no '{key}'", hint=hint))
    if not isinstance(record.fields.get("expr"), str):
        return record._replace(problem=InputProblem("the case has no 'expr' with the expression's text"))
    if "claim" not in record.fields and "claim_hessian" not in record.fields:
        return record._replace(problem=InputProblem("the case claims nothing: it has no 'claim'"))
    return record
