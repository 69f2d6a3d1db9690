"""Anomaly mode: a backward that makes a NaN says which node made it, and where the value was computed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from gradcli.engine.tape.modes import counts, mode
from gradcli.errors import AutogradError

__all__ = ["anomaly", "detect_anomaly", "set_detect_anomaly"]

ApplyVJPs = Callable[[Any, Any, bool, Any], None]

"""(node, g, create_graph, add) -> None; `add(edge, cotangent, output_nr)` for each input that wants one."""

_ENGINE = "gradcli.engine."


class _Anomaly:
    """How backward is to be watched: None for not at all, else a wrapper of what applies a node's VJPs."""

    check: Callable[[ApplyVJPs], ApplyVJPs] | None = None


anomaly = _Anomaly()


class _Sites:
    """Stands where the tensors recorded in a thread are collected, and notes where each was computed."""

    def append(self, made: Any) -> None:
        made.grad_fn.writable_details().site = _place()


def _place() -> str:
    """File and line of the innermost call from outside the engine."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith(_ENGINE):
        frame = frame.f_back
    return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}, in {frame.f_code.co_name}"


def _hint(node: Any) -> str:
    if node.details.site:
        return f"the value was computed at {node.details.site}"
    return "run the forward pass in detect_anomaly() too, to see where the value was computed"


def _raising_for_nan(apply_vjps: ApplyVJPs) -> ApplyVJPs:
    def checked(node: Any, g: Any, create_graph: bool, add: Any) -> None:
        outputs = 0

        def inspected(edge: Any, cotangent: Any, output_nr: int = 0) -> None:
            nonlocal outputs
            if np.isnan(np.asarray(getattr(cotangent, "array", cotangent), dtype=float)).any():
                raise AutogradError(f"{node.name()} returned nan values in its output {outputs}", hint=_hint(node))
            outputs += 1
            add(edge, cotangent, output_nr)

        apply_vjps(node, g, create_graph, inspected)

    return checked


class set_detect_anomaly:  # noqa: N801  # PyTorch's name
    """Watch backward from here on, or no longer; as a context manager, until its end.

    Args:
        mode: whether to note where each value is computed.
        check_nan: whether backward raises for a NaN.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = _now()
        _set(bool(mode), check_nan)

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        anomaly.check, mode.collector = self._before


class detect_anomaly(set_detect_anomaly):  # noqa: N801  # PyTorch's name
    """Watch backward: a NaN raises, naming the node that made it and the place that computed its value.

    Raises:
        AutogradError: from `backward()` inside, for a NaN.

    >>> import gradcli
    >>> x = gradcli.tensor(0.0, requires_grad=True)
    >>> with gradcli.autograd.detect_anomaly():
    ...     y = gradcli.sqrt(x) * 0
    ...     y.backward()
    Traceback (most recent call last):
        ...
    gradcli.errors.AutogradError: SqrtBackward0 returned nan values in its output 0
    ...
    """

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan
        self._before = _now()

    def __enter__(self) -> None:
        self._before = _now()
        _set(True, self._check_nan)


def _now() -> tuple[Any, Any]:
    return anomaly.check, mode.collector


def _set(enabled: bool, check_nan: bool) -> None:
    anomaly.check = _raising_for_nan if enabled and check_nan else None
    mode.collector = _Sites() if enabled else None  # type: ignore[assignment]  # append is all that is asked of it
    counts.collectors += enabled
