"""`gradcli ops`."""

from __future__ import annotations

import click

from gradcli.cli.session import Session


@click.command("ops")
@click.argument("name", required=False)
@click.pass_obj
def command(session: Session, name: str | None) -> int:
    """The functions of the language; with NAME, one of them in full.

    \b
      gradcli ops
      gradcli ops atan2
    """
    from gradcli.ops import lookup
    from gradcli.render.formats.ops import render_op, render_ops

    text = render_ops() if name is None else render_op(lookup(name))
    session.environment.write(session.environment.stdout, text)
    return 0
