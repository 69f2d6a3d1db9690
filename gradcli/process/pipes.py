"""Reading from pipes."""

from __future__ import annotations

import os

__all__ = ["READ_SIZE", "LineReader"]

READ_SIZE = 1 << 16
"""Bytes read at once: as many as a pipe holds on Linux."""


class LineReader:
    """The lines that arrive at a descriptor."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._received = b""

    def next(self) -> bytes | None:
        """The next line, or None at the end of the pipe."""
        while True:
            line = self.ready()
            if line is not None:
                return line
            if not self.fill():
                return None

    def ready(self) -> bytes | None:
        """A line that has arrived, or None."""
        line, newline, rest = self._received.partition(b"\n")
        if not newline:
            return None
        self._received = rest
        return line + newline

    def fill(self) -> bool:
        """Read what is there, waiting for it; False at the end of the pipe."""
        part = os.read(self.descriptor, READ_SIZE)
        self._received += part
        return bool(part)
