"""Tensors that stand for one slice of many: what `gradcli.func.vmap` gives a function, so that it is called once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn

from gradcli.engine.tape.abreast import Abreast, everywhere
from gradcli.engine.tape.abreast_call import call_abreast
from gradcli.engine.tape.tensor import Tensor
from gradcli.ops.calls.stacks import NoRule
from gradcli.ops.table.lookup import lookup

__all__ = ["Mapped", "all_slices", "mapping", "slices"]

_SLICES: ContextVar[int] = ContextVar("gradcli_slices", default=0)


def slices() -> int:
    """How many slices are computed at a time here; 0 outside of `mapping`."""
    return _SLICES.get()


@contextmanager
def mapping(count: int) -> Iterator[None]:
    """Compute so many slices at a time within the block."""
    token = _SLICES.set(count)
    try:
        yield
    finally:
        _SLICES.reset(token)


class Mapped(Tensor):
    """All slices of a tensor side by side, with the shape of one.

    Its numbers are nobody's: what asks for them, as `float(x)` or `if x > 0` does, needs one slice at a time.

    >>> import gradcli
    >>> all_slices(Mapped(gradcli.ones(3, 2)).sum() * 2, 3)
    tensor([4., 4., 4.])
    """

    def __init__(self, value: Any) -> None:
        self.__dict__["rows"] = Abreast(value)
        self._meta = None
        self._edge = None

    @property
    def array(self) -> NoReturn:
        """None that is one slice's."""
        raise NoRule("the numbers of a slice")

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a slice."""
        rows: Abreast = self.__dict__["rows"]
        return rows.shape

    @property  # type: ignore[misc]  # it is nobody's to set
    def requires_grad(self) -> bool:
        """Whether it is computed from what is differentiated by."""
        return bool(self.__dict__["rows"].value.requires_grad)

    @staticmethod
    def takes_call(name: str, args: Sequence[Any], statics: Mapping[str, Any]) -> Any:
        """An operation on slices, on all of them at once."""
        if name == "pow_scalar":
            name, args, statics = "pow", [args[0], statics["n"]], {}
        found = call_abreast(lookup(name), [a.__dict__["rows"] if isinstance(a, Mapped) else a for a in args], statics)
        if isinstance(found, tuple):
            return tuple(map(_mapped, found))
        return _mapped(found)


def _mapped(found: Any) -> Any:
    return Mapped(found.value) if isinstance(found, Abreast) else found


def all_slices(value: Tensor, count: int) -> Tensor:
    """The slices as one tensor; of what is the same for all so many."""
    made: Tensor = value.__dict__["rows"].value if isinstance(value, Mapped) else everywhere(value, count).value
    return made
