"""The prover's work done in this process, which is quicker than another; what the process itself does has its tests."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from gradcli.enclosures.protocol import Enclosures, Request
from gradcli.process.child import reason
from gradcli.process.refusal import NotChecked

__all__ = ["InProcess", "Silent"]


_START = 0.01
"""No process starts within so many seconds."""


class InProcess:
    """Stands for a Prover."""

    def __init__(self, memory: int = 2**32, **_: Any) -> None:
        self._memory = memory
        self._request: Request | None = None
        self._late = ""

    def ask(self, request: Request, timeout: float) -> None:
        self._request = request
        self._late = f"no answer within {timeout:g} s (FLINT is still starting)" if timeout < _START else ""

    def answered(self) -> bool:
        """At once: the work is done when the answer is asked for."""
        return True

    def answer(self, _patience: float = 0.0) -> Enclosures | NotChecked:
        from gradcli.enclosures.answers.enclose import enclose

        assert self._request is not None
        if self._late:
            return NotChecked(self._late)
        try:
            return enclose(self._request)
        except Exception as error:  # noqa: BLE001  # as the process does
            return NotChecked(reason(error, self._memory, "FLINT"))

    def close(self) -> None:
        pass

    def __enter__(self) -> Any:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Silent(InProcess):
    """One that proves nothing."""

    def answered(self) -> bool:
        """At once: the work is done when the answer is asked for."""
        return True

    def answer(self, _patience: float = 0.0) -> NotChecked:
        return NotChecked("nobody was asked")
