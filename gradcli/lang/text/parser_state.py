"""The state of the parser: a frame for the statement that is being read, and one for each bracket that is open.

Operators wait on a frame's stack until an operator that binds less tightly, a comma or a closing
bracket arrives (Dijkstra's shunting yard), so that no depth of nesting costs Python stack.
"""

from __future__ import annotations

from gradcli.errors import SyntaxProblem
from gradcli.lang.text.operators import COMPARE, NOT, TERNARY, UNARY
from gradcli.lang.tree.nodes import (
    Assignment,
    Call,
    Clause,
    Comprehension,
    Definition,
    Literal,
    Name,
    Parameter,
    Program,
    Span,
    Tree,
)

__all__ = [
    "CALL",
    "CLOSING",
    "GROUP",
    "IF",
    "INDEX",
    "LIST",
    "LOOP_IN",
    "LOOP_INDEX",
    "OPERAND",
    "OPERATOR",
    "STATEMENT",
    "Frame",
    "ParserState",
]

STATEMENT, GROUP, LIST, CALL, INDEX = "statement", "group", "list", "call", "index"

CLOSING = {GROUP: ")", CALL: ")", LIST: "]", INDEX: "]"}

OPERAND, OPERATOR, LOOP_INDEX, LOOP_IN = range(4)  # what the parser expects next

IF = 0  # the precedence of an `if` before its `else`: lower than any other, so that no operator applies it


def _visible(text: str) -> str:
    """A text that repeats the user's, with escapes for characters that cannot be printed."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


_LONGEST = 60
"""Characters of an expression that a hint repeats."""


class Frame:
    """What has been read of one statement, or inside one pair of brackets.

    Attributes:
        kind: STATEMENT, GROUP, LIST, CALL or INDEX.
        start: where its text begins; -1 for a statement of which nothing has been read.
        opening: the opening bracket.
        base: the function's name, of a call.
        operators: those that wait: (precedence, function, head, end of the operand before it).
        operands: the trees that they wait for.
        starts: where the text of each operand begins. It includes parentheses, which the tree's span does not.
        items: the elements or arguments that are complete.
        comma: the first comma.
        target: the name before `=`, of an assignment or of a keyword argument.
        targets: the names of `a, b = ...`.
        defined: the name and the parameters before `=`, of the definition of a function.
        keywords: the keyword arguments that are complete.
        parts: the parts of a slice before each `:`: (tree, start, the `:`).
        element: the tree before the first `for`.
        index: the name between `for` and `in`.
        clauses: the clauses `for index in range(...)` that are complete.
    """

    __slots__ = (
        "base",
        "clauses",
        "comma",
        "defined",
        "element",
        "index",
        "items",
        "keywords",
        "kind",
        "opening",
        "operands",
        "operators",
        "parts",
        "start",
        "starts",
        "target",
        "targets",
    )

    def __init__(self, kind: str, start: int, opening: Span, base: Name | None = None) -> None:
        self.kind = kind
        self.start = start
        self.opening = opening
        self.base = base
        self.operators: list[tuple[int, str, Span, int]] = []
        self.operands: list[Tree] = []
        self.starts: list[int] = []
        self.items: list[Tree] = []
        self.comma: Span | None = None
        self.target: Name | None = None
        self.targets: list[Name] = []
        self.defined: tuple[Name, tuple[Parameter, ...]] | None = None
        self.keywords: list[tuple[str, Tree]] = []
        self.parts: list[tuple[Tree, int, Span]] = []
        self.element: Tree | None = None
        self.index: Name | None = None
        self.clauses: list[Clause] = []

    def apply(self, precedence: int, end: int) -> None:
        """Apply the waiting operators that bind at least this tightly; `end` is where the last operand ends."""
        operators, operands, starts = self.operators, self.operands, self.starts
        while operators and operators[-1][0] >= precedence:
            binds, function, head, _ = operators[-1]
            if binds == COMPARE:
                self._compare(end)
            elif binds == TERNARY:
                self._choose(end)
            elif binds in (UNARY, NOT):
                operators.pop()
                starts[-1] = head[0]
                operands[-1] = Call(function, (operands[-1],), (head[0], end), head)
            else:
                operators.pop()
                right = operands.pop()
                starts.pop()
                operands[-1] = Call(function, (operands[-1], right), (starts[-1], end), head)

    def _compare(self, end: int) -> None:
        """`a < b < c`, however long: less(a, b) and less(b, c), with one and the same b."""
        operators, operands, starts = self.operators, self.operands, self.starts
        first = len(operators)
        while first and operators[first - 1][0] == COMPARE:
            first -= 1
        chain = operators[first:]
        terms, places = operands[-len(chain) - 1 :], starts[-len(chain) - 1 :]
        ends = [entry[3] for entry in chain[1:]] + [end]
        start = places[0]
        tree: Tree | None = None
        for k, (_, function, head, _) in enumerate(chain):
            link = Call(function, (terms[k], terms[k + 1]), (places[k], ends[k]), head)
            tree = link if tree is None else Call("logical_and", (tree, link), (start, ends[k]), head)
        assert tree is not None
        del operators[first:], operands[-len(chain) - 1 :], starts[-len(chain) - 1 :]
        operands.append(tree)
        starts.append(start)

    def _choose(self, end: int) -> None:
        """`a if c else b`."""
        _, function, head, _ = self.operators.pop()
        chosen, condition, otherwise = self.operands[-3:]
        del self.operands[-2:], self.starts[-2:]
        self.operands[-1] = Call(function, (condition, chosen, otherwise), (self.starts[-1], end), head)


class ParserState:
    """All that the parser knows at a token.

    Attributes:
        source: the whole text.
        frame: the innermost open bracket, or the statement.
        outer: the frames around it, the innermost last.
        end: where the last operand ends.
        assignments: the assignments that are complete.
        definitions: the definitions of functions that are complete.
        result: the expression that is the program's value, once it is complete.
    """

    __slots__ = ("assignments", "definitions", "end", "frame", "outer", "result", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.frame = Frame(STATEMENT, -1, (0, 0))
        self.outer: list[Frame] = []
        self.end = 0
        self.assignments: list[Assignment] = []
        self.definitions: list[Definition] = []
        self.result: Tree | None = None

    def problem(self, message: str, span: Span, hint: str | None = None) -> SyntaxProblem:
        """A `SyntaxProblem` at a place of this text; the caller raises it."""
        return SyntaxProblem(_visible(message), source=self.source, span=span, hint=hint and _visible(hint))

    def bare_name(self) -> Name | None:
        """The name that is all there is of the current item; None if the item is more than a name, or none."""
        frame = self.frame
        if len(frame.operands) == 1 and not frame.operators and not frame.parts:
            operand = frame.operands[0]
            if isinstance(operand, Name) and operand.span == (frame.starts[0], self.end):
                return operand
        return None

    def complete(self) -> tuple[Tree, int]:
        """The expression that ends here, taken off the frame, and where its text begins."""
        frame = self.frame
        frame.apply(TERNARY, self.end)
        if frame.operators:
            text = self.source[frame.starts[0] : self.end]
            whole = f"{text} else 0" if len(text) <= _LONGEST else "a if condition else b"
            raise self.problem("'if' without 'else'", frame.operators[-1][2], f"write {whole}")
        return frame.operands.pop(), frame.starts.pop()

    def finish_item(self) -> None:
        """Take the expression that ends here into the frame, as an item, a keyword argument or a slice."""
        frame = self.frame
        if frame.parts:
            tree, start = self._slice()
        else:
            tree, start = self.complete()
        if frame.start < 0:
            frame.start = start
        if frame.kind == CALL and frame.target is not None:
            frame.keywords.append((frame.target.id, tree))
            frame.target = None
        elif frame.keywords:
            hint = "give the arguments without a name first"
            raise self.problem("an argument without a name follows one with a name", (start, self.end), hint)
        else:
            frame.items.append(tree)

    def _slice(self) -> tuple[Tree, int]:
        frame = self.frame
        parts = [part for part, _, _ in frame.parts]
        _, start, head = frame.parts[0]
        if frame.operands:
            parts.append(self.complete()[0])
        else:
            self.end = frame.parts[-1][2][1]
        parts += [Literal(None, (self.end, self.end))] * (3 - len(parts))
        frame.parts = []
        return Call("slice", tuple(parts), (start, self.end), head), start

    def finish_clause(self) -> None:
        """Take the clause `for index in range(...)` that ends here into the frame."""
        frame = self.frame
        start = self.frame.starts[0]
        bounds, _ = self.complete()
        assert frame.index is not None
        if not isinstance(bounds, Call) or bounds.function != "range":
            name = frame.index.id
            text = self.source[start : self.end]
            text = text if len(text) <= _LONGEST else "x"
            stop = f"len({text})" if isinstance(bounds, Name) else "n"
            whole = isinstance(bounds, Name) or (isinstance(bounds, Call) and bounds.function in ("getitem", "array"))
            array = text if whole or text == "x" else f"({text})"
            hint = f"write for {name} in range({stop}), and take the elements as {array}[{name}]"
            raise self.problem("a loop runs over range(...) only", (start, self.end), hint)
        generator = any(isinstance(bound, Comprehension) for bound in bounds.args)
        if bounds.keywords or generator or not 1 <= len(bounds.args) <= 3:
            hint = "write range(stop), range(start, stop) or range(start, stop, step)"
            raise self.problem("range takes one to three numbers", bounds.span, hint)
        frame.clauses.append(Clause(frame.index.id, bounds.args))
        frame.index = None

    def finish_statement(self) -> None:
        """Take the statement that ends here into the program, and begin the next one."""
        frame = self.frame
        tree = frame.items[0]
        if frame.comma is not None:
            tree = Call("array", tuple(frame.items), (frame.start, self.end), frame.comma)
        if self.result is not None:
            told, arrow, value = self.source[slice(*self.result.span)].partition("<-")
            if arrow and told.strip().isidentifier():
                hint = f"this compares {told.strip()} with -{value.strip()}; write {told.strip()} = {value.strip()}"
            else:
                hint = "give it a name, such as a = ..., or continue it: a line that ends with an operator goes on"
            raise self.problem("only the last statement may be a bare expression", self.result.span, hint)
        if frame.defined is not None:
            name, parameters = frame.defined
            span, after = (name.span[0], self.end), len(self.assignments)
            self.definitions.append(Definition(name.id, parameters, tree, span, name.span, after))
        elif frame.targets:
            self._unpack(frame.targets, tree)
        elif frame.target is None:
            self.result = tree
        else:
            span = (frame.target.span[0], self.end)
            self.assignments.append(Assignment(frame.target.id, tree, span))
        self.frame = Frame(STATEMENT, -1, (self.end, self.end))

    def _unpack(self, targets: list[Name], tree: Tree) -> None:
        """`a, b = tree`: the value goes to a name that no user can write, and one of its parts to each target."""
        whole = ", ".join(target.id for target in targets)
        span = (targets[0].span[0], self.end)
        self.assignments.append(Assignment(whole, tree, span))
        for place, target in enumerate(targets):
            at = target.span
            parts = (Name(whole, at), Literal(float(place), at), Literal(float(len(targets)), at))
            self.assignments.append(Assignment(target.id, Call("unpack", parts, at, at), span))

    def program(self) -> Program:
        """The program, once the text has ended."""
        if self.result is None:
            if self.definitions:
                name, parameters = self.definitions[-1][:2]
                call = f"{name}({', '.join(parameter.name for parameter in parameters)})"
                hint = f"end with the expression to evaluate, such as ; {call}"
                raise self.problem(f"'{name}' is defined, and nothing is computed", self.definitions[-1].span, hint)
            if not self.assignments:
                hint = "write an expression, such as x**2 + 1"
                raise self.problem("there is no expression", (0, len(self.source)), hint)
            name, _, span = self.assignments[-1]
            hint = f"end with the expression to evaluate, such as ; {name}"
            raise self.problem("the last statement is an assignment", span, hint)
        program = Program(self.source, tuple(self.assignments), self.result, tuple(self.definitions))
        if self.definitions:
            from gradcli.lang.text.definitions import check_definitions  # few programs define functions

            check_definitions(program)
        return program
