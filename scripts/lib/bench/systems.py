"""One-shots of other systems: the same value and derivative from a shell, where they are installed."""

from __future__ import annotations

import shutil
from typing import NamedTuple

__all__ = ["SYSTEMS", "System", "missing"]


class System(NamedTuple):
    """A program that differentiates.

    Attributes:
        command: which it is started by.
        words: what stands behind it.
        stdin: what it is given to read.
        package: Debian's, which has it.
        shows: what its output ends with.
    """

    command: str
    words: tuple[str, ...]
    stdin: str
    package: str
    shows: str


SYSTEMS = {
    "Maxima": System(
        "maxima",
        ("--very-quiet", "--batch-string=f: x^2-2*x+1$ print(subst(0,x,f), subst(0,x,diff(f,x)))$"),
        "",
        "maxima",
        "1 - 2",
    ),
    "PARI/GP": System("gp", ("-q", "-f"), 'f=x^2-2*x+1;print(subst(f,x,0)," ",subst(f\',x,0))\n', "pari-gp", "1 -2"),
    "qalc, the derivative alone": System("qalc", ("-t", "diff(x^2-2x+1; x)"), "", "qalc", "2x - 2"),
}


def missing() -> dict[str, str]:
    """Of those that are not installed, why they are not measured."""
    absent = {name: system for name, system in SYSTEMS.items() if shutil.which(system.command) is None}
    return {name: f"not installed (package {system.package})" for name, system in absent.items()}
