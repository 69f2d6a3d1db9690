"""Every fact of facts.md is a test, and every test that is named after a fact is in it."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_facts_and_tests_belong_together() -> None:
    told = re.findall(r"^- ([A-D]\d+)\. ", (HERE / "facts.md").read_text(encoding="utf-8"), re.MULTILINE)
    tests = [path.read_text(encoding="utf-8") for path in HERE.glob("test_facts_*.py")]
    assert len(told) == len(set(told))
    assert set(told) == set(re.findall(r"^def test_([A-D]\d+)_", "\n".join(tests), re.MULTILINE))
