"""`gradcli explain`: numbers step by step, or the rules without numbers; printed, or walked through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.cli.command import values_of
from gradcli.cli.session import DIFFERS, NOT_CHECKED, Session
from gradcli.cli.settings import Settings
from gradcli.cli.vectors import names_of, seed_of
from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from gradcli.lang import Program
    from gradcli.transforms.results.derivation import Derivations

__all__ = ["Asked", "explain_numbers", "explain_rules"]


class Asked(NamedTuple):
    """What the command's own options say."""

    wrt: str | None
    seed: str | None
    rows: tuple[str, ...]
    accumulate: bool
    rules: bool
    shapes: tuple[str, ...]
    step: bool

    def about_rules(self, program: Program, texts: Mapping[str, str]) -> bool:
        """Whether the derivation is asked for, and not numbers.

        Raises:
            UsageProblem: if the options contradict each other.
        """
        from gradcli.ops import CONSTANTS
        from gradcli.transforms.program.variables import free_names

        numeric = [
            name
            for name, given in (("--seed", self.seed), ("--row", self.rows), ("--accumulate", self.accumulate))
            if given
        ]
        if self.rules or self.shapes:
            asked = "--rules" if self.rules else "--shape"
            if numeric:
                raise UsageProblem(f"{asked} is about rules, and {numeric[0]} about numbers", hint="leave one out")
            if self.shapes and texts and not self.rules:
                raise UsageProblem("--shape is for a derivation without values", hint="a value tells its own shape")
            return True
        return not texts and not numeric and any(name not in CONSTANTS for name in free_names(program))


def explain_numbers(
    session: Session, program: Program, texts: dict[str, str], asked: Asked, options: dict[str, Any]
) -> int:
    """Print the steps of a gradient, or walk through them."""
    from gradcli.cli.stepping import check_terminal

    values = values_of(session, program, texts)
    settings = Settings.of(options)._replace(all_passes=bool(asked.rows))
    if asked.step:
        check_terminal(session.environment, settings)
    from gradcli.transforms.operators.explain import explain

    result = explain(
        program, values, names_of(asked.wrt), seed_of(session, asked.seed), _rows(asked.rows, program, values),
        accumulate=asked.accumulate, origins=settings.explain,
    )  # fmt: skip
    if not asked.step:
        return session.conclude(result, settings, result.derived)
    from gradcli.cli.stepping import walk
    from gradcli.render.terminal.walk import frames_of_steps

    session.deadline.stop()
    interrupted = walk(session.environment, frames_of_steps(result, settings.style(session.environment)))
    return interrupted or session.conclude(result.derived, settings, result.derived)


def _rows(rows: Sequence[str], program: Program, values: Mapping[str, Any]) -> list[int] | None:
    """The positions that `--row` names: 2, or 0,1 of a matrix."""
    if not rows:
        return None
    found = []
    for text in rows:
        parts = [part.strip() for part in text.split(",")]
        if not all(part.isdecimal() for part in parts):
            raise UsageProblem(f"--row takes a position from 0, or of a matrix 0,1, not '{text}'")
        if len(parts) == 1:
            found.append(int(parts[0]))
            continue
        import numpy as np

        from gradcli.transforms.operators.evaluate import evaluate

        shape = np.shape(evaluate(program, values).value)
        try:
            found.append(int(np.ravel_multi_index([int(part) for part in parts], shape)))
        except ValueError:
            raise UsageProblem(f"there is no row {text}: the value has shape {shape}") from None
    return found


def explain_rules(
    session: Session, program: Program, texts: dict[str, str], asked: Asked, options: dict[str, Any]
) -> int:
    """Print a derivation, or walk through it."""
    from gradcli.cli.parse_cases import lettered_shapes_of
    from gradcli.cli.stepping import check_terminal
    from gradcli.transforms.operators.derivation import derivations

    settings = Settings.of(options)
    if asked.step:
        check_terminal(session.environment, settings)
    shapes = dict(lettered_shapes_of(asked.shapes, any_size=False))
    if texts:
        from gradcli.transforms.program.prepare import prepare

        prepared = prepare(program, values_of(session, program, texts))
        shapes |= {name: array.shape for name, array in prepared.values.items() if array.ndim}
    found = derivations(program, names_of(asked.wrt), shapes)
    if asked.step:
        from gradcli.cli.stepping import walk
        from gradcli.render.terminal.walk import frames_of_rules

        session.deadline.stop()
        interrupted = walk(session.environment, frames_of_rules(found, settings.style(session.environment)))
        if interrupted:
            return interrupted
    return _print(session, found, settings)


def _print(session: Session, found: Derivations, settings: Settings) -> int:
    """Print a derivation with what the check says of the formulas; give the exit status."""
    from gradcli.render import render_derivations
    from gradcli.render.formulas.formats import confirmed

    environment, style = session.environment, settings.style(session.environment)
    for note in found.formulas.notes:
        session.warn(note)
    confirmation = None
    if settings.check != "off":
        from gradcli.transforms.claims.confirm import confirm

        with session.deadline.paused():
            confirmation = confirm(
                found.formulas, session.oracle(), settings.check_timeout, session.derivations(kept=settings.cache)
            )
    text = render_derivations(found, confirmation, style)
    session.deadline.stop()
    if settings.output is None:
        environment.write(environment.stdout, text)
    else:
        from pathlib import Path

        from gradcli.data.output import write_whole

        write_whole(Path(settings.output), text.encode())
    if confirmation is None:
        return 0
    if style.format not in ("rich", "plain", "json") or (settings.output is not None and style.format != "json"):
        environment.write(environment.stderr, "".join(f"{line}\n" for line in confirmed(confirmation)))
    if confirmation.verdict == "differs":
        return DIFFERS
    return NOT_CHECKED if settings.check == "require" and confirmation.verdict == "not checked" else 0
