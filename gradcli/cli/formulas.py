"""`gradcli diff`: formulas printed as soon as they are there, then the verdict."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.cli.command import values_of
from gradcli.cli.parse_cases import lettered_shapes_of
from gradcli.cli.session import DIFFERS, NOT_CHECKED, Session
from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from gradcli.formulas import Shape
    from gradcli.lang import Program
    from gradcli.transforms.results.formula import Confirmation, Formulas, Of

__all__ = ["Wanted", "print_formulas"]


class Wanted(NamedTuple):
    """Which derivatives a command line asks for.

    Attributes:
        of: which they are.
        wrt: the variables, None for all.
        order: of a derivative by one variable.
        shapes: of variables that are arrays.
        texts: the values that were given.
        symmetric: variables that are symmetric matrices.
    """

    of: Of
    wrt: Sequence[str] | None
    order: int
    shapes: dict[str, Shape]
    texts: dict[str, str]
    symmetric: Sequence[str] = ()

    @classmethod
    def of_options(
        cls,
        wrt: Sequence[str] | None,
        order: int | None,
        jacobian: bool,
        hessian: bool,
        shapes: Sequence[str],
        texts: dict[str, str],
        symmetric: Sequence[str] = (),
    ) -> Wanted:
        """What the options say.

        Raises:
            UsageProblem: if they contradict each other.
        """
        asked = [
            name for name, given in (("--order", order), ("--jacobian", jacobian), ("--hessian", hessian)) if given
        ]
        if len(asked) > 1:
            raise UsageProblem(f"{' and '.join(asked)} do not go together", hint="ask for one of them")
        told = lettered_shapes_of(shapes)
        for name in told:
            if name in texts:
                raise UsageProblem(f"'{name}' has a value and a shape", hint="the value tells the shape")
        of: Of = "jacobian" if jacobian else "hessian" if hessian else "gradient" if order is None else "derivative"
        return cls(of, wrt, 1 if order is None else order, told, texts, symmetric)


def print_formulas(session: Session, program: Program, wanted: Wanted, options: Mapping[str, Any]) -> int:
    """Print the formulas and what the check says of them; give the exit status."""
    from gradcli.render.formulas.formats import BESIDE, confirmed, render_formulas, seen

    form = _form(options)
    found = _found(session, program, wanted, guarded=form in ("quiet", "json"))
    check = "off" if options["no_check"] else options["check"]
    environment = session.environment
    if found.notes:
        from gradcli.render import render_warning

        for note in found.notes:
            environment.write(environment.stderr, render_warning(note, environment.stderr.isatty()))
    asked = options["simplify"]
    if asked == "on" or (asked is None and form not in ("quiet", "json") and environment.stdout.isatty()):
        found = _simplified(session, found, options["simplify_timeout"], form in BESIDE)
    early = form != "json" and check != "require"
    if early:
        environment.write(environment.stdout, render_formulas(found, form, unicode=environment.unicode()))
    confirmation = _confirmation(session, found, options) if check != "off" else None
    session.deadline.stop()
    if not early:
        environment.write(environment.stdout, render_formulas(found, form, confirmation, unicode=environment.unicode()))
    if confirmation is None:
        return 0
    if form != "json":
        on_stdout = form in ("text", "plain", "pretty") and (environment.stdout.isatty() or check == "require")
        to_terminal = on_stdout and environment.stdout.isatty() and form != "plain"
        told = seen(confirmation, unicode=environment.unicode()) if to_terminal else confirmed(confirmation)
        lines = "".join(f"{line}\n" for line in told)
        environment.write(environment.stdout if on_stdout else environment.stderr, lines)
    if confirmation.verdict == "differs":
        return DIFFERS
    return NOT_CHECKED if check == "require" and confirmation.verdict == "not checked" else 0


def _form(options: Mapping[str, Any]) -> Any:
    form = options["form"]
    if form is not None and (options["json"] or options["quiet"]):
        given = "--json" if options["json"] else "-q"
        raise UsageProblem(f"--format and {given} both say how formulas are written", hint="leave one of them out")
    return "json" if options["json"] else "quiet" if options["quiet"] else form or "text"


def _found(session: Session, program: Program, wanted: Wanted, guarded: bool) -> Formulas:
    """The formulas, with the numbers at the point that the values give."""
    from gradcli.transforms.operators.diff import diff

    shapes = dict(wanted.shapes)
    truths: tuple[str, ...] = ()
    prepared = None
    if wanted.texts:
        from gradcli.transforms.program.prepare import prepare
        from gradcli.transforms.program.symmetric import check_symmetric_values

        values = values_of(session, program, wanted.texts)
        prepared = prepare(program, values)
        if prepared.positions:
            program, values = _fixed(program, values, prepared.positions)
            prepared = prepare(program, values)
        shapes |= {name: array.shape for name, array in prepared.values.items()}
        truths = tuple(prepared.truths)
        check_symmetric_values(wanted.symmetric, prepared.values)
    found = diff(
        program,
        wanted.of,
        wanted.wrt,
        order=wanted.order,
        shapes=shapes,
        truths=truths,
        guarded=guarded,
        symmetric=wanted.symmetric,
    )
    if prepared is None:
        return found
    from gradcli.transforms.operators.diff import numbers_at

    return replace(found, point=prepared.inputs, numbers=numbers_at(found, program, values))


def _fixed(program: Program, values: dict[str, Any], names: Collection[str]) -> tuple[Program, dict[str, Any]]:
    """The program for the indices that were given, and the values of its other variables."""
    from gradcli.transforms.program.fixed import with_fixed

    moving = {name: value for name, value in values.items() if name not in names}
    return with_fixed(program, values, names), moving


def _simplified(session: Session, found: Formulas, timeout: float, beside: bool) -> Formulas:
    from gradcli.cli.spinner import spinning
    from gradcli.transforms.operators.simplify import simplify

    with session.deadline.paused(), spinning(session.environment, "simplifying"):
        return simplify(found, session.oracle(), timeout, beside)


def _confirmation(session: Session, found: Formulas, options: Mapping[str, Any]) -> Confirmation:
    from gradcli.transforms.claims.confirm import confirm

    with session.deadline.paused():
        derivations = session.derivations(kept=not options["no_cache"])
        return confirm(found, session.oracle(), options["check_timeout"], derivations)
