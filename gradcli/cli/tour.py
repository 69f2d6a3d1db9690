"""`gradcli tour`: real commands, each shown before it is run."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from gradcli.cli.session import Session

__all__ = ["STOPS", "Stop", "tour"]


class Stop(NamedTuple):
    """One command.

    Attributes:
        words: after `gradcli`, as a shell takes them.
        told: what it is about, sentences.
        status: with which it ends.
    """

    words: str
    told: str
    status: int = 0


STOPS = (
    Stop(
        'grad "x**2 - 2*x + 1" --x 0',
        "A slope: the expression, a value, the derivative. The last line says why the number can be believed: SymPy "
        "derived it a second time, and a proof bounds what is left of an error.",
    ),
    Stop(
        'diff "x**2*sin(x)"',
        "Without a value the derivative is a formula, which `gradcli eval` and `gradcli diff` read again.",
    ),
    Stop(
        'explain "x*sin(x)" --x 2',
        "How the number comes about: every value forward, every cotangent backward, the chain rule. On a terminal "
        "--step walks through it.",
    ),
    Stop(
        'jacobian "[x1**2 + 3*x2, x2**2 + 2*x1]" --x1 2 --x2 3',
        "Several outputs have a Jacobian: outputs down, inputs across.",
    ),
    Stop(
        'derivative "exp(x)*cos(x)" --x 0 --order 4 --series',
        "Higher derivatives come from one Taylor series; --series writes it as a formula.",
    ),
    Stop(
        'check "x*sin(x)" --claim "x = sin(x) - x*cos(x)"',
        "Is this derivative of mine right? It is not: a counterexample and the right formula. The exit status is 1, "
        "so that scripts notice.",
        1,
    ),
    Stop(
        'grad "abs(x - 1)" --x 1',
        "Where there is no derivative nobody pretends: both sides, the convention, and what others give.",
    ),
    Stop(
        'grad "log(1 + exp(x))" --x 1000',
        "An overflow: where it arose, and another way to write it that is finite. The exit status is 1, as the numbers "
        "differ from SymPy's.",
        1,
    ),
    Stop(
        'propagate "4*pi**2*L/T**2" --L "1.000(2)" --T 2.006+/-0.003',
        "Measured inputs: the uncertainty of the result, and each input's share of it.",
    ),
    Stop(
        'batch "exp(-k*t)*sin(t)" --over t=0:2:5 --k 0.5 --wrt t',
        "A whole table at once, here a grid; CSV, JSON Lines and Parquet go in and out alike.",
    ),
)
"""In the order in which they are shown."""

_END = (
    "That was it. `gradcli help` lists the commands, `gradcli help COMMAND` tells of one, `gradcli ops` of functions."
)


def tour(session: Session, pause: bool) -> int:
    """Show each command, run it, and say with which status it ended if that is not 0.

    Args:
        session: the run; where standard input and output are terminals Enter goes on.
        pause: whether to wait for Enter there.

    Returns:
        0; 1 if a command has ended with another status than announced.
    """
    environment = session.environment
    waits = pause and environment.stdin.isatty() and environment.stdout.isatty()
    differ = 0
    for number, stop in enumerate(STOPS, start=1):
        _say(session, f"\n{number} of {len(STOPS)}. {stop.told}\n")
        _say(session, f"$ gradcli {stop.words}")
        if waits and not _goes_on(session):
            return 0
        status = _run(session, stop)
        if status != stop.status:
            _say(session, f"(exit status {status}; {stop.status} was expected)")
            differ += 1
        elif status:
            _say(session, f"(exit status {status})")
    _say(session, f"\n{_END}")
    return 1 if differ else 0


def _run(session: Session, stop: Stop) -> int:
    """Run a command in this process, its messages among its results, where they are read."""
    from gradcli.cli.main import main

    environment = session.environment
    return main(shlex.split(stop.words), environment._replace(owns_process=False, stderr=environment.stdout))


def _say(session: Session, text: str) -> None:
    """Write a line; on a terminal sentences break between words, commands do not."""
    width = session.environment.width_of(session.environment.stdout)
    if width is not None and not text.startswith("$"):
        from textwrap import fill

        text = "\n".join(fill(line, max(width, 20)) for line in text.split("\n"))
    session.environment.write(session.environment.stdout, f"{text}\n")


def _goes_on(session: Session) -> bool:
    """Wait for Enter; q and the end of the input end the tour."""
    environment = session.environment
    environment.write(environment.stdout, "  [Enter runs it, q and Enter end the tour] ")
    answer = environment.stdin.readline()
    return bool(answer) and answer.strip().lower() not in ("q", "quit")
