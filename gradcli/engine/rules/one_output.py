"""One of an operation's several outputs, seen as an operation of its own."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np

from gradcli.engine.rules.rule import VJP, Rule, Statics

__all__ = ["one_output"]


def one_output(rule: Rule, index: int, output_shapes: Sequence[tuple[int, ...]]) -> Rule:
    """The rule of a single output.

    Args:
        rule: of an operation with several.
        index: which of them.
        output_shapes: the shapes of all.

    >>> from gradcli.engine.rules.rule import rule_of
    >>> one_output(rule_of("slogdet"), 1, [(), ()]).forward(np.eye(2) * 2).round(3)
    np.float64(1.386)
    """
    pull, push = rule.vjps[0], rule.jvps[0]

    def forward(*args: Any, **statics: Any) -> Any:
        return rule.forward(*args, **statics)[index]

    def pulled(g: Any, out: Any, inputs: Sequence[Any], shapes: Sequence[tuple[int, ...]], statics: Statics) -> Any:
        others = [None if rule.takes_undefined else np.zeros(form) for form in output_shapes]
        return pull([g if i == index else other for i, other in enumerate(others)], out, inputs, shapes, statics)

    def pushed(t: Any, out: Any, inputs: Sequence[Any], shapes: Sequence[tuple[int, ...]], statics: Statics) -> Any:
        return push(t, out, inputs, shapes, statics)[index]

    own = copy(rule)
    own.op = rule.op.replaced(multi_output=False, outputs=())
    own.multi_output = own.takes_undefined = False
    vjps: tuple[VJP, ...] = (pulled,)
    own.forward, own.vjps, own.jvps = forward, vjps, (pushed,)
    return own
