"""The pictures on the page of plots: `python -m tests.plot_page` has the commands of the page make them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.cli.runner import gradcli

TOP = Path(__file__).parent.parent
PAGE = TOP / "docs" / "plot.md"


def commands() -> dict[str, str]:
    """By each picture's path, the command of the page that makes it."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^gradcli plot .* -o (\S+)$", text, flags=re.MULTILINE)
    lines = re.findall(r"^(gradcli plot .*) -o \S+$", text, flags=re.MULTILINE)
    return dict(zip(found, lines, strict=True))


def make(command: str, path: Path) -> None:
    """Run a command of the page, and have it write its picture to a path."""
    words = shlex.split(command)[1:]
    done = gradcli([*words, "-o", str(path), "-q", "--no-check"])
    assert (done.stdout, done.stderr, done.status) == ("", "", 0)


if __name__ == "__main__":
    for name, line in commands().items():
        make(line, TOP / name)
