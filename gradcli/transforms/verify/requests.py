"""What the enclosures are asked about a result, and how long they are waited for."""

from __future__ import annotations

from gradcli.enclosures.process.prover import Prover
from gradcli.enclosures.protocol import Enclosures, Request
from gradcli.symbolic import Answer, NotChecked
from gradcli.transforms.results.base import Derived
from gradcli.transforms.verify.check import too_large
from gradcli.transforms.verify.proof import request_of

__all__ = ["PATIENCE", "SAMPLE", "enclosures_of", "request_for"]

SAMPLE = 48
"""Of a result on which SymPy is silent, so many entries are looked at, if the time allows."""

PATIENCE = 2.0
"""Seconds that the enclosures have at least, and longer than SymPy, where it has answered: they are most often there
before it."""


def request_for(result: Derived, digits: int | None = None) -> Request:
    """What the enclosures are asked; of a result that is too large for SymPy for a sample, but for all digits."""
    if digits is not None:
        from gradcli.transforms.verify.proved_digits import request_for_digits

        return request_for_digits(result, digits)
    return request_of(result.question(), SAMPLE if too_large(result) else None)


def enclosures_of(prover: Prover, answer: Answer | NotChecked, wanted: bool = False) -> Enclosures | NotChecked:
    """The enclosures; where SymPy is silent, or they are wanted themselves, they have all the time there is."""
    return prover.answer() if wanted or isinstance(answer, NotChecked) else prover.answer(PATIENCE)
