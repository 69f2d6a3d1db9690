"""From a routine to a function of a language."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from importlib import import_module

from gradcli.errors import UsageProblem
from gradcli.formulas import shaped, statements, uncollected
from gradcli.lang import Call, Name, Tree
from gradcli.render.code.language import Language, Result, Table, Written
from gradcli.render.code.lower import TRUTHS, finite_beyond, lower
from gradcli.render.code.names import Names, comments_of
from gradcli.render.code.speller import Speller, spelled
from gradcli.transforms.operators.code import Routine

__all__ = ["DEEPEST", "LANGUAGES", "language_of", "render_code"]

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

DEEPEST = 40
"""Calls inside calls in one expression: compilers and interpreters have limits."""


def language_of(name: str) -> Language:
    """The facts of a language.

    >>> language_of("c").name
    'C'
    """
    found: Language = import_module(LANGUAGES[name]).LANGUAGE
    return found


@uncollected()
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
    names = Names(language, name)
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
    comments = comments_of(routine, results, names)
    return language.frame(Written(names.function, comments, parameters, lines, tuple(outputs), table or Table()))


def _expressions(
    routine: Routine, language: Language, names: Names
) -> tuple[tuple[tuple[str, str], ...], Sequence[str]]:
    """Each intermediate result with its name, and each entry of what is returned."""
    meaning = routine.meaning
    nodes = [node for output in routine.outputs for node in output.nodes]
    shapes = {parameter.name: parameter.shape for parameter in routine.parameters}
    if language.spell is None:
        if language.careful and not {"where", "if"}.isdisjoint(meaning.graph.functions):
            language = _with_careful(language, language.careful)
        lowered, made = lower(meaning.arithmetic, nodes, language, routine.fast)
        if language.overflowing:
            language = _with_careful(language, language.overflowing & finite_beyond(meaning.graph, lowered))
        called = {made[node]: own for node, own in meaning.names.items() if node in made}
        speller = Speller(language, meaning.graph, names.of, shapes)
        return spelled(speller, lowered, called, TRUTHS, DEEPEST)[:2]
    result = shaped(nodes, (len(nodes),))
    own = {*shapes, *meaning.names.values()}
    alike = _alike(language.spell, own, len(meaning.graph))
    taken = {*shapes, *alike}
    program = statements(meaning.graph, result, meaning.names, taken, deepest=DEEPEST, unnamed=TRUTHS)
    assert isinstance(program.result, Call)
    lines = tuple(
        (language.spell(Name(target, (0, 0)), own), language.spell(tree, own))
        for target, tree, _ in program.assignments
    )
    return lines, [language.spell(tree, own) for tree in program.result.args]


def _with_careful(language: Language, functions: Iterable[str]) -> Language:
    """The language with the careful spelling of some functions."""
    careful = {name: language.careful[name] for name in functions}
    return replace(language, functions={**language.functions, **careful})


def _alike(spell: Callable[[Tree, Container[str]], str], names: set[str], count: int) -> set[str]:
    """Names for intermediate results that would be spelled as other names are: t1 where t_1 is a variable.

    Raises:
        UsageProblem: if two of the names themselves are spelled alike.
    """
    spelled: dict[str, str] = {}
    for name in sorted(names):
        other = spelled.setdefault(spell(Name(name, (0, 0)), names), name)
        if other != name:
            raise UsageProblem(f"'{other}' and '{name}' are written alike", hint="rename one of them")
    return {f"t{i}" for i in range(1, count) if spell(Name(f"t{i}", (0, 0)), names) in spelled}
