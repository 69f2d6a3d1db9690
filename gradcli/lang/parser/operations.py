"""Reading a token where an operator, a loop's index or `in` is expected: a function for each kind of token.

Each returns what is expected next.
"""

from __future__ import annotations

from gradcli.lang import messages
from gradcli.lang.text.operators import BINARY, COMPARE, POWER, TERNARY
from gradcli.lang.text.parser_state import (
    CALL,
    CLOSING,
    GROUP,
    IF,
    INDEX,
    LIST,
    LOOP_IN,
    LOOP_INDEX,
    OPERAND,
    OPERATOR,
    STATEMENT,
    Frame,
    ParserState,
)
from gradcli.lang.text.tokens import Token
from gradcli.lang.tree.nodes import Call, Comprehension, Literal, Name, Parameter, Span, Tree

__all__ = [
    "leave",
    "read_assign",
    "read_attribute",
    "read_binary",
    "read_call",
    "read_close",
    "read_colon",
    "read_comma",
    "read_else",
    "read_end",
    "read_for",
    "read_if",
    "read_index",
    "read_loop_in",
    "read_loop_index",
    "stay_at_loop_in",
    "stay_at_loop_index",
]


def read_binary(parser: ParserState, token: Token) -> int:
    """An operator between two operands. Those that wait and bind at least as tightly are applied first."""
    _, text, start, end = token
    precedence, function = BINARY[text]
    frame = parser.frame
    # Powers group from the right, and comparisons wait to be taken as one chain.
    if precedence < POWER:
        frame.apply(precedence + (precedence == COMPARE), parser.end)
    frame.operators.append((precedence, function, (start, end), parser.end))
    return OPERAND


def read_if(parser: ParserState, token: Token) -> int:
    """The `if` of `a if c else b`."""
    _, _, start, end = token
    frame = parser.frame
    if frame.element is not None:
        raise messages.misplaced.filtered(parser, token)
    frame.apply(TERNARY + 1, parser.end)
    if frame.operators and frame.operators[-1][0] == IF:
        raise messages.misplaced.nested_if(parser, token)
    frame.operators.append((IF, "where", (start, end), parser.end))
    return OPERAND


def read_else(parser: ParserState, token: Token) -> int:
    """The `else` of `a if c else b`."""
    frame = parser.frame
    frame.apply(TERNARY + 1, parser.end)
    if not frame.operators or frame.operators[-1][0] != IF:
        raise messages.misplaced.lone_else(parser, token)
    _, function, head, before = frame.operators.pop()
    frame.operators.append((TERNARY, function, head, before))
    return OPERAND


def read_call(parser: ParserState, token: Token) -> int:
    """The parenthesis after a function's name."""
    _, _, start, end = token
    function = parser.frame.operands[-1]
    if not isinstance(function, Name) or function.span[1] != parser.end:
        raise messages.missing.missing_operator(parser, token)
    parser.outer.append(parser.frame)
    parser.frame = Frame(CALL, function.span[0], (start, end), function)
    return OPERAND


def read_index(parser: ParserState, token: Token) -> int:
    """The bracket after what it indexes."""
    _, _, start, end = token
    starts = parser.frame.starts
    parser.outer.append(parser.frame)
    parser.frame = Frame(INDEX, starts[-1], (start, end))
    return OPERAND


def read_attribute(parser: ParserState, token: Token) -> int:
    """`.T`, the only attribute."""
    _, text, start, end = token
    if text[1:].lstrip() != "T":
        raise messages.missing.attribute(parser, token)
    frame = parser.frame
    span = (frame.starts[-1], end)
    frame.operands[-1] = Call("transpose", (frame.operands[-1],), span, (start, end))
    parser.end = end
    return OPERATOR


def read_comma(parser: ParserState, token: Token) -> int:
    """The end of an item, of an argument or of an index."""
    _, _, start, end = token
    frame = parser.frame
    if frame.kind == STATEMENT and _is_decimal_comma(parser, token):
        raise messages.missing.decimal_comma(parser, token)
    if frame.element is not None:
        raise messages.misplaced.crowded_generator(parser, token)
    parser.finish_item()
    if frame.comma is None:
        frame.comma = (start, end)
    parser.end = end
    return OPERAND


def _is_decimal_comma(parser: ParserState, token: Token) -> bool:
    """Whether a comma follows a number without a blank, and a digit follows the comma."""
    number = parser.frame.operands[-1] if parser.frame.operands else None
    follows = parser.source[token[3] : token[3] + 1]
    is_number = isinstance(number, Literal) and isinstance(number.value, float) and number.span[1] == token[2]
    return is_number and follows.isascii() and follows.isdigit()


def read_colon(parser: ParserState, token: Token) -> int:
    """A colon of a slice, after one of its parts."""
    _, _, start, end = token
    frame = parser.frame
    if frame.kind != INDEX or len(frame.parts) == 2:
        raise messages.misplaced.misplaced_colon(parser, token)
    frame.parts.append((*parser.complete(), (start, end)))
    return OPERAND


def read_assign(parser: ParserState, token: Token) -> int:
    """The `=` of an assignment, to one name or to several, or of a keyword argument."""
    frame = parser.frame
    name = parser.bare_name()
    named = frame.target is not None or bool(frame.targets) or frame.defined is not None
    defined = None if named or name is not None else _defined(parser)
    if defined is not None:
        frame.defined = defined
        frame.operands.pop()
        frame.starts.pop()
        return OPERAND
    takes_name = frame.kind == CALL or (frame.kind == STATEMENT and all(isinstance(i, Name) for i in frame.items))
    if name is None or not takes_name or named or frame.element is not None:
        raise messages.misplaced.misplaced_assign(parser, token)
    if any(keyword == name.id for keyword, _ in frame.keywords):
        raise messages.misplaced.repeated_keyword(parser, name)
    frame.operands.pop()
    frame.starts.pop()
    if frame.kind == STATEMENT and frame.items:
        frame.targets = [*(item for item in frame.items if isinstance(item, Name)), name]
        frame.items, frame.comma, frame.start = [], None, -1
    else:
        frame.target = name
    return OPERAND


def _defined(parser: ParserState) -> tuple[Name, tuple[Parameter, ...]] | None:
    """The name and the parameters of `f(x, k=2)` that a statement begins with; None if it is anything else.

    Raises:
        SyntaxProblem: for a parameter that is no name.
    """
    frame = parser.frame
    if frame.kind != STATEMENT or frame.items or frame.operators or frame.parts or len(frame.operands) != 1:
        return None
    call = frame.operands[0]
    if not isinstance(call, Call) or call.span != (frame.starts[0], parser.end) or call.head[0] != call.span[0]:
        return None
    if not call.function.isidentifier() or not parser.source.startswith(call.function[:1], call.head[0]):
        return None
    parameters: list[Parameter] = []
    for tree in call.args:
        if not isinstance(tree, Name):
            raise messages.misplaced.parameter(parser, call, tree)
        parameters.append(Parameter(tree.id, None, tree.span))
    parameters += [Parameter(key, tree, tree.span) for key, tree in call.keywords]
    repeated = [p for i, p in enumerate(parameters) if any(p.name == other.name for other in parameters[:i])]
    if repeated:
        raise messages.misplaced.repeated_parameter(parser, repeated[0])
    return Name(call.function, call.head), tuple(parameters)


def read_for(parser: ParserState, token: Token) -> int:
    """The `for` that makes what stands before it a loop's element, or begins one more loop."""
    frame = parser.frame
    if frame.kind not in (LIST, CALL):
        raise messages.misplaced.misplaced_for(parser, token)
    if frame.element is not None:
        parser.finish_clause()
        return LOOP_INDEX
    if frame.items or frame.keywords or frame.target:
        raise messages.misplaced.crowded_generator(parser, token)
    frame.element, _ = parser.complete()
    return LOOP_INDEX


def read_close(parser: ParserState, token: Token) -> int:
    """A closing bracket after an item."""
    frame = parser.frame
    if CLOSING.get(frame.kind) != token[1]:
        raise messages.misplaced.wrong_closing(parser, token)
    if frame.element is None:
        parser.finish_item()
    else:
        parser.finish_clause()
        frame.items.append(Comprehension(frame.element, tuple(frame.clauses), (frame.opening[1], token[2])))
    return leave(parser, token)


def leave(parser: ParserState, token: Token) -> int:
    """Close the innermost bracket: what it holds becomes an operand of the frame around it."""
    end = token[3]
    frame = parser.frame
    kind, items = frame.kind, tuple(frame.items)
    span, head = (frame.start, end), frame.opening
    outer = parser.frame = parser.outer.pop()
    parser.end = end
    if kind in (GROUP, LIST):
        grouped = kind == GROUP and frame.comma is None
        tree = items[0] if grouped else Call("array", items, span, head)
        outer.operands.append(tree)
        outer.starts.append(frame.start)
    elif kind == CALL:
        assert frame.base is not None
        outer.operands[-1] = _applied(frame.base, items, tuple(frame.keywords), span)
    else:
        if len(items) == 1 and frame.comma is None:
            items = _spread(parser.source, items[0])
        outer.operands[-1] = Call("getitem", (outer.operands[-1], *items), span, (head[0], end))
    return OPERATOR


def _applied(name: Name, args: tuple[Tree, ...], keywords: tuple[tuple[str, Tree], ...], span: Span) -> Tree:
    """The tree of a call as it is written; `array([1, 2])` is `[1, 2]`, as in NumPy."""
    if name.id == "array" and len(args) == 1 and not keywords and not isinstance(args[0], Comprehension):
        return args[0]
    return Call(name.id, args, span, name.span, keywords)


def _spread(source: str, item: Tree) -> tuple[Tree, ...]:
    """The indices of an index in parentheses: `x[(i, j)]` is `x[i, j]`, as in NumPy."""
    if isinstance(item, Call) and item.function == "array" and source.startswith("(", item.head[0]):
        return item.args
    return (item,)


def read_end(parser: ParserState, token: Token) -> int:
    """The end of a statement; inside brackets a newline is a blank."""
    if parser.frame.kind != STATEMENT:
        if token[0] == "newline":
            return OPERATOR
        raise messages.misplaced.unclosed(parser, token)
    parser.finish_item()
    parser.finish_statement()
    return OPERAND


def read_loop_index(parser: ParserState, token: Token) -> int:
    """The name after `for`."""
    _, text, start, end = token
    parser.frame.index = Name(text, (start, end))
    return LOOP_IN


def read_loop_in(_parser: ParserState, _token: Token) -> int:
    """The `in` after it."""
    return OPERAND


def stay_at_loop_index(_parser: ParserState, _token: Token) -> int:
    """A newline after `for`."""
    return LOOP_INDEX


def stay_at_loop_in(_parser: ParserState, _token: Token) -> int:
    """A newline before `in`."""
    return LOOP_IN
