"""The verdict on a result, which SymPy is asked for, and all other witnesses where they are wanted."""

from __future__ import annotations

from gradcli.symbolic import Oracle
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.verdict import Verdict
from gradcli.transforms.verify.check import judge, large

__all__ = ["verify"]


def verify(result: Derived, oracle: Oracle, timeout: float, *, full: bool = False) -> Verdict:
    """The verdict on a result: SymPy's, or with `full` that of all witnesses, entry by entry.

    Where a result has too many inputs for SymPy, the numeric derivative of a sample of its entries decides.

    Args:
        result: from any of the transforms that differentiate.
        oracle: started, and not asked yet.
        timeout: seconds that SymPy has.

    >>> from gradcli.transforms.operators.grad import grad
    >>> with Oracle.start() as oracle:
    ...     verify(grad("x**2", {"x": 3.0}), oracle, 60).verdict
    'verified'
    """
    if full:
        from gradcli.transforms.verify.witnesses import examine

        return examine(result, oracle, timeout)
    oracle.ask(result.question(), timeout)
    answer = oracle.answer()
    if large(result):
        from gradcli.transforms.verify.witnesses import by_sample

        return by_sample(result, answer)
    return judge(result, answer)
