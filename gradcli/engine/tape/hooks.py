"""What is done with a tensor's gradient while it is on its way: hooks, and the tensors that retain it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, TypeVar
from weakref import ref

from gradcli.errors import AutogradError

__all__ = ["Hook", "HookHandle", "Hooks"]

Hook: TypeAlias = Callable[[Any], Any]


class HasGradient(Protocol):
    """As much of a tensor as hooks know."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""

    def keep_gradient(self, gradient: Any) -> None:
        """Add what arrived to `.grad`."""


T = TypeVar("T", bound=HasGradient)


class Hooks:
    """What else wants the cotangent of a tensor: functions that may replace it, and the tensors that keep it."""

    __slots__ = ("keepers", "replacers")

    def __init__(self) -> None:
        self.replacers: list[tuple[int, Hook]] = []
        self.keepers: list[tuple[int, ref[Any]]] = []

    def run(self, output: int, g: T) -> T:
        """Give the cotangent of one output to its hooks; the last word is what flows on and what is kept.

        Raises:
            AutogradError: if a hook gives back a gradient of another shape.
        """
        for index, hook in list(self.replacers):
            if index == output:
                replaced = hook(g)
                if replaced is not None and replaced.shape != g.shape:
                    raise AutogradError(f"a hook has changed the gradient's shape from {g.shape} to {replaced.shape}")
                g = g if replaced is None else replaced
        for index, keeper in self.keepers:
            tensor = keeper()
            if index == output and tensor is not None:
                tensor.keep_gradient(g)
        return g

    def wanted_by(self, output: int) -> bool:
        """Whether there is a hook for this output."""
        return any(index == output for index, _ in (*self.replacers, *self.keepers))


class HookHandle:
    """Takes a registered hook away again."""

    def __init__(self, registered: list[Any], entry: Any) -> None:
        self._registered = registered
        self._entry: Any = entry

    def remove(self) -> None:
        """Take the hook away; harmless the second time."""
        if self._entry is not None:
            # Not by equality: the same function may be registered twice.
            at = next(i for i, entry in enumerate(self._registered) if entry is self._entry)
            del self._registered[at]
            self._entry = None

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()
