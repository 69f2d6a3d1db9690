"""Completion in the shell, which click does, and what click needs for it."""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.errors import UsageProblem

__all__ = ["check_completion"]

_VARIABLE = "_GRADCLI_COMPLETE"
_SHELLS = ("bash", "fish", "zsh")


def check_completion(variables: Mapping[str, str]) -> None:
    """Complain where a shell is to be served without the variables that the shell's own script sets.

    Args:
        variables: the environment's.

    Raises:
        UsageProblem: if one is missing or means nothing.

    >>> check_completion({"_GRADCLI_COMPLETE": "bash_source"})
    """
    asked = variables.get(_VARIABLE)
    if not asked:
        return
    shell, _, what = asked.partition("_")
    if shell not in _SHELLS or what not in ("source", "complete"):
        known = ", ".join(f"{known}_source" for known in _SHELLS)
        raise UsageProblem(f"{_VARIABLE} is '{asked}', which names no shell's completion", hint=f"there are {known}")
    missing = [name for name in ("COMP_WORDS", "COMP_CWORD") if name not in variables]
    if what == "complete" and missing:
        raise UsageProblem(
            f"{_VARIABLE}={asked} needs {' and '.join(missing)}, which the shell sets when Tab is pressed",
            hint=f'to switch completion on: eval "$({_VARIABLE}={shell}_source gradcli)"',
        )
    if what == "complete" and shell != "fish" and not variables["COMP_CWORD"].isdecimal():
        raise UsageProblem(f"COMP_CWORD is '{variables['COMP_CWORD']}', and should count a word")
