"""`gradcli info`."""

from __future__ import annotations

import click

from gradcli.cli.argv import Context
from gradcli.cli.session import Session


class _Info(click.Command):
    context_class = Context


@click.command("info", cls=_Info)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--format", "form", type=click.Choice(["plain", "json"]), help="How it is written: plain lines, or JSON.")
@click.pass_obj
def command(session: Session, as_json: bool, form: str | None) -> int:
    """The versions of gradcli and its libraries, which extras are there, and which settings are in force.

    \b
      gradcli info
      gradcli info --json

    It belongs into the report of a fault.
    """
    from gradcli.cli.about import about
    from gradcli.cli.settings import wants_json
    from gradcli.render.formats.info import render_info

    told, problem = about(session.environment.variables)
    session.environment.write(session.environment.stdout, render_info(told, as_json=wants_json(form, as_json)))
    return 0 if problem is None else session.fail(problem)
