"""Messages for a terminal's width: sentences break between words, and lines of code not at all."""

from __future__ import annotations

import re

__all__ = ["fitted"]

_SENTENCE = re.compile(r"((?:\x1b\[[\d;]*m)?(error|warning|note|hint):(?:\x1b\[0m)?) (.*)")
_NARROWEST = 20


def fitted(text: str, width: int) -> str:
    r"""Messages with their sentences broken between words, what follows under the first word.

    Args:
        text: of lines, of which those that begin with `error:` and the like are sentences.
        width: that of the terminal.

    >>> print(fitted("error: there is no such thing\n  a = b + c + d + e + f\nhint: look elsewhere\n", 20), end="")
    error: there is no
           such thing
      a = b + c + d + e + f
    hint: look elsewhere
    """
    return "".join(f"{_line(line, max(width, _NARROWEST))}\n" for line in text.removesuffix("\n").split("\n"))


def _line(line: str, width: int) -> str:
    found = _SENTENCE.fullmatch(line)
    if found is None:
        return line
    from textwrap import wrap

    head, word, sentence = found.groups()
    indent = len(word) + 2
    # What is longer than a line, such as a program, is left to the terminal.
    lines = wrap(
        sentence, width - indent, break_long_words=False, break_on_hyphens=False, replace_whitespace=False,
        expand_tabs=False,
    )  # fmt: skip
    return f"{head} " + ("\n" + " " * indent).join(lines)
