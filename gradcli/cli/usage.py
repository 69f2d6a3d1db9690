"""Errors of click as problems with gradcli's own messages."""

from __future__ import annotations

from itertools import pairwise
from unicodedata import name as name_of

import click

from gradcli.errors import NameProblem, Problem, UsageProblem, suggest

__all__ = ["problem_of"]

_LONGEST = 400
_LATIN = str.maketrans("асеіјорԛѕухАВЕІКМНОРСТХαικνορυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aceijopqsyxABEIKMHOPCTXaiKvopuxABEZHIKMNOPTYX")
"""Letters of Cyrillic and Greek that look like those of Latin."""

_ALSO_CALLED = {"md": "markdown", "tex": "latex", "numpy": "npy"}


def problem_of(error: click.ClickException) -> Problem:
    """The same error as a `Problem`, with a hint."""
    if isinstance(error, click.NoSuchOption):
        return _no_such_option(error)
    message = error.format_message().rstrip(".")
    if isinstance(error, click.MissingParameter):  # whose choices stand in lines of their own
        message = " ".join(message.replace(". Choose from:", ": choose from").split())
    message = _shortened(message[:1].lower() + message[1:])
    hint = None
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if "unexpected extra argument" in message and _takes_expression(ctx):
        hint = "quote the expression, so that the shell keeps it in one piece"
        words = message.partition("(")[2].rstrip(")").split()
        if words and all(word.replace(".", "", 1).isdecimal() for word in words):
            flag = _flag_before(words[0], ctx)
            hint = (
                f"{flag} takes no value; `{ctx.command_path} --help` shows what does"
                if flag and ctx is not None
                else "give a value by its variable's name, as in --x 3 or x=3"
            )
        elif len(words) == 3 and words[1] == "=" and words[0].isidentifier():
            hint = f"write {words[0]}={words[2]} without blanks, or --{words[0]} {words[2]}"
    elif message.startswith("no such command"):
        return _no_such_command(error, message)
    elif ctx is not None:
        hint = f"`{ctx.command_path} --help` shows the options"
        meant = _variable_of(error, ctx)
        if meant:
            hint = f"--{meant} is an option; the variable is given by --set {meant}=VALUE"
    return UsageProblem(message, hint=hint)


def _variable_of(error: click.ClickException, ctx: click.Context) -> str:
    """The variable of the expression that has the name of the option whose value is wrong; "" if none has."""
    param = error.param if isinstance(error, click.BadParameter) else None
    variables: list[str] = ctx.meta.get("gradcli.variables", [])
    return next((name for name in variables if param is not None and f"--{name}" in param.opts), "")


def _flag_before(word: str, ctx: click.Context | None) -> str:
    """The option without a value that stands before a word, as though it took one; "" if none does."""
    words: list[str] = [] if ctx is None else [*getattr(ctx.obj, "words", ())]
    flags = [] if ctx is None else [
        opt for param in ctx.command.params if isinstance(param, click.Option) and param.is_flag for opt in param.opts
    ]  # fmt: skip
    pairs = pairwise(words)
    return next((first for first, second in pairs if second == word and first in flags), "")


def _takes_expression(ctx: click.Context | None) -> bool:
    """Whether the words are those of a command that takes an expression and its variables."""
    return ctx is None or "gradcli.values" in ctx.meta


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
    if ctx is not None and "gradcli.values" in ctx.meta and not ctx.meta.keys() & {"gradcli.program", "gradcli.cases"}:
        hint = f'write it in quotes: gradcli {ctx.info_name} "x**2" --x 3; or read it with -f FILE, - for stdin'
        return UsageProblem("an expression is missing", hint=hint)
    word = option.lstrip("-")
    options = [o for p in ctx.command.get_params(ctx) for o in p.opts if o.startswith("--")] if ctx else []
    if not option.startswith("--"):
        if f"--{word[:1]}" in options or ctx is None:
            return UsageProblem(f"there is no option '-{word}'", hint=f"variables take two dashes: --{word[:1]} VALUE")
        return UsageProblem(f"there is no option '-{word}'", hint=f"`{ctx.command_path} --help` shows the options")
    variables: list[str] = ctx.meta.get("gradcli.variables", []) if ctx else []
    near = suggest(word, [o.removeprefix("--") for o in options])
    if ctx is not None and not _takes_expression(ctx):
        hint = f"did you mean '--{near}'?" if near else f"`{ctx.command_path} --help` shows the options"
        return UsageProblem(f"there is no option '--{word}'", hint=hint)
    listed = f"it has {', '.join(variables[:8])}" if variables else "it has no variables"
    hint = f"did you mean '--{near}'? {listed}" if near else listed
    alike = next((name for name in variables if name != word and name.translate(_LATIN) == word), None)
    if alike is not None:
        other = next(letter for letter in alike if ord(letter) in _LATIN)
        return NameProblem(
            f"the expression has no variable '{word}', and there is no option '--{word}'",
            hint=f"its '{alike}' is written with {name_of(other)} (U+{ord(other):04X}), which looks alike",
        )
    program = ctx.meta.get("gradcli.program") if ctx else None
    owners = [] if program is None else [d.name for d in program.definitions if word in [p.name for p in d.parameters]]
    if owners:
        hint = f"'{word}' is a parameter of {owners[0]}; {listed}"
    elif (form := _ALSO_CALLED.get(word, word)) in _forms(ctx):
        hint = f"write --format {form}"
    problem = NameProblem(f"the expression has no variable '{word}', and there is no option '--{word}'", hint=hint)
    if program is None or ctx is None:
        return problem
    from gradcli.transforms.program.teach import teach

    return teach(problem, program.source, ctx.meta["gradcli.given"])


def _forms(ctx: click.Context | None) -> list[str]:
    """The forms that a command can write its result in."""
    params = ctx.command.get_params(ctx) if ctx else []
    return [
        form for p in params if "--format" in p.opts and isinstance(p.type, click.Choice) for form in p.type.choices
    ]
