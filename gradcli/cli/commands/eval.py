"""`gradcli eval`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.cli.command import expression_command
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings, output_options

if TYPE_CHECKING:
    from gradcli.lang import Program


@expression_command("eval")
@output_options
def command(session: Session, program: Program, values: dict[str, Any], **options: Any) -> int:
    """The value of EXPR.

    \b
      gradcli eval "sum(x**2)" --x "[1, 2, 3]"
      gradcli eval "[sin(pi/4), 2**0.5/2]" -q
    """
    from gradcli.transforms.operators.evaluate import evaluate

    settings = Settings.of(options)
    return session.finish(evaluate(program, values, explain=settings.explain), settings)
