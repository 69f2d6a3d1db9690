"""`gradcli sparsity`: shapes read, and the pattern printed or written to a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gradcli.cli.session import Session
from gradcli.errors import InputProblem, UsageProblem
from gradcli.lang import normalize

if TYPE_CHECKING:
    from gradcli.transforms.results.sparsity import Sparsity

__all__ = ["check_output", "print_pattern", "sizes_of"]

_SUFFIXES = (".mtx", ".json")


def sizes_of(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The shapes that `--shape NAME=SIZE,SIZE` tells.

    Raises:
        UsageProblem, InputProblem: for a text that is no shape.

    >>> sizes_of(["x=100", "A=3,4"])
    {'x': (100,), 'A': (3, 4)}
    """
    found: dict[str, tuple[int, ...]] = {}
    for text in texts:
        name, equals, sizes = text.partition("=")
        if not equals or not name.strip():
            raise UsageProblem(f"--shape takes NAME=SIZE,SIZE, not '{text}'", hint="for example --shape x=100 or A=3,4")
        listed = [] if sizes.strip() == "()" else [size.strip() for size in sizes.split(",")]
        if not all(size.isascii() and size.isdigit() for size in listed):
            raise InputProblem(f"the shape of '{name.strip()}' must be whole numbers, not '{sizes}'")
        if normalize(name.strip()) in found:
            raise UsageProblem(f"the shape of '{name.strip()}' is given twice")
        found[normalize(name.strip())] = tuple(map(int, listed))
    return found


def check_output(output: str | None) -> None:
    """See that a file's name says in what format it is written, before anything is computed.

    Raises:
        UsageProblem: if it does not.
    """
    if output is not None and Path(output).suffix.lower() not in _SUFFIXES:
        raise UsageProblem(f"-o {output} does not say in what format", hint=f"give one of {', '.join(_SUFFIXES)}")


def print_pattern(session: Session, found: Sparsity, *, json: bool, plot: bool | None, output: str | None) -> int:
    """Print a pattern and what is to be said of it; give the exit status."""
    from gradcli.render.formats.sparsity import render_json, render_plain, render_terminal

    environment = session.environment
    if output is not None:
        from gradcli.data.output import write_whole
        from gradcli.render.formats.matrix_market import pattern_text

        text = render_json(found) if Path(output).suffix.lower() == ".json" else pattern_text(found.pattern)
        session.deadline.stop()
        write_whole(Path(output), text.encode())
    elif json:
        session.deadline.stop()
        environment.write(environment.stdout, render_json(found))
    elif plot or (plot is None and environment.stdout.isatty()):
        session.deadline.stop()
        text = render_terminal(found, environment.width or 80, environment.unicode())
        environment.write(environment.stdout, text)
    else:
        session.deadline.stop()
        environment.write(environment.stdout, render_plain(found))
    for note in found.notes:
        session.warn(note)
    return 0
