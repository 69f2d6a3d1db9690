"""Whether operations are recorded: a thread's own switch, PyTorch's names."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

__all__ = [
    "changes",
    "enable_grad",
    "forward_mode",
    "is_grad_enabled",
    "mode",
    "no_grad",
    "set_grad_enabled",
    "watching",
]

P = ParamSpec("P")
R = TypeVar("R")


class _Mode(threading.local):
    _enabled = True
    watched: list[Any] | None = None
    forward = 0

    @property
    def enabled(self) -> bool:
        return self._enabled

    @enabled.setter
    def enabled(self, value: bool) -> None:
        with _counting:
            changes.silent += self._enabled - value
        self._enabled = value


mode = _Mode()
_counting = threading.Lock()


class _Changes:
    """How many operations in place there have been: until the first one no saved value can be out of date.

    And how many tensors have had hooks, how many threads have had their tensors collected, and how many do not
    record now: the last spares every operation a look at its own thread's mode.
    """

    count = 0
    silent = 0
    hooks = 0
    watchers = 0


changes = _Changes()


@contextlib.contextmanager
def watching() -> Iterator[list[Any]]:
    """Collect every tensor that is recorded in this thread meanwhile, in order."""
    before = mode.watched
    found: list[Any] = []
    mode.watched = found
    changes.watchers += 1
    try:
        yield found
    finally:
        mode.watched = before


def is_grad_enabled() -> bool:
    """Whether results record how they were computed.

    >>> is_grad_enabled()
    True
    """
    return mode.enabled


class set_grad_enabled:  # noqa: N801  # PyTorch's name
    """Record or not from here on; as a context manager, until its end; as a decorator, within the function.

    >>> with set_grad_enabled(False):
    ...     is_grad_enabled()
    False
    """

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._before = [mode.enabled]
        mode.enabled = enabled

    def __enter__(self) -> None:
        mode.enabled = self._enabled

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        mode.enabled = self._before.pop()
        self._before.append(mode.enabled)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function."""
        mode.enabled = self._before[-1]
        return _within(self._enabled, function)


class _Switch:
    """A context manager and decorator that sets the mode and restores what was before; may be nested."""

    _enabled: bool

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """A switch; or, given a function, that function decorated (`@no_grad` without a call)."""
        return super().__new__(cls) if function is None else _within(cls._enabled, function)

    def __init__(self) -> None:
        self._before: list[bool] = []

    def __enter__(self) -> None:
        self._before.append(mode.enabled)
        mode.enabled = self._enabled or mode.forward > 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        mode.enabled = self._before.pop()

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        return _within(self._enabled, function)


@contextlib.contextmanager
def forward_mode() -> Iterator[None]:
    """Record whatever `no_grad` says meanwhile: it stops backward, and no tangent."""
    before = mode.enabled
    mode.forward += 1
    mode.enabled = True
    try:
        yield
    finally:
        mode.forward -= 1
        mode.enabled = before


class no_grad(_Switch):  # noqa: N801  # PyTorch's name
    """Do not record.

    >>> import gradcli
    >>> x = gradcli.tensor(2.0, requires_grad=True)
    >>> with no_grad():
    ...     (x * x).requires_grad
    False
    """

    _enabled = False


class enable_grad(_Switch):  # noqa: N801  # PyTorch's name
    """Record, inside a `no_grad`.

    >>> with no_grad(), enable_grad():
    ...     is_grad_enabled()
    True
    """

    _enabled = True


def _within(enabled: bool, function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        before = mode.enabled
        mode.enabled = enabled or mode.forward > 0
        try:
            return function(*args, **kwargs)
        finally:
            mode.enabled = before

    return wrapped
