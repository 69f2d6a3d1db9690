"""Messages about what stands in a wrong place: a function for each mistake, whose docstring shows examples of it."""

from __future__ import annotations

from typing import NoReturn

from gradcli.errors import SyntaxProblem
from gradcli.lang.messages.characters import unreadable
from gradcli.lang.messages.context import PYTHON_WORDS, left_text, short, tokens_after
from gradcli.lang.text.parser_state import CALL, GROUP, INDEX, LIST, STATEMENT, ParserState
from gradcli.lang.text.tokens import UNREADABLE, Token
from gradcli.lang.tree.nodes import Call, Name, Parameter, Tree

__all__ = [
    "crowded_generator",
    "expected_in",
    "expected_index",
    "filtered",
    "lone_else",
    "misplaced_assign",
    "misplaced_colon",
    "misplaced_for",
    "nested_if",
    "not_inside",
    "parameter",
    "repeated_keyword",
    "repeated_parameter",
    "unclosed",
    "wrong_closing",
]

_PARTNER = {"(": ")", "[": "]", ")": "(", "]": "["}


def not_inside(parser: ParserState, token: Token) -> SyntaxProblem:
    """`1 + not x`."""
    hint = f"write (not {short(tokens_after(parser, token)[0][1], 'x') or 'x'})"
    return parser.problem("'not' binds less tightly than the operator before it", token[2:], hint)


def misplaced_assign(parser: ParserState, token: Token) -> SyntaxProblem:
    """`2 = x`, `a = b = 3`, `x, 2*y = 1, 2`, `(a = 1)`."""
    frame = parser.frame
    start = frame.starts[0] if frame.start < 0 or frame.kind != STATEMENT else frame.start
    span = (start, parser.end)
    if frame.kind != STATEMENT:
        if frame.kind == CALL and frame.target is None and frame.element is None:
            hint = "write == to compare; an argument is given by name as in sum(x, axis=0)"
            return parser.problem("only a name can stand before '='", span, hint)
        hint = "write == to compare, or assign first: a = ...; then the expression"
        return parser.problem("'=' cannot stand inside an expression", token[2:], hint)
    if frame.targets or frame.defined is not None:
        return parser.problem("a statement has one '='", token[2:], "write one statement for each: a, b = ...; c = ...")
    if frame.target is not None:
        hint = f"write {left_text(parser)} = ...; {short(frame.target.id, 'a')} = {left_text(parser)}"
        return parser.problem("a statement assigns one name", (frame.target.span[0], token[3]), hint)
    if frame.items:
        hint = "write a, b = ... to give names to the parts of a value, == to compare"
        return parser.problem("only names can stand before '='", span, hint)
    return parser.problem("only a name can stand before '='", span, "write == to compare")


def repeated_keyword(parser: ParserState, name: Name) -> SyntaxProblem:
    """`f(x, axis=0, axis=1)`."""
    return parser.problem(f"the argument '{short(name.id, '...')}' is given twice", name.span, "give it once")


def parameter(parser: ParserState, call: Call, tree: Tree) -> SyntaxProblem:
    """`f(2) = 3`, `f(x + 1) = x`."""
    hint = f"write {short(call.function, 'f')}(x) = ... to define a function, == to compare"
    return parser.problem("the parameters of a function are names", tree.span, hint)


def repeated_parameter(parser: ParserState, found: Parameter) -> SyntaxProblem:
    """`f(x, x) = x`."""
    return parser.problem(
        f"two parameters are called '{short(found.name, '...')}'", found.span, "give each its own name"
    )


def nested_if(parser: ParserState, token: Token) -> SyntaxProblem:
    """`a if b if c else d else e`."""
    hint = "write a if (b if c else d) else e"
    return parser.problem("a condition inside a condition needs parentheses", token[2:], hint)


def lone_else(parser: ParserState, token: Token) -> SyntaxProblem:
    """`a else b`."""
    return parser.problem("'else' without 'if'", token[2:], "write a if condition else b")


def unclosed(parser: ParserState, token: Token) -> SyntaxProblem:
    """`(x + 1`, `[1, 2; 3, 4]`."""
    frame = parser.frame
    opening = parser.source[slice(*frame.opening)]
    hint = f"write '{_PARTNER[opening]}' where it ends"
    if frame.kind == LIST and token[0] == "semicolon":
        hint = "write the rows of a matrix as [[1, 2], [3, 4]]"
    where = " before ';'" if token[0] == "semicolon" else ""
    return parser.problem(f"'{opening}' is not closed{where}", frame.opening, hint)


def wrong_closing(parser: ParserState, token: Token) -> SyntaxProblem:
    """`x)`, `(x]`."""
    text, span = token[1], token[2:]
    frame = parser.frame
    if frame.kind == STATEMENT:
        return parser.problem(f"'{text}' closes nothing", span, f"remove it, or write '{_PARTNER[text]}' before it")
    opening = parser.source[slice(*frame.opening)]
    return parser.problem(f"'{text}' cannot close '{opening}'", span, f"write '{_PARTNER[opening]}' before it")


def misplaced_colon(parser: ParserState, token: Token) -> SyntaxProblem:
    """`(1:2)`, `x[1:2:3:4]`, `lambda: 1`."""
    name = parser.bare_name()
    if name is not None and name.id in PYTHON_WORDS:
        return parser.problem(f"there is no '{name.id}' in the language", name.span, PYTHON_WORDS[name.id])
    if parser.frame.kind == INDEX:
        return parser.problem("a slice has at most three parts", token[2:], "write x[start:stop:step]")
    return parser.problem("':' stands only in an index", token[2:], "write x[1:3] for a slice, a = 1 to assign")


def misplaced_for(parser: ParserState, token: Token) -> SyntaxProblem:
    """`x for i in range(3)`, `(x for i in range(3))`."""
    hint = "write [x[i] for i in range(n)] for a vector, sum(x[i] for i in range(n)) for a sum"
    where = "a list or a call" if parser.frame.kind != GROUP else "a list or a call, without further parentheses"
    return parser.problem(f"a loop stands inside {where}", token[2:], hint)


def crowded_generator(parser: ParserState, token: Token) -> SyntaxProblem:
    """`sum(x for i in range(3), axis=0)`, `[1, x for i in range(3)]`."""
    what = "element" if parser.frame.kind == LIST else "argument"
    hint = "write a list of its own for it: [x[i] for i in range(n)]"
    return parser.problem(f"a loop must be the only {what}", token[2:], hint)


def filtered(parser: ParserState, token: Token) -> SyntaxProblem:
    """`[x for i in range(3) if c]`."""
    hint = "write the condition into the element: (a if condition else 0) for i in range(n)"
    return parser.problem("a loop takes no condition", token[2:], hint)


def expected_index(parser: ParserState, token: Token) -> NoReturn:
    """`for 1 in`."""
    _raise_broken(parser, token)
    raise parser.problem("a name must follow 'for'", token[2:], "write for i in range(n)")


def expected_in(parser: ParserState, token: Token) -> NoReturn:
    """`for i, j in`, `for i = 1`."""
    _raise_broken(parser, token)
    assert parser.frame.index is not None
    name = short(parser.frame.index.id, "i")
    if token[0] == "comma":
        hint = "write for i in range(n) for j in range(m)"
        raise parser.problem("a loop has one index", token[2:], hint)
    raise parser.problem(f"'in' must follow 'for {name}'", token[2:], f"write for {name} in range(n)")


def _raise_broken(parser: ParserState, token: Token) -> None:
    if token[0] in UNREADABLE:
        raise unreadable(parser, token, None)
    if token[0] == "end":
        raise unclosed(parser, token)
