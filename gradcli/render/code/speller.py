"""From a graph to statements and expressions of a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from gradcli.formulas import Graph, Writer, counted
from gradcli.formulas.graph import Constant, Entry
from gradcli.ops import CONSTANTS
from gradcli.render.code.language import Language

__all__ = ["spelled"]

_CHOICE, _OR, _AND, _COMPARE, _SUM, _PRODUCT, _SIGN, _ATOM = range(8)

_BINARY = {
    "add": ("+", _SUM),
    "sub": ("-", _SUM),
    "mul": ("*", _PRODUCT),
    "div": ("/", _PRODUCT),
    "less": ("<", _COMPARE),
    "less_equal": ("<=", _COMPARE),
    "greater": (">", _COMPARE),
    "greater_equal": (">=", _COMPARE),
    "equal": ("==", _COMPARE),
    "not_equal": ("!=", _COMPARE),
    "logical_and": ("&&", _AND),
    "logical_or": ("||", _OR),
}

_Text = tuple[str, int]
"""An expression, and how tightly its outermost operator binds."""


def spelled(
    language: Language,
    graph: Graph,
    roots: Sequence[int],
    called: Mapping[int, str],
    name_of: Callable[[str], str],
    shapes: Mapping[str, tuple[int, ...]],
    unnamed: frozenset[str],
    deepest: int,
) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """The statements for what is used more than once, and the expressions of some nodes.

    Args:
        language: the language.
        graph: of the nodes, whose operations the language has.
        roots: the nodes.
        called: what nodes may be called.
        name_of: how a name is spelled.
        shapes: of the arguments.
        unnamed: operations whose value gets no name.
        deepest: how deep an expression may be before a part of it gets a name.

    Returns:
        For each statement its name and expression, and for each node its expression.
    """
    writer = Writer(graph, called, set(shapes), unnamed)
    order, uses = counted(writer, roots, deepest)
    speller = _Speller(language, graph, name_of, shapes)
    functions, texts, lines = graph.functions, speller.texts, []
    for node in order:
        text = speller.call(node) if functions[node] else speller.leaf(node)
        if uses[node] > 1 and writer.is_shared(node, uses[node]):
            name = name_of(writer.name(node))
            lines.append((name, text[0]))
            text = (name, _ATOM)
        texts[node] = text
    return tuple(lines), [texts[root][0] for root in roots]


class _Speller:
    """Expressions in a language; `texts` are those of nodes."""

    def __init__(
        self, language: Language, graph: Graph, name_of: Callable[[str], str], shapes: Mapping[str, tuple[int, ...]]
    ) -> None:
        self.language = language
        self.graph = graph
        self.name_of = name_of
        self.shapes = shapes
        self.texts: dict[int, _Text] = {}
        self.wraps = language.number_argument != "{0}"
        own = language.operators or {}
        self.negation = own.get("logical_not", "!")
        self.binary = {
            function: (own.get(function, text) if binds == _PRODUCT else f" {own.get(function, text)} ", binds)
            for function, (text, binds) in _BINARY.items()
            if function not in language.functions
        }

    def leaf(self, node: int) -> _Text:
        """A variable, an entry of one, or a number."""
        leaf = self.graph.leaves[node]
        if isinstance(leaf, Entry):
            name = self.name_of(leaf.name)
            return (self.language.entry(name, leaf.at, self.shapes[leaf.name]) if leaf.at else name), _ATOM
        if isinstance(leaf, Constant):
            known = self.language.constants.get(leaf.name)
            return (known, _ATOM) if known is not None else self.number(CONSTANTS[leaf.name])
        assert isinstance(leaf, float)
        return self.number(leaf)

    def number(self, value: float) -> _Text:
        """A number, and how tightly it binds."""
        if value != value or value in (float("inf"), float("-inf")):
            text = self.language.constants["nan" if value != value else "inf"]
        else:
            text = self.language.number(abs(value))
        return (f"-{text}", _SIGN) if repr(value).startswith("-") else (text, _ATOM)

    def call(self, node: int) -> _Text:
        """An operation, given its arguments."""
        graph, texts = self.graph, self.texts
        function, args = graph.functions[node], graph.args[node]
        infix = self.binary.get(function)
        if infix is not None:
            return _infix(infix, texts[args[0]], texts[args[1]])
        if function == "neg":
            text = texts[args[0]]
            return f"-{_at(text, _PRODUCT if text[1] == _PRODUCT else _ATOM)}", _SIGN
        functions = self.language.functions
        if function == "logical_not" and function not in functions:
            return f"{self.negation}{_at(texts[args[0]], _ATOM)}", _SIGN
        template = self.language.conditional if function in ("where", "if") else functions[function]
        return template.format(*[self.argument(arg) for arg in args]), _ATOM

    def argument(self, node: int) -> str:
        """An argument of a function."""
        text = self.texts[node][0]
        return self.language.number_argument.format(text) if self.wraps and self.is_number(node) else text

    def is_number(self, node: int) -> bool:
        """Whether a node is a number in the language too."""
        return self.graph.constants[node] is not None


def _infix(infix: tuple[str, int], first: _Text, second: _Text) -> _Text:
    """Two operands and an operator between them."""
    between, binds = infix
    left = binds + 1 if binds == _COMPARE else binds
    if first[1] == _SIGN and binds in (_SUM, _PRODUCT):
        left = _SIGN  # a leading sign is that of the first operand, or of the product: the same number
    right = f"({second[0]})" if second[1] == _SIGN else _at(second, binds + 1)
    return f"{_at(first, left)}{between}{right}", binds


def _at(text: _Text, least: int) -> str:
    """A part that stands where something must bind as tightly; a sign stands alone only in front."""
    return text[0] if text[1] >= least else f"({text[0]})"
