"""Interleaved measurement and a plain table."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable


def medians(tasks: dict[str, Callable[[], object]], rounds: int, warmup: int = 1) -> dict[str, float]:
    """Seconds: each round runs every task once, so that a noisy moment touches all alike."""
    gc.collect()
    gc.freeze()  # what earlier sections have left alive is not to be searched again and again in this one
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(rounds + warmup):
        for name, task in tasks.items():
            began = time.perf_counter()
            task()
            if turn >= warmup:
                times[name].append(time.perf_counter() - began)
    return {name: statistics.median(t) for name, t in times.items()}


def title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}")


def row(name: str, measured: str, ratio: str = "", target: str = "") -> None:
    print(f"{name:<58} {measured:>12} {ratio:>18} {target:>18}".rstrip())
