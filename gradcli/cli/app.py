"""The command group, and errors turned into messages and exit statuses."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib import import_module
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.argv import Context
from gradcli.cli.deadline import Deadline
from gradcli.cli.environment import Environment
from gradcli.cli.session import Session
from gradcli.cli.usage import problem_of
from gradcli.errors import Problem
from gradcli.version import __version__

if TYPE_CHECKING:
    from gradcli.symbolic import Oracle

__all__ = ["app", "run"]

_COMMANDS = {
    "grad": "The value of EXPR and its gradient by every variable.",
    "jacobian": "The matrix of derivatives of EXPR: outputs down, inputs across.",
    "hessian": "The gradient of EXPR and the matrix of its second derivatives.",
    "vjp": "A seed times the Jacobian of EXPR, in one pass backward.",
    "jvp": "The Jacobian of EXPR times a tangent, in one pass forward.",
    "hvp": "The Hessian of EXPR times a vector, without the Hessian.",
    "derivative": "The derivatives of EXPR by one variable, up to an order.",
    "check": "Four witnesses of EXPR's derivatives, entry by entry, and one of its value.",
    "sparsity": "Where the Jacobian of EXPR may differ from zero, and how few sweeps it takes.",
    "diff": "The derivatives of EXPR as formulas.",
    "code": "A function of another language that computes EXPR and its derivatives.",
    "explain": "A gradient step by step: every value forward, every cotangent backward, the rules by name.",
    "graph": "The computation as a tree, from the result down to the leaves.",
    "batch": "EXPR and its derivatives at every row of a table: the same rows come out, with columns added.",
    "plot": "EXPR and its derivative over a range: drawn on a terminal, as a picture, or as points in a pipe.",
    "propagate": "The uncertainty of EXPR from those of its inputs, through exact derivatives.",
    "eval": "The value of EXPR.",
    "ops": "The functions of the language; with a name, one of them in full; with another WORD, those that it finds.",
    "tour": "Two minutes: ten real commands, each shown before it is run.",
    "info": "The versions of gradcli and its libraries, which extras are there, and which settings are in force.",
    "cache": "What SymPy has derived in earlier runs, kept on disk: how much there is, where, and away with it.",
    "completion": "The script that has a shell complete commands, options and the variables of the expression.",
    "help": "What a command does and which options it has; without a command, which commands there are.",
}
"""The commands, each a module of `gradcli.cli.commands`, and what the first sentence of its help says: to tell it,
`gradcli --help` need not import them all."""

_MEANT = {"functions": "ops", "tree": "graph", "verify": "check", "version": "info"}
"""Commands' names that can mean one command only."""


class _Group(click.Group):
    """Imports a command's module when the command is asked for."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click calls it so
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click calls it so
        cmd_name = _MEANT.get(cmd_name, cmd_name)
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"gradcli.cli.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # as above
        """Write each command with its whole first sentence, which click would cut."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _normalized(name: str) -> str:
    """An option's name as the language has it; the language is imported where names need it."""
    if name.isascii():
        return name
    from gradcli.lang import normalize

    return normalize(name)


@click.group(
    cls=_Group,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "token_normalize_func": _normalized,
    },
)
@click.version_option(__version__, prog_name="gradcli", message="%(prog)s %(version)s")
def app() -> None:
    """Derivatives that can be trusted.

    An expression and its values go in; the value, its exact derivatives (by reverse-mode automatic
    differentiation), the verdict of an independent SymPy derivation and a proof of how near they are come out.

    \b
      gradcli grad "x**2-2*x+1" --x 0
      gradcli jacobian "[x1**2+3*x2, x2**2+2*x1]" --x1 2 --x2 3
      gradcli hessian "x**2*y" --x 3 --y 2
      gradcli derivative "sin(x)" --x 0 --order 5
      gradcli diff "x^2*sin(x)"
      gradcli code "x**2*sin(y)" --to c --gradient
      gradcli check "x*sin(x)" --x 2
      gradcli explain "x*sin(x)" --x 2
      gradcli graph "a = w + x; b = w + 1; a*b" --w 1 --x 2
      gradcli batch "x**2" --over x=0:1:5 -q
      gradcli eval "sum(x**2)" --x "[1, 2, 3]"

    \b
    Exit status:
      0  good
      1  the check found a difference, a kink a wrong number, or a claim is false
      2  bad usage or input
      3  a result is not finite
      4  a required check, or the computation (--timeout), has not finished
     74  standard output, or the file of -o, cannot be written
    130  interrupted by Ctrl-C
    141  whoever reads standard output has left

    \b
    Environment:
      GRADCLI_LOOSE=1        take other notations, as --loose does
      GRADCLI_MAX_MEMORY     a size, as --max-memory takes it
      GRADCLI_CONFIG         the file of a user's defaults; empty for none
      GRADCLI_CACHE          the folder of what SymPy has derived; empty for none
      GRADCLI_PAGER, PAGER   shows long help on a terminal (less); empty for none
      NO_COLOR, FORCE_COLOR  no colour, or messages in colour in a pipe too
    """


def run(arguments: Sequence[str], environment: Environment, oracle: Oracle | None, deadline: Deadline) -> int:
    """Run a command; print what goes wrong; give the exit status."""
    session = Session(environment, oracle, deadline)
    session.color = _color(arguments)
    session.words = arguments
    try:
        try:
            return _told(_with_help(arguments), session)
        finally:
            session.close()
    except BaseException as error:
        # The alarm may ring anywhere: also while another error is told, or in a step that makes another error of it.
        if not deadline.caused(error):
            raise
        return session.fail(deadline.problem)


def _told(arguments: Sequence[str], session: Session) -> int:
    """Run a command; print what is wrong with its words or its input; give the exit status."""
    try:
        return _status(arguments, session)
    except click.ClickException as error:
        return session.fail(problem_of(error))
    except Problem as problem:
        return session.fail(problem)


def _with_help(arguments: Sequence[str]) -> Sequence[str]:
    """The words, with `--help grad` as `help grad`; no words at all ask for help too."""
    if list(arguments[:1]) in (["--help"], ["-h"]) and len(arguments) > 1:
        return ["help", *arguments[1:]]
    return arguments or ["--help"]


def _status(arguments: Sequence[str], session: Session) -> int:
    """Have click run the command, and write what click itself has to say, such as help."""
    if "_GRADCLI_COMPLETE" in os.environ:  # a shell asks
        from gradcli.cli.completion import check_completion

        check_completion(os.environ)
    said = BytesIO()
    words = TextIOWrapper(said, encoding="utf-8", write_through=True)  # above bytes, which completions come as
    try:
        with redirect_stdout(words), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's, of what gradcli reports itself
            try:
                status: Any = app.main(list(arguments), prog_name="gradcli", standalone_mode=False, obj=session)
            finally:
                session.deadline.stop()  # no alarm may meet what gives standard output back
    except click.exceptions.Exit as done:
        status = done.exit_code
    except SystemExit as done:  # click's end of a shell's completion
        status = done.code
    except click.Abort:
        raise KeyboardInterrupt from None
    if text := said.getvalue().decode("utf-8"):
        from gradcli.cli.pager import show

        show(session.environment, text)
    return int(status or 0)


def _color(words: Sequence[str]) -> str:
    """The choice of `--color`: it is read before click reads the words, whose errors are coloured too."""
    for word, following in zip(words, [*words, ""][1:], strict=True):
        choice = following if word == "--color" else word.removeprefix("--color=")
        if choice in ("always", "never"):
            return choice
    return "auto"
