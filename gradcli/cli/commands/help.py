"""`gradcli help`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.argv import Context

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class _Help(click.Command):
    context_class = Context


def _commands(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    group = ctx.find_root().command
    names = group.list_commands(ctx) if isinstance(group, click.Group) else []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command("help", cls=_Help, context_settings={"ignore_unknown_options": True})
@click.argument("command", required=False, shell_complete=_commands)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[EXPR]")
@click.option("--format", "form", type=click.Choice(["plain"]), help="All at once, without a pager.")
@click.pass_context
def command(ctx: click.Context, command: str | None, words: tuple[str, ...], form: str | None) -> Any:
    """What a command does and which options it has; without a command, which commands there are.

    \b
      gradcli help
      gradcli help grad
      gradcli help grad "x*y"

    With an expression, its variables are among the options. On a terminal, what is longer than the screen is shown
    by a pager: $GRADCLI_PAGER, else $PAGER, else less; an empty one switches that off.
    """
    if form is not None:
        environment = ctx.obj.environment
        ctx.obj.environment = environment._replace(variables={**environment.variables, "GRADCLI_PAGER": ""})
    asked = [command, *words, "--help"] if command is not None else ["--help"]
    return ctx.find_root().command.main(asked, prog_name="gradcli", standalone_mode=False, obj=ctx.obj)
