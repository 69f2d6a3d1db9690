"""The verdict on a result: SymPy and the enclosures are asked, and all other witnesses where they are wanted."""

from __future__ import annotations

import time
from dataclasses import replace

from gradcli.enclosures.process.prover import Prover
from gradcli.enclosures.protocol import Enclosures
from gradcli.lang import calls, parse
from gradcli.lang.tree.nodes import DERIVATIVES
from gradcli.ops.calls.read import read_program
from gradcli.symbolic import Answer, NotChecked, Oracle, Question
from gradcli.transforms.program.variables import mentions_derivatives
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.check import judge, too_large
from gradcli.transforms.verify.derivations import Derivations
from gradcli.transforms.verify.hopeless import FROM_ORDER, is_hopeless
from gradcli.transforms.verify.proof import Proved, by_proof, prove, request_of, with_proof
from gradcli.transforms.verify.requests import PATIENCE, enclosures_of, request_for

__all__ = ["check", "holds_derivatives", "verify", "verify_by_proof"]

_COMMON = 0.5
"""Seconds in which SymPy has most often answered, before anybody looks for a proof."""

_QUICK = 1.5
"""Seconds for an answer, with the start of the process; where it took longer, one more evaluation of the program may
take longer than the check has beyond its deadline."""

_SLICE = 0.05
"""Seconds between two looks for what is there."""

_GRACE = 0.2
"""Of the time that SymPy has, the share after which it is given up if everything is proved: a person does not wait ten
seconds for a second opinion on what is proved."""


def check(result: Derived, timeout: float = 10.0) -> Verdict:
    """Derive a result again with SymPy, in another process, and compare; and prove how near it is, in a third.

    Args:
        result: from `grad`, `jacobian`, `hessian`, `hvp`, `jvp` or `derivative`.
        timeout: seconds until the check gives up.

    >>> from gradcli.transforms.operators.grad import grad
    >>> verdict = check(grad("x**2", {"x": 3.0}), timeout=60)
    >>> verdict.verdict, verdict.proof.ulps
    ('verified', 0.0)
    """
    with Oracle.start(timeout=timeout) as oracle, Prover() as prover:
        return verify(result, oracle, timeout, prover=prover)


def verify(
    result: Derived,
    oracle: Oracle,
    timeout: float,
    *,
    full: bool = False,
    prover: Prover | None = None,
    digits: int | None = None,
    took: float = 0.0,
    derivations: Derivations | None = None,
) -> Verdict:
    """The verdict on a result: SymPy's and the proof's, or with `full` that of all witnesses, entry by entry.

    Where SymPy is silent, a proof or the numeric derivative decides, of a large result that of a sample of its entries.
    Where everything is proved, SymPy is waited for no longer than a fifth of its time.

    Args:
        result: from any of the transforms that differentiate.
        oracle: not asked yet; best started already.
        timeout: seconds that SymPy has, and the enclosures.
        full: whether all witnesses are heard.
        prover: of the enclosures, not asked yet; None for no proof.
        digits: as many proved digits of each number are wanted, beside the verdict.
        took: seconds that the answer took: a person who has waited so long for it waits twice as long for the check.
        derivations: SymPy's of earlier runs, and where the one of this run is kept; None for none.

    >>> from gradcli.transforms.operators.grad import grad
    >>> with Oracle.start() as oracle:
    ...     verify(grad("x**2", {"x": 3.0}), oracle, 60).verdict
    'verified'
    """
    if holds_derivatives(result.expression):
        from gradcli.transforms.verify.inner_derivatives import verify_derivatives

        return verify_derivatives(result, oracle, timeout, full=full, prover=prover, digits=digits)
    if full:
        from gradcli.transforms.verify.witnesses import examine

        return examine(result, oracle, timeout, prover, digits, derivations)
    end = time.monotonic() + timeout
    refused = too_large(result)
    if refused is not None and digits is None and too_large(result, result.most_enclosed) is not None:
        verdict = _by_values(result, judge(result, refused), refused, took, end)
        return verdict if prover is None else with_proof(result, verdict, refused, refused)
    question = result.question()
    if derivations is not None and refused is None:
        recalled = derivations.answer(result, question, oracle, timeout)
        if recalled is not None:
            return _recalled(result, derivations, recalled, prover if digits is not None else None, timeout, digits)
        question = derivations.wanted(question)
    if prover is None:
        oracle.ask(question, timeout)
        answer = oracle.answer()
        return _by_values(result, judge(result, answer), answer, took, end)
    prover.ask(request_for(result, digits), max(timeout, PATIENCE))
    if _is_hopeless(question):
        oracle.rest()
        found = prover.answer()
        proved = _proved(result, found)
        if proved is not None and proved.settles:
            told = NotChecked(f"not asked for order {question.order} of so many operations")
            return with_proof(result, judge(result, told), told, found, proved)
    oracle.ask(question, timeout)
    proved = _wait(result, oracle, prover, timeout)
    answer = oracle.answer()
    by_sympy = judge(result, answer)
    if derivations is not None:
        derivations.accept(question, by_sympy)
    found = enclosures_of(prover, answer, digits is not None)
    verdict = with_proof(result, by_sympy, answer, found, proved)
    if verdict.verdict == "not checked" and isinstance(answer, NotChecked):
        return with_proof(result, _by_values(result, judge(result, answer), answer, took, end), answer, found, proved)
    return verdict


def _recalled(
    result: Derived, derivations: Derivations, answer: Answer, prover: Prover | None, timeout: float, digits: int | None
) -> Verdict:
    """The verdict by a derivation of an earlier run; with a proof where digits are to be proved anyway."""
    verdict = derivations.verdict(result, answer)
    assert verdict is not None
    if prover is None or verdict.verdict != "verified":
        return verdict
    prover.ask(request_for(result, digits), max(timeout, PATIENCE))
    return with_proof(result, verdict, answer, prover.answer())


def holds_derivatives(text: str) -> bool:
    """Whether a program, which is known to be right, has a derivative in it.

    >>> holds_derivatives("2*diff(x**2, x)"), holds_derivatives("diff*x")
    (True, False)
    """
    return mentions_derivatives(text) and any(call.function in DERIVATIVES for call in calls(parse(text)))


def _by_values(result: Derived, verdict: Verdict, answer: Answer | NotChecked, took: float, end: float) -> Verdict:
    """A verdict, or where it is none, and SymPy is silent, that of the numeric derivative."""
    late = time.monotonic() >= end and took > _QUICK
    if verdict.verdict != "not checked" or isinstance(answer, Answer) or not result.numeric_witness or late:
        return verdict
    from gradcli.transforms.verify.witnesses import GRACE, by_sample

    return replace(by_sample(result, answer, took, end + GRACE), proof=verdict.proof)


def _wait(result: Derived, oracle: Oracle, prover: Prover, timeout: float) -> Proved | None:
    """Wait until SymPy has answered; give it up once everything is proved and its share of the time is over.

    Returns:
        What the enclosures prove, where there was time to look at it.
    """
    proved: Proved | None = None
    given_up: float | None = None
    if oracle.answered(_COMMON):
        return None
    while not oracle.answered(_SLICE):
        if proved is None and prover.answered():
            proved = _proved(result, prover.answer())
        if given_up is None and oracle.at_work:  # to import SymPy takes as long as the machine is busy
            given_up = time.monotonic() + _GRACE * timeout
        if proved is not None and proved.settles and given_up is not None and time.monotonic() > given_up:
            oracle.give_up()
    return proved


def _proved(result: Derived, found: Enclosures | NotChecked) -> Proved | None:
    return None if isinstance(found, NotChecked) else prove(result, found, NotChecked(""))


def _is_hopeless(question: Question) -> bool:
    """Whether SymPy is known not to come to an end."""
    if question.kind != "derivative" or question.order < FROM_ORDER:
        return False
    return is_hopeless(read_program(question.source, question.values), question.order)


def verify_by_proof(result: Derived, prover: Prover, timeout: float, digits: int | None = None) -> Verdict:
    """The verdict on a result by its enclosures alone.

    Args:
        result: from any of the transforms that differentiate.
        prover: not asked yet.
        timeout: seconds that there are.
        digits: as many proved digits of each number are wanted, beside the verdict.

    >>> from gradcli.transforms.operators.grad import grad
    >>> with Prover() as prover:
    ...     verdict = verify_by_proof(grad("exp(x)", {"x": 1.0}), prover, 60)
    >>> verdict.verdict, verdict.proof.entries, verdict.proof.ulps < 1
    ('verified', 1, True)
    """
    if holds_derivatives(result.expression):
        from gradcli.transforms.verify.inner_derivatives import not_by_proof

        return not_by_proof(result)
    prover.ask(request_of(result.question()) if digits is None else request_for(result, digits), timeout)
    return by_proof(result, prover.answer())
