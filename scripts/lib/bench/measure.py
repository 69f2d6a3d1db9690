"""Interleaved measurement and a plain table."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

from bench.page import Page

QUICK = False
"""Whether two rounds of each are enough: to see that everything runs and agrees, not to believe the figures."""


def medians(tasks: dict[str, Callable[[], object]], rounds: int, warmup: int = 1) -> dict[str, float]:
    """Seconds: each round runs every task once, so that a noisy moment touches all alike."""
    return {name: statistics.median(times) for name, times in timed(tasks, rounds, warmup).items()}


def best(
    tasks: dict[str, Callable[[], object]],
    rounds: int,
    warmup: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """The same of the quickest round, for what computes alone: anything else that runs can only slow it down."""
    return {name: min(times) for name, times in timed(tasks, rounds, warmup, clock).items()}


def timed(
    tasks: dict[str, Callable[[], object]], rounds: int, warmup: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """The seconds of every round."""
    rounds, warmup = (min(rounds, 2), min(warmup, 1)) if QUICK else (rounds, warmup)
    gc.collect()
    gc.freeze()  # what earlier sections have left alive is not to be searched again and again in this one
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(rounds + warmup):
        for name, task in tasks.items():
            began = clock()
            task()
            if turn >= warmup:
                times[name].append(clock() - began)
    return times


PAGE = Page()
"""What has been measured in this run."""


def title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}")
    PAGE.title(text)


def row(name: str, measured: str, ratio: str = "", target: str = "") -> None:
    print(f"{name:<58} {measured:>12} {ratio:>18} {target:>18}".rstrip())
    PAGE.row(name, measured, ratio, target)
