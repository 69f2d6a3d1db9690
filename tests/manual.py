"""Manual pages in roff, made of what the commands say of themselves; `python -m tests.docs` writes them.

A page is what `--help` shows, whatever the width: the same sentences, examples and options. A block of the help that
begins with the title of a section, such as `Exit status:`, becomes that section.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

from gradcli.cli.app import app
from gradcli.cli.help_lines import sections
from gradcli.version import __version__

FOLDER = Path(__file__).parent.parent / "docs" / "man"

_ESCAPES = {"\\": r"\e", "-": r"\-", "'": r"\(aq", "^": r"\(ha", "~": r"\(ti", "`": r"\(ga"}
"""Characters that roff takes for others, which could not be pasted into a shell."""

_SECTIONS = ("Exit status", "Environment")


def manual_pages() -> dict[Path, Callable[[], str]]:
    """The files, and what makes the content of each."""
    ctx = _context()
    names = app.list_commands(ctx)
    pages = {FOLDER / f"gradcli-{name}.1": partial(command_page, name) for name in names}
    return {FOLDER / "gradcli.1": group_page, **pages}


def group_page() -> str:
    """The page of `gradcli` itself."""
    ctx = _context()
    commands = [(name, app.get_command(ctx, name)) for name in app.list_commands(ctx)]
    listed = [
        _item(_bold(f"gradcli-{name}") + "(1)", _inline(_first_sentence(command)))
        for name, command in commands
        if command
    ]
    lines = [
        *_head("gradcli", app),
        ".B gradcli",
        r"\fICOMMAND\fR [\fIARGUMENT\fR]...",
        *_told(app, [".SH COMMANDS", *listed, *_options(app, ctx)]),
    ]
    return "\n".join([*lines, ""])


def command_page(name: str) -> str:
    """The page of a command."""
    parent = _context()
    command = app.get_command(parent, name)
    assert command is not None
    ctx = click.Context(command, info_name=name, parent=parent)
    usage = command.get_usage(ctx).removeprefix("Usage: ").removeprefix(f"gradcli {name}")
    lines = [
        *_head(f"gradcli-{name}", command),
        f".B gradcli {name}",
        _marked(" ".join(usage.split())),
        *_told(command, _options(command, ctx)),
        ".SH SEE ALSO",
        ".BR gradcli (1)",
    ]
    return "\n".join([*lines, ""])


def _context() -> click.Context:
    return app.make_context("gradcli", [], resilient_parsing=True)


def _head(name: str, command: click.Command) -> list[str]:
    return [
        '.\\" Written by `python -m tests.docs` from the commands; the tests fail while it is out of date.',
        f'.TH "{name.upper()}" "1" "" "gradcli {__version__}" "gradcli"',
        ".ad l",
        ".SH NAME",
        f"{_escaped(name)} \\- {_escaped(_first_sentence(command).rstrip('.'))}",
        ".SH SYNOPSIS",
    ]


def _first_sentence(command: click.Command) -> str:
    """The first sentence of a command's help."""
    return " ".join(inspect.cleandoc(command.help or "").split("\n\n", 1)[0].split())


def _told(command: click.Command, lists: list[str]) -> list[str]:
    """What the help says: a description, lists, and the sections that some of its blocks are."""
    description, sections = [], []
    for block in inspect.cleandoc(command.help or "").split("\n\n"):
        kept = block.startswith("\b\n")
        lines = block.removeprefix("\b\n").splitlines()
        title = lines[0].rstrip(":")
        if kept and title in _SECTIONS:
            sections += [f".SH {title.upper()}", *_list(lines[1:])]
        elif kept:
            description += [".PP", ".EX", *(_escaped(line) for line in lines), ".EE"]
        else:
            description += [".PP", _inline(" ".join(lines))]
    return [".SH DESCRIPTION", *description[1:], *lists, *sections]


def _list(lines: list[str]) -> Iterator[str]:
    """Lines of a name, two spaces or more, and what it means; one that is indented further goes on."""
    items: list[list[str]] = []
    for line in lines:
        name, _, told = re.sub(r" {2,}", "\t", line.strip()).partition("\t")
        if told:
            items.append([name, told])
        else:
            items[-1][1] += f" {name}"
    for name, told in items:
        yield _item(_bold(name), _inline(told))


def _options(command: click.Command, ctx: click.Context) -> list[str]:
    lines = [".SH OPTIONS"]
    for title, params in sections(command.get_params(ctx)):
        lines += [f".SS {title}"] if title != "Options" else []
        records = [param.get_help_record(ctx) for param in params]
        lines += [_item(_marked(names), _inline(told)) for names, told in filter(None, records)]
    return lines


def _item(name: str, told: str) -> str:
    return f".TP\n{name}\n{told}"


def _marked(names: str) -> str:
    """Options in bold, what they take in italics."""
    words = re.split(r"(--?[A-Za-z][\w-]*|[A-Z](?:[A-Z.,=]*[A-Z])?)", names)
    return "".join(
        _bold(word) if word.startswith("-") else rf"\fI{_escaped(word)}\fR" if odd else _escaped(word)
        for odd, word in zip([False, True] * len(words), words, strict=False)
    )


def _inline(text: str) -> str:
    """A paragraph, with what stands between backquotes, and every option, in bold."""
    parts = re.split(r"`([^`]*)`|(?<![\w-])(--[a-z][\w-]*)", text)
    return _at_a_lines_start(
        "".join(_bold(part) if i % 3 else _escaped(part) for i, part in enumerate(parts) if part is not None)
    )


def _bold(text: str) -> str:
    return rf"\fB{_escaped(text)}\fR"


def _escaped(text: str) -> str:
    written = "".join(
        _ESCAPES.get(character, character if character.isascii() else rf"\[u{ord(character):04X}]")
        for character in text
    )
    return _at_a_lines_start(re.sub(r"\b[A-Z]\w*_\w+", r"\\%\g<0>", written))  # a name that is not to be hyphenated


def _at_a_lines_start(text: str) -> str:
    """A line that roff does not take for a command of its own."""
    return rf"\&{text}" if text.startswith((".", "'")) else text
