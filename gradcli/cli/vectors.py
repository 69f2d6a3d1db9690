"""Options whose values are names or arrays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradcli.errors import SyntaxProblem, UsageProblem

if TYPE_CHECKING:
    from gradcli.cli.session import Session
    from gradcli.lang import Program

__all__ = ["direction_of", "names_of", "seed_of"]

_SECOND_NAME = r",\s*[^\W\d]\w*\s*=(?!=)"
"""The second `name =` of `x=1,y=2`."""


def names_of(text: str | None) -> list[str] | None:
    """`x,y` as a list of names.

    >>> names_of("x, y")
    ['x', 'y']
    """
    from gradcli.lang import normalize

    return None if text is None else [normalize(name.strip()) for name in text.split(",") if name.strip()]


def seed_of(session: Session, text: str | None) -> Any:
    """The array that `--seed` gives; `ones` is a one for each entry."""
    return None if text is None else _array(session, "seed", "", text)


def direction_of(
    session: Session, word: str, texts: Sequence[str], program: Program, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The arrays that a repeated option gives, by variable.

    Args:
        session: the run; `-` stands for its standard input.
        word: the option without its dashes.
        texts: each is NAME=VALUE; or `ones` for every variable that can move; or a value alone where one can.
        program: whose variables move.
        values: of its variables.

    Raises:
        UsageProblem: if it is not plain which variable a value belongs to, or two belong to one.
        Problem: about a value.
    """
    found: dict[str, Any] = {}
    for text in texts:
        for name, value in _split(word, text, program, values):
            if name in found:
                raise UsageProblem(f"the {word} of '{name}' is given twice")
            found[name] = _array(session, word, name, value)
    return found


def _split(word: str, text: str, program: Program, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The variables that an option's text gives values for, each with the text of its value."""
    from gradcli.lang import normalize

    name, equals, value = text.partition("=")
    if equals and name.strip().isidentifier() and not value.startswith("="):
        return [(normalize(name.strip()), value)]
    if not values:
        raise UsageProblem(f"--{word} has nothing to move: the expression has no variables")
    from gradcli.transforms.program.directions import movable

    variables = movable(program, values)
    if not variables:
        told = f"{', '.join(values)} can only be truth values or whole numbers here"
        raise UsageProblem(f"--{word} has nothing to move: {told}")
    if text.strip() == "ones":
        return [(variable, "ones") for variable in variables]
    if len(variables) > 1:
        raise UsageProblem(
            f"--{word} {text} does not say which variable it belongs to",
            hint=f"write --{word} {variables[0]}={text}; the variables that can move are {', '.join(variables)}",
        )
    return [(variables[0], text)]


def _array(session: Session, word: str, name: str, text: str) -> Any:
    """The numbers that an option's text stands for; `ones` is a one for each entry.

    Args:
        session: the run; `-` stands for its standard input.
        word: the option without its dashes.
        name: the variable that the numbers of a direction belong to; "" for a seed.
        text: as for a variable's value.
    """
    if text.strip() == "ones":
        return 1.0
    from gradcli.data.values import value_of
    from gradcli.transforms.program.execute import constant_value
    from gradcli.transforms.program.prepare import real_array

    told = f"the {word} of '{name}'" if name else f"the {word}"
    # Of a file's JSON object the entry is picked by the name; a message about the text names the option too.
    key = name or word if text == "-" or text.startswith("@") else f"{word} {name}".rstrip()
    try:
        value = value_of(key, text, constant_value, lambda: session.read_stdin(told))
    except SyntaxProblem as problem:
        if name and re.search(_SECOND_NAME, text):
            problem.hint = f"each variable takes a --{word} of its own"
        raise
    real_array(told, value)
    return value
