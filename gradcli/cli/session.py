"""One run of one command: its environment, its oracle, and the output of its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.cli.deadline import Deadline
from gradcli.cli.environment import Environment
from gradcli.errors import InputProblem, Problem, UsageProblem

if TYPE_CHECKING:
    from gradcli.cli.settings import Settings
    from gradcli.symbolic import Oracle
    from gradcli.transforms.results.base import Derived, Result
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["Session"]

DIFFERS, NOT_FINITE, NOT_CHECKED = 1, 3, 4


class Session:
    """A run of a command: its streams, and its oracle, which may have been started early."""

    def __init__(self, environment: Environment, oracle: Oracle | None, deadline: Deadline) -> None:
        self.environment = environment
        self.deadline = deadline
        self.color = "auto"
        self.loose = False
        self._oracle = oracle
        self._stdin_for: str | None = None

    def read_stdin(self, purpose: str) -> str:
        """The whole of standard input, which can be read once only.

        Args:
            purpose: what it is read for, for messages.

        Raises:
            UsageProblem: if it was read before.
            InputProblem: if it is no text in UTF-8.
        """
        if self._stdin_for is not None:
            raise UsageProblem(
                f"standard input cannot serve both {self._stdin_for} and {purpose}",
                hint="read one of them from a file: -f FILE, or @file for a value",
            )
        self._stdin_for = purpose
        from gradcli.data.files import read_bounded

        try:
            with self.deadline.paused():
                return read_bounded(self.environment.stdin, "standard input")
        except UnicodeDecodeError:
            raise InputProblem("standard input is not UTF-8 text") from None
        except OSError as error:
            raise InputProblem(f"standard input cannot be read: {error.strerror or error}") from None

    def piped_expression(self, file: str | None) -> str | None:
        """The expression that a pipe or a file on standard input holds, where the words have none; None without one.

        Args:
            file: the value of `-f`, which tells where the expression is.
        """
        if file is not None or not self.environment.has_input():
            return None
        return self.read_stdin("the expression").strip() or None

    def verdict(self, result: Derived, settings: Settings) -> Verdict | None:
        """The verdict of SymPy alone, or with `--verify full` of all witnesses; None if the check is off."""
        if settings.check == "off":
            return None
        from gradcli.transforms.verify.witnesses import verify

        with self.deadline.paused():
            return verify(result, self.oracle(), settings.check_timeout, full=settings.verify == "full")

    def oracle(self) -> Oracle:
        """The oracle, started if it has not been."""
        if self._oracle is None:
            from gradcli.ops.calls.memory import most_bytes
            from gradcli.symbolic import BASE_MEMORY, Oracle

            self._oracle = Oracle.start(memory=most_bytes() + BASE_MEMORY)
        return self._oracle

    def finish(self, result: Result, settings: Settings, verdict: Verdict | None = None) -> int:
        """Print a result with its warnings, origin and kinks, and return the exit status."""
        from gradcli.render import render, render_kinks, render_origin, render_warning
        from gradcli.render.words.kinks import unsettled

        with self.deadline.paused():
            result = _with_confirmed_remedy(result, settings)
        strange = _not_finite(result)
        stderr_color = self.environment.colored(self.environment.stderr, settings.color)
        text = render(result, verdict, settings.style(self.environment))
        self.deadline.stop()
        self.environment.write(self.environment.stdout, text)
        for warning in result.warnings:
            self.environment.write(self.environment.stderr, render_warning(warning, stderr_color))
        if result.origin is not None:
            self.environment.write(self.environment.stderr, render_origin(result.origin, stderr_color))
        elif strange:
            warning = render_warning(f"{strange[0]} is not finite", stderr_color)
            self.environment.write(self.environment.stderr, warning)
        told_on_stdout = settings.format(self.environment) in ("rich", "plain")
        if not told_on_stdout:
            self.environment.write(self.environment.stderr, render_kinks(result.kinks, stderr_color))
        loud = ("differs",) if result.kinks else ("differs", "kink")
        if verdict is not None and verdict.verdict in loud and not told_on_stdout:
            lines = "\n  ".join([f"{verdict.verdict}: {verdict.reason}", *verdict.details])
            self.environment.write(self.environment.stderr, render_warning(lines, stderr_color))
        if verdict is not None and verdict.verdict == "differs":
            return DIFFERS
        if result.origin is not None or strange:
            return NOT_FINITE
        if settings.strict and (unsettled(result.kinks) or (verdict is not None and verdict.verdict == "kink")):
            return DIFFERS
        if settings.check == "require" and (verdict is None or verdict.verdict == "not checked"):
            return NOT_CHECKED
        return 0

    def note(self, text: str) -> None:
        """Tell on standard error what the user should know, where nothing is wrong."""
        from gradcli.render import render_note

        color = self.environment.colored(self.environment.stderr, self.color)
        self.environment.write(self.environment.stderr, render_note(text, color))

    def fail(self, problem: Problem) -> int:
        """Print an error and return its exit status."""
        self.deadline.stop()
        from gradcli.render import render_error

        color = self.environment.colored(self.environment.stderr, self.color)
        self.environment.write(self.environment.stderr, render_error(problem, color))
        return problem.exit_status

    def close(self) -> None:
        """End the oracle's process, if there is one, and the time to compute."""
        self.deadline.stop()
        if self._oracle is not None:
            self._oracle.close()


def _with_confirmed_remedy(result: Result, settings: Settings) -> Result:
    """The result without a remedy that SymPy does not confirm."""
    if result.origin is None or result.origin.remedy is None:
        return result
    from dataclasses import replace

    from gradcli.transforms.nonfinite.suggest_rewrite import confirm

    return replace(result, origin=confirm(result.origin, result.inputs, settings.check_timeout))


def _not_finite(result: Result) -> list[str]:
    """The names of the value and the derivatives that are not finite in some entry."""
    from gradcli.render.words.numbers import is_finite

    return [name for name, value in result.numbers() if not is_finite(value)]
