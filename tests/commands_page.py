"""The page of commands: what each is for, its examples with what they print, its options.

`python -m tests.docs` keeps what examples printed and runs new ones; `python -m tests.commands_page` runs all of them
anew. The tests that run the examples of `--help` compare what is printed with the page.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from gradcli.cli.app import app
from gradcli.cli.help_lines import sections

TOP = Path(__file__).parent.parent
PAGE = TOP / "docs" / "commands.md"

_MOST_LINES = 24
"""So many lines of an example's output are shown."""

_LEFT_OUT = "..."

_OWN = "Options"
"""The heading of options that no other command shares."""

_VARYING = ("gradcli info", "gradcli completion", "gradcli cache", "gradcli tour")
"""Commands that tell of this machine; their examples are shown without what they print."""

_HEAD = """# Commands

Written by `python -m tests.commands_page`, which runs every example; the tests run them again, and fail where one
prints something else. What a terminal shows has colours and tables; this is what a pipe gets. `gradcli help COMMAND`
tells the same in the shell.
"""


def names() -> list[str]:
    """The commands."""
    return app.list_commands(_context())


def head_of(name: str) -> list[str]:
    """Heading, what a command is for, and its options, as Markdown; between them belong the examples."""
    parent = _context()
    command = app.get_command(parent, name)
    assert command is not None
    ctx = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(command.get_usage(ctx).removeprefix("Usage: ").split())
    return [f"## gradcli {name}", "", f"`{usage}`", "", *_paragraphs(command)]


def options_of(name: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """A command's options, each with what it means, under headings; the first ones are its own."""
    parent = _context()
    command = app.get_command(parent, name)
    assert command is not None
    ctx = click.Context(command, info_name=name, parent=parent)
    found = []
    for title, options in sections(command.get_params(ctx)):
        rows = [record for option in options if (record := option.get_help_record(ctx))]
        found.append((title, [(flag, told) for flag, told in rows if flag != "-h, --help"]))
    return [(title, rows) for title, rows in found if rows]


def examples_of(name: str) -> list[str]:
    """The commands that a command's help shows."""
    command = app.get_command(_context(), name)
    text = inspect.cleandoc((command and command.help) or "")
    return [line.strip() for line in text.splitlines() if re.match(r"\s+(gradcli|echo) .", line)]


def shown(command: str, output: str) -> str:
    """An example with what it printed, in a console's block; of a long output the first lines."""
    lines = [] if command.startswith(_VARYING) else output.rstrip("\n").splitlines()
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], _LEFT_OUT]
    return "\n".join(["```console", f"$ {command}", *lines, "```", ""])


def page(blocks: Mapping[str, str]) -> str:
    """The whole page.

    Args:
        blocks: by each example, the block that shows it.
    """
    parts = [_HEAD]
    shared: dict[str, dict[str, str]] = {}
    for name in names():
        parts += [*head_of(name), *(blocks[command] for command in examples_of(name))]
        others = []
        for title, rows in options_of(name):
            if title == _OWN:
                parts += _table(rows)
            else:
                others.append(f"[{title.lower()}](#{title.lower()})")
                shared.setdefault(title, {}).update(rows)
        parts += [f"Shared options: {', '.join(others)}.", ""] if others else []
    parts += ["## Shared options", ""]
    for title, options in shared.items():
        parts += [f"### {title}", "", *_table([*options.items()])]
    return "\n".join(parts)


def _table(rows: Sequence[tuple[str, str]]) -> list[str]:
    lines = [f"| `{_cell(flag)}` | {_cell(told).replace('*', chr(92) + '*')} |" for flag, told in rows]
    return ["| option | meaning |", "|---|---|", *lines, ""]


def recorded(text: str) -> dict[str, str]:
    """By each example on the page, the block that shows it."""
    blocks = re.findall(r"^```console\n\$ [^\n]*\n(?:.*?\n)??```\n", text, flags=re.DOTALL | re.MULTILINE)
    return {block.splitlines()[1].removeprefix("$ "): block for block in blocks}


@contextlib.contextmanager
def example_folder() -> Iterator[Path]:
    """A folder with the files that the examples name, as the current one."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder))
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(before)


def lay_out(folder: Path) -> None:
    """Write the files that the examples name."""
    (folder / "points.csv").write_text("t,x\n1,2\n3,4\n")
    (folder / "rows.jsonl").write_text('{"v": [3, 4]}\n')


def _context() -> click.Context:
    return app.make_context("gradcli", [], resilient_parsing=True)


def _paragraphs(command: click.Command) -> Iterator[str]:
    """The help's paragraphs, without the examples."""
    for block in inspect.cleandoc(command.help or "").split("\n\n"):
        if not block.startswith("\b"):
            yield from (re.sub(r"([*<|])", r"\\\1", " ".join(block.split())), "")
        elif not re.match(r"\b\n\s+(gradcli|echo) .".replace(r"\b", "\b"), block):
            yield from ("```text", inspect.cleandoc(block.removeprefix("\b\n")), "```", "")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def commands_page(anew: bool = False) -> str:
    """The page, with what is on it by now of each example, or with what each prints anew."""
    known = {} if anew or not PAGE.exists() else recorded(PAGE.read_text(encoding="utf-8"))
    wanted = [command for name in names() for command in examples_of(name)]
    return page({**known, **_run([command for command in wanted if command not in known])})


def _run(commands: Sequence[str]) -> dict[str, str]:
    from tests.test_docs import told  # which imports this module

    blocks = {}
    with example_folder() as folder:
        for command in commands:
            status, output, errors = told(command, folder)
            assert status == 0, errors
            blocks[command] = shown(command, output)
    return blocks


if __name__ == "__main__":
    PAGE.write_text(commands_page(anew=True), encoding="utf-8")
