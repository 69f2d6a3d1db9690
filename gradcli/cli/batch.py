"""`gradcli batch`: from the words to a table, a task, a check and a summary."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from gradcli.cli.command import read_values
from gradcli.cli.session import DIFFERS, NOT_CHECKED, NOT_FINITE, Session
from gradcli.cli.settings import check_provable
from gradcli.cli.table_options import sampled_rows
from gradcli.cli.table_progress import Folder, Progress, heeded_here, interruptible
from gradcli.cli.table_work import Found, Job, Wanted, one_table, opened_table, table_of_several
from gradcli.cli.vectors import seed_of
from gradcli.data.output import discard_left_over
from gradcli.data.rows.formats import SUFFIXES
from gradcli.data.rows.remote import is_remote
from gradcli.errors import OutputProblem, UsageProblem

if TYPE_CHECKING:
    from gradcli.cli.table_cluster import TablePart
    from gradcli.data.rows.pieces import Piece
    from gradcli.lang import Program
    from gradcli.transforms.rows.report import Report
    from gradcli.transforms.rows.sample import Checked

__all__ = ["compute_table"]

_BAD_ROWS = 2
_FORMULA = ("=", "+", "@")


def compute_table(session: Session, program: Program, texts: dict[str, str], wanted: Wanted) -> int:
    """Compute, write, check and sum up; give the exit status."""
    part = wanted.part
    by_proof = wanted.verify == "proof"
    samples, required = sampled_rows("off" if wanted.no_check else wanted.check, by_proof)
    if by_proof:
        check_provable("--verify proof")
        if not samples:
            raise UsageProblem("--verify proof is a check, and the check is off", hint="leave one of the two out")
    if part == "value" and samples and (by_proof or wanted.check not in (None, "auto")):
        asked = "--verify proof" if by_proof else f"--check {wanted.check}"
        told = f"--value-only has no derivatives, and {asked} is about those"
        raise UsageProblem(told, hint="leave one of the two out")
    if wanted.backend == "c":
        from gradcli.data.native import compiler

        if compiler() is None:
            raise UsageProblem("--backend c needs a C compiler, and there is none", hint="install gcc or clang")
    if wanted.backend == "numba":
        from gradcli.batch.jit import check_numba

        check_numba()
    for option, text in (("--prefix", wanted.prefix), ("--kinks", wanted.kinks or "")):
        if text.startswith(_FORMULA):
            raise UsageProblem(f"{option} begins with '{text[0]}', which spreadsheets take for a formula")
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


def _all_tables(job: Job, texts: dict[str, str]) -> Found:
    from gradcli.data.rows.manifest import expanded
    from gradcli.data.rows.remote import remote_folder, remote_tables

    wanted = job.wanted
    if wanted.output == "":
        raise UsageProblem("-o names no file", hint="-o FILE names one, and - is standard output")
    inputs = []
    for word in wanted.inputs:
        inputs += remote_tables(word, SUFFIXES) if is_remote(word) else expanded((word,), SUFFIXES)
    inputs = list(dict.fromkeys(inputs))
    remote = wanted.output is not None and is_remote(wanted.output)
    into_folder = wanted.output is not None and (
        remote_folder(wanted.output) if remote else wanted.output.endswith("/") or Path(wanted.output).is_dir()
    )
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
    return _into_folder(job, inputs, wanted.output or "", texts)


def _into_folder(job: Job, inputs: list[str], folder: str, texts: dict[str, str]) -> Found:
    """All tables, each to a file of its name in a folder; on a cluster a large one to several."""
    from gradcli.cli.table_cluster import TablePart
    from gradcli.data.rows.manifest import Manifest, target_in
    from gradcli.transforms.rows.report import Report

    wanted = job.wanted
    suffix = f".{wanted.form}" if wanted.form else ""
    taken: set[str] = set()
    parts = [
        TablePart(source, target_in(folder, source, suffix, taken, number), piece)
        for source in inputs
        for number, piece in _pieces(job, source)
    ]
    options = wanted._replace(
        inputs=(), output=None, threads=None, progress=None, quiet=False, resume=False, scheduler=None, workers=None
    )
    if not is_remote(folder):
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputProblem(f"'{folder}' cannot be made: {error.strerror or error}") from None
    manifest = Manifest(folder, repr((job.program.source, texts, options)))
    job = job._replace(samples=max(min(job.samples, 2), job.samples // len(parts)))
    waiting = [part for part in parts if not (wanted.resume and manifest.holds(part.source, part.target))]
    job.progress.folder = Folder(folder, len(parts), "tables" if len(parts) == len(inputs) else "pieces of tables")
    job.progress.done = len(parts) - len(waiting)
    if not is_remote(folder):
        discard_left_over([Path(part.target) for part in waiting], ended=True)
    found: dict[int, tuple[Report, Checked | None]] = {}
    with closing(_computed(job, waiting)) as computed:
        for place, report, checked in computed:
            found[place] = report, checked
            manifest.keep(waiting[place].source, waiting[place].target)
            job.progress.next()
    total, of_all = Report(), None
    for _, (report, checked) in sorted(found.items(), key=lambda item: item[0]):
        total.add(report)
        of_all = checked if of_all is None else of_all.joined(checked)
    return Found(total, of_all, len(parts) - len(waiting))


def _pieces(job: Job, source: str) -> list[tuple[int, Piece | None]]:
    """The numbered pieces that a table is computed in: on a cluster several of a large one; 0 for the whole."""
    from gradcli.data.rows.formats import form_of
    from gradcli.data.rows.pieces import pieces_of

    wanted = job.wanted
    if wanted.scheduler is None and wanted.workers is None:
        return [(0, None)]
    form = form_of(source, wanted.input_format, "--input-format")
    delimiter = "\t" if form.name == "tsv" else "," if wanted.columns else ""
    with ExitStack() as stack:
        file, size = opened_table(source, form, stack)
        pieces = pieces_of(file, form, size, delimiter, wanted.columns is None)
    return list(enumerate(pieces, 1)) if pieces else [(0, None)]


def _computed(job: Job, parts: Sequence[TablePart]) -> Generator[tuple[int, Report, Checked | None]]:
    """The reports on tables as they are done, one after the other or on a cluster."""
    wanted = job.wanted
    if wanted.scheduler is None and wanted.workers is None:
        for place, part in enumerate(parts):
            yield (place, *table_of_several(job, *part)[:2])
        return
    from gradcli.cli.table_cluster import on_cluster

    work = (job.program.source, job.constants, job.seed, tuple(wanted), job.samples)
    here = [Path(part.target) for part in parts if not is_remote(part.target)]
    try:
        begun = job.progress.begun()
        reports = on_cluster(work, parts, wanted.scheduler, wanted.workers or 1, begun)
        with heeded_here(), closing(reports):
            for place, report, checked in reports:
                job.progress.tell(report.rows)
                if not is_remote(parts[place].target):
                    discard_left_over([Path(parts[place].target)])  # of a worker that was lost
                yield place, report, checked
    finally:
        if wanted.scheduler is None:
            discard_left_over(here)  # the workers have been ended


def _conclude(session: Session, found: Found, wanted: Wanted, took: float, required: bool) -> int:
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
