"""From a routine to a function of a language."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from importlib import import_module
from itertools import count

from gradcli.errors import UsageProblem
from gradcli.formulas import shaped, statements
from gradcli.lang import Call, Name
from gradcli.render.code.language import Language, Result, Table, Written
from gradcli.render.code.lower import TRUTHS, lower
from gradcli.render.code.speller import spelled
from gradcli.render.words.escape import visible
from gradcli.transforms.operators.code import Routine

__all__ = ["LANGUAGES", "language_of", "render_code"]

LANGUAGES: dict[str, str] = {
    "python": "gradcli.render.code.python",
    "numpy": "gradcli.render.code.numpy",
    "jax": "gradcli.render.code.jax",
    "torch": "gradcli.render.code.torch",
    "c": "gradcli.render.code.c",
    "c++": "gradcli.render.code.cpp",
    "javascript": "gradcli.render.code.javascript",
    "rust": "gradcli.render.code.rust",
    "fortran": "gradcli.render.code.fortran",
    "julia": "gradcli.render.code.julia",
    "matlab": "gradcli.render.code.matlab",
    "r": "gradcli.render.code.r",
    "sql": "gradcli.render.code.sql",
    "excel": "gradcli.render.code.excel",
    "latex": "gradcli.render.code.latex",
    "gradcli": "gradcli.render.code.gradcli",
}
"""The module of each language's facts, imported when it is asked for."""

_DEEPEST = 40
"""Calls inside calls in one expression: compilers and interpreters have limits."""

_WIDEST = 300
"""Characters of the program that a comment repeats."""


def language_of(name: str) -> Language:
    """The facts of a language.

    >>> language_of("c").name
    'C'
    """
    found: Language = import_module(LANGUAGES[name]).LANGUAGE
    return found


def render_code(routine: Routine, language: Language, name: str, table: Table | None = None) -> str:
    """A file with one function.

    Args:
        routine: what the function computes.
        language: the language.
        name: the function's name.
        table: where a query finds its points.

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
    if table is not None and not language.queries:
        raise UsageProblem(f"{language.name} has no tables", hint="leave --table and --keep out, or ask for --to sql")
    names = _Names(language, name)
    parameters = tuple((names.argument(parameter.name), parameter.shape) for parameter in routine.parameters)
    results = tuple(names.fresh(output.name) for output in routine.outputs)
    for column in table.keep if table is not None else ():
        names.taken.add(names.key(column))
    lines, entries = _expressions(routine, language, names)
    outputs, taken = [], 0
    for output, result in zip(routine.outputs, results, strict=True):
        count = len(output.nodes)
        labels = tuple(label.format(f=name) for label in output.labels)
        outputs.append(Result(result, output.shape, tuple(entries[taken : taken + count]), labels))
        taken += count
    comments = _comments(routine, results, names)
    return language.frame(Written(names.function, comments, parameters, lines, tuple(outputs), table or Table()))


def _expressions(
    routine: Routine, language: Language, names: _Names
) -> tuple[tuple[tuple[str, str], ...], Sequence[str]]:
    """Each intermediate result with its name, and each entry of what is returned."""
    meaning = routine.meaning
    nodes = [node for output in routine.outputs for node in output.nodes]
    shapes = {parameter.name: parameter.shape for parameter in routine.parameters}
    if language.spell is None:
        lowered, made = lower(meaning.graph, nodes, language)
        called = {made[node]: own for node, own in meaning.names.items() if node in made}
        return spelled(language, meaning.graph, lowered, called, names.of, shapes, TRUTHS, _DEEPEST)
    result = shaped(nodes, (len(nodes),))
    program = statements(meaning.graph, result, meaning.names, shapes, deepest=_DEEPEST, unnamed=TRUTHS)
    assert isinstance(program.result, Call)
    lines = tuple(
        (language.spell(Name(target, (0, 0))), language.spell(tree)) for target, tree, _ in program.assignments
    )
    return lines, [language.spell(tree) for tree in program.result.args]


def _comments(routine: Routine, results: Sequence[str], names: _Names) -> tuple[str, ...]:
    """What the function computes, and what its arguments and results are."""
    text = routine.expression
    sign = ":" if ";" in text else " ="
    lines = [f"f{sign} {text if len(text) <= _WIDEST else text[: _WIDEST - 3] + '...'}"]
    lines += [f"{names.of(parameter.name)}: {parameter.means}" for parameter in routine.parameters if parameter.means]
    for output, result in zip(routine.outputs, results, strict=True):
        means = output.means if len(output.means) <= _WIDEST else output.means[: _WIDEST - 3] + "..."
        lines.append(f"{result}: {means}")
    own = {parameter.name for parameter in routine.parameters} | set(routine.meaning.names.values())
    lines += [f"{new}: {old} in the expression" for old, new in names.renamed.items() if old in own]
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
        spelled = function.isidentifier() and (function.isascii() or language.quoted)
        if not spelled or self.key(function) in language.reserved:
            raise UsageProblem(f"'{function}' cannot be the name of a function in {language.name}")
        self.function = function
        if not language.quoted:
            self.taken.add(self.key(function))

    def argument(self, name: str) -> str:
        """The name of an argument: of a column its own."""
        if self.language.quoted:
            self.taken.add(self.key(name))
            self.known[name] = self.language.quoted.format(name)
        return self.of(name)

    def of(self, name: str) -> str:
        """The name of a variable of the program."""
        found = self.known.get(name)
        if found is not None:
            return found
        quoted = self.language.quoted
        found = self.fresh(name if quoted else _ascii(name))
        if found != name:
            self.renamed[name] = found
        found = self.known[name] = quoted.format(found) if quoted else found
        return found

    def fresh(self, name: str) -> str:
        """A name that nothing has yet."""
        tried = name
        for i in count(1):
            key = self.key(tried)
            if key not in self.language.reserved and key not in self.taken:
                break
            tried = f"{name}_" if i == 1 else f"{name}_{i}"
        self.taken.add(key)
        return tried

    def key(self, name: str) -> str:
        """What tells names apart."""
        return name.lower() if self.language.any_case else name


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
