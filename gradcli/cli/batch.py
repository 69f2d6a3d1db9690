"""`gradcli batch`: from the words to a table, a task, a check and a summary."""

from __future__ import annotations

import io
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from gradcli.cli.command import read_values
from gradcli.cli.deadline import seconds_of
from gradcli.cli.session import DIFFERS, NOT_CHECKED, NOT_FINITE, Session
from gradcli.cli.table_options import made_table, pairs, sampled_rows
from gradcli.cli.vectors import names_of, seed_of
from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from gradcli.batch.table import Table
    from gradcli.data.rows.formats import Form
    from gradcli.lang import Program
    from gradcli.transforms.rows.run import Report
    from gradcli.transforms.rows.task import Part, Task

__all__ = ["Wanted", "compute_table"]

_BAD_ROWS = 2
_EVERY = 0.2
"""Seconds between two lines that say how far it is."""


class Wanted(NamedTuple):
    """The options."""

    inputs: tuple[str, ...]
    output: str | None
    wrt: str | None
    value_only: bool
    jacobian: bool
    hessian: bool
    order: int | None
    seed: str | None
    input_format: str | None
    form: str | None
    columns: str | None
    rename: tuple[str, ...]
    prefix: str
    overwrite_columns: bool
    kinks: str | None
    over: tuple[str, ...]
    draws: tuple[str, ...]
    rows: str | None
    random_seed: int
    on_error: Any
    check: str
    no_check: bool
    check_timeout: float
    threads: int | None
    line_buffered: bool
    progress: bool | None
    quiet: bool

    @property
    def part(self) -> Part:
        """Which derivatives are wanted.

        Raises:
            UsageProblem: if the options contradict each other.
        """
        asked = [
            name
            for name, given in (
                ("--value-only", self.value_only),
                ("--jacobian", self.jacobian),
                ("--hessian", self.hessian),
                ("--order", self.order),
            )
            if given
        ]
        if len(asked) > 1:
            raise UsageProblem(f"{' and '.join(asked)} do not go together", hint="ask for one of them")
        if self.seed is not None and asked:
            raise UsageProblem(f"--seed is for the gradient, and does not go with {asked[0]}")
        if self.value_only and self.wrt is not None:
            raise UsageProblem("--value-only has no derivatives, and --wrt names some", hint="leave one of them out")
        parts: dict[str, Part] = {
            "--value-only": "value",
            "--jacobian": "jacobian",
            "--hessian": "hessian",
            "--order": "derivative",
        }
        return parts[asked[0]] if asked else "gradient"


def compute_table(session: Session, program: Program, texts: dict[str, str], wanted: Wanted) -> int:
    """Compute, write, check and sum up; give the exit status."""
    part = wanted.part
    samples, required = sampled_rows("off" if wanted.no_check else wanted.check)
    if part == "value":
        samples = 0
    constants = read_values(session, texts)
    seed = seed_of(session, wanted.seed)
    progress = _Progress(session, wanted.progress)
    with _interruptible(session, progress, wanted.output), ExitStack() as stack:
        table, form = _table(session, wanted, stack)
        from gradcli.transforms.rows.task import task as task_of

        task = task_of(program, list(table.variables), constants, names_of(wanted.wrt), part, wanted.order or 1, seed)
        begun = time.monotonic()
        report = _run(session, task, table, form, wanted, samples, progress, stack)
        took = time.monotonic() - begun
    session.deadline.stop()
    return _conclude(session, task, report, wanted, took, required)


def _table(session: Session, wanted: Wanted, stack: ExitStack) -> tuple[Table, Form]:
    """The table, and its format."""
    from gradcli.data.rows.formats import Form, decompressed, form_of, open_table

    made = made_table(session, wanted.over, wanted.draws, wanted.rows, wanted.random_seed)
    if made is not None:
        if wanted.inputs:
            told = f"{wanted.inputs[0]} is a table, and {'--over' if wanted.over else '--random'} makes one"
            raise UsageProblem(told, hint="leave one of them out")
        return made, Form("csv")
    if len(wanted.inputs) > 1:
        raise UsageProblem(
            f"{wanted.inputs[0]} and {wanted.inputs[1]}: one table at a time is taken",
            hint="a shell loop takes several",
        )
    columns = names_of(wanted.columns) or []
    renamed = pairs("--rename", wanted.rename)
    if not wanted.inputs or wanted.inputs[0] == "-":
        if not wanted.inputs and not session.environment.has_input():
            raise UsageProblem(
                "there is no table", hint="name a file, or pipe one in; --over x=0:1:101 makes one of a grid"
            )
        stream = session.stdin_bytes("the table")
        form = Form(wanted.input_format) if wanted.input_format else _form_of_start(stream)
        if form.name in ("parquet", "npy", "npz"):  # which are read from their ends
            stream = io.BytesIO(stream.read())
        return open_table(stream, "standard input", form, columns, renamed, wanted.line_buffered), form
    from pathlib import Path

    from gradcli.data.files import opened

    path = wanted.inputs[0]
    form = form_of(path, wanted.input_format, "--input-format")
    file = stack.enter_context(opened(Path(path), f"a {form.name} table", "look at its content, or its --input-format"))
    return open_table(decompressed(file, form.packing), path, form, columns, renamed, wanted.line_buffered), form


def _form_of_start(stream: IO[bytes]) -> Form:
    """The format that the first bytes of a stream show."""
    from gradcli.data.rows.formats import Form

    peek = getattr(stream, "peek", None)
    start = peek(8)[:8] if peek is not None else b""
    if start.startswith(b"PAR1"):
        return Form("parquet")
    if start.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return Form("arrow")
    if start.startswith(b"PK\x03\x04"):
        return Form("npz")
    return Form("jsonl") if start.lstrip().startswith(b"{") else Form("csv")


def _run(
    session: Session,
    task: Task,
    table: Table,
    form: Form,
    wanted: Wanted,
    samples: int,
    progress: _Progress,
    stack: ExitStack,
) -> Report:
    """Compute all rows, and write them."""
    from gradcli.data.rows.formats import Form as Written
    from gradcli.data.rows.formats import compressed, form_of, sink_for
    from gradcli.transforms.rows.run import Outputs, run

    if wanted.output is None:
        written = Written(wanted.form or ("npz" if form.name == "npy" else form.name))
        target: IO[bytes] = session.environment.binary_stdout(written.name not in ("csv", "tsv", "jsonl"))
    else:
        from pathlib import Path

        from gradcli.data.output import whole_file

        written = form_of(wanted.output, wanted.form, "--format")
        target = stack.enter_context(whole_file(Path(wanted.output)))
    stream = compressed(target, written.packing)
    outputs = Outputs(sink_for(stream, table, written, wanted.overwrite_columns), wanted.prefix, wanted.kinks or "")
    report = run(
        task,
        table,
        outputs,
        threads=wanted.threads or _processors(),
        on_error=wanted.on_error,
        samples=samples,
        progress=progress.tell,
    )
    if stream is not target:
        stream.close()
    progress.erase()
    return report


def _processors() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Progress:
    """Says on a terminal how far it is."""

    def __init__(self, session: Session, wanted: bool | None) -> None:
        stderr = session.environment.stderr
        self._environment = session.environment
        self._on = stderr.isatty() if wanted is None else wanted
        self._begun = self._last = time.monotonic()
        self.rows = 0

    def tell(self, rows: int) -> None:
        """So many rows are done."""
        self.rows = rows
        now = time.monotonic()
        if self._on and now - self._last > _EVERY:
            self._last = now
            from gradcli.render.words.table import progress_words

            self._environment.write(self._environment.stderr, f"\r\x1b[K{progress_words(rows, now - self._begun)}")

    def erase(self) -> None:
        """Nothing more is to be said."""
        if self._on and self._last > self._begun:
            self._environment.write(self._environment.stderr, "\r\x1b[K")


@contextmanager
def _interruptible(session: Session, progress: _Progress, output: str | None) -> Iterator[None]:
    """Within the block Ctrl-C and SIGTERM leave no half-written file, and say how far it got."""
    if not session.environment.owns_process:
        yield
        return
    from gradcli.data.output import discard_all

    before = signal.getsignal(signal.SIGINT)

    def leave(number: int, frame: FrameType | None) -> None:
        discard_all()
        progress.erase()
        kept = f"; {output} is as it was" if output is not None else ""
        session.environment.write(session.environment.stderr, f"interrupted after {progress.rows:,} rows{kept}\n")
        if number == signal.SIGINT and callable(before):
            before(number, frame)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTERM)

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _conclude(session: Session, task: Task, report: Report, wanted: Wanted, took: float, required: bool) -> int:
    """Check some rows, say on standard error what is to be said, and give the exit status."""
    from gradcli.render.words.table import summary

    checked = None
    if report.samples:
        from gradcli.transforms.rows.sample import check_samples

        checked = check_samples(
            task, report, session.oracle(), seconds_of("--check-timeout", str(wanted.check_timeout))
        )
    lines = summary(report, checked, took)
    for kind, text in lines:
        if kind == "note":
            if not wanted.quiet:
                session.note(text)
        else:
            session.warn(text)
    if checked is not None and checked.differing:
        return DIFFERS
    if report.bad:
        return _BAD_ROWS
    if report.not_finite:
        return NOT_FINITE
    unchecked = checked is None or checked.unchecked[0] > 0
    return NOT_CHECKED if required and unchecked and report.rows else 0
