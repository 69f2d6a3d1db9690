"""`gradcli check` of claims, which the command line or a file states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.cli.parse_cases import case_of_fields, case_of_options
from gradcli.cli.session import Session
from gradcli.cli.settings import Settings
from gradcli.errors import InputProblem, Problem

if TYPE_CHECKING:
    from gradcli.lang import Program
    from gradcli.render.claims.sentences import Tried
    from gradcli.transforms.claims.types import Claimed

__all__ = ["Sampled", "Stated", "check_cases", "check_claims"]

_LONGEST = 1e9  # seconds, 30 years; the system's calls that wait take up to 2**63 ns, 9.2e9 s
FALSE, BAD_INPUT, UNDECIDED = 1, 2, 4


class Stated(NamedTuple):
    """What a command line claims: texts of options."""

    claims: Sequence[str]
    hessians: Sequence[str]
    shapes: Sequence[str]


class Sampled(NamedTuple):
    """How many points are tried, the seed of the random ones, how near a claim must be, and what holds at each."""

    points: int | None
    random_seed: int | None
    tolerance: float | None
    assume: Sequence[str]
    symmetric: Sequence[str] = ()


def check_claims(
    session: Session,
    program: Program,
    texts: Mapping[str, str],
    settings: Settings,
    stated: Stated,
    sampled: Sampled,
) -> int:
    """Judge the claims of the command line, print the verdicts, and return the exit status."""
    from gradcli.render.claims.formats import render_claims
    from gradcli.render.claims.sentences import Tried
    from gradcli.transforms.claims.judge import judge_claims
    from gradcli.transforms.program.prepare import constant_notes

    case = case_of_options(
        program.source,
        texts,
        stated.claims,
        stated.hessians,
        stated.shapes,
        *sampled,
        stdin=lambda: session.read_stdin("a value"),
    )
    claims = [_in_notation(session, claim, program) for claim in case.claims]
    case = replace(case, claims=tuple(_loosened(session, claim, program) for claim in claims))
    named = {name for claim in case.claims for name in claim.names}
    for told in constant_notes(program, named.union(texts, case.shapes)):
        session.note(told)
    tried = [
        Tried(
            "", judge_claims(case, session.oracle(), settings.check_timeout, session.derivations(kept=settings.cache))
        )
    ]
    return _delivered(session, settings, tried, render_claims(tried, settings.style(session.environment)))


def _delivered(session: Session, settings: Settings, tried: Sequence[Tried], text: str) -> int:
    """Write the verdicts, to a file only if there is one on each claim; the exit status."""
    session.deadline.stop()
    status = _status(tried)
    if settings.output is None:
        session.environment.write(session.environment.stdout, text)
    elif status in (BAD_INPUT, UNDECIDED):
        why = "a case has an error" if status == BAD_INPUT else "a claim could not be decided"
        session.note(f"{settings.output} is not written, because {why}")
    else:
        from gradcli.data.output import write_whole

        write_whole(Path(settings.output), text.encode())
    return status


def _in_notation(session: Session, claimed: Claimed, program: Program) -> Claimed:
    """A claim with the line that its formula is in the expression's notation.

    One that is none there, or of names that the expression does not have, is in gradcli's own language if it is one.

    Raises:
        SyntaxProblem: for a formula that is neither.
    """
    if session.notation is None or claimed.origin:
        return claimed
    text, problem = "", None
    try:
        text = session.notation(claimed.text)
    except Problem as found:
        problem = found
    if (problem or not _is_of(text, program)) and _is_of(claimed.text, program):
        session.note(f"the claim about {claimed.label} is read in gradcli's own language")
        return claimed
    if problem is not None:
        raise problem
    if text != claimed.text:
        session.note(f"the claim about {claimed.label} is read as {text}")
    return replace(claimed, text=text)


def _is_of(text: str, program: Program) -> bool:
    """Whether a text is one of the language, of a program's variables."""
    from gradcli.lang import parse, variables
    from gradcli.ops import CONSTANTS

    try:
        return set(variables(parse(text))) <= {*variables(program), *CONSTANTS}
    except Problem:
        return False


def _loosened(session: Session, claimed: Claimed, program: Program) -> Claimed:
    """A claim with the line that its formula means, where such texts are taken."""
    if not session.loose:
        return claimed
    from gradcli.lang import variables
    from gradcli.transforms.program.teach import loosely

    found = loosely(claimed.text, list(variables(program)))
    if found is None or found.values:
        return claimed
    session.note(f"read as {found.readings[0]}")
    return replace(claimed, text=found.readings[0])


def check_cases(session: Session, path: Path, settings: Settings, sampled: Sampled) -> int:
    """Judge every case of a file and return the exit status.

    A line is printed for each case as soon as it is judged, and a summary at the end; an object or a table whole.
    """
    from gradcli.data.cases import read_cases
    from gradcli.render.claims.formats import TABLES, render_claims, render_summary, render_tried
    from gradcli.render.claims.sentences import Tried

    environment, style = session.environment, settings.style(session.environment)
    tried: list[Tried] = []
    whole = style.format in ("json", *TABLES)
    lines: list[str] = []
    for record in read_cases(path):
        place = f"{path}:{record.line}"
        try:
            if record.problem is not None:
                raise record.problem
            tried.append(Tried(place, _judged(session, record.fields, settings, sampled)))
        except Problem as problem:
            problem.message = f"{place}: {problem.message}"
            session.fail(problem)
            tried.append(Tried(place, None, problem))
        if not whole and settings.output is None:
            environment.write(environment.stdout, render_tried(tried[-1], style))
        elif not whole:
            lines.append(render_tried(tried[-1], style))
    text = render_claims(tried, style) if whole else "".join([*lines, render_summary(tried, style)])
    return _delivered(session, settings, tried, text)


def _judged(session: Session, fields: Mapping[str, Any], settings: Settings, sampled: Sampled) -> Any:
    from gradcli.transforms.claims.judge import judge_claims

    timeout = fields.get("timeout", settings.check_timeout)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= _LONGEST:
        raise InputProblem(f"'timeout' must be seconds, not {timeout!r}")
    return judge_claims(
        case_of_fields(fields, *sampled), session.oracle(), float(timeout), session.derivations(kept=settings.cache)
    )


def _status(tried: Sequence[Tried]) -> int:
    """The exit status of all cases: that of bad input comes first, then false claims, then undecided ones."""
    verdicts = {claim.verdict for one in tried if one.verdicts is not None for claim in one.verdicts.verdicts}
    if any(one.verdicts is None for one in tried):
        return BAD_INPUT
    return FALSE if "false" in verdicts else UNDECIDED if "undecided" in verdicts else 0
