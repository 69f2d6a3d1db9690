"""From a routine to a function of a language."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import count

from gradcli.errors import UsageProblem
from gradcli.formulas import shaped, statements
from gradcli.lang import Call, Literal, Name, Tree, fold, is_conditional
from gradcli.ops import CONSTANTS
from gradcli.render.code.language import Language, Written
from gradcli.render.code.lower import TRUTHS, lower
from gradcli.render.words.escape import visible
from gradcli.transforms.operators.code import Routine

__all__ = ["LANGUAGES", "language_of", "render_code"]

LANGUAGES: dict[str, str] = {
    "python": "gradcli.render.code.python",
    "numpy": "gradcli.render.code.numpy",
    "c": "gradcli.render.code.c",
    "c++": "gradcli.render.code.cpp",
    "javascript": "gradcli.render.code.javascript",
    "rust": "gradcli.render.code.rust",
    "fortran": "gradcli.render.code.fortran",
    "julia": "gradcli.render.code.julia",
    "matlab": "gradcli.render.code.matlab",
    "r": "gradcli.render.code.r",
}
"""The module of each language's facts, imported when it is asked for."""

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

_DEEPEST = 40
"""Calls inside calls in one expression: compilers and interpreters have limits."""

_Text = tuple[str, int]

_WIDEST = 300
"""Characters of the program that a comment repeats."""


def language_of(name: str) -> Language:
    """The facts of a language.

    >>> language_of("c").name
    'C'
    """
    found: Language = import_module(LANGUAGES[name]).LANGUAGE
    return found


def render_code(routine: Routine, language: Language, name: str) -> str:
    """A file with one function.

    Args:
        routine: what the function computes.
        language: the language.
        name: the function's name.

    Raises:
        UsageProblem: for an operation that the language lacks, or a name that it cannot have.

    >>> from gradcli.transforms.operators.code import routine
    >>> print(render_code(routine("x*y", ["value", "gradient"]), language_of("javascript"), "f"), end="")
    // f = x*y
    // value: f
    // gradient: df/dx, df/dy
    function f(x, y) {
      const value = x*y;
      const gradient = [y, x];
      return { value, gradient };
    }
    """
    graph = routine.meaning.graph
    nodes = [node for output in routine.outputs for node in output.nodes]
    lowered, made = lower(graph, nodes, language.functions, language.name)
    called = {made[node]: own for node, own in routine.meaning.names.items() if node in made}
    names = _Names(language, name)
    parameters = tuple((names.of(parameter.name), parameter.shape) for parameter in routine.parameters)
    shapes = {parameter.name: parameter.shape for parameter in routine.parameters}
    results = tuple(names.fresh(output.name) for output in routine.outputs)
    program = statements(graph, shaped(lowered, (len(lowered),)), called, shapes, deepest=_DEEPEST, unnamed=TRUTHS)
    speller = _Speller(language, names, shapes)
    lines = tuple((names.of(target), speller.text(tree)) for target, tree, _ in program.assignments)
    assert isinstance(program.result, Call)
    entries = [speller.text(tree) for tree in program.result.args]
    outputs, taken = [], 0
    for output, result in zip(routine.outputs, results, strict=True):
        outputs.append((result, output.shape, tuple(entries[taken : taken + len(output.nodes)])))
        taken += len(output.nodes)
    comments = _comments(routine, results, names)
    return language.frame(Written(names.function, comments, parameters, lines, tuple(outputs)))


def _comments(routine: Routine, results: Sequence[str], names: _Names) -> tuple[str, ...]:
    """What the function computes, and what its arguments and results are."""
    text = routine.expression
    sign = ":" if ";" in text else " ="
    lines = [f"f{sign} {text if len(text) <= _WIDEST else text[: _WIDEST - 3] + '...'}"]
    lines += [f"{names.of(parameter.name)}: {parameter.means}" for parameter in routine.parameters if parameter.means]
    for output, result in zip(routine.outputs, results, strict=True):
        means = output.means if len(output.means) <= _WIDEST else output.means[: _WIDEST - 3] + "..."
        lines.append(f"{result}: {means}")
    lines += [f"{new}: {old} in the expression" for old, new in names.renamed.items()]
    return tuple(_one_line(line) for line in lines)


def _one_line(text: str) -> str:
    """Text for a comment; a backslash at the end of one would make the next line a part of it in C."""
    return " ".join(visible(text).split()).rstrip("\\")


class _Names:
    """Names as a language can spell them: each once."""

    def __init__(self, language: Language, function: str) -> None:
        self.language = language
        self.known: dict[str, str] = {}
        self.renamed: dict[str, str] = {}
        self.taken: set[str] = set()
        if not function.isascii() or not function.isidentifier() or function in language.reserved:
            raise UsageProblem(f"'{function}' cannot be the name of a function in {language.name}")
        self.function = function
        self.taken.add(self._key(function))

    def of(self, name: str) -> str:
        """The name of a variable of the program."""
        if name not in self.known:
            self.known[name] = self.fresh(_ascii(name))
            if self.known[name] != name:
                self.renamed[name] = self.known[name]
        return self.known[name]

    def fresh(self, name: str) -> str:
        """A name that nothing has yet."""
        tried = name
        for i in count(1):
            if tried not in self.language.reserved and self._key(tried) not in self.taken:
                break
            tried = f"{name}_" if i == 1 else f"{name}_{i}"
        self.taken.add(self._key(tried))
        return tried

    def _key(self, name: str) -> str:
        return name.lower() if self.language.name == "Fortran" else name


def _ascii(name: str) -> str:
    """A name in ASCII letters: of a Greek one its name."""
    spelled = ""
    for letter in name:
        if letter.isascii():
            spelled += letter
            continue
        words = unicodedata.name(letter, "").split()
        plain = unicodedata.normalize("NFKD", letter)[0]
        if "LETTER" in words:
            word = words[words.index("LETTER") + 1] if words.index("LETTER") + 1 < len(words) else "x"
            spelled += plain if plain.isascii() else word.capitalize() if "CAPITAL" in words else word.lower()
        else:
            spelled += f"u{ord(letter):x}"
    return f"v{spelled}" if spelled.startswith("_") else spelled


class _Speller:
    """Expressions in a language."""

    def __init__(self, language: Language, names: _Names, shapes: Mapping[str, tuple[int, ...]]) -> None:
        self.language = language
        self.names = names
        self.shapes = shapes
        self.operators = language.operators or {}

    def text(self, tree: Tree) -> str:
        """An expression of any depth."""
        return fold(tree, self.literal, self.name, self.call)[0]

    def literal(self, node: Literal) -> _Text:
        value = node.value
        if not isinstance(value, float):
            return f"{value}", _ATOM
        return self.number(value)

    def number(self, value: float) -> _Text:
        """A number, and how tightly it binds."""
        if value != value or value in (float("inf"), float("-inf")):
            text = self.language.constants["nan" if value != value else "inf"]
        else:
            text = self.language.number(abs(value))
        return (f"-{text}", _SIGN) if repr(value).startswith("-") else (text, _ATOM)

    def name(self, node: Name) -> _Text:
        if node.id in CONSTANTS and node.id not in self.shapes and node.id not in self.names.known:
            known = self.language.constants.get(node.id)
            return (known, _ATOM) if known is not None else self.number(CONSTANTS[node.id])
        return self.names.of(node.id), _ATOM

    def call(self, node: Call, args: list[_Text], _: dict[str, _Text]) -> _Text:
        function = node.function
        if function == "getitem":
            indices = tuple(int(index.value) for index in node.args[1:])  # type: ignore[union-attr,arg-type]  # literals
            assert isinstance(node.args[0], Name)
            return self.language.entry(args[0][0], indices, self.shapes[node.args[0].id]), _ATOM
        if is_conditional(node) or function == "where":
            return self.language.conditional.format(*(text for text, _ in args)), _ATOM
        if function == "neg":
            return f"-{_at(args[0], _PRODUCT if args[0][1] == _PRODUCT else _ATOM)}", _SIGN
        if function == "logical_not" and function not in self.language.functions:
            return f"{self.operators.get(function, '!')}{_at(args[0], _ATOM)}", _SIGN
        if function in _BINARY and function not in self.language.functions:
            return self.binary(function, args)
        return self.language.functions[function].format(*(text for text, _ in args)), _ATOM

    def binary(self, function: str, args: list[_Text]) -> _Text:
        """Two operands and an operator between them."""
        text, binds = _BINARY[function]
        text = self.operators.get(function, text)
        left = binds + 1 if binds == _COMPARE else binds
        if binds in (_SUM, _PRODUCT) and args[0][1] == _SIGN:
            left = _SIGN  # a leading sign is that of the first operand, or of the product: the same number
        between = text if binds == _PRODUCT else f" {text} "
        right = f"({args[1][0]})" if args[1][1] == _SIGN else _at(args[1], binds + 1)
        return f"{_at(args[0], left)}{between}{right}", binds


def _at(text: _Text, least: int) -> str:
    """A part that stands where something must bind as tightly; a sign stands alone only in front."""
    return text[0] if text[1] >= least else f"({text[0]})"
