"""Which numbers of a run change when the variables do, although no derivative passes through them."""

from __future__ import annotations

from typing import Any

from gradcli.engine.tape.tensor import Tensor
from gradcli.lang import Call, Literal, Name
from gradcli.ops.calls.outputs import Several

__all__ = ["Varying"]


class Varying:
    """Looks on as a program is computed, and remembers what is made of variables without a derivative.

    A comparison of variables is such a number, and what is computed of one; a mask that was given is none.
    """

    def __init__(self) -> None:
        self._held: dict[int, Tensor] = {}

    def observe(self, _: Literal | Name | Call, args: list[Any], keywords: dict[str, Any], value: Any) -> None:
        """Note a value that depends on a variable, and has no history that says so."""
        if not any(self._moves(part) for part in (*args, *keywords.values())):
            return
        for made in value if isinstance(value, Several) else (value,):
            if isinstance(made, Tensor) and not made.requires_grad:
                self._held[id(made)] = made  # held, so that no other tensor gets its identity

    def _moves(self, part: Any) -> bool:
        if isinstance(part, Several | tuple | list):
            return any(self._moves(one) for one in part)
        return isinstance(part, Tensor) and (part.requires_grad or id(part) in self._held)

    def __call__(self, saved: Any) -> bool:
        """Whether what a node saved is such a number."""
        return id(saved) in self._held
