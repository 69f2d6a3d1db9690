"""`gradcli ops`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcli.cli.session import Session

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from gradcli.ops import names

    return [CompletionItem(name) for name in names() if name.startswith(incomplete)]


@click.command("ops")
@click.argument("word", required=False, shell_complete=_names)
@click.option(
    "--format", "form", type=click.Choice(["rich", "plain"]), help="How it is written: rich on a terminal, else plain."
)
@click.pass_obj
def command(session: Session, word: str | None, form: str | None) -> int:
    """The functions of the language; with a name, one of them in full; with another WORD, those that it finds.

    \b
      gradcli ops
      gradcli ops atan2
      gradcli ops +
      gradcli ops bessel
    """
    from gradcli.cli.pager import show
    from gradcli.ops import lookup, names
    from gradcli.render.formats.ops import find_ops, render_op, render_ops

    environment = session.environment
    rich = environment.stdout.isatty() if form is None else form == "rich"
    width = environment.width_of(environment.stdout) if form != "plain" else None
    drawn = rich and environment.unicode()
    if word is None:
        text = render_ops(width=width)
    elif word in names():
        text = render_op(lookup(word), width, drawn)
    else:
        found = find_ops(word)
        if len(found) > 1:
            text = render_ops(found, width)
        else:
            text = render_op(found[0] if found else lookup(word), width, drawn)
    show(environment, text)
    return 0
