"""Texts in TOML, with what is wrong with them told."""

from __future__ import annotations

import tomllib
from typing import Any

from gradcli.errors import InputProblem

__all__ = ["loaded_toml"]


def loaded_toml(text: str, origin: str) -> dict[str, Any]:
    """What a text in TOML holds.

    Args:
        text: the whole text.
        origin: where it is from, for messages.

    Raises:
        InputProblem: if it is not TOML, or holds what cannot be read.

    >>> loaded_toml("x = [1, 2]", "a text")
    {'x': [1, 2]}
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise InputProblem(f"{origin} is nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        raise InputProblem(f"{origin} is not TOML: {error}") from None
    except ValueError:  # an integer of more digits than Python reads
        raise InputProblem(f"{origin} holds a number that is too large for float64") from None
