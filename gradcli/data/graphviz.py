"""Graphviz's `dot`, where it is installed: a program that is run with a time limit, and never through a shell."""

from __future__ import annotations

import shutil
import subprocess

__all__ = ["GraphvizProblem", "is_installed", "painted_by_dot", "placed_by_dot"]

SECONDS = 20.0
"""How long it may take."""


class GraphvizProblem(Exception):
    """It is not there, takes too long, or fails.

    Attributes:
        message: a sentence about it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def is_installed() -> bool:
    """Whether there is a `dot` to run."""
    return shutil.which("dot") is not None


def placed_by_dot(description: str) -> str:
    """Where `dot` puts the nodes and edges of a graph, in its format "plain".

    Raises:
        GraphvizProblem: if it does not.
    """
    return _run("plain", description).decode("utf-8", "replace")


def painted_by_dot(description: str) -> bytes:
    """A graph as PNG.

    Raises:
        GraphvizProblem: if it cannot be had.
    """
    found = _run("png", description)
    if not found.startswith(b"\x89PNG"):  # a build without what draws pictures
        raise GraphvizProblem("Graphviz has drawn no PNG")
    return found


def _run(form: str, description: str) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise GraphvizProblem("Graphviz is not installed: there is no program 'dot'")
    try:
        done = subprocess.run(
            [program, f"-T{form}"], input=description.encode(), capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise GraphvizProblem(f"Graphviz took longer than {SECONDS:g} s") from None
    except OSError as error:
        raise GraphvizProblem(f"Graphviz cannot be run: {error.strerror or error}") from None
    if done.returncode != 0:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GraphvizProblem(f"Graphviz failed{f': {told[0][:200]}' if told else ''}")
    return done.stdout
