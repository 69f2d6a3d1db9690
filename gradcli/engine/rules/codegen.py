"""From a partial, a tree in gradcli's language, to Python source made of NumPy calls.

The cotangent is pushed into the partial, so that `1` costs nothing, `1/x` one division, and a `where`
chooses before anything is multiplied (an infinite cotangent times a masked zero would be a NaN).
"""

from __future__ import annotations

from gradcli.lang import Call, Literal, Name, Tree, fold
from gradcli.ops import CONSTANTS, lookup

__all__ = ["G", "names_in", "source_of", "times"]

_NOWHERE = (0, 0)
G = Name("g", _NOWHERE)


def times(g: Tree, tree: Tree) -> Tree:
    """The product of g and a partial, with g pushed to where it is cheapest and safest.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(times(G, parse("1/(1 + x)").result))
    'g/(1 + x)'
    >>> unparse(times(G, parse("x/hypot(x, y)").result))
    'g*(x/hypot(x, y))'
    """
    todo: list[tuple[str, Tree]] = [("push", tree)]
    done: list[Tree] = []
    while todo:
        action, node = todo.pop()
        if action == "push":
            _push(g, node, todo, done)
        elif action == "neg":
            done.append(_call("neg", done.pop()))
        elif action == "div":
            done.append(_call("div", done.pop(), node))
        else:
            second, first = done.pop(), done.pop()
            done.append(_call("where", node, first, second))
    return done.pop()


def _push(g: Tree, node: Tree, todo: list[tuple[str, Tree]], done: list[Tree]) -> None:
    if isinstance(node, Literal) and node.value == 1:
        done.append(g)
    elif isinstance(node, Literal) and node.value == 0:
        done.append(node)
    elif isinstance(node, Call) and node.function == "neg":
        todo += [("neg", node), ("push", node.args[0])]
    elif isinstance(node, Call) and node.function == "div" and not _varies(node.args[0]):
        todo += [("div", node.args[1]), ("push", node.args[0])]
    elif isinstance(node, Call) and node.function == "where":
        todo += [("where", node.args[0]), ("push", node.args[2]), ("push", node.args[1])]
    else:
        done.append(_call("mul", g, node))


def _varies(numerator: Tree) -> bool:
    """Whether g times a numerator may be too large or too small where the quotient is not."""
    return not (
        isinstance(numerator, Literal) or (isinstance(numerator, Call) and numerator.function in ("neg", "where"))
    )


def _call(function: str, *args: Tree) -> Call:
    return Call(function, args, _NOWHERE, _NOWHERE)


def source_of(tree: Tree, places: dict[str, str], constant: frozenset[str] = frozenset()) -> str:
    """Python source of a tree.

    Args:
        places: for each name the source that stands for it.
        constant: names that hold Python numbers: a `where` on these alone becomes a conditional expression.
    """

    def literal(node: Literal) -> tuple[str, bool]:
        value = node.value
        return repr(int(value) if isinstance(value, float) and value.is_integer() else value), True

    def name(node: Name) -> tuple[str, bool]:
        if node.id in places:
            return places[node.id], node.id in constant
        return repr(CONSTANTS[node.id]), True

    def call(node: Call, args: list[tuple[str, bool]], keywords: dict[str, tuple[str, bool]]) -> tuple[str, bool]:
        op = lookup(node.function)
        texts = [text for text, _ in args]
        static = all(known for _, known in args)
        if op.name == "where" and args[0][1]:
            return f"({texts[1]} if {texts[0]} else {texts[2]})", static
        if op.infix:
            return f"({texts[0]} {op.infix} {texts[1]})", static
        if op.name == "neg":
            return f"(-{texts[0]})", static
        texts += [f"{key}={text}" for key, (text, _) in keywords.items()]
        return f"{op.name}({', '.join(texts)})", static and op.name != "where"

    return fold(tree, literal, name, call)[0]


def names_in(tree: Tree) -> frozenset[str]:
    """The names that a tree reads."""
    return fold(
        tree,
        lambda node: frozenset(),
        lambda node: frozenset({node.id}),
        lambda node, args, keywords: frozenset().union(*args, *keywords.values()),
    )
