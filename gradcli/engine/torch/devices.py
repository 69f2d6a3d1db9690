"""Where tensors are: PyTorch's names for the one device that there is, `gradcli.device("cpu")`."""

from __future__ import annotations

from typing import Any

from gradcli.errors import UsageProblem

__all__ = ["CPU", "checked", "device"]


class device:  # noqa: N801  # PyTorch's name
    """A device, which is the CPU.

    Raises:
        UsageProblem: for any other.

    >>> device("cpu")
    device(type='cpu')
    """

    type = "cpu"
    index = None

    def __init__(self, type: Any = "cpu") -> None:
        checked(type)

    def __repr__(self) -> str:
        return "device(type='cpu')"

    def __str__(self) -> str:
        return self.type

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device)

    def __hash__(self) -> int:
        return hash(self.type)


def checked(given: Any) -> None:
    """Let pass what names the CPU.

    Raises:
        UsageProblem: for another device.
    """
    if given is not None and not isinstance(given, device) and given not in ("cpu", "cpu:0"):
        raise UsageProblem(f"there is no device {given!r}", hint="tensors are on the CPU: device='cpu'")


CPU = device()
