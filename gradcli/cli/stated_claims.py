"""What is claimed: formulas as an option or a file's record states them, and numbers of files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gradcli.errors import InputProblem, UsageProblem
from gradcli.lang import normalize

if TYPE_CHECKING:
    from gradcli.data.named import Named
    from gradcli.transforms.claims.types import Claimed

__all__ = ["MOST_NUMBERS", "claimed_by", "names_in", "stated"]

MOST_NUMBERS = 400  # that a claim may have, as a derivative that is compared has no more entries
_NAME = r"[^\W\d][^\x00-/:-@\[-^`{-\x7f\s]*"  # a combining accent belongs to a name, and is no \w
_NAMED = re.compile(rf"\s*({_NAME}(?:\s*,\s*{_NAME})*)\s*=(?!=)(.*)", re.DOTALL)
_ENTRY = re.compile(rf"\s*({_NAME})\s*\[([^\[\]=]*)\]\s*=(?!=)(.*)", re.DOTALL)


class _Formula(str):
    """A text of a file that is no number: the formula itself."""

    __slots__ = ()


def stated(text: str, names: Sequence[str], order: int, stdin: Callable[[], str]) -> list[Claimed]:
    """The claims of a text: `x=2*x`, `x,y=[2*x, 1]`, `x[i]=2*x[i]`, `x=@g.npy`, or `@g.json` with one under each name.

    Args:
        text: of an option or of a field.
        names: the expression's variables.
        order: of the derivatives.
        stdin: reads what `@-` stands for.

    Raises:
        UsageProblem: if it does not say which derivative is meant.
        Problem: about a file.

    >>> [(claim.names, claim.text) for claim in stated("x, y = [2*x, 1]", ["x", "y"], 1, str)]
    [(('x', 'y'), '[2*x, 1]')]
    """
    named = _NAMED.fullmatch(text)
    if named is not None:
        return [claimed_by(names_in(named[1]), named[2].strip(), order, stdin)]
    entry = _ENTRY.fullmatch(text)
    if entry is not None:
        return [_by_entries(normalize(entry[1]), entry[2], entry[3].strip(), names, order)]
    if order == 2 and names:
        return [claimed_by(tuple(names), text.strip(), order, stdin)]
    if len(names) == 1:
        return [claimed_by((names[0],), text.strip(), order, stdin)]
    if text.strip().startswith("@"):
        found = _named_values(text.strip()[1:], stdin)
        return [_of_value((name,), _in_file(found, name), f"@{found.origin}:{name}", order) for name in found.names]
    raise UsageProblem(f"the claim '{text}' does not say which derivative it is", hint=_how_to_name(text, names))


def _by_entries(name: str, listed: str, formula: str, names: Sequence[str], order: int) -> Claimed:
    """A claim of a formula for each entry, `x[i]=2*x[i]`; of a Hessian `x[i,j]=...`.

    Raises:
        UsageProblem: if it is not about all entries of a vector.

    >>> _by_entries("x", "i", "2*x[i]", ["x"], 1).text
    '[2*x[i] for i in range(len(x))]'
    """
    from gradcli.transforms.claims.types import Claimed

    letters = [letter.strip() for letter in listed.split(",")]
    every = all(re.fullmatch(_NAME, letter) for letter in letters) and len(set(letters)) == len(letters)
    taken = next((letter for letter in letters if letter in names), None)
    if every and taken is None and len(letters) == order:
        text = formula
        for letter in reversed(letters):
            text = f"[{text} for {letter} in range(len({name}))]"
        return Claimed((name,), text, order)
    matrix = order == 2 or len(letters) == 2
    why = "a claim is about all entries"
    hint = f"write {name}={'[[... for j in range(3)] for i in range(3)]' if matrix else '[... for i in range(3)]'}"
    if taken is not None:
        why, hint = f"'{taken}' is a variable of the expression", "take another letter for the index"
    elif every:
        why = "a gradient has one index" if order == 1 else "a Hessian has two indices"
    raise UsageProblem(f"the claim about {name}[{listed}] cannot be judged: {why}", hint=hint)


def names_in(listed: str) -> tuple[str, ...]:
    """The names of a list of them.

    >>> names_in("x, y")
    ('x', 'y')
    """
    return tuple(normalize(name.strip()) for name in listed.split(","))


def claimed_by(names: tuple[str, ...], text: str, order: int, stdin: Callable[[], str]) -> Claimed:
    """A claim of a formula, or of what stands in a file.

    Raises:
        Problem: about the file.
    """
    from gradcli.transforms.claims.types import Claimed

    if not text.startswith("@"):
        return Claimed(names, text, order)
    from gradcli.data.values import value_of

    value = value_of(",".join(names), "-" if text == "@-" else text, _Formula, stdin)
    return _of_value(names, value, text, order)


def _of_value(names: tuple[str, ...], value: Any, origin: str, order: int) -> Claimed:
    from gradcli.transforms.claims.types import Claimed

    text = str(value) if isinstance(value, _Formula) else _written(value, origin)
    return Claimed(names, text, order, origin=origin)


def _written(value: Any, origin: str) -> str:
    """Numbers as the language writes them.

    Raises:
        InputProblem, ShapeProblem: if they are no array of finite numbers, or too many.
    """
    import numpy as np

    from gradcli.transforms.program.prepare import real_or_truth

    array = real_or_truth(f"the claim {origin}", value)
    if array.dtype == bool:
        raise InputProblem(f"the claim {origin} must be real numbers, not truth values")
    if array.size > MOST_NUMBERS:
        raise InputProblem(f"the claim {origin} has {array.size:,} entries, a claim takes {MOST_NUMBERS:,}")
    if array.size == 0 or not np.isfinite(array).all():
        fault = "holds no number" if array.size == 0 else "must be finite"
        raise InputProblem(f"the claim {origin} {fault}", hint="a derivative that does not exist cannot be claimed")
    return repr(array.astype(np.float64).tolist())


def _named_values(place: str, stdin: Callable[[], str]) -> Named:
    from gradcli.data.tables import named_of_text, read_values

    return named_of_text(stdin(), "standard input", one_row=True) if place == "-" else read_values(place)


def _in_file(found: Named, name: str) -> Any:
    from gradcli.data.contents import value_in

    return value_in(found, name, _Formula)


def _how_to_name(text: str, names: Sequence[str]) -> str | None:
    """How a claim without names says what it is about; of a list all variables may be meant."""
    if not names:
        return None
    listed = ", ".join(names)
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    if text.lstrip().startswith("["):
        return f"write {','.join(names)}={shown} if it is by {listed} together; by {names[0]} alone, {names[0]}={shown}"
    return f"write {names[0]}={shown}; the variables are {listed}"
