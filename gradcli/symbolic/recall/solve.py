"""From a question and what SymPy derived of it at another time to an answer."""

from __future__ import annotations

import math

from gradcli.address import EntryAddress
from gradcli.symbolic.numbers.errors import Inexpressible
from gradcli.symbolic.numbers.floats import split, to_float
from gradcli.symbolic.protocol.addresses import addresses
from gradcli.symbolic.protocol.inquiry import Recollection
from gradcli.symbolic.protocol.question import Answer, NotChecked, Question, Truth
from gradcli.symbolic.recall.evaluation import numbers
from gradcli.symbolic.recall.reading import Damaged, read, shapes_of

__all__ = ["UNUSUAL", "recall", "slopes"]

UNUSUAL = "the point is an unusual one"
"""Why a derivation gives no answer, where SymPy may have one."""


def recall(question: Question) -> Answer | NotChecked:
    """The answer by the question's derivation; none where the text is damaged, or the point is a special one.

    >>> asked = Question("x**2", {"x": 3.0}, ("x",), "gradient", derivation="[[x**2], [2*x], []]")
    >>> [truth.high for truth in recall(asked).derivatives]
    [6.0]
    """
    moving = {name: question.values[name] for name in question.wrt}
    try:
        derivation = read(question.derivation, shapes_of(moving))
        everything = addresses(question, len(derivation.values))
        picked = [everything[i] for i in question.positions(len(everything))]
        if len(picked) != len(derivation.derivatives):
            return NotChecked("the derivation has another number of entries")
        found = numbers(
            derivation, {name: [number.as_integer_ratio() for number in _flat(value)] for name, value in moving.items()}
        )
    except Damaged as error:
        return NotChecked(f"the derivation is damaged: {error}")
    except Inexpressible as error:
        return NotChecked(str(error))
    except (OverflowError, ValueError):  # an input that is no number
        return NotChecked(UNUSUAL)
    if found is None:
        return NotChecked(UNUSUAL)
    count = len(derivation.values)
    values = [Truth(EntryAddress(i), "number", *split(number)) for i, number in enumerate(found[:count])]
    derivatives = [Truth(at, "number", *split(number)) for at, number in zip(picked, found[count:], strict=True)]
    if not all(math.isfinite(truth.high) for truth in (*values, *derivatives)):
        return NotChecked(UNUSUAL)
    return Answer(tuple(values), tuple(derivatives), len(everything), len(picked) < len(everything), recalled=True)


def slopes(recollection: Recollection) -> list[list[list[float]]] | None:
    """The derivative's entries of each derivation at each point, at numbers as they are written.

    Returns:
        None where a text is damaged, or a point is a special one.

    >>> slopes(Recollection(("[[x**2], [2*x], []]",), ({"x": 0.1}, {"x": 3.0})))
    [[[0.2], [6.0]]]
    """
    try:
        shapes = shapes_of(recollection.points[0])
        derivations = [read(text, shapes) for text in recollection.texts]
        found: list[list[list[float]]] = []
        for derivation in derivations:
            found.append([])
            for point in recollection.points:
                inputs = {name: [_written(number) for number in _flat(value)] for name, value in point.items()}
                values = numbers(derivation, inputs)
                if values is None:
                    return None
                found[-1].append([to_float(value) for value in values[len(derivation.values) :]])
    except (Damaged, Inexpressible, OverflowError, ValueError):
        return None
    return found if all(math.isfinite(n) for points in found for entries in points for n in entries) else None


def _written(number: float) -> tuple[int, int]:
    """A float64 as the shortest decimal that reads as it, a numerator and a denominator."""
    digits, _, exponent = repr(number).partition("e")
    whole, _, decimals = digits.partition(".")
    shift = int(exponent or 0) - len(decimals)
    return int(whole + decimals) * 10 ** max(shift, 0), 10 ** max(-shift, 0)


def _flat(value: object) -> list[float]:
    """The numbers of a nested list, in order."""
    found: list[float] = []
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list | tuple):
            stack += reversed(item)
        else:
            found.append(float(item))  # type: ignore[arg-type]  # a number
    return found
