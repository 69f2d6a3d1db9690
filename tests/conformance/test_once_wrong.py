"""Inputs that once came out wrong, each of a kind of fault, with what is right: every record is a test.

A record has a command line or a few statements of the library; the status, the numbers that it gives (one a line, as
with -q), what it says and what it never says, `a|b` standing for either; and how long it may take. `pending` says what
is not yet right of it: such a record may fail, and is to lose the word when it passes.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

import gradcli as torch
from gradcli.errors import AutogradError
from tests.cli.runner import gradcli
from tests.corpora import records

TOP = Path(__file__).parents[2]
RECORDS = records("once_wrong")


def marked(record: dict[str, Any]) -> Any:
    name = record.get("command") or record["python"]
    marks = [pytest.mark.xfail(reason=record["pending"], strict=False)] if "pending" in record else []
    return pytest.param(record, id=name, marks=marks)


@pytest.mark.parametrize("record", [marked(r) for r in RECORDS if "command" in r])
def test_a_command(record: dict[str, Any]) -> None:
    start = time.process_time()
    stdout, stderr, status = (
        _in_a_shell(record) if record.get("shell") else gradcli(record["command"][len("gradcli ") :])
    )
    assert time.process_time() - start < record.get("seconds", 60)
    text = stdout + stderr
    assert status == record["status"], text
    if "gives" in record:
        assert [json.loads(line) for line in stdout.splitlines()] == record["gives"]
    for said in record.get("says", ()):
        assert any(one in text for one in said.split("|")), text
    for said in record.get("never", ()):
        assert said not in text
    if "lines" in record:
        assert len(text.splitlines()) == record["lines"]


def _in_a_shell(record: dict[str, Any]) -> tuple[str, str, int]:
    """A command whose streams are what it is about."""
    own = f'gradcli() {{ "{sys.executable}" -m gradcli "$@"; }}; {record["command"]}'
    environment = {**os.environ, "PYTHONPATH": str(TOP)}
    done = subprocess.run(
        ["bash", "-c", own], capture_output=True, text=True, timeout=120, check=False, env=environment,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.stdout, done.stderr, done.returncode


@pytest.mark.parametrize("record", [marked(r) for r in RECORDS if "python" in r])
def test_statements_of_the_library(record: dict[str, Any]) -> None:
    *statements, last = ast.parse(record["python"]).body
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {"torch": torch}
    refused = pytest.raises(AutogradError, match=record["raises"]) if "raises" in record else nullcontext()
    with refused:
        exec(compile(ast.Module(statements, []), "record", "exec"), names)
        found = eval(compile(ast.Expression(last.value), "record", "eval"), names)
        assert json.loads(json.dumps(found)) == record["gives"]


def test_there_are_all() -> None:
    assert len(RECORDS) == 92
    assert all(record["right"] for record in RECORDS)
