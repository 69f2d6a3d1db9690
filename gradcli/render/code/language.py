"""What the printer has to know of a language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Frame", "Language", "Written", "words"]


def words(text: str) -> frozenset[str]:
    """Words with blanks between them, as a set.

    >>> sorted(words("if else"))
    ['else', 'if']
    """
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Written:
    """A function's parts, each in the language.

    Attributes:
        name: the function's.
        comments: lines about it.
        parameters: (name, shape) of each argument.
        lines: (name, expression) of each intermediate result.
        outputs: (name, shape, expressions in C order) of each result.
    """

    name: str
    comments: tuple[str, ...]
    parameters: tuple[tuple[str, tuple[int, ...]], ...]
    lines: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, tuple[int, ...], tuple[str, ...]], ...]


Frame: TypeAlias = Callable[[Written], str]


@dataclass(frozen=True, slots=True)
class Language:
    """The facts of a language.

    Attributes:
        name: what the user calls it.
        functions: how operations are spelled, by their names in the derivative table: a template of {0}, {1}, ...; an
            operation that is not here is made of others (`gradcli.render.code.lower`), or the language lacks it.
        conditional: a template of {0} (a condition), {1} and {2}, an operand of everything.
        frame: writes the function.
        entry: (name, indices, shape) -> an entry of an array argument.
        number: (value) -> a finite number that is not negative.
        constants: how inf and nan are spelled, and others where the number itself is not to be written.
        reserved: names that a variable cannot have.
        operators: spellings of operators that are not C's.
        head: lines about the whole, at its beginning.
        comment: what begins a comment.
    """

    name: str
    functions: dict[str, str]
    conditional: str
    frame: Frame
    entry: Callable[[str, tuple[int, ...], tuple[int, ...]], str]
    constants: dict[str, str]
    reserved: frozenset[str]
    number: Callable[[float], str] = repr
    operators: dict[str, str] | None = None
    head: tuple[str, ...] = ()
    comment: str = "//"
