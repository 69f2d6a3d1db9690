"""A variable's value from text, a file or standard input."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gradcli.data.texts import Evaluator, value_of_text
from gradcli.errors import InputProblem

if TYPE_CHECKING:
    from gradcli.data.named import Named

__all__ = ["Picked", "value_of"]


class Picked(str):
    """The text that would pick a value of a file, with the file, which has been read.

    Attributes:
        named: the file's values.
        name: of the one that is meant.
    """

    __slots__ = ("name", "named")

    named: Named
    name: str

    @classmethod
    def of(cls, named: Named, name: str) -> Picked:
        """The value under a name.

        >>> from gradcli.data.named import flat
        >>> Picked.of(flat({"x": 1}, "p.json"), "x")
        '@p.json:x'
        """
        made = cls(f"@{named.origin}:{name}")
        made.named, made.name = named, name
        return made


def value_of(name: str, text: str, evaluate: Evaluator, stdin: Callable[[], str]) -> Any:
    """The value that a text on the command line stands for.

    Args:
        name: the variable: messages name it, and of a JSON object its entry is taken.
        text: a number, a list, an expression without variables, `@file.json`, `@file.npy`, `@file.txt`,
            `@file.csv:column`, `-` for standard input, or what has been picked of a file already.
        evaluate: computes an expression.
        stdin: reads standard input.

    Returns:
        A float, or nested lists or an array of numbers.

    Raises:
        Problem: about the text or the file.

    >>> value_of("x", "[1, -2]", evaluate=float, stdin=str)
    [1, -2]
    """
    if isinstance(text, Picked):
        from gradcli.data.contents import value_in

        return value_in(text.named, text.name, evaluate)
    # What reads contents, and Python's pathlib and json, are imported for them alone: most values are numbers.
    if text == "-":
        from gradcli.data.contents import value_of_content

        return value_of_content(name, stdin(), "standard input", evaluate)
    if text.strip() == "@":
        raise InputProblem(f"the value of '{name}' names no file", hint="write @FILE, as in @x.npy")
    if text.startswith("@"):
        return _from_file(name, text[1:], evaluate)
    return value_of_text(text, f"--{name}", evaluate)


def _from_file(name: str, text: str, evaluate: Evaluator) -> Any:
    from gradcli.data.contents import value_in, value_of_content
    from gradcli.data.files import read_numbers, read_text
    from gradcli.data.tables import is_named, place_of, read_named

    path, entry = place_of(text)
    if entry is not None or is_named(path):
        return value_in(read_named(path), entry or name, evaluate)
    if path.suffix.lower() == ".npy":
        return read_numbers(path)
    return value_of_content(name, read_text(path), str(path), evaluate)
