"""Options that hold names or arrays."""

from __future__ import annotations

from typing import Any

__all__ = ["names_of", "seed_of"]


def names_of(text: str | None) -> list[str] | None:
    """`x,y` as a list of names.

    >>> names_of("x, y")
    ['x', 'y']
    """
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def seed_of(text: str | None) -> Any:
    """The array that `--seed` gives; `ones` is a one for each entry."""
    if text is None:
        return None
    if text == "ones":
        return 1.0
    from gradcli.data.values import value_of
    from gradcli.transforms.execute import constant_value

    return value_of("seed", text, constant_value, lambda: "")
