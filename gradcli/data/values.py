"""A variable's value from text, a file or standard input."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gradcli.data.texts import Evaluator, value_of_text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["value_of"]


def value_of(name: str, text: str, evaluate: Evaluator, stdin: Callable[[], str]) -> Any:
    """The value that a text on the command line stands for.

    Args:
        name: the variable: messages name it, and of a JSON object its entry is taken.
        text: a number, a list, an expression without variables, `@file.json`, `@file.npy`, `@file.txt`
            or `-` for standard input.
        evaluate: computes an expression.
        stdin: reads standard input.

    Returns:
        A float, or nested lists or an array of numbers.

    Raises:
        Problem: about the text or the file.

    >>> value_of("x", "[1, -2]", evaluate=float, stdin=str)
    [1, -2]
    """
    # What reads contents, and Python's pathlib and json, are imported for them alone: most values are numbers.
    if text == "-":
        from gradcli.data.contents import value_of_content

        return value_of_content(name, stdin(), "standard input", evaluate)
    if text.startswith("@"):
        from pathlib import Path

        return _from_file(name, Path(text[1:]), evaluate)
    return value_of_text(text, f"--{name}", evaluate)


def _from_file(name: str, path: Path, evaluate: Evaluator) -> Any:
    from gradcli.data.contents import value_of_content
    from gradcli.data.files import read_numbers, read_text

    if path.suffix.lower() == ".npy":
        return read_numbers(path)
    return value_of_content(name, read_text(path), str(path), evaluate)
