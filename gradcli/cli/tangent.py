"""`gradcli diff --tangent-line`: the tangent at a point as a formula, and the verdict on its slopes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradcli.cli.command import values_of
from gradcli.cli.session import DIFFERS, NOT_CHECKED, Session
from gradcli.cli.settings import Settings
from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from gradcli.lang import Program
    from gradcli.transforms.results.expansion import Expansion

__all__ = ["print_tangent"]

_DRAWN = ("pretty", "mathml", "sympy")
"""Formats of formulas that results of numbers do not have."""


def print_tangent(
    session: Session,
    program: Program,
    texts: dict[str, str],
    wrt: Sequence[str] | None,
    given: Mapping[str, Any],
    options: dict[str, Any],
) -> int:
    """Print the tangent line or plane; give the exit status.

    Args:
        session: the run.
        program: the expression.
        texts: the values of its variables.
        wrt: the variables in which the tangent is; the others are constants.
        given: by their names other options that say what is derived.
        options: the command's others.

    Raises:
        UsageProblem: if another option contradicts.
        Problem: where there is no tangent.
    """
    others = [name for name, value in given.items() if value]
    if options.pop("simplify") == "on":
        others.append("--simplify on")
    options.pop("simplify_timeout")
    if others:
        raise UsageProblem(f"--tangent-line and {others[0]} do not go together", hint="ask for one of them")
    values = values_of(session, program, texts)
    form = options.pop("form")
    settings = Settings.of({**options, "form": None if form in ("text", *_DRAWN) else form})
    if form is not None and settings.form is None and (settings.json or settings.quiet):
        raise UsageProblem(f"--format {form} and {'--json' if settings.json else '-q'} both say how it is written",
                           hint="leave one of them out")  # fmt: skip
    from gradcli.transforms.operators.expansion import tangent

    result = tangent(program, values, wrt)
    if form in _DRAWN:
        return _drawn(session, result, form, settings)
    return session.conclude(result, settings, result.derived)


def _drawn(session: Session, result: Expansion, form: str, settings: Settings) -> int:
    """The formula alone, the verdict on standard error."""
    from gradcli.lang import parse
    from gradcli.ops.calls.resolve import resolve
    from gradcli.render.words.verdicts import sentence

    program = resolve(parse(result.polynomial))
    unicode = session.environment.unicode()
    if form == "pretty":
        from gradcli.render.formulas.pretty import pretty

        text = "".join(f"{line}\n" for line in pretty(program, result.called, result.inputs, unicode=unicode))
    elif form == "mathml":
        from gradcli.render.formulas.mathml import mathml

        text = f"{mathml(program, result.inputs)}\n"
        text = text if unicode else text.encode("ascii", "xmlcharrefreplace").decode()
    else:
        from gradcli.render.formulas.sympy_text import sympy_text

        text = f"{sympy_text(program, result.inputs)}\n"
    for told in result.warnings:
        session.warn(told)
    session.environment.write(session.environment.stdout, text)
    verdict = session.verdict(result.derived, settings)
    if verdict is None:
        return 0
    session.environment.write(session.environment.stderr, f"check = {sentence(verdict)}\n")
    if verdict.verdict == "differs":
        return DIFFERS
    return NOT_CHECKED if settings.check == "require" and verdict.verdict == "not checked" else 0
