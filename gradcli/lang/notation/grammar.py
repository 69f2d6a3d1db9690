"""Reading a notation by a table of its operators, with a stack of its own: no depth of brackets is too deep."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gradcli.errors import Problem, SyntaxProblem
from gradcli.lang.tree.nodes import Call, Literal, Name, Span, Tree

__all__ = [
    "ADD",
    "AND",
    "BITS",
    "COMPARE",
    "MUL",
    "NOT",
    "OR",
    "POWER",
    "UNARY",
    "Binary",
    "Grammar",
    "Token",
    "ambiguous",
    "read",
    "tokenize",
]

OR, AND, NOT, COMPARE, BITS, ADD, MUL, UNARY, POWER, TIGHT = range(1, 11)
"""How tightly operators bind, as in Python; notations with other rules name other numbers."""

COMPARISONS = frozenset({"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"})


class Token(NamedTuple):
    """A number, a name, an operator, a bracket or a separator, and its place."""

    kind: str
    text: str
    start: int
    end: int


class Binary(NamedTuple):
    """An operator: how tightly it binds, the function that it stands for, whether it groups from the right."""

    precedence: float
    function: str
    right: bool = False


class Grammar(NamedTuple):
    """A notation.

    Attributes:
        name: what it is called.
        tokens: the pattern of a token, with a group for each kind: number, name, op, open, close, comma, row, bad.
        binary: by their text.
        prefix: by their text how tightly they bind, and their function.
        postfix: by their text what they make of an operand.
        brackets: for each opening bracket the closing one.
        calls: the brackets that call a name, if they stand behind it.
        lists: the brackets that hold a list.
        called: makes the tree of a call: (name, arguments, span, head).
        named: makes the tree of a name.
        implied: how tightly a product without a sign binds; 0 where there is none.
        postfixed: how tightly the operators behind an operand bind.
        quotients: "refuse" where `1/2x` has two readings.
        indexed: makes the tree of `x[i]`, for notations that have it: (operand, indices, span).
        joined: makes the tree of an operator with its two operands; without it a call of its function.
        listed: makes the tree of a list, given how many rows it has, 0 where there are no separators of rows.
        signed: is told of an operand and of the tree of an operator before it.
    """

    name: str
    tokens: re.Pattern[str]
    binary: Mapping[str, Binary]
    prefix: Mapping[str, tuple[float, str]]
    called: Callable[[str, list[Tree], Span, Span], Tree]
    named: Callable[[str, Span], Tree]
    postfix: Mapping[str, Callable[[Tree, Span], Tree]] = {}
    brackets: Mapping[str, str] = {"(": ")", "[": "]"}
    calls: frozenset[str] = frozenset("(")
    lists: frozenset[str] = frozenset("[")
    implied: float = 0
    postfixed: float = TIGHT
    quotients: str = "left"
    indexed: Mapping[str, Callable[[Tree, list[Tree], Span], Tree]] = {}
    joined: Callable[[str, str, Tree, Tree, Span, Span], Tree] | None = None
    listed: Callable[[Tree, int], Tree] = lambda tree, rows: tree
    signed: Callable[[Tree, Tree], Tree] = lambda operand, tree: tree


class _Bare(Name):
    """A name as it stands in the text: whether it is called shows later."""

    __slots__ = ()


class _Frame:
    """What has been read inside a bracket."""

    def __init__(self, opening: Token, name: Name | None, operand: Tree | None = None) -> None:
        self.opening = opening
        self.name = name
        self.operand = operand
        self.operands: list[tuple[Tree, int]] = []
        self.operators: list[tuple[float, str, str, Token]] = []
        self.items: list[Tree] = []
        self.rows: list[list[Tree]] = []


def ambiguous(source: str, span: Span, *readings: str) -> SyntaxProblem:
    """The error for what may be read in two ways.

    >>> ambiguous("1/2x", (0, 4), "1/2*x", "1/(2*x)").hint
    'write what means 1/2*x or 1/(2*x)'
    """
    text = source[slice(*span)]
    return SyntaxProblem(
        f"'{text}' has more than one reading",
        source=source,
        span=span,
        hint=f"write what means {' or '.join(readings)}",
    )


def tokenize(grammar: Grammar, text: str, source: str | None = None) -> list[Token]:
    """The tokens of a text, with one of kind "end" behind them.

    Args:
        grammar: of the notation.
        text: the text.
        source: the text as it was given, if blanks stand here for a part of it.

    Raises:
        SyntaxProblem: for a character that the notation does not have.
    """
    source = text if source is None else source
    found: list[Token] = []
    at = 0
    length = len(text.rstrip())
    while at < length:
        match = grammar.tokens.match(text, at)
        assert match is not None, "what is no token is of kind bad"
        kind = match.lastgroup or ""
        token = Token(kind, match[kind], match.start(kind), match.end(kind))
        if kind == "bad":
            message = f"{grammar.name} has no '{token.text}' here, or it is not among what is read of it"
            hint = "write the expression in the language of gradcli"
            raise SyntaxProblem(message, source=source, span=(token.start, token.end), hint=hint)
        found.append(token)
        at = match.end()
    found.append(Token("end", "", len(source), len(source)))
    return found


def read(grammar: Grammar, source: str, tokens: Sequence[Token] | None = None) -> Tree:
    """The tree of an expression.

    Args:
        grammar: of the notation.
        source: the text.
        tokens: of the text, if they are known.

    Raises:
        SyntaxProblem: for what is not in the notation, with its place.
    """
    return _Reader(grammar, source).tree(tokenize(grammar, source) if tokens is None else tokens)


class _Reader:
    """The state of reading."""

    def __init__(self, grammar: Grammar, source: str) -> None:
        self.grammar = grammar
        self.source = source
        self.frame = _Frame(Token("start", "", 0, 0), None)
        self.outer: list[_Frame] = []
        self.end = 0

    def problem(self, message: str, token: Token, hint: str | None = None) -> Problem:
        return SyntaxProblem(
            message, source=self.source, span=(token.start, max(token.end, token.start + 1)), hint=hint
        )

    def tree(self, tokens: Sequence[Token]) -> Tree:
        """The tree of all tokens."""
        after = False
        for token in tokens:
            after = self.operator(token) if after else self.operand(token)
        tree, *more = self.frame.items
        assert not more
        return tree

    def operand(self, token: Token) -> bool:
        """Read a token where an operand is expected; whether an operator is expected next."""
        grammar, frame = self.grammar, self.frame
        span = (token.start, token.end)
        if token.kind == "number":
            return self.push(Literal(float(token.text.replace("*^", "e")), span), token)
        if token.kind == "name":
            return self.push(_Bare(token.text, span), token)
        if token.text in grammar.prefix and token.kind == "op":
            precedence, function = grammar.prefix[token.text]
            frame.operators.append((precedence, "prefix", function, token))
            return False
        if token.kind == "open":
            self.enter(_Frame(token, None))
            return False
        if token.kind == "close" and not frame.operators and not frame.operands and not frame.items and not frame.rows:
            return self.close(token)
        if token.kind == "end":
            what = "the expression ends too early" if self.outer or frame.operators else "there is no expression"
            raise self.problem(what, token)
        raise self.problem(f"an operand is missing before '{token.text}'", token)

    def push(self, tree: Tree, token: Token) -> bool:
        self.frame.operands.append((tree, token.start))
        self.end = token.end
        return True

    def enter(self, frame: _Frame) -> None:
        self.outer.append(self.frame)
        self.frame = frame

    def operator(self, token: Token) -> bool:
        """Read a token where an operator is expected; whether an operator is expected next."""
        grammar, frame = self.grammar, self.frame
        tree, start = frame.operands[-1]
        if token.kind == "op" and token.text in grammar.postfix:
            self.reduce(self.grammar.postfixed, right=False)
            tree, start = frame.operands[-1]
            frame.operands[-1] = (grammar.postfix[token.text](self.plain(tree), (start, token.end)), start)
            self.end = token.end
            return True
        if token.kind == "op" and token.text in grammar.binary:
            self.binary(grammar.binary[token.text], token)
            return False
        if (
            token.kind == "open"
            and token.text in grammar.calls
            and isinstance(tree, _Bare)
            and tree.span[1] == self.end
            and (tree.span[1] == token.start or not grammar.implied)
        ):
            frame.operands.pop()
            self.enter(_Frame(token, tree))
            return False
        if token.kind == "open" and token.text in grammar.indexed and self.end == token.start:
            frame.operands.pop()
            self.enter(_Frame(token, None, self.plain(tree)))
            self.frame.opening = token
            self.frame.items = []
            return False
        if token.kind in ("comma", "row", "close", "end"):
            return self.finish(token)
        if grammar.implied and token.kind in ("number", "name", "open"):
            self.implied(token)
            return self.operand(token)
        raise self.problem(f"an operator is missing before '{token.text}'", token)

    def implied(self, token: Token) -> None:
        """A product without a sign; not behind a quotient, where it may belong to the divisor."""
        waiting = self.frame.operators[-1] if self.frame.operators else None
        if self.grammar.quotients == "refuse" and waiting is not None and waiting[3].text == "/":
            raise ambiguous(
                self.source, (waiting[3].start, token.end), "a quotient times what follows", "a quotient by the product"
            )
        self.binary(Binary(self.grammar.implied, "mul"), Token("op", "", token.start, token.start))

    def binary(self, operator: Binary, token: Token) -> None:
        self.reduce(operator.precedence, operator.right)
        left = self.frame.operands[-1][0]
        chained = isinstance(left, Call) and left.function in COMPARISONS and self.frame.operands[-1][1] == left.span[0]
        if operator.function in COMPARISONS and chained:
            raise self.problem("comparisons cannot be chained", token, "join them by and")
        self.frame.operators.append(
            (operator.precedence, "right" if operator.right else "left", operator.function, token)
        )

    def reduce(self, precedence: float, right: bool) -> None:
        """Apply the operators that bind more tightly than one that comes."""
        frame = self.frame
        while frame.operators:
            binds, kind, function, token = frame.operators[-1]
            if binds < precedence or (binds == precedence and right):
                return
            frame.operators.pop()
            operand, _ = frame.operands.pop()
            operand = self.plain(operand)
            if kind == "prefix":
                span = (token.start, self.end)
                made: Tree = operand if function == "" else Call(function, (operand,), span, (token.start, token.end))
                frame.operands.append((self.grammar.signed(operand, made), token.start))
                continue
            left, first = frame.operands.pop()
            span, head = (first, self.end), (token.start, token.end)
            left = self.plain(left)
            if self.grammar.joined is not None:
                made = self.grammar.joined(token.text, function, left, operand, span, head)
            else:
                made = Call(function, (left, operand), span, head)
            frame.operands.append((made, first))

    def plain(self, tree: Tree) -> Tree:
        """A name as what it means, once it is known not to be called."""
        return self.grammar.named(tree.id, tree.span) if isinstance(tree, _Bare) else tree

    def finish(self, token: Token) -> bool:
        """The end of an item."""
        frame = self.frame
        self.reduce(0, right=False)
        tree, _ = frame.operands.pop()
        frame.items.append(self.plain(tree))
        if token.kind == "end":
            if self.outer:
                raise self.problem(f"'{frame.opening.text}' is not closed", frame.opening)
            return False
        if token.kind == "close":
            return self.close(token)
        if not self.outer:
            raise self.problem(f"'{token.text}' stands outside brackets", token)
        if token.kind == "row":
            frame.rows.append(frame.items)
            frame.items = []
        return False

    def close(self, token: Token) -> bool:
        """The end of a bracket."""
        frame, grammar = self.frame, self.grammar
        if not self.outer:
            raise self.problem(f"'{token.text}' closes nothing", token)
        if grammar.brackets[frame.opening.text] != token.text:
            raise self.problem(f"'{token.text}' cannot close '{frame.opening.text}'", token)
        self.frame = self.outer.pop()
        self.end = token.end
        if frame.name is not None:
            if frame.rows:
                raise self.problem("rows stand in a matrix", frame.opening)
            span = (frame.name.span[0], token.end)
            made = grammar.called(frame.name.id, frame.items, span, frame.name.span)
            self.frame.operands.append((made, span[0]))
        elif frame.operand is not None:
            span = (frame.operand.span[0], token.end)
            made = grammar.indexed[frame.opening.text](frame.operand, frame.items, span)
            self.frame.operands.append((made, span[0]))
        else:
            self.frame.operands.append((self.bracketed(frame, token), frame.opening.start))
        return True

    def bracketed(self, frame: _Frame, token: Token) -> Tree:
        """A group or a list."""
        span, head = (frame.opening.start, token.end), (frame.opening.start, frame.opening.end)
        single = frame.opening.text == "(" and len(frame.items) == 1 and not frame.rows
        if frame.opening.text in self.grammar.lists and not single:
            if not frame.rows:
                return self.grammar.listed(Call("array", tuple(frame.items), span, head), 0)
            rows = [*frame.rows, *([frame.items] if frame.items else [])]
            made = Call("array", tuple([Call("array", tuple(row), span, head) for row in rows]), span, head)
            return self.grammar.listed(made, len(rows))
        if len(frame.items) != 1 or frame.rows:
            raise self.problem("a parenthesis holds one expression", frame.opening)
        return frame.items[0]
