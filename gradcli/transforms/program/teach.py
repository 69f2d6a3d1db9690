"""The whole corrected line as a hint, for a text in another notation. It is imported with the first error alone."""

from __future__ import annotations

import re
from collections.abc import Collection

from gradcli.errors import NameProblem, Problem, SyntaxProblem
from gradcli.lang import Program, calls, is_conditional, parse, unparse, variables
from gradcli.lang.spelling.mend import Mended, mend
from gradcli.lang.tree.nodes import DERIVATIVES
from gradcli.ops import names
from gradcli.ops.calls.bind import arity_problem
from gradcli.ops.calls.joins import JOINS
from gradcli.ops.table.lookup import INTERNAL, lookup
from gradcli.transforms.program.variables import check_functions, check_names

__all__ = ["loosely", "mended", "teach"]

_LONGEST = 200
"""Characters of a line that is shown whole in a hint."""

_SUGGESTED = re.compile(r"(?:write|did you mean) '?(.+?)'?(?:\?.*)?$", re.DOTALL)


def teach(problem: Problem, source: str, given: Collection[str] | None = None) -> Problem:
    """Put the corrected line into a problem's hint, with every place mended at once; returns the problem.

    Args:
        problem: about the text; it keeps its message and its place.
        source: the text.
        given: the variables that have values; none at all if nothing is known of them.

    >>> from gradcli.errors import Problem
    >>> teach(Problem("an operator is missing in '2x'"), "2x + 3sin(x)").hint, teach(Problem("..."), "1/2x").hint
    ('write 2*x + 3*sin(x)', 'write 1/2*x or 1/(2*x), whichever is meant')
    """
    found = mended(source, given)
    if found is None and given and problem.message.startswith("unexpected character"):
        found = mended(source)  # a name such as x₁ has no value, as none could be given
    if found is not None and _is_same(source, found):
        found = None
    if found is not None and sum(map(len, found.readings)) <= _LONGEST:
        problem.hint = _hint(found)
    elif problem.hint and isinstance(problem, SyntaxProblem) and _calls_unknown(problem.hint):
        problem.hint = "`gradcli ops` lists the functions"
    elif isinstance(problem, SyntaxProblem) and problem.message.startswith("an operator is missing"):
        problem.hint = "write * for a product"
    return problem


def mended(source: str, given: Collection[str] | None = None) -> Mended | None:
    """What a text means in the notation that it is in, or None if that is not understood.

    >>> mended("tg²(x)").readings
    ('tan(x)**2',)
    """
    return mend(source, INTERNAL.union(names(), DERIVATIVES), given or None, _fits)


def loosely(source: str, given: Collection[str] | None = None) -> Mended | None:
    """The one meaning of a text that is not in the language, or None if it is, or has two meanings or none.

    >>> loosely("2x").readings, loosely("1/2x") is None, loosely("2*x") is None, loosely("xy", ("x", "y")).readings
    (('2*x',), True, True, ('x*y',))
    """
    try:
        program = parse(source)
        check_functions(program)
        if given:
            check_names(program, [*variables(program).keys() & set(given)])
    except (SyntaxProblem, NameProblem):
        found = mended(source, given)
        return found if found is not None and found.certain else None
    return None


def _is_same(source: str, found: Mended) -> bool:
    """Whether a text and its only reading differ in blanks and parentheses alone: there is nothing to mend then."""
    try:
        return len(found.readings) == 1 and unparse(parse(source)) == unparse(parse(found.readings[0]))
    except SyntaxProblem:
        return False


def _hint(found: Mended) -> str:
    lines = " or ".join(found.readings)
    hint = f"write {lines}"
    if len(found.readings) > 1:
        hint += ", whichever is meant"
    if found.calls_variable:
        hint += " if a product is meant: a variable cannot be called"
    if found.values:
        hint += f", and give {' '.join(f'--{name} {value}' for name, value in found.values.items())}"
    return hint


def _fits(program: Program) -> bool:
    """Whether every call has the arguments that its function takes."""
    known = DERIVATIVES.union(definition.name for definition in program.definitions)
    for call in calls(program):
        if call.function in known:
            continue
        op = lookup(call.function)
        if op.name in INTERNAL:
            continue
        several = op.name in JOINS or (op.pairwise != "" and len(call.args) > 1)
        if not several and arity_problem(op, len(call.args), tuple(key for key, _ in call.keywords)) is not None:
            return False
    return True


def _calls_unknown(hint: str) -> bool:
    """Whether a hint tells to write a call of a function that is not there."""
    suggested = _SUGGESTED.match(hint)
    if suggested is None:
        return False
    try:
        program = parse(suggested[1])
    except Problem:
        return False
    heads = {program.source[slice(*call.head)] for call in calls(program) if not is_conditional(call)}
    return any(head.isidentifier() and head not in names() and head not in DERIVATIVES for head in heads)
