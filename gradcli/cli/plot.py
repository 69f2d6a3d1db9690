"""`gradcli plot`: from the words to a curve or a map, its picture, its check and its exit status."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.cli.command import check_given, read_values, tell_options
from gradcli.cli.session import DIFFERS, NOT_CHECKED, NOT_FINITE, Session
from gradcli.cli.table_options import sampled_rows
from gradcli.errors import NameProblem, UsageProblem

if TYPE_CHECKING:
    from gradcli.lang import Program
    from gradcli.render.plots import Look
    from gradcli.transforms.results.plot import Axis, Curve, Surface
    from gradcli.transforms.rows.sample import Checked

__all__ = ["Asked", "plot"]

_PICTURES = ("png", "svg", "pdf")
_SUFFIXES = {"png": "png", "svg": "svg", "pdf": "pdf", "csv": "csv", "tsv": "tsv", "json": "json", "txt": "plain"}
_SMALLEST, _LARGEST = 3, 20_000
"""Characters or pixels that a drawing or a picture is wide and high."""

_SIZE = re.compile(r"\s*(\d+)\s*[x×,]\s*(\d+)\s*")
_AXES = 2
_OPENING, _CLOSING = "([{", ")]}"


class Asked(NamedTuple):
    """The options."""

    order: int | None
    marks: str | None
    at: str | None
    taylor: int | None
    points: str | None
    y_range: str | None
    log_x: bool
    log_y: bool
    size: str | None
    check: str | None
    no_check: bool
    check_timeout: float
    output: str | None
    form: str | None
    json: bool
    quiet: bool
    color: str


def plot(session: Session, program: Program, texts: dict[str, str], asked: Asked) -> int:
    """Compute, draw, check and sum up; give the exit status."""
    form = _format(session, asked)
    samples, required = sampled_rows("off" if asked.no_check else asked.check)
    _check_available(form, asked)
    axes, fixed = _axes(session, program, texts)
    look = _look(session, asked)
    found = (
        _map(session, program, axes, fixed, asked)
        if len(axes) == _AXES
        else _curve(session, program, axes[0], fixed, asked)
    )
    if not _has_numbers(found):
        return _nothing(session, program, found, asked)
    if form == "json":
        checked = _checked(session, program, found, samples, asked)
        _deliver(session, found, form, look, asked, checked)
    else:
        _deliver(session, found, form, look, asked, None)
        checked = _checked(session, program, found, samples, asked)
    _tell(session, found, form, checked, asked)
    if checked is not None and checked.differing:
        return DIFFERS
    return NOT_CHECKED if required and (checked is None or checked.unchecked[0]) else 0


def _format(session: Session, asked: Asked) -> str:
    """How the result is written."""
    if asked.json and asked.form not in (None, "json"):
        raise UsageProblem("--json and --format both say how to write the result", hint="leave one of them out")
    form = "json" if asked.json else asked.form
    if form is None and asked.output is not None:
        suffix = asked.output.rpartition(".")[2].lower() if "." in asked.output else ""
        if suffix not in _SUFFIXES:
            known = ", ".join(f".{known}" for known in _SUFFIXES)
            raise UsageProblem(
                f"-o {asked.output} does not say in what format", hint=f"give --format, or one of {known}"
            )
        return _SUFFIXES[suffix]
    if form is not None:
        return form
    return "rich" if session.environment.stdout.isatty() or asked.color == "always" else "csv"


def _check_available(form: str, asked: Asked) -> None:
    """See that what draws is installed, before anything is computed."""
    from importlib.util import find_spec

    if form in _PICTURES and find_spec("matplotlib") is None:
        raise UsageProblem(
            f"a {form} picture needs the package matplotlib, which is not installed",
            hint="pip install 'gradcli[plot]'; --format csv gives the points, --format plain tells of them",
        )
    if form not in (*_PICTURES, "rich"):
        for option, given in (
            ("--size", asked.size),
            ("--y-range", asked.y_range),
            ("--log-y", asked.log_y),
        ):
            if given:
                raise UsageProblem(f"{option} is for a picture, and {form} is none", hint="leave it out, or -o p.png")


def _axes(session: Session, program: Program, texts: dict[str, str]) -> tuple[list[Axis], dict[str, Any]]:
    """The variables with a range, and the values of the others."""
    from gradcli.lang import variables
    from gradcli.ops import CONSTANTS

    parts = {name: _parts(text) for name, text in texts.items()}
    ranges = {name: found for name, found in parts.items() if len(found) > 1}
    missing = [name for name in variables(program) if name not in texts and name not in CONSTANTS]
    if not ranges and missing:
        raise NameProblem(
            f"variable '{missing[0]}' has no range",
            source=program.source,
            span=variables(program)[missing[0]],
            hint=f"say from where to where: --{missing[0]} -3:3",
        )
    tell_options(session, program, texts)
    check_given(program, texts, "plot")
    if not ranges:
        told = ", ".join(texts) or "none"
        raise UsageProblem(f"no variable has a range ({told})", hint="say from where to where: --x -3:3")
    if len(ranges) > _AXES:
        raise UsageProblem(
            f"{len(ranges)} variables have ranges: {', '.join(ranges)}", hint="one makes a curve, two make a map"
        )
    axes = [_axis(session, name, found) for name, found in ranges.items()]
    fixed = read_values(session, {name: text for name, text in texts.items() if name not in ranges})
    return axes, fixed


def _parts(text: str) -> list[str]:
    """A range's parts; a value is one part, whatever colons are in its brackets or its file's name.

    >>> _parts("-pi:pi"), _parts("x[0:2]"), _parts("@points.csv:t")
    (['-pi', 'pi'], ['x[0:2]'], ['@points.csv:t'])
    """
    if text.lstrip().startswith("@"):
        return [text]
    parts, depth = [""], 0
    for character in text:
        depth += (character in _OPENING) - (character in _CLOSING)
        if character == ":" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _axis(session: Session, name: str, parts: Sequence[str]) -> Axis:
    from gradcli.transforms.results.plot import Axis

    if len(parts) > _AXES + 1 or not all(part.strip() for part in parts):
        raise UsageProblem(
            f"--{name} {':'.join(parts)} is no range", hint="it is START:STOP or START:STOP:COUNT, such as -3:3:61"
        )
    start, stop = (_number(session, f"--{name}", part) for part in parts[:2])
    count = _count(session, f"--{name}", parts[2]) if len(parts) > _AXES else None
    return Axis(name, start, stop, count)


def _number(session: Session, option: str, text: str) -> float:
    value = read_values(session, {option.lstrip("-"): text})[option.lstrip("-")]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageProblem(f"{option} takes a number, not '{text}'")
    return float(value)


def _count(session: Session, option: str, text: str) -> int:
    number = _number(session, option, text)
    if not number.is_integer() or number < _AXES:
        raise UsageProblem(f"{option} takes how many points, a whole number from 2 on, not '{text}'")
    return int(number)


def _look(session: Session, asked: Asked) -> Look:
    """How a picture is to look."""
    from gradcli.render.plots import Look

    size = None
    if asked.size is not None:
        found = _SIZE.fullmatch(asked.size)
        if found is None:
            raise UsageProblem(f"--size takes WIDTHxHEIGHT, not '{asked.size}'", hint="such as 800x500")
        size = (int(found[1]), int(found[2]))
        if not _SMALLEST <= min(size) <= max(size) <= _LARGEST:
            raise UsageProblem(f"--size is from {_SMALLEST}x{_SMALLEST} to {_LARGEST}x{_LARGEST}, not '{asked.size}'")
    shown = None
    if asked.y_range is not None:
        parts = _parts(asked.y_range)
        if len(parts) != _AXES or not all(part.strip() for part in parts):
            raise UsageProblem(f"--y-range takes A:B, not '{asked.y_range}'", hint="such as --y-range -5:5")
        low, high = (_number(session, "--y-range", part) for part in parts)
        if not low < high or high - low in (float("inf"), float("nan")):
            raise UsageProblem(f"--y-range {asked.y_range} is from {low!r} to {high!r}, which is no range of values")
        if asked.log_y and low <= 0:
            raise UsageProblem(f"--y-range {asked.y_range} begins at {low!r}, and --log-y shows what is above 0")
        shown = (low, high)
    environment = session.environment
    color = asked.output is None and environment.colored(environment.stdout, asked.color)
    return Look(environment.width, environment.unicode(), color, size, shown, asked.log_y)


def _curve(session: Session, program: Program, axis: Axis, fixed: dict[str, Any], asked: Asked) -> Curve:
    from gradcli.enclosures.process.prover import BASE_MEMORY
    from gradcli.ops.calls.memory import most_bytes
    from gradcli.transforms.curves.curve import curve
    from gradcli.transforms.curves.proved import Proof

    # No sign turns meanwhile: its thread would be one too many for a fork.
    marks = [name.strip() for name in (asked.marks or "").split(",") if name.strip()]
    return curve(
        program,
        axis,
        fixed,
        order=asked.order,
        points=None if asked.points is None else _count(session, "--points", asked.points),
        marks=marks,
        at=None if asked.at is None else _number(session, "--at", asked.at),
        taylor=asked.taylor,
        log=asked.log_x,
        proof=Proof(memory=most_bytes() + BASE_MEMORY, late=session.environment.owns_process),
    )


def _map(session: Session, program: Program, axes: list[Axis], fixed: dict[str, Any], asked: Asked) -> Surface:
    from gradcli.transforms.curves.surface import surface

    for option, given in (
        ("--mark", asked.marks is not None),
        ("--at", asked.at is not None),
        ("--taylor", asked.taylor is not None),
        ("--log-x", asked.log_x),
        ("--log-y", asked.log_y),
        ("--order", (asked.order or 0) > 1),
    ):
        if given:
            other = f"a map of {axes[0].name} and {axes[1].name} has its value and gradient alone"
            raise UsageProblem(f"{option} is for a curve: {other}", hint=f"give {axes[1].name} one value")
    points = None if asked.points is None else _count(session, "--points", asked.points)
    return surface(program, (axes[0], axes[1]), fixed, points=points, gradient=asked.order != 0)


def _has_numbers(found: Curve | Surface) -> bool:
    import numpy as np

    from gradcli.transforms.results.plot import Curve

    value = found.values[0] if isinstance(found, Curve) else found.value
    return bool(np.isfinite(value).any())


def _nothing(session: Session, program: Program, found: Curve | Surface, asked: Asked) -> int:
    """Say that there is nothing to draw, and where the first number that is not finite came from."""
    from gradcli.errors import Problem
    from gradcli.render import render_origin
    from gradcli.transforms.operators.evaluate import evaluate
    from gradcli.transforms.results.plot import Curve

    session.deadline.stop()
    axes = [found.axis] if isinstance(found, Curve) else list(found.axes)
    told = ", ".join(f"{axis.name} from {axis.start!r} to {axis.stop!r}" for axis in axes)
    session.warn(f"the value is not finite anywhere: {told}; nothing is drawn")
    point = {axis.name: axis.start + (axis.stop - axis.start) / 2 for axis in axes}
    try:
        origin = evaluate(program, {**found.fixed, **point}).origin
    except Problem as problem:
        session.warn(problem.message)
        return NOT_FINITE
    if origin is not None:
        session.say(render_origin(origin, session.environment.colored(session.environment.stderr, asked.color)))
    return NOT_FINITE


def _deliver(
    session: Session, found: Curve | Surface, form: str, look: Look, asked: Asked, checked: Checked | None
) -> None:
    """Write the result to standard output or to a file."""
    from gradcli.render.plots import render_plot

    if form in _PICTURES and asked.output is None:
        stream = session.environment.binary_stdout(unreadable=True)
        content = render_plot(found, form, look, checked)
        session.deadline.stop()
        stream.write(content)
        return
    content = render_plot(found, form, look, checked)
    session.deadline.stop()
    if asked.output is None:
        session.environment.write(session.environment.stdout, content.decode())
        return
    from pathlib import Path

    from gradcli.data.output import write_whole

    write_whole(Path(asked.output), content)


def _checked(session: Session, program: Program, found: Curve | Surface, samples: int, asked: Asked) -> Checked | None:
    if not samples:
        return None
    from gradcli.cli.spinner import spinning
    from gradcli.transforms.curves.check import check_curve, check_surface
    from gradcli.transforms.results.plot import Curve

    with session.deadline.paused(), spinning(session.environment, "checking"):
        if isinstance(found, Curve):
            return check_curve(program, found, samples, session.oracle(), asked.check_timeout)
        return check_surface(program, found, samples, session.oracle(), asked.check_timeout)


def _tell(session: Session, found: Curve | Surface, form: str, checked: Checked | None, asked: Asked) -> None:
    """Say on standard error what the check says, and what a format has no room for."""
    from gradcli.render.plots.words import remarks
    from gradcli.render.words.table import check_lines

    lines = [("note", told) for told in found.notes]
    if form not in ("rich", "plain", "json"):
        lines += [("note", told) for told in remarks(found)]
    if checked is not None:
        lines += check_lines(checked, "point")
    for kind, text in lines:
        if kind == "warning":
            session.warn(text)
        elif not asked.quiet:
            session.note(text)
