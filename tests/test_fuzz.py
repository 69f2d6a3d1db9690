"""A slice of what `scripts/fuzz` runs, and that it finds what is planted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PATH = os.pathsep.join([str(ROOT), str(ROOT / "scripts" / "lib")])

pytestmark = pytest.mark.skipif(os.name != "posix", reason="deadlines by signals")


def fuzz(*words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    code = f"import sys; from fuzz import __main__ as command\n{before}\nsys.exit(command.main())"
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "PYTHONPATH": PATH}, cwd=ROOT,
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "cases"), [("texts", 3000), ("programs", 150), ("commands", 150)])
def test_a_slice(kind: str, cases: int) -> None:
    done = fuzz("--kind", kind, "--cases", str(cases), "--seed", "1", "--jobs", "1")
    assert done.stderr == ""
    assert "every property held" in done.stdout
    assert done.returncode == 0


PLANTED = {
    "a crash": ("texts", "import fuzz.texts as t; t.unparse = lambda program: 1/0", "ZeroDivisionError"),
    "a hang": ("texts", "import time, fuzz.texts as t; t.unparse = lambda program: time.sleep(60)", "no end within"),
    "another program": ("texts", "import fuzz.texts as t; t.unparse = lambda program: 'x'", "it is another program"),
    "an escape": (
        "commands",
        "import fuzz.commands as c; real = c.main\n"
        "def main(words, environment):\n"
        "    environment.stdout.write('\\x1b]0;title\\x07')\n"
        "    return real(words, environment)\n"
        "c.main = main",
        "acts on the terminal",
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_it_finds_what_is_planted(planted: str) -> None:
    kind, code, told = PLANTED[planted]
    quick = "from fuzz import search\nsearch._SHRINKING = 1.0; search.DEADLINE = 1.0\n"
    found = (fuzz("--only", f"{kind}/{n}", "--seed", "1", before=quick + code) for n in range(12))
    assert any(told in done.stdout and done.returncode == 1 for done in found)


def test_it_shrinks() -> None:
    code = (
        "import fuzz.texts as t\n"
        "def check(text):\n"
        "    if 'x' in text: raise t.Broken('an x')\n"
        "    return 'read'\n"
        "t.check = check"
    )
    found = [fuzz("--only", f"texts/{n}", "--seed", "1", before=code) for n in range(4)]
    failed = [done.stdout for done in found if done.returncode == 1]
    assert failed
    assert all("parse('x')" in text for text in failed)
