"""Whether two trees have the same structure, whatever their places in their texts."""

from __future__ import annotations

from gradcli.lang.tree.nodes import Call, Comprehension, Definition, Literal, Name, Program, Tree

__all__ = ["equal"]


def equal(a: Tree | Program, b: Tree | Program) -> bool:
    """Whether two trees or programs have the same structure; spans do not count.

    >>> from gradcli.lang import parse
    >>> equal(parse("x^2"), parse("(x) ** 2")), equal(parse("a - (b - c)"), parse("a - b - c"))
    (True, False)
    """
    pairs: list[tuple[Tree, Tree]] = []
    if isinstance(a, Program) or isinstance(b, Program):
        if not isinstance(a, Program) or not isinstance(b, Program):
            return False
        if [name for name, _, _ in a.assignments] != [name for name, _, _ in b.assignments]:
            return False
        pairs += [(first.tree, second.tree) for first, second in zip(a.assignments, b.assignments, strict=True)]
        if [_heading(definition) for definition in a.definitions] != [
            _heading(definition) for definition in b.definitions
        ]:
            return False
        for one, other in zip(a.definitions, b.definitions, strict=True):
            pairs.append((one.body, other.body))
            pairs += [
                (p.default, q.default)
                for p, q in zip(one.parameters, other.parameters, strict=True)
                if p.default is not None and q.default is not None
            ]
        pairs.append((a.result, b.result))
    else:
        pairs.append((a, b))
    # Chained comparisons share an operand. It is compared once: with each chain in a chain the work would double.
    seen: set[tuple[int, int]] = set()
    while pairs:
        left, right = pairs.pop()
        if isinstance(left, Call) and isinstance(right, Call):
            if (id(left), id(right)) in seen:
                continue
            seen.add((id(left), id(right)))
        parts = _parts(left, right)
        if parts is None:
            return False
        pairs += parts
    return True


def _heading(definition: Definition) -> tuple[object, ...]:
    """All of a definition but its trees."""
    parameters = tuple((parameter.name, parameter.default is None) for parameter in definition.parameters)
    return definition.name, definition.after, parameters


def _parts(left: Tree, right: Tree) -> list[tuple[Tree, Tree]] | None:
    """The pairs of subtrees that must be equal if the trees are; None if the nodes themselves differ."""
    if isinstance(left, Literal) and isinstance(right, Literal):
        same = type(left.value) is type(right.value) and (left.value == right.value or _both_nan(left, right))
        return [] if same else None
    if isinstance(left, Name) and isinstance(right, Name):
        return [] if left.id == right.id else None
    if isinstance(left, Call) and isinstance(right, Call):
        same = left.function == right.function and len(left.args) == len(right.args)
        if not same or [key for key, _ in left.keywords] != [key for key, _ in right.keywords]:
            return None
        values = zip((tree for _, tree in left.keywords), (tree for _, tree in right.keywords), strict=True)
        return [*zip(left.args, right.args, strict=True), *values]
    if isinstance(left, Comprehension) and isinstance(right, Comprehension):
        parts = [(left.element, right.element)]
        if len(left.clauses) != len(right.clauses):
            return None
        for first, second in zip(left.clauses, right.clauses, strict=True):
            if first.target != second.target or len(first.bounds) != len(second.bounds):
                return None
            parts += zip(first.bounds, second.bounds, strict=True)
        return parts
    return None


def _both_nan(left: Literal, right: Literal) -> bool:
    return left.value != left.value and right.value != right.value
