"""The parser on long and on deep texts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from bench.measure import medians, row, title
from gradcli.lang import parse


def reading(text: str) -> Callable[[], object]:
    """Reads a text anew each time: the last one is remembered."""
    texts = (text + " " * extra for extra in count())
    return lambda: parse(next(texts))


def run(rounds: int = 5) -> None:
    title("Parser; median of 5")
    for terms in (10_000, 30_000, 100_000):
        text = "+".join(["x"] * terms)
        seconds = medians({"parse": reading(text)}, rounds)["parse"]
        target = "target <= 1.5 s" if terms == 100_000 else ""
        row(f"sum of {terms:,} terms", f"{seconds:.3f} s", f"{seconds / terms * 1e6:.2f} us/term", target)
    depth = 10_000
    text = "(" * depth + "x" + ")" * depth
    seconds = medians({"parse": reading(text)}, rounds)["parse"]
    row(f"{depth:,} nested parentheses", f"{seconds:.3f} s")
