"""A program's value as a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gradcli.transforms.results.base import Result
from gradcli.transforms.results.value import Value

__all__ = ["Evaluation"]


@dataclass(frozen=True, slots=True)
class Evaluation(Result):
    """A program's value."""

    command: ClassVar[str] = "eval"

    @property
    def value_name(self) -> str:
        """Nothing: the value is all there is to show."""
        return ""

    def bare(self) -> list[Value]:
        """The value."""
        return [self.value]
