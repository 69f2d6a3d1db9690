"""The derivative of one step by one of its arguments, as text in the names of the steps.

It is the table's partial with the names put in; of an operation on whole arrays the text of its pullback, in which `g`
is the cotangent that comes to the step, or what the pullback's own text says.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from gradcli.engine.tape.node import Node
from gradcli.formulas import Constant, Entry, Graph, Rules, statements, tidy
from gradcli.formulas.arithmetic import Arithmetic
from gradcli.lang import Call, Literal, Name, Tree, fold, parse, unparse
from gradcli.ops import CONSTANTS, Op
from gradcli.ops.calls.paths import resolve_rule
from gradcli.ops.calls.resolve import resolve

__all__ = ["LocalRule", "local_rule"]


class LocalRule(NamedTuple):
    """A rule as text.

    Attributes:
        text: a formula of the language, or words.
        is_formula: which of both.
        is_partial: whether it is a factor, as against the whole of what goes on to the input.
    """

    text: str
    is_formula: bool
    is_partial: bool = True


def local_rule(
    node: Node, argument: int, given: Mapping[str | int, Tree], name: str, ranks: Mapping[str | int, int]
) -> LocalRule:
    """The rule by which a cotangent goes on from a node to one of its arguments.

    Args:
        node: of the tape.
        argument: its position.
        given: the arguments, by the operation's parameters or by position.
        name: what the node's value is called.
        ranks: of the arguments, their numbers of axes.

    >>> import gradcli
    >>> x = gradcli.tensor(3.0, requires_grad=True)
    >>> local_rule((x**2).grad_fn, 0, {"x": Name("x", (0, 0))}, "v1", {"x": 0}).text
    '2*x'
    """
    op = node.rule.op
    names: dict[str, Tree] = {key: tree for key, tree in given.items() if isinstance(key, str)}
    names |= {key: _constant(value) for key, value in node.statics.items() if isinstance(value, int | float)}
    names["out"] = Name(name, (0, 0))
    used = {tree.id for tree in given.values() if isinstance(tree, Name)}
    names["g"] = Name("cotangent" if "g" in used else "g", (0, 0))
    if op.kind == "elementwise":
        return LocalRule(_formula(op.partials[argument] or "0", names), True)
    if op.kind == "reduction":
        return _of_reduction(op, node, names)
    told = "".join(str(ranks.get(param, "?")) for param in op.params)
    if told in op.texts:
        return LocalRule(_formula(op.texts[told][argument], names), True, False)
    return LocalRule(_words(op, argument), False, False)


def _of_reduction(op: Op, node: Node, names: Mapping[str, Tree]) -> LocalRule:
    weight = next((text for text in op.partials if text and not text.startswith("ops.")), None)
    further = [key for key in op.statics if key not in ("axis", "keepdims")]
    default = all(node.statics[key] == op.statics[key] for key in further)
    if op.name == "mean":
        return LocalRule("1/n, n being the number of entries", False)
    if weight is not None and default:
        return LocalRule(_formula(weight, names), True)
    rule = next(text for text in op.partials if text and text.startswith("ops."))
    return LocalRule(_first_sentence(rule), False)


def _constant(value: float | int) -> Tree:
    return Literal(value if isinstance(value, bool) else float(value), (0, 0))


def _formula(text: str, names: Mapping[str, Tree]) -> str:
    """A formula of the table with names put in, without the guards that only a program needs."""
    tree = _parsed(text)
    plain = all(isinstance(part, Name | Literal) for key, part in names.items())
    neat = _tidied(tree, names) if plain else None
    return unparse(_replaced(tree, names)) if neat is None else neat


def _tidied(tree: Tree, names: Mapping[str, Tree]) -> str | None:
    """The formula in its shortest form; None of one that is no arithmetic of numbers."""
    graph = Graph()
    rules = Rules(Arithmetic(graph))
    leaves = {key: _leaf(graph, part) for key, part in names.items()}
    try:
        found = rules.expression(tree, {key: leaf for key, leaf in leaves.items() if leaf is not None})
        # A choice is what such a rule says; elsewhere it only keeps a program from dividing by 0.
        chooses = isinstance(tree, Call) and tree.function == "where"
        neat = tidy(rules.arithmetic, [found], None if chooses else [])[0]
    except (KeyError, AssertionError):
        return None
    taken = [part.id for part in names.values() if isinstance(part, Name)]
    return statements(graph, neat, {}, taken, inline=True).source


def _leaf(graph: Graph, tree: Tree) -> int | None:
    if isinstance(tree, Name):
        return graph.leaf(Constant(tree.id) if tree.id in CONSTANTS else Entry(tree.id))
    value: Any = tree.value if isinstance(tree, Literal) else None
    return graph.leaf(value) if isinstance(value, float | bool) else None


def _replaced(tree: Tree, names: Mapping[str, Tree]) -> Tree:
    def call(node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Tree:
        return Call(node.function, tuple(args), node.span, node.head, tuple(keywords.items()))

    return fold(tree, lambda node: node, lambda node: names.get(node.id, node), call)


@cache
def _parsed(text: str) -> Tree:
    return resolve(parse(text)).result


def _words(op: Op, argument: int) -> str:
    rules = op.transposes
    return _first_sentence(rules[argument] if argument < len(rules) and len(rules) > 1 else rules[0])


def _first_sentence(rule: str) -> str:
    """What a rule's own text says first."""
    text = inspect.getdoc(resolve_rule(rule)) or rule.rpartition(".")[2].replace("_", " ")
    words = text.splitlines()[0].rstrip(".").replace("`", "")
    first, *_ = words.split(" ")
    return words[0].lower() + words[1:] if first.isalpha() and first[1:].islower() else words
