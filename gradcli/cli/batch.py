"""`gradcli batch`: from the words to a table, a task, a check and a summary."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from gradcli.cli.command import read_values
from gradcli.cli.session import DIFFERS, NOT_CHECKED, NOT_FINITE, Session
from gradcli.cli.settings import check_provable
from gradcli.cli.table_cluster import TablePart, on_cluster
from gradcli.cli.table_options import made_table, pairs, sampled_rows
from gradcli.cli.table_progress import Progress, interruptible
from gradcli.cli.vectors import names_of, seed_of
from gradcli.data.rows.formats import SUFFIXES
from gradcli.errors import OutputProblem, UsageProblem

if TYPE_CHECKING:
    from gradcli.batch.native import Native
    from gradcli.batch.table import Table
    from gradcli.data.rows.formats import Form
    from gradcli.lang import Program
    from gradcli.transforms.rows.compiled import Compiled
    from gradcli.transforms.rows.run import Report
    from gradcli.transforms.rows.sample import Checked
    from gradcli.transforms.rows.task import Part, Task

__all__ = ["Job", "Wanted", "compute_table", "one_table"]

_BAD_ROWS = 2

_MANY = 1_000_000
"""Rows after which `--backend auto` compiles: to do so takes as long as some millions of rows."""


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
    check: str | None
    no_check: bool
    verify: str
    check_timeout: float
    threads: int | None
    backend: str
    line_buffered: bool
    progress: bool | None
    quiet: bool
    resume: bool
    scheduler: str | None
    workers: int | None

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


class Job(NamedTuple):
    """What is computed at every table.

    Attributes:
        session: the run.
        program: the expression.
        constants: values that are the same in all rows.
        seed: of the gradient.
        wanted: the options.
        samples: rows of each table that are checked.
        progress: says how far it is.
    """

    session: Session
    program: Program
    constants: dict[str, Any]
    seed: Any
    wanted: Wanted
    samples: int
    progress: Progress


def compute_table(session: Session, program: Program, texts: dict[str, str], wanted: Wanted) -> int:
    """Compute, write, check and sum up; give the exit status."""
    part = wanted.part
    by_proof = wanted.verify == "proof"
    samples, required = sampled_rows("off" if wanted.no_check else wanted.check, by_proof)
    if by_proof:
        check_provable("--verify proof")
        if not samples:
            raise UsageProblem("--verify proof is a check, and the check is off", hint="leave one of the two out")
    if wanted.backend == "c":
        from gradcli.data.native import compiler

        if compiler() is None:
            raise UsageProblem("--backend c needs a C compiler, and there is none", hint="install gcc or clang")
    constants = read_values(session, texts)
    progress = Progress(session, wanted.progress)
    job = Job(
        session, program, constants, seed_of(session, wanted.seed), wanted, 0 if part == "value" else samples, progress
    )
    begun = time.monotonic()
    with interruptible(session, progress, wanted.output):
        found = _all_tables(job, texts)
    progress.erase()
    session.deadline.stop()
    return _conclude(session, found, wanted, time.monotonic() - begun, required)


class _Found(NamedTuple):
    """What has happened at the tables, and how many were done before."""

    report: Report
    checked: Checked | None
    resumed: int = 0


def _all_tables(job: Job, texts: dict[str, str]) -> _Found:
    from gradcli.data.rows.manifest import expanded

    wanted = job.wanted
    inputs = expanded(wanted.inputs, SUFFIXES)
    into_folder = wanted.output is not None and (wanted.output.endswith("/") or Path(wanted.output).is_dir())
    if len(inputs) > 1 and not into_folder:
        raise UsageProblem(
            f"{len(inputs)} tables go to a folder", hint="-o FOLDER/ names it, with the slash; each keeps its name"
        )
    if wanted.resume and not into_folder:
        raise UsageProblem("--resume takes up work on several tables in a folder", hint="-o FOLDER/ names it")
    if not into_folder and (wanted.scheduler or wanted.workers):
        raise UsageProblem("a cluster takes several tables to a folder", hint="-o FOLDER/ names it")
    if not into_folder:
        return one_table(job, inputs[0] if inputs else None, wanted.output)
    if not inputs:
        raise UsageProblem(f"'{wanted.output}' is a folder, and there is no file to go there")
    return _into_folder(job, inputs, Path(wanted.output or ""), texts)


def _into_folder(job: Job, inputs: list[str], folder: Path, texts: dict[str, str]) -> _Found:
    """All tables, each to a file of its name in a folder."""
    from gradcli.data.rows.manifest import Manifest, target_in
    from gradcli.transforms.rows.run import Report

    wanted = job.wanted
    suffix = f".{wanted.form}" if wanted.form else ""
    taken: set[Path] = set()
    targets = [target_in(folder, source, suffix, taken) for source in inputs]
    options = wanted._replace(
        inputs=(), output=None, threads=None, progress=None, quiet=False, resume=False, scheduler=None, workers=None
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputProblem(f"'{folder}' cannot be made: {error.strerror or error}") from None
    manifest = Manifest(folder, repr((job.program.source, texts, options)))
    job = job._replace(samples=max(min(job.samples, 2), job.samples // len(inputs)))
    parts = [
        TablePart(source, str(target))
        for source, target in zip(inputs, targets, strict=True)
        if not (wanted.resume and manifest.holds(Path(source), target))
    ]
    found: dict[int, tuple[Report, Checked | None]] = {}
    for place, report, checked in _computed(job, parts):
        found[place] = report, checked
        manifest.keep(Path(parts[place].source), Path(parts[place].target))
        job.progress.next()
    total, of_all = Report(), None
    for _, (report, checked) in sorted(found.items(), key=lambda item: item[0]):
        total.add(report)
        of_all = checked if of_all is None else of_all.joined(checked)
    return _Found(total, of_all, len(inputs) - len(parts))


def _computed(job: Job, parts: Sequence[TablePart]) -> Iterator[tuple[int, Report, Checked | None]]:
    """The reports on tables as they are done, one after the other or on a cluster."""
    wanted = job.wanted
    if wanted.scheduler is None and wanted.workers is None:
        for place, (source, target) in enumerate(parts):
            yield (place, *one_table(job, source, target)[:2])
        return
    work = (job.program.source, job.constants, job.seed, tuple(wanted), job.samples)
    for place, report, checked in on_cluster(work, parts, wanted.scheduler, wanted.workers or 1):
        job.progress.tell(report.rows)
        yield place, report, checked


def one_table(job: Job, source: str | None, target: str | None) -> _Found:
    """One table, from where it is to where it goes; and the check of some rows of it.

    Raises:
        Problem: about the table or the program.
    """
    from gradcli.transforms.rows.task import task as task_of

    wanted = job.wanted
    with ExitStack() as stack:
        table, form, share = _table(job, source, stack)
        names = names_of(wanted.wrt)
        task = task_of(
            job.program, list(table.variables), job.constants, names, wanted.part, wanted.order or 1, job.seed
        )
        report = _run(job, task, table, form, target, share, stack)
    if not report.samples:
        return _Found(report, None)
    with job.session.deadline.paused():
        return _Found(report, _checked(job, task, report, table.origin))


def _checked(job: Job, task: Task, report: Report, origin: str) -> Checked:
    """What SymPy or the enclosures say of some rows."""
    from gradcli.transforms.rows.sample import check_samples, prove_samples

    timeout = job.wanted.check_timeout
    if job.wanted.verify == "sympy":
        return check_samples(task, report, origin, job.session.oracle(), timeout)
    from gradcli.enclosures.process.prover import BASE_MEMORY
    from gradcli.ops.calls.memory import most_bytes

    return prove_samples(task, report, origin, timeout, most_bytes() + BASE_MEMORY)


def _table(job: Job, source: str | None, stack: ExitStack) -> tuple[Table, Form, Callable[[], float | None]]:
    """The table, its format, and what tells how much of it has been read."""
    from gradcli.data.rows.formats import Form, decompressed, form_of, open_table

    session, wanted = job.session, job.wanted
    made = made_table(session, wanted.over, wanted.draws, wanted.rows, wanted.random_seed)
    if made is not None:
        if source is not None:
            told = f"{source} is a table, and {'--over' if wanted.over else '--random'} makes one"
            raise UsageProblem(told, hint="leave one of them out")
        return made, Form("csv"), lambda: None
    columns = names_of(wanted.columns) or []
    renamed = pairs("--rename", wanted.rename)
    if source is None or source == "-":
        if source is None and not session.environment.has_input():
            raise UsageProblem(
                "there is no table", hint="name a file, or pipe one in; --over x=0:1:101 makes one of a grid"
            )
        stream = session.stdin_bytes("the table")
        form = Form(wanted.input_format) if wanted.input_format else _form_of_start(stream)
        if form.name in ("parquet", "npy", "npz"):  # which are read from their ends
            stream = io.BytesIO(stream.read())
        return open_table(stream, "standard input", form, columns, renamed, wanted.line_buffered), form, lambda: None
    from gradcli.data.files import opened

    form = form_of(source, wanted.input_format, "--input-format")
    hint = "look at its content, or its --input-format"
    file = stack.enter_context(opened(Path(source), f"a {form.name} table", hint))
    size = max(Path(source).stat().st_size, 1)
    table = open_table(decompressed(file, form.packing), source, form, columns, renamed, wanted.line_buffered)
    return table, form, lambda: file.tell() / size if form.name in ("csv", "tsv", "jsonl") else None


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
    job: Job,
    task: Task,
    table: Table,
    form: Form,
    target: str | None,
    share: Callable[[], float | None],
    stack: ExitStack,
) -> Report:
    """Compute all rows, and write them."""
    from gradcli.data.rows.formats import Form as Written
    from gradcli.data.rows.formats import compressed, form_of, sink_for
    from gradcli.transforms.rows.run import Outputs, run

    wanted = job.wanted
    if target is None:
        written = Written(wanted.form or ("npz" if form.name == "npy" else form.name))
        file: IO[bytes] = job.session.environment.binary_stdout(written.name not in ("csv", "tsv", "jsonl"))
    else:
        from gradcli.data.output import whole_file

        written = form_of(target, wanted.form, "--format")
        file = stack.enter_context(whole_file(Path(target)))
    stream = compressed(file, written.packing)
    outputs = Outputs(sink_for(stream, table, written, wanted.overwrite_columns), wanted.prefix, wanted.kinks or "")
    report = run(
        task,
        table,
        outputs,
        threads=wanted.threads or _processors(),
        on_error=wanted.on_error,
        samples=job.samples,
        build=None if wanted.backend == "numpy" else _native,
        after=0 if wanted.backend == "c" else _MANY,
        progress=lambda rows: job.progress.tell(rows, share()),
    )
    if stream is not file:
        stream.close()
    return report


def _native(made: Compiled) -> Native:
    """Straight-line code, compiled from C.

    Raises:
        UsageProblem: if there is no compiler, or C lacks an operation.
        OSError: if it cannot be loaded.
    """
    from gradcli.batch.native import Native, loop
    from gradcli.data.native import library
    from gradcli.render.code.printer import language_of, render_code

    function = render_code(made.routine(), language_of("c"), "f")
    arguments = made.arguments()
    return Native(library(loop(function, arguments, len(made.roots))), arguments, len(made.roots))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _conclude(session: Session, found: _Found, wanted: Wanted, took: float, required: bool) -> int:
    """Say on standard error what is to be said, and give the exit status."""
    from gradcli.render.words.table import summary

    report, checked = found.report, found.checked
    for kind, text in summary(report, checked, took, found.resumed):
        if kind == "warning":
            session.warn(text)
        elif not wanted.quiet:
            session.note(text)
    if checked is not None and checked.differing:
        return DIFFERS
    if report.bad:
        return _BAD_ROWS
    if report.not_finite:
        return NOT_FINITE
    unchecked = checked is None or checked.unchecked[0] > 0
    return NOT_CHECKED if required and unchecked and report.rows else 0
