"""One table: from its file to its results, and the check of some rows."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from gradcli.cli.session import Session
from gradcli.cli.table_options import made_table, pairs, uncertain_of
from gradcli.cli.table_progress import Progress
from gradcli.cli.vectors import names_of
from gradcli.errors import InputProblem, Problem, UsageProblem

if TYPE_CHECKING:
    from gradcli.batch.jit import Jit
    from gradcli.batch.native import Native
    from gradcli.batch.table import Table
    from gradcli.data.rows.formats import Form
    from gradcli.data.rows.pieces import Piece
    from gradcli.lang import Program
    from gradcli.transforms.rows.compiled import Compiled
    from gradcli.transforms.rows.report import Report
    from gradcli.transforms.rows.sample import Checked
    from gradcli.transforms.rows.task import Part, Task

__all__ = ["Found", "Job", "Wanted", "compiled_code", "one_table", "opened_table", "table_of_several"]

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
    random_seed: int | None
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
    constants: str | None = None
    uncertainty: tuple[str, ...] = ()
    text: tuple[str, ...] = ()

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


class Found(NamedTuple):
    """What has happened at the tables, and how many were done before."""

    report: Report
    checked: Checked | None
    resumed: int = 0


def table_of_several(job: Job, source: str, target: str, piece: Piece | None = None) -> Found:
    """One of several tables, which an error names.

    Raises:
        Problem: about the table or the program.
    """
    try:
        return one_table(job, source, target, piece)
    except Problem as problem:
        if source not in problem.message:
            problem.message = f"{source}: {problem.message}"
        raise


def one_table(job: Job, source: str | None, target: str | None, piece: Piece | None = None) -> Found:
    """One table, or a piece of it, from where it is to where it goes; and the check of some rows of it.

    Raises:
        Problem: about the table or the program.
    """
    from gradcli.transforms.rows.task import task as task_of

    wanted = job.wanted
    with ExitStack() as stack:
        table, form, share = _table(job, source, stack, piece)
        names = names_of(wanted.wrt)
        variables = _variables(job, list(table.variables))
        task = task_of(job.program, variables, job.constants, names, wanted.part, wanted.order or 1, job.seed)
        report = _run(job, task, table, form, target, share, stack)
    if not report.samples:
        return Found(report, None)
    with job.session.deadline.paused():
        return Found(report, _checked(job, task, report, table.origin))


def _variables(job: Job, columns: list[str]) -> list[str]:
    """The columns that are variables; a note tells of one that has the name of a constant."""
    from gradcli.lang import variables
    from gradcli.ops import CONSTANTS
    from gradcli.transforms.program.variables import check_constants

    wanted = job.wanted.constants
    if wanted is not None:
        constants = [name.strip() for name in wanted.split(",") if name.strip()]
        check_constants(job.program, constants, [*columns, *job.constants])
        return [name for name in columns if name not in constants]
    for name in columns:
        if name in CONSTANTS and name not in job.constants and name in variables(job.program) and not job.wanted.quiet:
            told = f"{name} is the table's column, not {CONSTANTS[name]!r}; --constants {name} makes it the number"
            job.progress.once(told)
    return columns


def _checked(job: Job, task: Task, report: Report, origin: str) -> Checked:
    """What SymPy or the enclosures say of some rows."""
    from gradcli.transforms.rows.sample import check_samples, prove_samples

    timeout = job.wanted.check_timeout
    if job.wanted.verify == "sympy":
        session = job.session
        return check_samples(task, report, origin, session.oracle(), timeout, session.derivations(kept=True))
    from gradcli.enclosures.process.prover import BASE_MEMORY
    from gradcli.ops.calls.memory import most_bytes

    return prove_samples(task, report, origin, timeout, most_bytes() + BASE_MEMORY)


def _table(
    job: Job, source: str | None, stack: ExitStack, piece: Piece | None
) -> tuple[Table, Form, Callable[[], float | None]]:
    """The table, its format, and what tells how much of it has been read."""
    from gradcli.data.rows.formats import Form, decompressed, form_of, open_table
    from gradcli.data.rows.spool import readable_anywhere

    session, wanted = job.session, job.wanted
    made = made_table(session, wanted.over, wanted.draws, wanted.rows, wanted.random_seed)
    if made is not None:
        for option, given in (
            ("--input-format", wanted.input_format),
            ("--columns", wanted.columns),
            ("--rename", wanted.rename),
            ("--line-buffered", wanted.line_buffered),
            ("--text", wanted.text),
        ):
            if given:
                raise UsageProblem(f"{option} is for a table, and there is none with --over or --random")
        if source is not None:
            told = f"{source} is a table, and {'--over' if wanted.over else '--random'} makes one"
            raise UsageProblem(told, hint="leave one of them out")
        return made, Form("csv"), lambda: None
    opened = partial(
        open_table,
        columns=names_of(wanted.columns) or [],
        renamed=pairs("--rename", wanted.rename),
        at_once=wanted.line_buffered,
        texts=wanted.text,
        expected=_expected(job),
    )
    if source is None or source == "-":
        if source is None and not session.environment.has_input():
            raise UsageProblem(
                "there is no table", hint="name a file, or pipe one in; --over x=0:1:101 makes one of a grid"
            )
        from gradcli.data.rows.starts import form_of_start, packing_of_start

        stream = session.stdin_bytes("the table")
        packing = packing_of_start(stream)
        stream = io.BufferedReader(decompressed(stream, packing)) if packing else stream  # type: ignore[type-var]  # both are streams of bytes
        named = wanted.input_format or ("jsonl" if wanted.line_buffered else "")
        form = Form(named) if named else form_of_start(stream)
        _check_lines(wanted, form)
        stream = stack.enter_context(readable_anywhere(stream, "standard input", form.name, bool(packing)))
        return opened(stream, "standard input", form), form, lambda: None
    form = form_of(source, wanted.input_format, "--input-format")
    _check_lines(wanted, form)
    file, size = opened_table(source, form, stack)
    if piece is None:
        unpacked = decompressed(file, form.packing)
        stream = stack.enter_context(readable_anywhere(unpacked, source, form.name, bool(form.packing)))
        table = opened(stream, source, form)
    else:
        from gradcli.data.rows.pieces import opened_piece

        groups = range(piece.first, piece.last) if form.name == "parquet" else None
        stream = file if groups is not None else opened_piece(file, piece)
        table = opened(stream, source, form, groups=groups)
        table.first_row = piece.rows
    return table, form, lambda: file.tell() / size if form.name in ("csv", "tsv", "jsonl") else None


def _expected(job: Job) -> list[str]:
    """The variables that rows of a table may have although the first ones do not show them."""
    from gradcli.lang import variables
    from gradcli.ops import CONSTANTS

    used = [name for name in variables(job.program) if name not in job.constants and name not in CONSTANTS]
    uncertainties = pairs("--uncertainty", job.wanted.uncertainty).values()
    return [*used, *(text for text in uncertainties if text.isidentifier() and text not in CONSTANTS)]


def opened_table(source: str, form: Form, stack: ExitStack) -> tuple[IO[bytes], int]:
    """The bytes of a table in a file or at a URL, and how many there are.

    Raises:
        Problem: if it cannot be read.
    """
    from gradcli.data.rows.remote import is_remote, opened_remote, remote_size

    if is_remote(source):
        return stack.enter_context(opened_remote(source)), max(remote_size(source), 1)
    from gradcli.data.files import opened

    hint = "look at its content, or its --input-format"
    file = stack.enter_context(opened(Path(source), f"a {form.name} table", hint))
    return file, max(Path(source).stat().st_size, 1)


def _check_lines(wanted: Wanted, form: Form) -> None:
    if wanted.line_buffered and form.name != "jsonl":
        raise UsageProblem(f"--line-buffered is for JSON Lines, not for {form.name}")


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
    if wanted.kinks in table.names and not wanted.overwrite_columns:
        raise InputProblem(
            f"{table.origin} has a column '{wanted.kinks}' already",
            hint="--kinks takes another name, and --overwrite-columns replaces the old one",
        )
    if target is None:
        written = Written(wanted.form or ("npz" if form.name == "npy" else form.name))
        file: IO[bytes] = job.session.environment.binary_stdout(written.name not in ("csv", "tsv", "jsonl"))
    else:
        from gradcli.data.output import whole_file
        from gradcli.data.rows.remote import is_remote, written_remote

        written = form_of(target, wanted.form, "--format", "npz" if form.name == "npy" else form.name)
        file = stack.enter_context(written_remote(target) if is_remote(target) else whole_file(Path(target)))
    stream = compressed(file, written.packing)
    outputs = Outputs(sink_for(stream, table, written, wanted.overwrite_columns), wanted.prefix, wanted.kinks or "")
    try:
        report = run(
            task,
            table,
            outputs,
            threads=wanted.threads or _processors(),
            on_error=wanted.on_error,
            samples=job.samples,
            build=_builders()[wanted.backend],
            after=_MANY if wanted.backend == "auto" else 0,
            at_once=wanted.line_buffered,
            uncertain=uncertain_of(job.session, wanted.uncertainty, list(table.variables)),
            progress=lambda rows: job.progress.tell(rows, share()),
        )
    except BaseException:
        if stream is not file:
            with suppress(Exception):  # what has gone wrong is told already
                stream.close()
        raise
    if stream is not file:
        stream.close()
    return report


def _builders() -> dict[str, Callable[[Compiled], Native | Jit] | None]:
    """For each backend what compiles."""

    def by_numba(made: Compiled) -> Jit:
        from gradcli.batch.jit import Jit

        return Jit(made.plan)

    return {"numpy": None, "c": compiled_code, "auto": compiled_code, "numba": by_numba}


def compiled_code(made: Compiled) -> Native:
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
