"""What every refusal must be: a sentence with a place inside the user's text and a status."""

from __future__ import annotations

from gradcli.errors import Problem


class Broken(Exception):
    """A property that does not hold."""


def explained(problem: Problem) -> None:
    """An error of the user's is a sentence, its place is in the text."""
    if not problem.message or not problem.message.isprintable():
        raise Broken(f"a message that cannot be printed: {problem.message!r}")
    if len(problem.message) > 1000 or len(problem.hint or "") > 1000:
        raise Broken(f"a message of {len(problem.message)} characters: {problem.message[:100]!r}")
    if not 0 <= problem.exit_status <= 4:
        raise Broken(f"exit status {problem.exit_status}")
    if problem.span is not None:
        if problem.source is None:
            raise Broken(f"a place without a text: {problem.message!r}")
        start, end = problem.span
        if not 0 <= start <= end <= len(problem.source):
            raise Broken(f"the place {problem.span} is outside of the text: {problem.message!r}")
    str(problem)
