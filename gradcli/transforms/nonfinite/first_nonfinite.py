"""The steps at which numbers stopped being finite, of those that the result depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from gradcli.engine.sweeps.masked_backward import Provenance, masked_vjp, reached_entries
from gradcli.engine.sweeps.structural_dependence import Application, Mask, argument_masks, unbroadcast_mask
from gradcli.engine.tape.node import Node
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.transforms.program.finite import not_finite
from gradcli.transforms.program.trace import Step, Trace

__all__ = ["Pulled", "first_nonfinite_backward", "first_nonfinite_forward"]


def first_nonfinite_forward(
    steps: list[Step],
    result: Any,
    numbers: Mapping[int, Any] | None = None,
    bad: Callable[[Any], Mask] = not_finite,
) -> Step | None:
    """The first step whose own number is not finite while those that it was computed from are.

    Only entries that reach the result count: what a `where` leaves out may be infinite.

    Args:
        result: the last value.
        numbers: for each value (by id) the number to look at in its place, such as its tangent.
        bad: which entries are looked for.
    """
    demanded: dict[int, Mask] = {id(result): bad(_number(result, numbers))}
    found = None
    for step in reversed(steps):
        entries = demanded.get(id(step.out))
        if entries is None or not entries.any():
            continue
        if step.applied is None or not _passed_on(step, entries, demanded, numbers, bad):
            found = step
    return found


def _number(value: Any, numbers: Mapping[int, Any] | None) -> Any:
    return value if numbers is None else numbers.get(id(value), 0.0)


def _passed_on(
    step: Step,
    entries: Mask,
    demanded: dict[int, Mask],
    numbers: Mapping[int, Any] | None,
    bad: Callable[[Any], Mask],
) -> bool:
    """Whether the bad entries came from arguments, which are demanded then."""
    if step.applied is None:
        return False
    passed = False
    still = (False,) * len(step.args)  # a constant factor of 0 times an infinity is a NaN that came from there
    masks = argument_masks(step.applied._replace(passive=still), entries)
    for arg, mask, shape in zip(step.args, masks, step.applied.shapes, strict=False):
        own = bad(_number(arg, numbers))
        if own.shape != shape:
            own = np.broadcast_to(own, shape)
        own = own & unbroadcast_mask(mask, shape)
        if own.any():
            demanded[id(arg)] = demanded.get(id(arg), False) | own
            passed = True
    return passed


class Pulled(NamedTuple):
    """A node of the graph through which a finite cotangent became one that is not.

    Attributes:
        node: the node.
        position: which of its inputs.
        cotangent: what arrived.
        made: what it became.
        bad: the entries that are not finite, in the result's shape for elementwise operations, else the input's.
        maker: the key of the forward node in whose derivative this one was recorded; None for one of the forward pass.
    """

    node: Node
    position: int
    cotangent: Any
    made: Any
    bad: Mask
    maker: int | None

    def applied(self) -> Application:
        """The operation on plain numbers."""
        several = self.node.rule.multi_output
        return Application.of(self.node, () if several else np.shape(unwrap(self.cotangent)))

    def partial(self) -> Any:
        """What the cotangent was multiplied with, where the operation is elementwise."""
        node, applied = self.node, self.applied()
        ones = np.ones(np.shape(unwrap(self.cotangent)))[()]
        with np.errstate(all="ignore"):
            found = node.rule.vjps[self.position](ones, node.out, node.inputs, applied.shapes, node.statics)
        return np.broadcast_to(found, self.bad.shape)


def first_nonfinite_backward(trace: Trace, root: Tensor, seed: Any, made: Provenance | None = None) -> Pulled | None:
    """The first node, going back, that made a number which is not finite and reaches the derivatives."""
    found: list[Pulled] = []

    def watch(node: Node, g: Any, told: list[tuple[int, Any]]) -> None:
        parts = [part for part in g if part is not None] if node.rule.multi_output else [g]
        if any(not_finite(part).any() for part in parts):
            return
        for position, cotangent in told:
            bad = not_finite(cotangent)
            if bad.any():
                found.append(
                    Pulled(node, position, g, unwrap(cotangent), bad, made.node_of(node.key) if made else None)
                )

    targets = trace.targets()
    gradients = masked_vjp(root, targets, seed, observer=watch)
    spoilt = [not_finite(np.zeros(t.shape) if g is None else g) for t, g in zip(targets, gradients, strict=True)]
    for birth in found:
        edge = birth.node.edges[birth.position]
        if edge is None:
            continue
        place = birth.node.output_nrs[birth.position]
        entries = unbroadcast_mask(birth.bad, birth.applied().shapes[birth.position])
        if any(
            bool(np.any(r & s)) for r, s in zip(reached_entries(edge, place, entries, targets), spoilt, strict=True)
        ):
            return birth
    return None
