"""`gradcli cache`."""

from __future__ import annotations

import click

from gradcli.cli.argv import Context
from gradcli.cli.session import Session
from gradcli.errors import InputProblem


class _Cache(click.Command):
    context_class = Context


@click.command("cache", cls=_Cache)
@click.argument("action", type=click.Choice(["info", "path", "clear"]), default="info")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--format", "form", type=click.Choice(["plain", "json"]), help="How it is written: plain lines, or JSON.")
@click.pass_obj
def command(session: Session, action: str, as_json: bool, form: str | None) -> int:
    """What SymPy has derived in earlier runs, kept on disk: how much there is, where, and away with it.

    \b
      gradcli cache
      gradcli cache clear

    The check of a program that has been checked before takes the derivation from there, and imports no SymPy: it
    evaluates it anew with many digits, and says `verified (cached derivation)`. What is kept is the program and its
    derivatives, as text, without the values of what was differentiated by. Nothing is kept or taken with --no-cache,
    nor where GRADCLI_CACHE is empty, which names the folder otherwise. The oldest is dropped.

    `gradcli cache path` prints the folder alone; where there is none, nothing, and has status 1.
    """
    from gradcli.cli.recollection import store_of
    from gradcli.cli.settings import wants_json
    from gradcli.render.formats.cache import render_cache

    as_json = wants_json(form, as_json)
    store = store_of(session.environment.variables)
    if store is not None and not store.is_folder():
        raise InputProblem(
            f"'{store.folder}' is no folder, and nothing is kept there",
            hint="GRADCLI_CACHE names a folder; empty it says that nothing is to be kept",
        )
    if store is None and action == "path" and not as_json:
        session.note("nothing is kept: GRADCLI_CACHE is empty, or there is no home")
        return 1  # the answer is that there is none
    cleared = store.clear() if store is not None and action == "clear" else None
    texts, size = (0, 0) if store is None else store.contents()
    told = {
        "path": None if store is None else store.folder,
        "derivations": texts,
        "bytes": size,
        "most_bytes": None if store is None else store.most,
        **({"cleared": cleared} if action == "clear" else {}),
    }
    session.environment.write(session.environment.stdout, render_cache(told, action, as_json=as_json))
    return 0
