"""What there is to say of a table that was computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.transforms.results.verdict import Proof

if TYPE_CHECKING:
    from gradcli.transforms.rows.report import Report
    from gradcli.transforms.rows.sample import Checked

__all__ = ["check_lines", "interrupted_words", "progress_words", "summary"]

_THOUSAND = 1000.0
_SHOWN = 3


def progress_words(rows: int, seconds: float, share: float | None = None) -> str:
    """How far it is.

    >>> progress_words(1500000, 2.0), progress_words(1500000, 2.0, 0.25)
    ('1,500,000 rows, 750,000 rows/s', '1,500,000 rows, 750,000 rows/s, 25 %, 6 s left')
    """
    told = f"{rows:,} rows, {_rate(rows, seconds)}"
    return (
        told if not share else f"{told}, {share:.0%}".replace("%", " %") + f", {seconds / share - seconds:.0f} s left"
    )


def interrupted_words(rows: int | None, output: str | None, done: int = 0, total: int = 0, what: str = "tables") -> str:
    """How far it is at an end by a signal.

    Args:
        rows: that are done; None where that is not known.
        output: where the results go; None for standard output.
        done: how many of several tables are done.
        total: how many of them there are; 0 for one table.
        what: what they are.

    >>> interrupted_words(1500, None), interrupted_words(1500, "p.csv")
    ('interrupted after 1,500 rows', 'interrupted after 1,500 rows; p.csv is as it was')
    >>> interrupted_words(None, "done/", 1, 3)
    'interrupted; 1 of 3 tables is done in done/, and --resume goes on with the others'
    """
    told = "interrupted" if rows is None else f"interrupted after {_rows(rows)}"
    if not total:
        return told if output is None else f"{told}; {output} is as it was"
    verb = "is" if done == 1 else "are"
    return f"{told}; {done:,} of {total:,} {what} {verb} done in {output}, and --resume goes on with the others"


def _rate(rows: int, seconds: float) -> str:
    """Rows a second, with two digits.

    >>> _rate(123456, 1.0), _rate(2, 3.0), _rate(15, 4.0)
    ('120,000 rows/s', '0.67 rows/s', '3.8 rows/s')
    """
    rate = rows / max(seconds, 1e-9)
    if 0 < rate < 10:
        return f"{rate:.2g} rows/s"
    digits = 10 ** max(0, len(str(int(rate))) - 2)
    return f"{int(rate) // digits * digits:,} rows/s"


def summary(report: Report, checked: Checked | None, seconds: float, resumed: int = 0) -> list[tuple[str, str]]:
    """The lines for standard error, each a "note" or a "warning"."""
    lines: list[tuple[str, str]] = []
    if report.one_by_one:
        lines.append(("note", f"rows were computed one by one: {report.one_by_one}"))
    if report.not_compiled:
        lines.append(("note", f"no compiled code was taken: {report.not_compiled}"))
    _special(lines, report.bad, "have no results because of what stands there", report.told.get("bad"), "warning")
    if report.missing:
        lines.append(("note", f"{_rows(report.missing)} without a value {_verb(report.missing)} no results"))
    _special(lines, report.not_finite, "have a result that is not finite", report.told.get("not finite"), "warning")
    _special(
        lines, report.kinked, "are at a kink of an operation: derivatives there are conventions",
        report.told.get("kink"), "note",
    )  # fmt: skip
    if checked is not None:
        lines += check_lines(checked)
    if resumed:
        lines.append(("note", f"{resumed:,} table{'' if resumed == 1 else 's'} had been done before"))
    speed = f" ({_rate(report.rows, seconds)})" if report.rows else ""
    lines.append(("note", f"{_rows(report.rows)} in {seconds:.2g} s{speed}"))
    return lines


def _special(lines: list[tuple[str, str]], count: int, what: str, named: list[str] | None, kind: str) -> None:
    if count:
        one = what.replace("have ", "has ", 1).replace("are ", "is ", 1) if count == 1 else what
        more = f"; and {count - len(named):,} more" if named and count > len(named) else ""
        lines.append((kind, f"{_rows(count)} {one}\n  " + "\n  ".join(named or []) + more))


def check_lines(checked: Checked, what: str = "row") -> list[tuple[str, str]]:
    """What the check says of some rows, or of other things that were sampled; each line a "note" or a "warning"."""
    whom, done = ("the exact derivative", "proved") if checked.by_proof else ("SymPy's derivative", "checked")
    lines = [("warning", f"{row} differs from {whom}: {told}") for row, told in checked.differing[:_SHOWN]]
    if len(checked.differing) > _SHOWN:
        lines.append(("warning", f"and {len(checked.differing) - _SHOWN:,} more {what}s differ"))
    silent, why = checked.unchecked
    if silent:
        was = "was" if silent == 1 else "were"
        lines.append(("note", f"{_rows(silent, what)} of {checked.rows:,} sampled {was} not {done}: {why}"))
    if checked.agreed:
        lines.append(("note", f"{checked.agreed:,} of {_rows(checked.rows, what)} sampled {_agreement(checked)}"))
    return lines


def _agreement(checked: Checked) -> str:
    if checked.by_proof:
        return f"{'is' if checked.agreed == 1 else 'are'} proved {Proof(1, 1, checked.ulps, checked.within).words}"
    how = f"{checked.ulps:.2g} ulps at most" if checked.ulps else "exactly"
    return f"{'agrees' if checked.agreed == 1 else 'agree'} with SymPy's derivative, {how}"


def _rows(count: int, what: str = "row") -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _verb(count: int) -> str:
    return "has" if count == 1 else "have"
