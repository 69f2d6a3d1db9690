"""What is installed here and what has been set: for a report of a fault."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from gradcli.errors import Problem
from gradcli.version import __version__

__all__ = ["about"]

_FOR_DEVELOPERS = ("test", "peers", "generated")
"""Extras that nobody needs to run gradcli."""

_HEEDED = ("GRADCLI_LOOSE", "GRADCLI_MAX_MEMORY", "GRADCLI_PAGER", "PAGER", "NO_COLOR", "FORCE_COLOR", "TERM")
"""Environment variables that change what a command does or shows, but GRADCLI_CONFIG and GRADCLI_CACHE, whose
file and folder are told."""


def about(variables: Mapping[str, str]) -> tuple[dict[str, Any], Problem | None]:
    """Versions, extras, the user's file and what the environment sets, as JSON has it; what is wrong with the file.

    Args:
        variables: the environment's.
    """
    import platform

    from gradcli.data.cache import cache_path

    libraries, extras = _installed()
    config, problem = _config(variables)
    told = {
        "gradcli": __version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "system": f"{platform.system()} {platform.machine()}",
        "folder": os.path.dirname(os.path.dirname(os.path.abspath(__file__))),  # noqa: PTH100,PTH120  # a text
        "libraries": libraries,
        "extras": extras,
        "config": config,
        "cache": cache_path(variables),
        "environment": {name: variables[name] for name in _HEEDED if name in variables},
    }
    return told, problem


def _installed() -> tuple[dict[str, str | None], dict[str, dict[str, str | None]]]:
    """The versions of what gradcli needs, and of what each of its extras needs; None of what is not installed."""
    from importlib.metadata import PackageNotFoundError, requires, version

    def version_of(name: str) -> str | None:
        try:
            return version(name)
        except PackageNotFoundError:
            return None

    try:
        needed = requires("gradcli") or []
    except PackageNotFoundError:  # a folder that was copied, and not installed
        needed = []
    libraries: dict[str, str | None] = {}
    extras: dict[str, dict[str, str | None]] = {}
    for requirement in needed:
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        extra = re.search(r"extra\s*==\s*[\"']([\w-]+)[\"']", requirement)
        if extra is None:
            libraries[name] = version_of(name)
        elif extra[1] not in _FOR_DEVELOPERS:
            extras.setdefault(extra[1], {})[name] = version_of(name)
    return libraries, extras


def _config(variables: Mapping[str, str]) -> tuple[dict[str, Any], Problem | None]:
    """The path of the user's file, what it sets, and what is wrong with it; the path is None where it is ruled out."""
    from gradcli.cli.defaults import defaults_of, user_file
    from gradcli.data.config import config_path

    config: dict[str, Any] = {"path": config_path(variables), "read": False, "problem": None, "defaults": {}}
    try:
        config |= {"read": user_file(variables) is not None, "defaults": dict(defaults_of(variables))}
    except Problem as problem:
        return config | {"problem": problem.message}, problem
    return config, None
