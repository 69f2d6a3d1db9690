"""`gradcli tour`."""

from __future__ import annotations

import click

from gradcli.cli.session import Session


@click.command("tour")
@click.option("--no-pause", is_flag=True, help="Do not wait for Enter between the commands.")
@click.pass_obj
def command(session: Session, no_pause: bool) -> int:
    """Two minutes: ten real commands, each shown before it is run.

    \b
      gradcli tour

    At a terminal Enter goes on, q and Enter end it; in a pipe all of it is printed straight on.
    """
    from gradcli.cli.tour import tour

    return tour(session, not no_pause)
