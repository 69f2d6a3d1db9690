"""Derivations as plain text, Markdown, LaTeX, tables and JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

from gradcli.errors import UsageProblem
from gradcli.render.formats.steps_latex import derivations_latex
from gradcli.render.formats.steps_markdown import derivations_markdown
from gradcli.render.formulas.formats import SCHEMA, confirmed
from gradcli.render.style import Style
from gradcli.render.words.derivation import HEADERS, heading, results, row
from gradcli.transforms.results.derivation import Derivations
from gradcli.transforms.results.formula import Confirmation

__all__ = ["render"]


def render(found: Derivations, confirmation: Confirmation | None, style: Style) -> str:
    """The complete text for standard output or a file.

    Raises:
        UsageProblem: for a format of numbers.

    >>> from gradcli.transforms.operators.derivation import derivations
    >>> print(render(derivations("x**2"), None, Style("plain")), end="")
    df/dx, rule by rule:
      1. power rule, (u**n)' = n*u**(n - 1)*u'
         d/dx(x**2)
         = 2*x
    df/dx = 2*x
    """
    if style.format == "json":
        return json.dumps(_document(found, confirmation), allow_nan=False) + "\n"
    if style.format == "quiet":
        return "".join(f"{formula.text}\n" for formula in found.formulas.formulas)
    if style.format in ("csv", "tsv"):
        return _table(found, "\t" if style.format == "tsv" else ",")
    if style.format == "markdown":
        return "".join(f"{line}\n" for line in derivations_markdown(found))
    if style.format == "latex":
        return "".join(f"{line}\n" for line in derivations_latex(found))
    if style.format != "plain":
        raise UsageProblem(f"--format {style.format} holds numbers, and a derivation has none",
                           hint="with a value for each variable there are numbers")  # fmt: skip
    return "".join(f"{line}\n" for line in _plain(found, confirmation))


def _plain(found: Derivations, confirmation: Confirmation | None) -> Iterator[str]:
    for one in found.derivations:
        yield f"{heading(one)}:"
        for step in one.steps:
            number, of, rule, pattern, becomes, formula = row(step)
            yield f"  {number}. {rule}{f', {pattern}' if pattern else ''}"
            indent = " " * (len(number) + 4)
            yield f"{indent}d/d{one.by}({of.partition(' = ')[2] or of})"
            yield f"{indent}= {becomes}"
            if formula != becomes:
                yield f"{indent}= {formula}"
        if not one.steps:
            yield f"  {one.of} does not depend on {one.by}: the derivative of a constant is 0"
    yield from results(found)
    if confirmation is not None:
        yield from confirmed(confirmation)


def _table(found: Derivations, delimiter: str) -> str:
    written = StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["derivative", *HEADERS])
    for one in found.derivations:
        writer.writerows([f"d{one.of}/d{one.by}", *row(step)] for step in one.steps)
    return written.getvalue()


def _document(found: Derivations, confirmation: Confirmation | None) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "command": "explain",
        "expression": found.formulas.expression,
        "derivations": [
            {
                "derivative": f"d{one.of}/d{one.by}",
                "of": one.of,
                "by": one.by,
                "formula": one.formula,
                "steps": [
                    {
                        "number": step.number,
                        "of": step.of,
                        "rule": step.rule,
                        "pattern": step.pattern,
                        "becomes": step.becomes,
                        "formula": step.formula,
                    }
                    for step in one.steps
                ],
            }
            for one in found.derivations
        ],
        "formulas": [
            {"derivative": formula.label, "wrt": list(formula.names), "formula": formula.text}
            for formula in found.formulas.formulas
        ],
        "check": None if confirmation is None else confirmation.document(),
    }
