"""A result of which the verdict is what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from gradcli.transforms.results.base import Derived, Result
from gradcli.transforms.results.value import Value

__all__ = ["Checked"]


@dataclass(frozen=True, slots=True)
class Checked(Result):
    """A result of which the verdict is what was asked for.

    Attributes:
        of: what was checked: "gradient", "jacobian" or "hessian".
        derived: the derivatives that were.
    """

    command: ClassVar[str] = "check"
    is_about_the_verdict: ClassVar[bool] = True

    of: str
    derived: Derived

    def document(self) -> dict[str, Any]:
        """What was checked."""
        return {"of": self.of}

    def numbers(self) -> Iterator[tuple[str, Value]]:
        """Those of the derivatives."""
        return self.derived.numbers()
