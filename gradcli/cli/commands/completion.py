"""`gradcli completion`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcli.cli.session import Session
from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _shells(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from gradcli.cli.completion import SHELLS

    return [CompletionItem(shell) for shell in SHELLS if shell.startswith(incomplete)]


@click.command("completion")
@click.argument("shell", required=False, shell_complete=_shells, metavar="bash|zsh|fish")
@click.pass_context
def command(ctx: click.Context, shell: str | None) -> int:
    """The script that has a shell complete commands, options and the variables of the expression.

    \b
      gradcli completion bash
      gradcli completion zsh
      gradcli completion fish

    To have it in every new shell, a line of the file that the shell reads as it starts:

    \b
      bash  eval "$(gradcli completion bash)"  in ~/.bashrc
      zsh   eval "$(gradcli completion zsh)"   in ~/.zshrc, below compinit
      fish  gradcli completion fish | source   in ~/.config/fish/config.fish

    Then Tab behind gradcli grad "x*y" -- offers --x and --y too. Bash must be 4.4 or newer.
    """
    from click.shell_completion import get_completion_class

    from gradcli.cli.completion import SHELLS, VARIABLE

    found = get_completion_class(shell) if shell in SHELLS else None
    if found is None:
        told = f"there is no completion for '{shell}'" if shell else "completion is for a shell, and none is named"
        raise UsageProblem(told, hint=" or ".join(f"gradcli completion {known}" for known in SHELLS))
    session: Session = ctx.obj
    script = found(ctx.find_root().command, {}, "gradcli", VARIABLE).source()
    session.environment.write(session.environment.stdout, script)
    return 0
