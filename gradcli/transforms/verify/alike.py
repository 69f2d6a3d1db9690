"""The verdicts on many results of one program: SymPy derives it once, and mpmath computes the numbers at each point.

What is asked of each point is what is asked of one alone: SymPy's derivation, its numbers with as many digits as
settle them, and their comparison with the engine's. Where a derivation does not verify a result (a point is an unusual
one, a number is another) SymPy is asked about that point as if there were none.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from gradcli.symbolic import NotChecked, Oracle
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.check import judge
from gradcli.transforms.verify.derivations import Derivations, key_of

__all__ = ["Alike"]

_SHARE = 0.5
"""Of the time that there is, the part after which a derivation is given up, so that SymPy has some left."""

_AT_ONCE = 100
"""Results that are asked about together: what each takes is a tenth of what it takes to ask."""


class Alike:
    """What has been derived for some results, for the next ones.

    Args:
        oracle: started, and not asked yet.
        derivations: of earlier runs, and where those of this one are kept; None for none.

    >>> from gradcli.transforms.operators.grad import grad
    >>> with Oracle.start() as oracle:
    ...     verdicts = Alike(oracle, None).verdicts([grad("abs(x)", {"x": x}) for x in (1.0, 2.0, 0.0)], 60)
    >>> [(one.verdict, one.recalled) for one in verdicts]
    [('verified', False), ('verified', True), ('kink', False)]
    """

    def __init__(self, oracle: Oracle, derivations: Derivations | None) -> None:
        self._oracle = oracle
        self._derivations = derivations
        self._texts: dict[str, str] = {}
        self._makers = cache(str if derivations is None else derivations.makers)

    def verdicts(self, results: Sequence[Derived], timeout: float) -> list[Verdict]:
        """The verdicts on results, in their order.

        Args:
            results: with the numbers that are compared.
            timeout: seconds for all of them together.
        """
        end = time.monotonic() + timeout
        late = NotChecked(f"no answer within {timeout:g} s")
        found: dict[int, Verdict] = {}
        for key, places in self._by_key(results).items():
            self._recall(results, key, places, end, found)
            for place in places:
                if place in found:
                    continue
                if time.monotonic() >= end:
                    found[place] = judge(results[place], late)
                elif self._consult(results[place], key, end, found, place):
                    self._recall(results, key, places, end, found)
        return [found[place] for place in range(len(results))]

    def _by_key(self, results: Sequence[Derived]) -> dict[str | None, list[int]]:
        """The places of results with the same derivation, and under None of those without one."""
        groups: dict[str | None, list[int]] = {}
        for place, result in enumerate(results):
            unusual = bool(result.kinks) or result.origin is not None
            key = None if unusual else key_of(result.question(), self._makers)
            groups.setdefault(key, []).append(place)
        return groups

    def _consult(self, result: Derived, key: str | None, end: float, found: dict[int, Verdict], place: int) -> bool:
        """Ask SymPy about a result; whether what it derives holds for others and is new."""
        question, left = result.question(), end - time.monotonic()
        if key is None or key in self._texts:
            found[place] = judge(result, self._oracle.consult(question, left))
            return False
        answer, derived = self._oracle.consult_and_keep(question, left)
        verdict = found[place] = judge(result, answer)
        if not derived or verdict.verdict != "verified":
            return False
        self._texts[key] = derived
        if self._derivations is not None:
            self._derivations.keep(key, question, derived)
        return True

    def _recall(
        self, results: Sequence[Derived], key: str | None, places: Sequence[int], end: float, found: dict[int, Verdict]
    ) -> None:
        """Add the verdicts on the results that a derivation verifies, if there is one."""
        text = None if key is None else self._text(key)
        if text is None:
            return
        waiting = [place for place in places if place not in found]
        for some in (waiting[start : start + _AT_ONCE] for start in range(0, len(waiting), _AT_ONCE)):
            left = _SHARE * (end - time.monotonic())
            if left <= 0:
                return
            answers = self._oracle.recall_all([results[i].question()._replace(derivation=text) for i in some], left)
            for place, answer in zip(some, answers, strict=True):
                verdict = replace(judge(results[place], answer), recalled=True)
                if verdict.verdict == "verified":
                    found[place] = verdict

    def _text(self, key: str) -> str | None:
        """What was derived for an earlier result, in this run or before."""
        if key not in self._texts and self._derivations is not None:
            kept = self._derivations.read(key)
            if kept is not None:
                self._texts[key] = kept
                self._derivations.use()
        return self._texts.get(key)
