"""TOML texts of unknown content: no name has so many parts that reading it takes the square of them."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from gradcli.errors import InputProblem

__all__ = ["loaded_toml"]

_DEEPEST = 100
"""Parts of a dotted name: tomllib takes 5 GB for one of 30,000."""

_PART = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+"
# It begins where no name goes on, so that a long text is looked through once.
_DOTTED = re.compile(rf"(?<![\w.\"'-]){_PART}(?:\.[ \t]*+{_PART}){{{_DEEPEST}}}")


def loaded_toml(text: str, origin: str) -> dict[str, Any]:
    """What a TOML text holds.

    Args:
        text: the TOML.
        origin: the file, for messages.

    Raises:
        InputProblem: if it is no TOML, is nested too deeply, or holds a number that float64 has not.

    >>> loaded_toml("rates.k = 0.5", "p.toml")
    {'rates': {'k': 0.5}}
    """
    if _DOTTED.search(text):
        raise InputProblem(f"{origin} has a name of more than {_DEEPEST} parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise InputProblem(f"{origin} is nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        raise InputProblem(f"{origin} is not TOML: {error}") from None
    except ValueError:  # an integer of more digits than Python reads
        raise InputProblem(f"{origin} holds a number that is too large for float64") from None
