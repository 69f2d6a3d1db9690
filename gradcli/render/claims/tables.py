"""What is said of claims as a table, a row for each: CSV, with tabs, or Markdown."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from gradcli.render.claims.sentences import Tried, notes, point_text, stated_verdict
from gradcli.render.style import Style
from gradcli.render.words.escape import visible
from gradcli.transforms.claims.types import CaseVerdicts, ClaimVerdict

__all__ = ["render_table"]

_HEADER = ("place", "case", "claim", "formula", "verdict", "agreeing", "points", "at", "entry", "derivative", "claimed")
_LAST = ("right formula", "notes")


def render_table(tried: Sequence[Tried], style: Style) -> str:
    """All claims; a case with an error has its message in the place of a verdict."""
    header = [*_HEADER, *_LAST]
    rows = [row for one in tried for row in _rows(one)]
    if style.format == "markdown":
        code = {header.index(name) for name in ("formula", "right formula")}
        shown = [[_cell(text, code=i in code) for i, text in enumerate(row)] for row in rows]
        lines = [f"| {' | '.join(row)} |" for row in [header, *shown]]
        lines.insert(1, f"|{':--|' * len(header)}")
        return "".join(f"{line}\n" for line in lines)
    written = StringIO()
    writer = csv.writer(written, delimiter="\t" if style.format == "tsv" else ",", lineterminator="\n")
    writer.writerows([header, *rows])
    return written.getvalue()


def _rows(tried: Tried) -> Iterator[list[str]]:
    verdicts = tried.verdicts
    if verdicts is None:
        told = "" if tried.problem is None else visible(tried.problem.message)
        yield [tried.place, "", "", "", "error", "", "", "", "", "", "", "", told]
        return
    for claim in verdicts.verdicts:
        yield [tried.place, visible(verdicts.case.name), *_told(verdicts, claim)]


def _told(verdicts: CaseVerdicts, claim: ClaimVerdict) -> list[str]:
    example = claim.counterexample
    counter = ("", "", "", "")
    if example is not None:
        counter = (point_text(verdicts, example), example.entry, example.derivative, example.claim)
    told = [claim.reason, *notes(claim)] if claim.verdict == "undecided" else notes(claim)
    return [
        claim.claimed.label,
        visible(" ".join(claim.claimed.text.split())),
        stated_verdict(verdicts, claim),
        str(claim.agreeing),
        str(claim.points),
        *counter,
        claim.formula,
        "; ".join(visible(" ".join(note.split())) for note in told),
    ]


def _cell(text: str, *, code: bool) -> str:
    """A text in a row, where a bar would end the cell; a formula as code, where stars are stars."""
    escaped = text.replace("|", "\\|").replace("\n", " ")
    return f"`{escaped}`" if code and text else escaped
