"""Inputs that once came out wrong, or stand beside such: what they give, or what is said of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.runner import gradcli
from tests.corpora import records

RECORDS = records("edges")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["command"])
def test_edge(record: dict[str, Any]) -> None:
    done = gradcli(record["command"])
    assert done.status == record["status"], done.stderr
    if "gives" in record:
        numbers = [json.loads(line) for line in done.stdout.splitlines()]
        assert numbers == record["gives"]
    assert record.get("says", "") in done.stdout + done.stderr
