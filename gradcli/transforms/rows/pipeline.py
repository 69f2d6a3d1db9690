"""Reading, computing and writing at the same time, each of another block."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from numpy.typing import NDArray

from gradcli.batch.table import Block, Lacking, Sink

__all__ = ["Behind", "ahead"]

_UNWRITTEN = 2
"""Blocks that wait to be written; more would only take memory."""


def ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """Blocks, of which the next one is read while one is worked at.

    >>> list(ahead(iter([])))
    []
    """
    pool = ThreadPoolExecutor(1)
    try:
        waiting = pool.submit(next, blocks, None)
        while (block := waiting.result()) is not None:
            waiting = pool.submit(next, blocks, None)
            yield block
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # it may be waiting for a pipe that nobody writes to


class Behind:
    """A sink that writes while the next block is computed; what goes wrong is raised by a later call.

    Attributes:
        fixed: as the sink has it.

    Args:
        sink: takes the rows.
    """

    def __init__(self, sink: Sink) -> None:
        self.fixed = sink.fixed
        self._sink = sink
        self._pool = ThreadPoolExecutor(1)
        self._unwritten: deque[Future[None]] = deque()

    def write(self, block: Block, columns: Mapping[str, NDArray[Any]], lacking: Lacking) -> None:
        """Have rows written, after those before."""
        while len(self._unwritten) >= _UNWRITTEN or (self._unwritten and self._unwritten[0].done()):
            self._unwritten.popleft().result()
        self._unwritten.append(self._pool.submit(self._sink.write, block, columns, lacking))

    def close(self) -> None:
        """Write what is still to be written."""
        while self._unwritten:
            self._unwritten.popleft().result()
        self._sink.close()
        self.discard()

    def discard(self) -> None:
        """Write nothing more."""
        self._pool.shutdown(cancel_futures=True)
        self._sink.discard()
