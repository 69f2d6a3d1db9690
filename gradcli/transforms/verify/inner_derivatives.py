"""The verdict on a program that holds derivatives: `diff(f(x), x)`.

In their place the engine has formulas. The enclosures and the numeric derivative are of the same formulas, so what they
say holds of them and not of the program. SymPy alone derives what stands inside a second time: it decides, and where it
has confirmed a result the enclosures may tell within how many ulps.
"""

from __future__ import annotations

from dataclasses import replace

from gradcli.enclosures.process.prover import Prover
from gradcli.symbolic import Answer, NotChecked, Oracle
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.verdict import Proof, Verdict
from gradcli.transforms.verify.check import judge, too_large
from gradcli.transforms.verify.proof import with_proof
from gradcli.transforms.verify.requests import PATIENCE, enclosures_of, request_for

__all__ = ["not_by_proof", "verify_derivatives"]

_ALONE = "the derivatives inside the expression are formulas here, and only SymPy derives them again"


def verify_derivatives(
    result: Derived, oracle: Oracle, timeout: float, *, full: bool, prover: Prover | None, digits: int | None
) -> Verdict:
    """SymPy's verdict, with a proof where it is "verified".

    Args:
        result: from any of the transforms that differentiate.
        oracle: started, and not asked yet.
        timeout: seconds that SymPy has, and the enclosures.
        full: whether all witnesses are shown.
        prover: of the enclosures, not asked yet; None for no proof.
        digits: as many proved digits of each number are wanted, beside the verdict.
    """
    if full:
        from gradcli.transforms.verify.witnesses import examine

        verdict = examine(result, oracle, timeout)
        if verdict.witness == "numeric" and verdict.verdict != "differs":
            verdict = replace(verdict, verdict="not checked", reason=f"{_ALONE}; {verdict.reason}")
        return verdict if prover is None else replace(verdict, proof=_no_proof(result))
    answer: Answer | NotChecked | None = too_large(result)
    if answer is None:
        oracle.ask(result.question(), timeout)
        answer = oracle.answer()
    verdict = judge(result, answer)
    if isinstance(answer, NotChecked):
        verdict = replace(verdict, reason=f"{_ALONE}; {answer.reason}")
    if prover is None:
        return verdict
    if verdict.verdict != "verified" or isinstance(answer, NotChecked):
        return replace(verdict, proof=_no_proof(result))
    prover.ask(request_for(result, digits), max(timeout, PATIENCE))
    return with_proof(result, verdict, answer, enclosures_of(prover, answer, digits is not None))


def not_by_proof(result: Derived) -> Verdict:
    """That no proof decides."""
    return Verdict("not checked", 0, result.count(), None, _ALONE, proof=_no_proof(result))


def _no_proof(result: Derived) -> Proof:
    return Proof(0, result.count(), reason=_ALONE)
