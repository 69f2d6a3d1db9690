"""Several tables on a Dask cluster: a task for each, whose worker reads it and writes its results."""

from __future__ import annotations

import gc
import io
import logging
import os
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.data.rows.remote import is_remote
from gradcli.errors import Problem, UsageProblem

if TYPE_CHECKING:
    from gradcli.data.rows.pieces import Piece
    from gradcli.transforms.rows.report import Report
    from gradcli.transforms.rows.sample import Checked

__all__ = ["TablePart", "on_cluster"]

_RETRIES = 3
"""Times that a table is taken up again elsewhere, when its worker is lost."""

_PATIENCE = "10s"


class TablePart(NamedTuple):
    """A table, or a piece of one, and where its results go."""

    source: str
    target: str
    piece: Piece | None = None


class _Work(NamedTuple):
    """What a worker is to compute, in what can be sent to it."""

    program: str
    constants: dict[str, Any]
    seed: Any
    wanted: tuple[Any, ...]
    samples: int


def on_cluster(
    work: tuple[str, dict[str, Any], Any, tuple[Any, ...], int],
    parts: Sequence[TablePart],
    scheduler: str | None,
    workers: int,
    begun: AbstractContextManager[None],
) -> Generator[tuple[int, Report, Checked | None]]:
    """The reports on tables as they are done, each with its table's number.

    Args:
        work: the program's text, the constants, the seed, the options and how many rows are checked.
        parts: the tables; their paths mean the same files on all machines.
        scheduler: the address of a cluster's scheduler; None for a cluster of this machine.
        workers: of this machine's cluster.
        begun: entered while the cluster is begun.

    Raises:
        UsageProblem: if Dask is not installed, or the scheduler does not answer.
        Problem: about a table.
    """
    try:
        import distributed
    except ImportError:
        raise UsageProblem(
            "--scheduler and --workers need the package distributed, which is not installed",
            hint="pip install 'gradcli[dask]'",
        ) from None
    with ExitStack() as stack:
        stack.callback(logging.disable, logging.root.manager.disable)
        address: Any = scheduler
        with begun:
            if scheduler is None:
                with _without_keyboard():
                    cluster = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0")
                address = stack.enter_context(cluster)
                stack.enter_context(_ended_at_once(cluster))
            refused = ""
            try:
                client = stack.enter_context(distributed.Client(address, timeout=_PATIENCE))
            except (OSError, TimeoutError, ValueError) as error:
                refused = str(error) or type(error).__name__
            if refused:
                gc.collect()  # the client that failed waits for ever if it is found while another one begins
                raise UsageProblem(f"the scheduler '{scheduler}' does not answer: {refused}")
        futures = [
            client.submit(
                _part,
                work,
                TablePart(_everywhere(part.source), _everywhere(part.target), part.piece),
                retries=_RETRIES,
                pure=False,
            )
            for part in parts
        ]
        places = {future.key: place for place, future in enumerate(futures)}
        for future in distributed.as_completed(futures):
            found, problem = future.result()
            if problem is not None:
                raise problem
            yield (places[future.key], *found)


@contextmanager
def _without_keyboard() -> Iterator[None]:
    """Within the block threads and processes begin that do not heed Ctrl-C or the terminal's end: we end them."""
    if os.name != "posix":
        yield
        return
    from multiprocessing import resource_tracker

    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        resource_tracker.ensure_running()  # which unblocks Ctrl-C
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _ended_at_once(cluster: Any) -> Iterator[None]:
    """Where the block is left by a signal, workers are not waited for, and nothing is said of what they were at."""
    try:
        yield
    except Exception:
        raise
    except BaseException:
        logging.disable()
        for nanny in cluster.workers.values():
            with suppress(Exception):
                os.kill(nanny.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        raise


def _everywhere(path: str) -> str:
    """A path that means the same file wherever a worker stands."""
    return path if is_remote(path) else os.path.abspath(path)  # noqa: PTH100  # Path's own is no text


def _part(work: tuple[Any, ...], part: TablePart) -> tuple[Any, Problem | None]:
    """On a worker: one table, or a piece of it, from where it is to where it goes."""
    from gradcli.cli.deadline import Deadline
    from gradcli.cli.environment import Environment
    from gradcli.cli.session import Session
    from gradcli.cli.table_progress import Progress
    from gradcli.cli.table_work import Job, Wanted, table_of_several
    from gradcli.lang import parse

    found = _Work(*work)
    session = Session(Environment(io.StringIO(), io.StringIO(), io.StringIO(), {}), None, Deadline())
    wanted = Wanted(*found.wanted)._replace(threads=1)
    job = Job(
        session,
        parse(found.program),
        found.constants,
        found.seed,
        wanted,
        found.samples,
        Progress(session, wanted=False),
    )
    try:
        report, checked, _ = table_of_several(job, *part)
    except Problem as problem:
        return None, problem
    finally:
        session.close()
    return (report, checked), None
