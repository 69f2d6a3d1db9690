"""SymPy's answer in this process, given up after some seconds."""

from __future__ import annotations

import signal
import sys
import warnings
from types import FrameType
from typing import NoReturn

from gradcli.errors import Problem
from gradcli.symbolic import Answer, NotChecked
from gradcli.symbolic.answers.solve import solve
from gradcli.transforms.results.base import Derived

sys.setrecursionlimit(20_000)


def solved(result: Derived, seconds: float = 10.0) -> Answer | NotChecked:
    """The answer, or why there is none."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return solve(result.question())
    except TimeoutError:
        return NotChecked(f"no answer within {seconds:g} s")
    except Problem as problem:
        return NotChecked(problem.message)
    except Exception as error:  # noqa: BLE001  # as in the oracle's own process
        return NotChecked(" ".join(str(error).split())[:80])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
