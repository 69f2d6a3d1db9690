"""Errors of click as problems with gradcli's own messages."""

from __future__ import annotations

from collections.abc import Iterable

import click

from gradcli.errors import NameProblem, Problem, UsageProblem, suggest

__all__ = ["Context", "problem_of"]

_LONGEST = 400


_UNBROKEN = "\N{NON-BREAKING HYPHEN}"
"""Stands for a hyphen while lines are wrapped, so that no option is broken inside."""


_NARROW, _WIDE = 20, 80
_NARROWEST, _BESIDE = 4, 32
"""Columns for the names in a list, and those that the descriptions need beside them: more than their longest word."""


class _Formatter(click.HelpFormatter):
    """Wraps help between words alone, at the terminal's width however narrow it is."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        if width is None:
            from shutil import get_terminal_size

            width = max(_NARROW, min(get_terminal_size().columns, max_width or _WIDE) - 2)
        super().__init__(indent_increment, width, max_width)

    def write(self, string: str) -> None:
        """Write a text that is wrapped, with its hyphens."""
        super().write(string.replace(_UNBROKEN, "-"))

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args.replace("-", _UNBROKEN), prefix)

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        super().write_text(text.replace("-", _UNBROKEN))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of options or commands."""
        unbroken = [(name.replace("-", _UNBROKEN), told.replace("-", _UNBROKEN)) for name, told in rows]
        super().write_dl(unbroken, max(_NARROWEST, min(col_max, self.width - _BESIDE)), col_spacing)


class Context(click.Context):
    """The context of every command, whose help is wrapped between words."""

    formatter_class = _Formatter


def problem_of(error: click.ClickException) -> Problem:
    """The same error as a `Problem`, with a hint."""
    if isinstance(error, click.NoSuchOption):
        return _no_such_option(error)
    message = error.format_message().rstrip(".")
    message = _shortened(message[:1].lower() + message[1:])
    hint = None
    if "unexpected extra argument" in message:
        hint = "quote the expression, so that the shell keeps it in one piece"
        words = message.partition("(")[2].rstrip(")").split()
        if words and all(word.replace(".", "", 1).isdecimal() for word in words):
            hint = "give a value by its variable's name, as in --x 3 or x=3"
    elif message.startswith("no such command"):
        return _no_such_command(error, message)
    elif isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f"`{error.ctx.command_path} --help` shows the options"
    return UsageProblem(message, hint=hint)


def _shortened(message: str) -> str:
    """A message that repeats a long word of the user's, without the middle."""
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST // 2]} … {message[-_LONGEST // 2 :]}"


def _no_such_command(error: click.ClickException, message: str) -> UsageProblem:
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    word = message.split("'")[1] if "'" in message else ""
    commands = ctx.command.list_commands(ctx) if ctx and isinstance(ctx.command, click.Group) else []
    near = suggest(word, commands)
    if near is not None:
        hint = f"did you mean '{near}'?"
    elif any(c in word for c in "+-*/^( "):
        hint = f'to differentiate it, write: gradcli grad "{word}"'
    else:
        hint = f"the commands are {', '.join(commands)}"
    return UsageProblem(f"there is no command '{word}'", hint=hint)


def _no_such_option(error: click.NoSuchOption) -> Problem:
    ctx = error.ctx
    option = error.option_name
    word = option.lstrip("-")
    options = [o for p in ctx.command.get_params(ctx) for o in p.opts if o.startswith("--")] if ctx else []
    if not option.startswith("--"):
        if f"--{word[:1]}" in options or ctx is None:
            return UsageProblem(f"there is no option '-{word}'", hint=f"variables take two dashes: --{word[:1]} VALUE")
        return UsageProblem(f"there is no option '-{word}'", hint=f"`{ctx.command_path} --help` shows the options")
    variables: list[str] = ctx.meta.get("gradcli.variables", []) if ctx else []
    near = suggest(word, [o.removeprefix("--") for o in options])
    listed = f"it has {', '.join(variables[:8])}" if variables else "it has no variables"
    hint = f"did you mean '--{near}'? {listed}" if near else listed
    problem = NameProblem(f"the expression has no variable '{word}', and there is no option '--{word}'", hint=hint)
    program = ctx.meta.get("gradcli.program") if ctx else None
    if program is None or ctx is None:
        return problem
    from gradcli.transforms.program.teach import teach

    return teach(problem, program.source, ctx.meta["gradcli.given"])
