"""Running cases, each with a deadline, and making the failing ones small."""

from __future__ import annotations

import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from types import FrameType, ModuleType
from typing import Any, NamedTuple

from fuzz.explained import Broken

DEADLINE = 10.0
WAITING = 10  # times as long as it may compute a case may take by the clock
_SHRINKING = 20.0
_NUMPYS_OWN = ("Mean of empty slice", "Degrees of freedom")
"""Warnings of what becomes NaN, which is reported in gradcli's own way."""


class Late(BaseException):
    """The case took too long; not an Exception, which the code under test might catch."""


class Failure(NamedTuple):
    """A case that does not keep a property."""

    name: str
    what: str
    shown: str
    trace: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}\n  {self.shown}\n{self.trace}"


def case_of(kind: ModuleType, seed: int, number: int) -> Any:
    """The case with this number."""
    return kind.make(Random(f"{seed}/{kind.__name__}/{number}"))


def run(kind: ModuleType, seed: int, numbers: Iterator[int], counts: Counter[str]) -> Iterator[Failure]:
    """Run cases; count how they ended; give those that fail."""
    name = kind.__name__.rpartition(".")[2]
    for number in numbers:
        told = f"--seed {seed} --only {name}/{number}"
        try:
            case = case_of(kind, seed, number)
        except Exception as error:  # noqa: BLE001  # what makes cases asks the code under test which of them work
            counts[f"{name}: crashed"] += 1
            what = f"{type(error).__name__}: {error}"
            yield Failure(told, what, "while the case was made", traceback.format_exc(limit=-6))
            continue
        ending, what, trace = outcome(kind, case)
        counts[f"{name}: {ending}"] += 1
        if what:
            small = shrink(kind, case, what)
            yield Failure(told, what, kind.show(small), trace)


def outcome(kind: ModuleType, case: Any, deadline: float | None = None) -> tuple[str, str, str]:
    """How a case ended; of a failure what it is, without numbers and names, and its trace."""
    deadline = DEADLINE * getattr(kind, "PATIENCE", 1) if deadline is None else deadline
    try:
        with_deadline = _deadline(deadline)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                for text in _NUMPYS_OWN:
                    warnings.filterwarnings("ignore", text)
                return kind.check(case), "", ""
        finally:
            with_deadline()
    except Late:
        return "late", f"no end within {deadline:g} s", ""
    except Broken as broken:
        return "broken", str(broken), ""
    except Exception as error:  # noqa: BLE001  # a crash of the code under test is what is looked for
        return "crashed", f"{type(error).__name__}: {error}", traceback.format_exc(limit=-6)


def _deadline(seconds: float) -> Callable[[], None]:
    """Raise `Late` after so many seconds of computing, or `WAITING` times as many by the clock.

    The machine may be busy with other things; what hangs without computing is found too. What is returned stops both.
    """

    def late(number: int, frame: FrameType | None) -> None:
        raise Late

    clocks = ((signal.ITIMER_PROF, signal.SIGPROF, seconds), (signal.ITIMER_REAL, signal.SIGALRM, WAITING * seconds))
    for clock, sent, limit in clocks:
        signal.signal(sent, late)
        signal.setitimer(clock, limit)

    def stop() -> None:
        for clock, _, _ in clocks:
            signal.setitimer(clock, 0)

    return stop


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Within the block, raise `TimeoutError` after so many seconds; the case's own deadline goes on after it."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    begin = time.monotonic()
    before = signal.signal(signal.SIGALRM, stop)
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - begin), 0.01) if left else 0)


def shrink(kind: ModuleType, case: Any, what: str) -> Any:
    """A smaller case that fails in the same way."""
    stop = time.monotonic() + _SHRINKING
    way = what.partition(":")[0].partition(" has ")[0]
    found = True
    while found and time.monotonic() < stop:
        found = False
        for smaller in kind.smaller(case):
            if time.monotonic() > stop:
                break
            if outcome(kind, smaller, 5.0)[1].startswith(way):
                case, found = smaller, True
                break
    return case
