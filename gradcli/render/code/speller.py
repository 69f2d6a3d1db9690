"""From a graph to statements and expressions of a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from gradcli.formulas import Graph, Shape, Writer, counted
from gradcli.formulas.graph import Constant, Entry
from gradcli.ops import CONSTANTS
from gradcli.render.code.language import Language

__all__ = ["ATOM", "PRODUCT", "Speller", "Text", "at", "spelled"]

_CHOICE, _OR, _AND, _COMPARE, _SUM, PRODUCT, _SIGN, ATOM = range(8)

_BINARY = {
    "add": ("+", _SUM),
    "sub": ("-", _SUM),
    "mul": ("*", PRODUCT),
    "div": ("/", PRODUCT),
    "less": ("<", _COMPARE),
    "less_equal": ("<=", _COMPARE),
    "greater": (">", _COMPARE),
    "greater_equal": (">=", _COMPARE),
    "equal": ("==", _COMPARE),
    "not_equal": ("!=", _COMPARE),
    "logical_and": ("&&", _AND),
    "logical_or": ("||", _OR),
}

Text = tuple[str, int]
"""An expression, and how tightly its outermost operator binds."""


def spelled(
    speller: Speller, roots: Sequence[int], called: Mapping[int, str], unnamed: frozenset[str], deepest: int
) -> tuple[tuple[tuple[str, str], ...], list[str], list[int]]:
    """The statements for what is used more than once, and the expressions of some nodes.

    Args:
        speller: of the graph, whose operations the language has.
        roots: the nodes.
        called: what nodes may be called.
        unnamed: operations whose value gets no name.
        deepest: how deep an expression may be before a part of it gets a name.

    Returns:
        For each statement its name and expression, for each root its expression, for each statement its node.
    """
    graph = speller.graph
    writer = Writer(graph, called, set(speller.shapes), unnamed)
    order, uses = counted(writer, roots, deepest)
    functions, texts, name_of = graph.functions, speller.texts, speller.name_of
    lines, nodes = [], []
    for node in order:
        text = speller.call(node) if functions[node] else speller.leaf(node)
        if uses[node] > 1 and writer.is_shared(node, uses[node]):
            name = name_of(writer.name(node))
            lines.append((name, text[0]))
            nodes.append(node)
            text = (name, ATOM)
        texts[node] = text
    return tuple(lines), [texts[root][0] for root in roots], nodes


class Speller:
    """Expressions in a language; `texts` are those of nodes."""

    def __init__(
        self, language: Language, graph: Graph, name_of: Callable[[str], str], shapes: Mapping[str, Shape]
    ) -> None:
        self.language = language
        self.graph = graph
        self.name_of = name_of
        self.shapes = shapes
        self.texts: dict[int, Text] = {}
        self.wraps = language.number_argument != "{0}"
        own = language.operators or {}
        self.negation = own.get("logical_not", "!")
        self.binary = {
            function: (
                own.get(function, text) if binds == PRODUCT else f" {own.get(function, text)} ",
                binds,
                binds + 1 if binds == _COMPARE else binds,
            )
            for function, (text, binds) in _BINARY.items()
            if function not in language.functions
        }

    def leaf(self, node: int) -> Text:
        """A variable, an entry of one, or a number."""
        leaf = self.graph.leaves[node]
        if isinstance(leaf, Entry):
            name = self.name_of(leaf.name)
            return (self.language.entry(name, leaf.at, _numbers(self.shapes[leaf.name])) if leaf.at else name), ATOM
        if isinstance(leaf, Constant):
            known = self.language.constants.get(leaf.name)
            return (known, ATOM) if known is not None else self.number(CONSTANTS[leaf.name])
        assert isinstance(leaf, float)
        return self.number(leaf)

    def number(self, value: float) -> Text:
        """A number, and how tightly it binds."""
        if value != value or value in (float("inf"), float("-inf")):
            text = self.language.constants["nan" if value != value else "inf"]
        else:
            text = self.language.number(abs(value))
        return (f"-{text}", _SIGN) if repr(value).startswith("-") else (text, ATOM)

    def call(self, node: int) -> Text:
        """An operation, given its arguments."""
        graph, texts = self.graph, self.texts
        function, args = graph.functions[node], graph.args[node]
        infix = self.binary.get(function)
        if infix is not None:
            between, binds, least = infix
            (first, left), (second, right) = texts[args[0]], texts[args[1]]
            if left < least:
                first = f"({first})"
            if right <= binds or second.startswith("-"):
                second = f"({second})"
            return f"{first}{between}{second}", binds
        if function == "neg":
            return f"-{at(texts[args[0]], PRODUCT)}", _SIGN
        functions = self.language.functions
        if function == "logical_not" and function not in functions:
            return f"{self.negation}{at(texts[args[0]], ATOM)}", _SIGN
        template = self.language.conditional if function in ("where", "if") else functions[function]
        return template.format(*[self.argument(arg) for arg in args]), ATOM

    def argument(self, node: int) -> str:
        """An argument of a function."""
        text = self.texts[node][0]
        return self.language.number_argument.format(text) if self.wraps and self.is_number(node) else text

    def is_number(self, node: int) -> bool:
        """Whether a node is a number in the language too."""
        return self.graph.constants[node] is not None


def _numbers(shape: Shape) -> tuple[int, ...]:
    """A shape without letters, as an array has whose entries are written."""
    assert all(isinstance(size, int) for size in shape)
    return tuple(size for size in shape if isinstance(size, int))


def at(text: Text, least: int) -> str:
    """A part that stands behind an operator and must bind as tightly.

    Two signs in a row are a decrement in C, a comment in SQL and an error in Fortran.
    """
    return text[0] if text[1] >= least and not text[0].startswith("-") else f"({text[0]})"
