"""One run of one command: its environment, its oracle, and the output of its result."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from gradcli.cli.deadline import Deadline
from gradcli.cli.environment import Environment
from gradcli.errors import InputProblem, Problem, UsageProblem

if TYPE_CHECKING:
    from gradcli.cli.settings import Settings
    from gradcli.enclosures.process.prover import Prover
    from gradcli.enclosures.protocol import Enclosures
    from gradcli.lang import Program
    from gradcli.process.refusal import NotChecked
    from gradcli.symbolic import Oracle
    from gradcli.transforms.results.base import Derived, Result
    from gradcli.transforms.results.digits import Digits
    from gradcli.transforms.results.verdict import Verdict
    from gradcli.transforms.verify.derivations import Derivations

__all__ = ["Session"]

DIFFERS, NOT_FINITE, NOT_CHECKED = 1, 3, 4


class Session:
    """A run of a command: its streams, and its oracle, which may have been started early."""

    def __init__(self, environment: Environment, oracle: Oracle | None, deadline: Deadline) -> None:
        self.environment = environment
        self.deadline = deadline
        self.color = "auto"
        self.loose = False
        self.notation: Callable[[str], str] | None = None
        self._oracle = oracle
        self._begun = time.monotonic()
        self._took: float | None = None
        self._stdin_for: str | None = None
        self._enclosures: Enclosures | NotChecked | None = None
        self._derivations: Derivations | None = None
        self.words: Sequence[str] = ()

    def defaults(self, words: Sequence[str]) -> Mapping[str, Any]:
        """The user's defaults of options, by their names: from a file, for what a terminal shows.

        Args:
            words: of the command line; where they say nothing of colour, messages have it as the file says.

        Raises:
            Problem: about the file.
        """
        if not self.environment.stdout.isatty():
            return {}
        from gradcli.cli.defaults import defaults_of

        found = defaults_of(self.environment.variables)
        if "color" in found and not any(word.partition("=")[0] == "--color" for word in words):
            self.color = found["color"]
        return found

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

    def stdin_bytes(self, purpose: str) -> IO[bytes]:
        """Standard input as a stream of bytes, which nothing else reads then.

        Raises:
            UsageProblem: if it was read before.
        """
        if self._stdin_for is not None:
            raise UsageProblem(f"standard input cannot serve both {self._stdin_for} and {purpose}")
        self._stdin_for = purpose
        return self.environment.binary_stdin()

    def piped_expression(self, file: str | None) -> str | None:
        """The expression that a pipe or a file on standard input holds, where the words have none; None without one.

        Args:
            file: the value of `-f`, which tells where the expression is.
        """
        if file is not None or not self.environment.has_input():
            return None
        return self.read_stdin("the expression").strip() or None

    def conclude(self, result: Result, settings: Settings, derived: Derived) -> int:
        """Check a result, print it, and return the exit status.

        What is for people is printed at once, and the verdict when it comes.

        Args:
            result: to print.
            settings: say how, and whether there is a check.
            derived: to check.
        """
        for_people = settings.output is None and settings.format(self.environment) in ("rich", "plain")
        # Digits that are to be proved are part of the answer.
        if not for_people or settings.check in ("off", "require") or settings.digits is not None:
            return self.finish(result, settings, self.verdict(derived, settings))
        from gradcli.cli.spinner import spinning
        from gradcli.render import render_answer

        text = render_answer(result, settings.style(self.environment))
        self.deadline.stop()
        self._took = time.monotonic() - self._begun  # a reader may be slow
        self.environment.write(self.environment.stdout, text)
        with spinning(self.environment, "checking"):
            verdict = self.verdict(derived, settings)
        return self.finish(result, settings, verdict, shown=True)

    def verdict(self, result: Derived, settings: Settings) -> Verdict | None:
        """The verdict of SymPy and the proof, or of the witnesses that `--verify` names; None if the check is off.

        Raises:
            UsageProblem: if a proof is asked for and cannot be had.
        """
        if (settings.check == "off" and settings.digits is None) or _is_empty(result, settings):
            return None
        with self.deadline.paused():
            recalled = self._recalled(result, settings)
            if recalled is not None:
                return recalled
        with self.deadline.paused(), self.prover() as prover:
            verdict = self._verdict(result, settings, prover)
            if settings.digits is not None:
                self._enclosures = prover.answer()
        return verdict

    def _recalled(self, result: Derived, settings: Settings) -> Verdict | None:
        """The verdict by what SymPy has derived in an earlier run, where nothing else is wanted; None without it."""
        if settings.check == "off" or settings.verify != "sympy" or settings.digits is not None:
            return None
        derivations = self.derivations(kept=settings.cache)
        return None if derivations is None else derivations.judge(result, self.oracle(), settings.check_timeout)

    def _verdict(self, result: Derived, settings: Settings, prover: Prover) -> Verdict | None:
        from gradcli.transforms.verify.ask import verify, verify_by_proof

        timeout, digits = settings.check_timeout, settings.digits
        if settings.check == "off" or settings.verify == "proof":
            verdict = verify_by_proof(result, prover, timeout, digits)
            return None if settings.check == "off" else verdict
        full = settings.verify == "full"
        took = time.monotonic() - self._begun if self._took is None else self._took
        return verify(
            result,
            self.oracle(),
            timeout,
            full=full,
            prover=prover,
            digits=digits,
            took=took,
            derivations=self.derivations(kept=settings.cache),
        )

    def prover(self) -> Prover:
        """What encloses the numbers of one result, in a process that is started when it is asked."""
        from gradcli.enclosures.process.prover import BASE_MEMORY, Prover
        from gradcli.ops.calls.memory import most_bytes

        # A process that runs one command has no threads but its own: one that waits for signals, and those of BLAS.
        return Prover(most_bytes() + BASE_MEMORY, late=self.environment.owns_process)

    def derivations(self, *, kept: bool) -> Derivations | None:
        """What SymPy derived in earlier runs, and what it derives in this one; None where nothing is to be kept."""
        from gradcli.cli.recollection import makers, store_of, trace_of
        from gradcli.transforms.verify.derivations import Derivations

        store = store_of(self.environment.variables) if kept else None
        if store is not None and self._derivations is None:
            # The same words may have another expression in the pipe next time.
            trace = "" if self._stdin_for is not None else trace_of(self.words)
            self._derivations = Derivations(store, makers, trace)
        return self._derivations

    def oracle(self) -> Oracle:
        """The oracle, whose process may not have been started yet."""
        if self._oracle is None:
            from gradcli.ops.calls.memory import most_bytes
            from gradcli.symbolic import BASE_MEMORY, Oracle

            self._oracle = Oracle(memory=most_bytes() + BASE_MEMORY, late=self.environment.owns_process)
        return self._oracle

    def start_oracle(self, program: Program, order: int, settings: Settings) -> None:
        """Start the oracle's process if SymPy will be asked for a derivative, and has not been started early."""
        if settings.check == "off" or settings.verify == "proof":
            return
        from gradcli.transforms.verify.hopeless import is_hopeless

        if not is_hopeless(program, order):
            self.oracle().begin()

    def finish(self, result: Result, settings: Settings, verdict: Verdict | None = None, *, shown: bool = False) -> int:
        """Print a result with its warnings, origin and kinks, and return the exit status.

        Args:
            result: to print.
            settings: say how.
            verdict: on it, if there was a check.
            shown: whether the answer has been printed, and the verdict alone is still to come.
        """
        from gradcli.render import render_conclusion

        style = settings.style(self.environment)
        if shown and verdict is not None:
            self.environment.write(self.environment.stdout, render_conclusion(result, verdict, style))
        with self.deadline.paused():
            result = _with_confirmed_remedy(result, settings)
        if settings.digits is not None:
            result = self._with_digits(result, settings.digits)
        strange = _not_finite(result)
        status = _status(result, settings, verdict, bool(strange))
        if not shown:
            self._deliver(result, verdict, settings, status)
        self._warn(result, settings, verdict, strange)
        return status

    def _deliver(self, result: Result, verdict: Verdict | None, settings: Settings, status: int) -> None:
        """Write the result to standard output, or to a file, which is left alone where a check has not finished."""
        from gradcli.render import BINARY, render, render_bytes

        style = settings.style(self.environment)
        if settings.output is None and style.format not in BINARY:
            text = render(result, verdict, style)
            self.deadline.stop()
            self.environment.write(self.environment.stdout, text)
            return
        content = render_bytes(result, verdict, style)
        self.deadline.stop()
        if settings.output is None:
            self.environment.write_bytes(content, style.format)
        elif status == NOT_CHECKED:
            reason = "" if verdict is None or verdict.reason is None else f": {verdict.reason}"
            self.note(f"{settings.output} is not written, because the result is not checked{reason}")
        else:
            from pathlib import Path

            from gradcli.data.output import write_whole

            write_whole(Path(settings.output), content)

    def _warn(self, result: Result, settings: Settings, verdict: Verdict | None, strange: Sequence[str]) -> None:
        """Print on standard error what is to be said beside the result, and what its format has no room for."""
        from gradcli.render import render_kinks, render_limits, render_origin, render_warning

        color = self.environment.colored(self.environment.stderr, settings.color)
        texts = [render_warning(told, color) for told in (*result.warnings, *_without_digits(result.digits))]
        if result.origin is not None:
            texts.append(render_origin(result.origin, color))
        elif strange:
            texts.append(render_warning(f"{strange[0]} is not finite", color))
        if settings.output is not None or settings.format(self.environment) not in ("rich", "plain"):
            texts += [render_kinks(result.kinks, color)] if result.kinks else []
            texts += [render_limits(result.limits, color)] if result.limits else []
            loud = ("differs",) if result.kinks else ("differs", "kink")
            if verdict is not None and verdict.verdict in loud:
                lines = "\n  ".join([f"{verdict.verdict}: {verdict.reason}", *verdict.details])
                texts.append(render_warning(lines, color))
        for text in texts:
            self.say(text)

    def _with_digits(self, result: Result, wanted: int) -> Result:
        """The result with the digits that its enclosures prove."""
        from dataclasses import replace

        from gradcli.transforms.results.base import Derived
        from gradcli.transforms.verify.proved_digits import proved_digits

        if not isinstance(result, Derived) or self._enclosures is None:
            return result
        return replace(result, digits=proved_digits(result, self._enclosures, wanted))

    def say(self, text: str) -> None:
        """Write messages to standard error, their sentences broken for a terminal between words."""
        environment = self.environment
        width = environment.width_of(environment.stderr)
        if width is not None:
            from gradcli.render.formats.fitted import fitted

            text = fitted(text, width)
        environment.write(environment.stderr, text)

    def note(self, text: str) -> None:
        """Say on standard error what a user may want to know, and need not."""
        from gradcli.render import render_note

        self.say(render_note(text, self.environment.colored(self.environment.stderr, self.color)))

    def warn(self, text: str) -> None:
        """Say on standard error what a user should know."""
        from gradcli.render import render_warning

        self.say(render_warning(text, self.environment.colored(self.environment.stderr, self.color)))

    def fail(self, problem: Problem) -> int:
        """Print an error and return its exit status."""
        self.deadline.stop()
        from gradcli.render import render_error

        self.say(render_error(problem, self.environment.colored(self.environment.stderr, self.color)))
        return problem.exit_status

    def close(self) -> None:
        """End the oracle's process, if there is one, and the time to compute; keep what it has derived."""
        try:
            self.deadline.stop()
            if self._derivations is not None and self._oracle is not None:
                self._derivations.settle(self._oracle)
        finally:
            if self._oracle is not None:
                self._oracle.close()


def _status(result: Result, settings: Settings, verdict: Verdict | None, strange: bool) -> int:
    """The exit status of a result.

    Args:
        result: as it is printed.
        settings: say what counts as an error.
        verdict: on it, if there was a check.
        strange: whether a number of it is not finite.
    """
    if verdict is not None and verdict.verdict == "differs":
        return DIFFERS
    if result.origin is not None or strange:
        return NOT_FINITE
    if settings.strict and (_unsettled(result) or (verdict is not None and verdict.verdict == "kink")):
        return DIFFERS
    if settings.check == "require" and not _satisfies(verdict, result):
        return NOT_CHECKED
    return NOT_CHECKED if result.digits is not None and result.digits.undecided else 0


def _satisfies(verdict: Verdict | None, result: Result) -> bool:
    """Whether a required check has been made: by SymPy, unless what all witnesses say is what was asked for."""
    if verdict is None or verdict.verdict == "not checked":
        return False
    return verdict.witness == "SymPy" or result.is_about_the_verdict


def _with_confirmed_remedy(result: Result, settings: Settings) -> Result:
    """The result without a remedy that SymPy does not confirm."""
    if result.origin is None or result.origin.remedy is None:
        return result
    from dataclasses import replace

    from gradcli.transforms.nonfinite.suggest_rewrite import confirm

    return replace(result, origin=confirm(result.origin, result.inputs, settings.check_timeout))


def _unsettled(result: Result) -> bool:
    """Whether the result is not differentiable, or might not be."""
    return any(kink.kind != "smooth" for kink in result.kinks)


def _is_empty(result: Derived, settings: Settings) -> bool:
    """Whether there is no derivative to check, and nobody has asked for a verdict."""
    return not result.count() and settings.check == "auto" and settings.verify == "sympy" and settings.digits is None


def _without_digits(digits: Digits | None) -> list[str]:
    """That some numbers have no proved digits, and why."""
    if digits is None or not digits.undecided:
        return []
    (label, reason), *more = digits.undecided
    others = f" and {len(more)} more" if more else ""
    return [f"no digits of {label}{others} are proved, what is given is the float64: {reason}"]


def _not_finite(result: Result) -> list[str]:
    """The names of the value and the derivatives that are not finite in some entry."""
    from gradcli.render.words.numbers import is_finite

    return [name for name, value in result.numbers() if not is_finite(value)]
