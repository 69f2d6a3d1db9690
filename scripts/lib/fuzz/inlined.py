"""A program without its names: each replaced by what it stands for."""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.lang import Call, Literal, Name, Tree
from gradcli.lang.tree.nodes import Clause, Comprehension

__all__ = ["replaced"]


def replaced(tree: Tree, named: Mapping[str, Tree]) -> Tree:
    """A tree with names replaced; those that a loop binds are others."""
    if isinstance(tree, Name):
        return named.get(tree.id, tree)
    if isinstance(tree, Literal):
        return tree
    if isinstance(tree, Call):
        args = tuple(replaced(arg, named) for arg in tree.args)
        keywords = tuple((key, replaced(value, named)) for key, value in tree.keywords)
        return Call(tree.function, args, tree.span, tree.head, keywords)
    clauses = tuple(Clause(c.target, tuple(replaced(bound, named) for bound in c.bounds)) for c in tree.clauses)
    return Comprehension(replaced(tree.element, named), clauses, tree.span)
