"""Pages in a browser: where one is written, and opening it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from gradcli.cli.session import Session

__all__ = ["open_page", "page_options"]


def page_options(options: dict[str, Any], html: str | None, opened: bool) -> dict[str, Any]:
    """The options of output with what `--html FILE` and `--open` say in the words of `--format` and `-o`.

    With `--open` alone the page goes to a file in a temporary folder, which stays: the browser reads it when it likes.

    Raises:
        UsageProblem: if something else says where or how to write.
    """
    if html is None and not opened:
        return options
    asked = "--html" if html is not None else "--open"
    if options["json"] or options["quiet"] or options["form"] not in (None, "html"):
        raise UsageProblem(f"{asked} writes a page, and another format is asked for", hint="leave one of the two out")
    if html == "-" and opened:
        raise UsageProblem(
            "--html - writes the page to standard output, and --open opens a file", hint="leave --html out"
        )
    if html is not None and options["output"] is not None:
        raise UsageProblem("--html and -o both say where to write", hint="leave one of them out")
    file = None if html == "-" else html if html is not None else options["output"]
    if file is None and opened:
        from tempfile import mkdtemp

        file = str(Path(mkdtemp(prefix="gradcli-")) / "graph.html")
    return {**options, "form": "html", "output": file}


def open_page(session: Session, file: str) -> None:
    """Have the user's browser open a page; where there is none, say where the page is."""
    import webbrowser

    path = Path(file).resolve()
    try:
        opened = webbrowser.open(path.as_uri())
    except (webbrowser.Error, OSError):
        opened = False
    if opened:
        session.note(f"the page is {path}")
    else:
        session.warn(f"no browser could be opened: the page is {path}")
