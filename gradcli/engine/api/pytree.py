"""Tensors in tuples, lists and dictionaries, as functions take and give them: flat, and put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.engine.tape.tensor import Tensor
from gradcli.errors import AutogradError

__all__ = ["flatten", "rebuild", "tensors_in"]


def flatten(tree: Any) -> list[Any]:
    """The leaves of nested containers, in order.

    >>> flatten({"a": 1, "b": [2, (3,)]})
    [1, 2, 3]
    """
    todo, leaves = [tree], []
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            todo += reversed(node.values())
        elif isinstance(node, list | tuple):
            todo += reversed(node)
        else:
            leaves.append(node)
    return leaves


def rebuild(tree: Any, leaves: Sequence[Any]) -> Any:
    """The same containers with other leaves.

    >>> rebuild({"a": 1, "b": [2, (3,)]}, "xyz")
    {'a': 'x', 'b': ['y', ('z',)]}
    """
    return _fill(tree, iter(leaves))


def _fill(tree: Any, leaves: Any) -> Any:  # as deep as the containers are nested
    if isinstance(tree, dict):
        return {key: _fill(item, leaves) for key, item in tree.items()}
    if isinstance(tree, list | tuple):
        items = [_fill(item, leaves) for item in tree]
        return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
    return next(leaves)


def tensors_in(tree: Any, what: str) -> list[Tensor]:
    """The leaves, all of them tensors.

    Raises:
        AutogradError: about `what`, if one is something else.
    """
    leaves = flatten(tree)
    for leaf in leaves:
        if not isinstance(leaf, Tensor):
            raise AutogradError(
                f"{what} must be tensors, alone or in tuples, lists or dicts, not {type(leaf).__name__}"
            )
    return leaves
