"""The tests of a forked process, in a process that may be forked: of one thread, without NumPy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).with_name("test_oracle.py")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_forked() -> None:
    options = ["-q", "-k", "forked", "-p", "no:cacheprovider"]
    command = [sys.executable, "-W", "error", "-m", "pytest", *options, str(TESTS)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=TESTS.parents[2], check=False)
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout, done.stdout
