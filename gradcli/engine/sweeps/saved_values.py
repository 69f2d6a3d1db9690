"""What nodes saved for their derivatives: whether it is still what it was, and what it was as a tensor.

A node keeps references, not copies. Each memory counts its changes in place, a node notes the counts of what it
saved, and a count that has moved on means that the derivative would be taken at other numbers: an error, never a wrong
gradient.

Source: PyTorch's notes, "Autograd mechanics", In-place correctness checks.
"""

from __future__ import annotations

from typing import Any

from gradcli.engine.tape.modes import counts
from gradcli.engine.tape.node import Node
from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError

__all__ = ["output_as_recorded", "refuse_changed", "refuse_used"]


def output_as_recorded(node: Node) -> Any:
    """The saved output as the tensor that it was, or the tuple of several."""
    if node.out is None or not node.rule.multi_output:
        return None if node.out is None else Tensor(node.out, True, node)
    outs = tuple([Tensor(out, True, node) for out in node.out])
    for i, out in enumerate(outs):
        out.meta().output_nr = i
        out.meta().slow_path = True
    return outs


def refuse_used(node: Node) -> None:
    """Raise if what a node saved is freed, or has been changed in place since.

    Raises:
        AutogradError: that says which.
    """
    if node.freed:
        raise AutogradError(
            f"trying to backward through the graph a second time: what {node.name()} had saved is freed",
            hint="give retain_graph=True to the first backward",
        )
    if node.details.changed or counts.in_place:
        refuse_changed(node)


def refuse_changed(node: Node) -> None:
    """Raise if a saved value has been changed in place since it was saved.

    Raises:
        AutogradError: that says which value, by what operation, and both versions.
    """
    details = node.details
    if details.changed:
        raise _changed(node, "its output", details.changed, 1, 0)
    for i, tensor in enumerate(node.tensors):
        meta = getattr(tensor, "_meta", None)
        if meta is not None:
            version, expected = meta.memory.version, details.versions[i] if details.versions else 0
            if version != expected:
                what = f"its argument {i}, of shape {tensor.shape},"
                raise _changed(node, what, meta.memory.changed, version, expected)


def _changed(node: Node, what: str, by: str, version: int, expected: int) -> AutogradError:
    return AutogradError(
        f"a value needed for the gradient has been modified by an inplace operation: {node.name()} saved {what} "
        f"which {by.rstrip('_')}_ changed; it is at version {version}, expected version {expected} instead",
        hint="use the operation that is not in place, or clone() the tensor before changing it",
    )
