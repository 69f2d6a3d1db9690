"""Whether operations are recorded: a thread's own switch, PyTorch's names."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

__all__ = [
    "collecting",
    "counts",
    "enable_grad",
    "forward_mode",
    "is_grad_enabled",
    "mode",
    "no_grad",
    "set_grad_enabled",
]

P = ParamSpec("P")
R = TypeVar("R")


class _Mode(threading.local):
    """A thread's own switches.

    Attributes:
        enabled: whether operations are recorded.
        collector: what is given every tensor that is recorded; None for nothing.
        forward: how many forward modes are open, within which `no_grad` does not stop recording.
    """

    _enabled = True
    collector: list[Any] | None = None
    forward = 0

    @property
    def enabled(self) -> bool:
        return self._enabled

    @enabled.setter
    def enabled(self, value: bool) -> None:
        with _counting:
            counts.not_recording += self._enabled - value
        self._enabled = value


mode = _Mode()
_counting = threading.Lock()


class _Counts:
    """Counts over all threads. While one is 0, what it counts costs an operation no more than a look at it.

    Attributes:
        in_place: operations in place so far; before the first no saved value can be out of date.
        hooks: nodes that have had hooks so far.
        collectors: times that recorded tensors have been collected so far.
        not_recording: threads that do not record now.
    """

    in_place = 0
    hooks = 0
    collectors = 0
    not_recording = 0


counts = _Counts()


@contextlib.contextmanager
def collecting() -> Iterator[list[Any]]:
    """Collect every tensor that is recorded in this thread meanwhile, in order."""
    before = mode.collector
    found: list[Any] = []
    mode.collector = found
    counts.collectors += 1
    try:
        yield found
    finally:
        mode.collector = before


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
