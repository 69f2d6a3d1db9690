"""A user's configuration file: where it is, and what it sets."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from typing import NamedTuple

from gradcli.data.cache import with_home
from gradcli.errors import InputProblem, Span

__all__ = ["ConfigFile", "Setting", "config_path", "read_config"]

_NAME = "config.toml"
_TABLE = "defaults"


class Setting(NamedTuple):
    """A key of the file's table of defaults.

    Attributes:
        key: as the file has it.
        value: what TOML makes of it.
        span: where it stands in the text, None where that is not known.
    """

    key: str
    value: object
    span: Span | None


class ConfigFile(NamedTuple):
    """A file that has been read."""

    path: str
    text: str
    settings: tuple[Setting, ...]


def config_path(variables: Mapping[str, str], platform: str = sys.platform) -> str | None:
    """Where the file of a user is, or would be; None if there is to be none.

    It is where platformdirs has it, whose import would take as long as all the rest of a short command.

    Args:
        variables: the environment's. `GRADCLI_CONFIG` names the file, in which `~` is the home, and an empty one says
            that there is none.
        platform: as `sys.platform` calls it.

    >>> config_path({"HOME": "/home/ada"}, "linux"), config_path({"GRADCLI_CONFIG": ""})
    ('/home/ada/.config/gradcli/config.toml', None)
    """
    if (named := variables.get("GRADCLI_CONFIG")) is not None:
        return with_home(named, variables) or None
    if platform == "win32":
        base = variables.get("LOCALAPPDATA", "")
    else:
        base = variables.get("XDG_CONFIG_HOME", "")
        if not base.startswith("/"):  # the standard says to ignore one that is relative
            home = variables.get("HOME") or os.path.expanduser("~")  # noqa: PTH111  # pathlib takes ten milliseconds
            base = f"{home}/Library/Application Support" if platform == "darwin" else f"{home}/.config"
    return os.path.join(base, "gradcli", _NAME) if base else None  # noqa: PTH118  # as above


def read_config(path: str) -> ConfigFile:
    """The settings of a file.

    Raises:
        InputProblem: if it cannot be read, is not TOML, or holds anything but one table of defaults.
    """
    from pathlib import Path

    from gradcli.data.files import read_text
    from gradcli.data.toml_texts import loaded_toml

    text = read_text(Path(path))
    whole = loaded_toml(text, f"'{path}'")
    for name in whole:
        if name != _TABLE:
            is_table = isinstance(whole[name], dict)
            hint = f"did you mean [{_TABLE}]?" if is_table else f"a line [{_TABLE}] stands above all keys"
            span = _place(text, rf"\[*\s*[\"']?{re.escape(name)}[\"']?(?=\W)")
            raise InputProblem(f"in '{path}', '{name}' means nothing", source=text, span=span, hint=hint)
    table = whole.get(_TABLE, {})
    if not isinstance(table, dict):
        raise InputProblem(f"in '{path}', {_TABLE} is to be a table", hint=f"a line [{_TABLE}], and keys below")
    return ConfigFile(path, text, tuple(Setting(key, value, _line_of(text, key)) for key, value in table.items()))


def _line_of(text: str, key: str) -> Span | None:
    """The place of a key with its value."""
    return _place(text, rf"(?:{_TABLE}\s*\.\s*)?[\"']?{re.escape(key)}[\"']?\s*=[^\n#]*[^\s#]")


def _place(text: str, pattern: str) -> Span | None:
    """Where a line begins with a pattern, without the blanks before it."""
    found = re.search(rf"^[ \t]*({pattern})", text, re.MULTILINE)
    return found.span(1) if found else None
