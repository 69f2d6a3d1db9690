"""Options of tables: grids, draws, new names, and how many rows are checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gradcli.errors import Problem, UsageProblem, suggest

if TYPE_CHECKING:
    from gradcli.batch.table import Table
    from gradcli.cli.session import Session
    from gradcli.transforms.rows.uncertainty import Uncertain

__all__ = ["made_table", "pairs", "sampled_rows", "uncertain_of"]

_SAMPLED = 20
_PROVED = 1000
_MOST_ROWS = 10**13
_LAW = re.compile(r"\s*(\w+)\s*\((.*)\)\s*", re.DOTALL)
_NAME = re.compile(r"\s*(\w+)")
_LAWS = {
    "beta": 2, "exponential": 1, "gamma": 2, "integers": 2, "lognormal": 2, "normal": 2, "poisson": 1, "triangular": 3,
    "uniform": 2,
}  # fmt: skip
"""What numbers may be drawn from, by the names and with the arguments of NumPy's generator."""


def pairs(option: str, texts: Sequence[str]) -> dict[str, str]:
    """What a repeated option of the form NAME=TEXT says.

    Raises:
        UsageProblem: if one has another form, or a name stands twice.

    >>> pairs("--rename", ["x=Flow (l/s)"])
    {'x': 'Flow (l/s)'}
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name.isidentifier() or not value.strip():
            raise UsageProblem(f"{option} takes NAME=..., not '{text}'")
        if name in found:
            raise UsageProblem(f"{option} names '{name}' twice")
        found[name] = value.strip()
    return found


def sampled_rows(text: str | None, by_proof: bool = False) -> tuple[int, bool]:
    """How many rows are checked, and whether that is required.

    Args:
        text: what `--check` says; None for nothing.
        by_proof: whether the enclosures are asked, for which more are no burden.

    Raises:
        UsageProblem: if the text says nothing of it.

    >>> sampled_rows("sample:5"), sampled_rows("off"), sampled_rows("require"), sampled_rows(None, by_proof=True)
    ((5, False), (0, False), (20, True), (1000, False))
    """
    if text == "off":
        return 0, False
    if text is None or text in ("auto", "require"):
        return _PROVED if by_proof else _SAMPLED, text == "require"
    kind, _, count = text.partition(":")
    if kind != "sample" or not count.isdecimal() or int(count) < 1:
        raise UsageProblem(f"--check takes sample:N, off or require, not '{text}'", hint="such as sample:100")
    return int(count), False


def made_table(
    session: Session, over: Sequence[str], draws: Sequence[str], rows: str | None, seed: int | None
) -> Table | None:
    """The grid or the draws that the options ask for; None if they ask for neither.

    Raises:
        Problem: about a text.
    """
    if over and draws:
        raise UsageProblem("--over and --random do not go together", hint="leave one of them out")
    if rows is not None and not draws:
        raise UsageProblem("--rows says how many rows to draw, and --random is missing")
    if seed is not None and not draws:
        raise UsageProblem("--random-seed is of draws, and --random is missing")
    if over:
        from gradcli.data.rows.made import grid

        axes = {name: _axis(session, name, text) for name, text in pairs("--over", over).items()}
        return grid(axes)
    if draws:
        from gradcli.data.rows.made import samples

        if rows is None:
            raise UsageProblem("--random does not say how many rows to draw", hint="--rows 1000")
        laws = {name: _law(session, name, text) for name, text in pairs("--random", draws).items()}
        return samples(laws, _count(session, rows, "--rows"), seed or 0)
    return None


def uncertain_of(session: Session, texts: Sequence[str], columns: Sequence[str]) -> dict[str, Uncertain]:
    """The uncertainties that the option gives, each as a column of the table or as a value for all rows.

    Raises:
        UsageProblem: if a text is neither.
    """
    if not texts:
        return {}
    import numpy as np

    from gradcli.transforms.rows.uncertainty import Uncertain

    found = {}
    for name, text in pairs("--uncertainty", texts).items():
        if text in columns:
            found[name] = Uncertain(text, np.array(0.0))
            continue
        try:
            size = np.asarray(_value(session, f"uncertainty {name}", text), np.float64)
        except Problem:
            near = suggest(text, [*columns])
            hint = f"did you mean '{near}'? " if near else ""
            told = f"--uncertainty {name}: '{text}' is neither a column of the table nor a number"
            raise UsageProblem(told, hint=f"{hint}the columns are {', '.join(columns[:12])}") from None
        if not np.isfinite(size).all() or (size < 0).any():
            raise UsageProblem(f"--uncertainty {name}: a standard uncertainty is at least 0, not {text}")
        found[name] = Uncertain("", size)
    return found


def _value(session: Session, option: str, text: str) -> Any:
    """The value of a text, or of a part of it, which errors call by its option, such as "over x".

    Of a file with several values, and of standard input, the variable's is taken.
    """
    from gradcli.cli.command import read_values

    of_file = text.startswith("@") or text == "-"
    name = option.rpartition(" ")[2] if of_file else option
    return read_values(session, {name: text})[name]


def _count(session: Session, text: str, option: str) -> int:
    number = _value(session, option.lstrip("-"), text)
    if not isinstance(number, int | float) or not 0 <= number <= _MOST_ROWS or number != int(number):
        raise UsageProblem(f"{option} takes a whole number, not '{text}'")
    return int(number)


def _axis(session: Session, name: str, text: str) -> Any:
    """The values of one variable of a grid."""
    import numpy as np

    parts = text.split(":")
    if len(parts) == 1:
        values = np.atleast_1d(np.asarray(_value(session, f"over {name}", text), np.float64))
        if values.ndim > 1:
            raise UsageProblem(f"--over {name} takes numbers, not an array of shape {values.shape}")
        return values
    if len(parts) != 3:
        raise UsageProblem(
            f"--over takes NAME=START:STOP:COUNT or a list, not '{name}={text}'", hint="such as --over x=0:1:101"
        )
    start, stop = (_value(session, f"over {name}", part) for part in parts[:2])
    count = _count(session, parts[2], "--over")
    if not all(isinstance(end, int | float) and np.isfinite(end) for end in (start, stop)) or count < 1:
        raise UsageProblem(f"--over {name}: START and STOP are numbers, and COUNT is at least 1")
    from gradcli.data.rows.made import Evenly

    return Evenly(float(start), float(stop), count)


def _law(session: Session, name: str, text: str) -> Callable[[Any, int], Any]:
    """What draws numbers of a law."""
    import numpy as np

    found = _LAW.fullmatch(text)
    law = found[1] if found else text
    begun = _NAME.match(text)
    if found is None and begun and begun[1] in _LAWS:
        example = f"{begun[1]}({','.join('123'[: _LAWS[begun[1]]])})"
        told = f"--random {name}: the numbers of {begun[1]} stand in parentheses behind it, not '{text}'"
        raise UsageProblem(told, hint=f"such as --random '{name}={example}'")
    if found is None or law not in _LAWS:
        near = suggest(law, list(_LAWS))
        hint = f"did you mean '{near}'? " if near else ""
        raise UsageProblem(f"--random does not know '{text}'", hint=f"{hint}it draws from {', '.join(_LAWS)}")
    arguments = _value(session, f"random {name}", f"[{found[2]}]")
    given = np.asarray(arguments, np.float64)
    if given.ndim != 1:
        raise UsageProblem(f"{law} takes numbers, not arrays: '{text}'")
    numbers = given.tolist()
    if law == "integers" and not all(number == np.floor(number) for number in numbers):
        raise UsageProblem(f"integers takes whole numbers, not '{text}'")
    if len(numbers) != _LAWS[law]:
        raise UsageProblem(f"{law} takes {_LAWS[law]} numbers, as NumPy's, not {len(numbers)}")

    def draw(generator: Any, count: int) -> Any:
        return getattr(generator, law)(*(map(int, numbers) if law == "integers" else numbers), count).astype(float)

    try:
        draw(np.random.default_rng(0), 1)
    except (ValueError, OverflowError) as error:
        raise UsageProblem(f"{text} draws nothing: {error}") from None
    return draw
