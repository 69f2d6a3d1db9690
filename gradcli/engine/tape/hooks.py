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

    def add_to_grad(self, gradient: Any) -> None:
        """Add what arrived to `.grad`."""


T = TypeVar("T", bound=HasGradient)


class Hooks:
    """What else wants the cotangents of a node's outputs.

    Attributes:
        tensor_hooks: functions that may replace the cotangent, each with the output that it was registered on.
        retain_grad_hooks: tensors that keep it in their `.grad`, each with its output. They see it last, as in PyTorch.
    """

    __slots__ = ("retain_grad_hooks", "tensor_hooks")

    def __init__(self) -> None:
        self.tensor_hooks: list[tuple[int, Hook]] = []
        self.retain_grad_hooks: list[tuple[int, ref[Any]]] = []

    def run(self, output_nr: int, g: T) -> T:
        """Give the cotangent of one output to its hooks; the last word is what flows on and what is kept.

        Raises:
            AutogradError: if a hook gives back a gradient of another shape.
        """
        for nr, hook in list(self.tensor_hooks):
            if nr == output_nr:
                replaced = hook(g)
                if replaced is not None and replaced.shape != g.shape:
                    raise AutogradError(f"a hook has changed the gradient's shape from {g.shape} to {replaced.shape}")
                g = g if replaced is None else replaced
        for nr, retaining in self.retain_grad_hooks:
            tensor = retaining()
            if nr == output_nr and tensor is not None:
                tensor.add_to_grad(g)
        return g

    def wanted_by(self, output_nr: int) -> bool:
        """Whether there is a hook for this output."""
        return any(nr == output_nr for nr, _ in (*self.tensor_hooks, *self.retain_grad_hooks))


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
