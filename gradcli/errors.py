"""Every error a user can meet: a sentence, the place in the source, and a way out.

A message is about the user's input, never about our code. `Problem` is the root; its subclasses exist
so that the library's callers can catch what they mean to catch, and so that each has its exit status.
"""

from __future__ import annotations

import unicodedata
from typing import TypeAlias

__all__ = [
    "AutogradError",
    "DomainProblem",
    "InputProblem",
    "MemoryProblem",
    "NameProblem",
    "OutputProblem",
    "Problem",
    "ShapeProblem",
    "Span",
    "SyntaxProblem",
    "TimeProblem",
    "UsageProblem",
    "suggest",
]

Span: TypeAlias = tuple[int, int]

_WINDOW = 76
_CALLERS = 3


class Problem(Exception):
    """Something about the user's input, with its place and a way out.

    Args:
        message: one sentence without a full stop.
        source: the text that the span points into.
        span: (start, end) offsets in `source`; the caret is drawn under it.
        hint: what to do instead, without the word "hint".

    >>> print(Problem("unknown function 'sine'", source="2*sine(x)", span=(2, 6), hint="did you mean 'sin'?"))
    unknown function 'sine'
      2*sine(x)
        ^^^^
    hint: did you mean 'sin'?
    """

    exit_status = 2

    def __init__(
        self,
        message: str,
        *,
        source: str | None = None,
        span: Span | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.span = span
        self.hint = hint

    def locate(self, source: str, span: Span) -> Problem:
        """Fill in the place unless a more precise one is known already; returns self, to be raised."""
        if self.span is None:
            self.source, self.span = source, span
        return self

    def __str__(self) -> str:
        lines = [self.message]
        if self.span is not None and self.source is not None and self.source.strip():
            lines += excerpt(self.source, self.span)
            lines += callers(self.source, self.span)
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class UsageProblem(Problem):
    """The command line or a call's arguments are wrong."""


class SyntaxProblem(Problem):
    """The text is not in the language."""


class NameProblem(Problem):
    """An unknown function, an unknown or unused variable."""


class ShapeProblem(Problem):
    """Shapes that do not go together; ragged lists; an axis that is not there."""


class DomainProblem(Problem):
    """An argument that the operation does not take, whatever its shape."""


class InputProblem(Problem):
    """A file or a value that cannot be read."""


class MemoryProblem(Problem):
    """What is asked for needs more memory than is allowed."""


class TimeProblem(Problem):
    """What is asked for needs more time than is allowed."""

    exit_status = 4


class OutputProblem(Problem):
    """The answer cannot be written."""

    exit_status = 74  # EX_IOERR of sysexits.h


class AutogradError(Problem, RuntimeError):
    """A use of the engine that PyTorch refuses too (a `RuntimeError`, as there)."""


def excerpt(source: str, span: Span) -> list[str]:
    r"""The source line and a caret line under the span, cut to a window where the line is long.

    Of a span over several lines the first line's part is marked.

    >>> print(*excerpt("a = 1; b", (7, 8)), sep="\n")
      a = 1; b
             ^
    """
    start = min(max(span[0], 0), len(source))
    end = max(min(span[1], len(source)), start)
    line_start = source.rfind("\n", 0, start) + 1
    line_end = source.find("\n", start)
    line_end = len(source) if line_end < 0 else line_end
    line = "".join(c if c.isprintable() else " " if c.isspace() else "�" for c in source[line_start:line_end])
    first, last = start - line_start, min(end, line_end) - line_start
    left, right = _window(len(line), first, last)
    shown = ("…" if left else "") + line[left:right] + ("…" if right < len(line) else "")
    pad = _width(line[left:first]) + (1 if left else 0)
    carets = max(1, _width(line[first : min(last, right)]))
    prefix = f"line {source.count(chr(10), 0, line_start) + 1}: " if "\n" in source.strip() else ""
    return [f"  {prefix}{shown}", f"  {' ' * (len(prefix) + pad)}{'^' * carets}"]


def callers(source: str, span: Span) -> list[str]:
    """For a place in the body of a function a line for each call that led there, the innermost first.

    >>> class InBody(tuple):
    ...     called = (8, 12)
    >>> callers("f(x)=x; f(2)", InBody((5, 6)))
    ['  in f(2)']
    """
    lines: list[str] = []
    called: Span | None = getattr(span, "called", None)
    while called is not None and len(lines) < _CALLERS:
        text = " ".join(source[slice(*called)].split())
        lines.append(f"  in {text if len(text) <= _WINDOW else text[: _WINDOW - 1] + '…'}")
        called = getattr(called, "called", None)
    return lines


def _window(length: int, first: int, last: int) -> Span:
    if length <= _WINDOW:
        return 0, length
    left = max(0, min(first - _WINDOW // 3, length - _WINDOW))
    return left, min(length, max(left + _WINDOW, min(last, first + _WINDOW)))


def _width(text: str) -> int:
    """Terminal cells that a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def suggest(word: str, candidates: list[str] | tuple[str, ...]) -> str | None:
    """The candidate that `word` was probably meant to be, or None.

    >>> suggest("sine", ["cos", "sin", "sinh"])
    'sin'
    >>> suggest("flurb", ["cos", "sin"]) is None
    True
    """
    from difflib import SequenceMatcher

    lowered = word.lower()
    scored = [(SequenceMatcher(None, lowered, c.lower()).ratio(), c) for c in candidates]
    good = [(score, c) for score, c in scored if score >= 0.6 or (score > 0.5 and len(word) <= 4)]
    return max(good, key=lambda pair: (pair[0], -len(pair[1])))[1] if good else None
