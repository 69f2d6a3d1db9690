"""What a child process is to run: a module with two functions, imported in the child alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, cast

__all__ = ["Work", "Worker"]


class Work(Protocol):
    """What a worker's module has."""

    def prepare(self) -> None:
        """Import what every answer needs; this goes on while the question is still being made."""

    def answer(self, request: bytes, write: Callable[[bytes], None]) -> bytes:
        """The last line about a request; `write` takes stages and other lines before it."""


class Worker(NamedTuple):
    """Who answers in a child process.

    Attributes:
        module: the dotted path of a module with the functions of `Work`; the parent does not import it.
        who: what its computations are called in messages, such as "SymPy".
    """

    module: str
    who: str

    def load(self) -> Work:
        """Import the module, in the child."""
        from importlib import import_module

        return cast("Work", import_module(self.module))
