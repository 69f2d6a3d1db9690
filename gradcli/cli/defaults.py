"""A user's defaults of options, from a file: for what a terminal shows, where the words say nothing else.

Nothing here is imported unless standard output is a terminal, and no file is read where there is none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import click

from gradcli.errors import InputProblem, Problem, suggest

if TYPE_CHECKING:
    from gradcli.data.config import ConfigFile, Setting

__all__ = ["KEYS", "chosen", "defaults_of", "user_file"]

_LEAST_SECONDS = 10
_MOST_DIGITS = 1000


class _Key(NamedTuple):
    takes: Callable[[object], bool]
    told: str


def _words(*words: str) -> _Key:
    *most, last = (f'"{word}"' for word in words)
    return _Key(lambda value: value in words, f"{', '.join(most)} or {last}")


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_patient(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= _LEAST_SECONDS


KEYS = {
    "check": _words("auto", "require"),
    "check-timeout": _Key(_is_patient, f"a number of seconds, {_LEAST_SECONDS} or more"),
    "color": _words("auto", "never"),
    "depth": _Key(lambda value: _is_whole(value, 0, 10**9), "a whole number, 0 or more"),
    "digits": _Key(lambda value: _is_whole(value, 1, _MOST_DIGITS), f"a whole number from 1 to {_MOST_DIGITS}"),
    "format": _words("rich", "plain", "quiet", "json"),
    "show-seeds": _Key(lambda value: isinstance(value, bool), "true or false"),
    "verify": _words("sympy", "full"),
}
"""The options that a file may set: what each takes there. None of them takes the check away."""

_ELSEWHERE = ("output", "html", "opened")
"""The parameters that send a result elsewhere."""

_INSTEAD = {
    ("check", "off"): "the check is left out of one command at a time, by --no-check",
    ("verify", "proof"): "SymPy's check is left out of one command at a time, by --verify proof",
    ("color", "always"): "a terminal has colour anyway, and what goes elsewhere is left alone",
}

Defaults: TypeAlias = Mapping[str, Any]


def defaults_of(variables: Mapping[str, str]) -> Defaults:
    """The values that the user's file sets, by the names of options without their dashes; none where there is no file.

    What the environment says of colour comes before the file.

    Args:
        variables: the environment's.

    Raises:
        Problem: if the file cannot be read, or a key or a value means nothing.
    """
    file = user_file(variables)
    if file is None:
        return {}
    found = {setting.key: _checked(setting, file) for setting in file.settings}
    if variables.get("NO_COLOR") or variables.get("FORCE_COLOR"):
        found.pop("color", None)
    return found


def user_file(variables: Mapping[str, str]) -> ConfigFile | None:
    """The user's file, if there is one.

    Raises:
        InputProblem: if it cannot be read.
    """
    from gradcli.data.config import config_path, read_config

    path = config_path(variables)
    if path is None:
        return None
    named = "GRADCLI_CONFIG" in variables  # such a file is to be there
    if not (named or os.path.exists(path)):  # noqa: PTH110  # pathlib takes ten milliseconds
        return None
    try:
        return read_config(path)
    except InputProblem as problem:
        if named and problem.hint is None and problem.message.startswith("there is no file"):
            problem.hint = "GRADCLI_CONFIG names this file; an empty one says that there is none"
        raise


def _checked(setting: Setting, file: ConfigFile) -> object:
    key, value = setting.key, setting.value
    if key not in KEYS:
        near = suggest(key, list(KEYS))
        listed = f"a file sets what a terminal shows: {', '.join(KEYS)}"
        raise _problem(f"'{key}' is no default", setting, file, f"did you mean '{near}'?" if near else listed)
    if not KEYS[key].takes(value):
        hint = _INSTEAD.get((key, value)) if isinstance(value, str) else None
        raise _problem(f"{key} takes {KEYS[key].told}", setting, file, hint)
    return value


def _problem(told: str, setting: Setting, file: ConfigFile, hint: str | None) -> Problem:
    return InputProblem(f"in '{file.path}', {told}", source=file.text, span=setting.span, hint=hint)


def chosen(command: click.Command, ctx: click.Context, words: Sequence[str], defaults: Defaults) -> dict[str, Any]:
    """The defaults that a command has options for and the words leave open, by the names of its parameters.

    Args:
        command: whose options are meant.
        ctx: its context.
        words: of the command line, behind the command.
        defaults: as `defaults_of` gives them.
    """
    given, _, _ = command.make_parser(ctx).parse_args(list(words))
    if any(given.get(place) for place in _ELSEWHERE):  # nothing of the result goes to the terminal
        return {}
    ruled_out = set()
    if given.get("json") or given.get("quiet"):
        ruled_out.add("format")
    if given.get("form") == "html":  # a page has every node
        ruled_out.add("depth")
    if given.get("no_check") or given.get("check") == "off":
        ruled_out |= {"check", "verify"}
    return {
        str(param.name): value
        for param in command.get_params(ctx)
        for key, value in defaults.items()
        if param.name not in given and f"--{key}" in param.opts and key not in ruled_out and _fits(param, value)
    }


def _fits(param: click.Parameter, value: object) -> bool:
    """Whether a command's option takes a value that another command's may take; "auto" is what it does anyway."""
    return value != "auto" and (not isinstance(param.type, click.Choice) or value in param.type.choices)
