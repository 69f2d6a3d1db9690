"""Whether a figure meets what was aimed at."""

from __future__ import annotations

import re

__all__ = ["judged"]

_AIM = re.compile(r"target ([<>])= ([\d.]+)(?: (\w+))?")
_NUMBER = r"(\d[\d,]*(?:\.\d+)?(?:e-?\d+)?)"


def judged(measured: str, ratio: str, target: str) -> str:
    """The target with what came of it, from the cell that has its unit; other texts as they are.

    >>> judged("12.1 us", "1.44 x", "target <= 1.5 x"), judged("12.1 us", "1.61 x", "target <= 1.5 x")
    ('at most 1.5 x: met', 'at most 1.5 x: **missed**')
    >>> judged("101 MB", "3.1 s", "target <= 250 MB"), judged("3 us", "", "target: constant")
    ('at most 250 MB: met', 'target: constant')
    >>> judged("2.2 ms", "1 x ours", "4.18 x jax; target <= 2 x jax")
    '4.18 x jax; at most 2 x jax: **missed**'
    """
    aim = _AIM.search(target)
    if aim is None:
        return target
    unit = aim[3] or ""
    for cell in (target[: aim.start()], ratio, measured):
        if found := re.search(rf"{_NUMBER} ?{unit}\b" if unit else _NUMBER, cell):
            figure, bound = float(found[1].replace(",", "")), float(aim[2])
            told = "met" if (figure <= bound if aim[1] == "<" else figure >= bound) else "**missed**"
            words = f"at {'most' if aim[1] == '<' else 'least'} {target[aim.start(2) :]}"
            return f"{target[: aim.start()]}{words}: {told}"
    return target
