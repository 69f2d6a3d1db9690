"""Values with an uncertainty: 3.0±0.1, 3.0+/-0.1, 3.0(1), 2±5%."""

from __future__ import annotations

import re
from typing import NamedTuple

from gradcli.errors import UsageProblem

__all__ = ["Uncertain", "uncertain"]

_SIGNS = re.compile(r"±|\+/-")
_SHORT = re.compile(r"\s*([+-]?\d+(?:\.(\d*))?|[+-]?\.(\d+))\((\d+)\)\s*(?:[eE]([+-]?\d+))?\s*")


class Uncertain(NamedTuple):
    """A value's text and its uncertainty's.

    Attributes:
        value: of the value.
        spread: of the uncertainty; "" for none.
        relative: whether that is a percentage of the value.
    """

    value: str
    spread: str = ""
    relative: bool = False


def uncertain(name: str, text: str) -> Uncertain:
    """What a text says of a value and its uncertainty.

    Args:
        name: of the variable, for messages.
        text: as it was given.

    Raises:
        UsageProblem: if it says it twice or leaves one of them out, or has `+-`, which is a sum as well.

    >>> uncertain("x", "3.0±0.1"), uncertain("x", "9.81(2)"), uncertain("x", "2 +/- 5%")
    (Uncertain(value='3.0', spread='0.1', relative=False), Uncertain(value='9.81', spread='0.02', relative=False), \
Uncertain(value='2', spread='5', relative=True))
    """
    short = _SHORT.fullmatch(text)
    if short is not None:
        digits = len(short[2] or short[3] or "")
        power = int(short[5] or 0)
        value = f"{short[1]}e{power}" if short[5] else short[1]
        return Uncertain(
            value, f"{short[4]}e{power - digits}" if power - digits < -4 or power else _shifted(short[4], digits)
        )
    parts = _SIGNS.split(text)
    if len(parts) == 1 and "+-" in text and not text.startswith("@"):
        value, spread = text.split("+-", 1)
        raise UsageProblem(
            f"'{text}' may be a value of '{name}' with its uncertainty, and may be a sum",
            hint=f"write {value}±{spread} or {value}+/-{spread} for the one, {value}-{spread} for the other",
        )
    if len(parts) == 1:
        return Uncertain(text)
    value, spread = parts[0].strip(), parts[-1].strip()
    relative = spread.endswith("%")
    spread = spread.removesuffix("%").strip()
    if len(parts) > 2 or not value or not spread:
        raise UsageProblem(
            f"'{text}' is no value of '{name}' with its uncertainty", hint="such as 3.0±0.1, 3.0+/-0.1, 3.0(1) or 2±5%"
        )
    return Uncertain(value, spread, relative)


def _shifted(digits: str, places: int) -> str:
    """So many last places: 2 and 2 make 0.02."""
    filled = digits.rjust(places + 1, "0")
    return f"{filled[: len(filled) - places]}.{filled[len(filled) - places :]}" if places else digits
