"""The one road that every operator takes: prepare, compute, differentiate, and account for what is special.

The stations come in this order, and none can be left out: the values are bound to leaves and the program is computed,
while a detector looks for kinks; the operator differentiates; what is not finite is computed again without what it does
not depend on, and traced to its origin; a rewriting of the program that is finite there is looked for, and the limits
where there is no value; kinks are explained. An operator says what is its own: how it differentiates, and how that is
computed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from gradcli.engine.tape.tensor import Tensor
from gradcli.transforms.kinks.detect import KinkDetector
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.prepare import Prepared
from gradcli.transforms.results.base import Derived, Result
from gradcli.transforms.results.labels import Outputs
from gradcli.transforms.results.value import plain, plain_by_name

if TYPE_CHECKING:
    from gradcli.ops.calls.interpreter import Observer
    from gradcli.transforms.results.findings import Origin

__all__ = ["Computed", "Found", "compute", "travel"]

R = TypeVar("R", bound=Result)

Found: TypeAlias = dict[str, Any]
"""What was derived, by the fields of the result: an array, a tuple of arrays, or a dict of them by name."""


class Computed(NamedTuple):
    """A prepared program with its value.

    Attributes:
        tensors: the leaves, by name.
        value: the program's value, a tensor with its history.
        detector: what looked for kinks meanwhile; None if nothing did.
    """

    prepared: Prepared
    tensors: dict[str, Tensor]
    value: Tensor
    detector: KinkDetector | None = None

    @property
    def outputs(self) -> Outputs:
        """What the program calls its value and the parts of it."""
        program, variables = self.prepared.program, self.prepared.values
        if not (program.assignments or self.value.shape or "f" in variables):
            return Outputs()  # without what looks further, which the start of a plain gradient can do without
        from gradcli.transforms.program.output_names import outputs_of

        return outputs_of(program, variables, self.value.shape)


def compute(prepared: Prepared, observe: Observer | None = None) -> Computed:
    """Compute a program, recorded for the variables that are differentiated by.

    Args:
        prepared: the program and its values.
        observe: told of every sub-expression as it is computed.

    Raises:
        Problem: for shapes that do not fit and the like, with the place of the operation.
    """
    tensors = leaves(prepared)
    detector = KinkDetector(prepared.program)
    watch = detector.observer
    if observe is not None:
        watch = observe if watch is None else _both(watch, observe)
    return Computed(prepared, tensors, execute(prepared.program, tensors, watch), detector)


def _both(first: Observer, second: Observer) -> Observer:
    def observe(node: Any, args: list[Any], keywords: dict[str, Any], value: Any) -> None:
        first(node, args, keywords, value)
        second(node, args, keywords, value)

    return observe


def travel(
    kind: Callable[..., R],
    computed: Computed,
    found: Found,
    *,
    recompute: Callable[[Found], tuple[Found, Origin | None]],
    again: Callable[[str], R],
    labels: Mapping[str, Any] | None = None,
) -> R:
    """The result of an operator, once it has differentiated.

    Args:
        kind: the result's class.
        computed: the program's value.
        found: what was derived of it.
        recompute: computes again what is not finite, and says where the first number of it that stays so came from.
        again: the operator on another text at the same point, without a look for origins.
        labels: further fields of the result.
    """
    prepared, value = computed.prepared, computed.value
    origin = None
    if not is_finite(value, *_arrays(found)):
        found, origin = recompute(found)
    result = kind(
        prepared.program.source,
        prepared.inputs,
        plain(value.array),
        **{field: _plain(held) for field, held in found.items()},
        **(labels or {}),
        origin=origin,
        warnings=(*prepared.notes, *_nothing_to_do(kind, prepared)),
        outputs=computed.outputs,
    )
    # The stations for what is special are imported where something is: most programs pass neither.
    if origin is not None:
        from gradcli.transforms.nonfinite.suggest_rewrite import suggest_rewrite

        result = suggest_rewrite(result, again)
        if isinstance(result, Derived) and bool(np.any(np.isnan(result.value))):
            from gradcli.transforms.kinks.limits import limits_of
            from gradcli.transforms.nonfinite.removable import suggest_continuation

            result = suggest_continuation(replace(result, limits=limits_of(result, prepared)), again)
    if isinstance(result, Derived) and (computed.detector is None or computed.detector.found):
        from gradcli.transforms.kinks.explain import explain_kinks

        result = explain_kinks(result, prepared, computed.detector)
    return result


def _nothing_to_do(kind: Callable[..., Any], prepared: Prepared) -> tuple[str, ...]:
    """A note where derivatives were asked for of a program without variables."""
    derived = isinstance(kind, type) and issubclass(kind, Derived)
    return ("nothing to differentiate by: the expression has no variables",) if derived and not prepared.values else ()


def _arrays(found: Found) -> Iterator[Any]:
    for held in found.values():
        yield from held.values() if isinstance(held, dict) else held if isinstance(held, tuple) else (held,)


def _plain(held: Any) -> Any:
    if isinstance(held, dict):
        return plain_by_name(held)
    return tuple(map(plain, held)) if isinstance(held, tuple) else plain(np.asarray(held))
