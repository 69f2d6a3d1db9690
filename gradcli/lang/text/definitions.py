"""Whether the functions that a program defines mean one thing: checked where the program is read.

The names in a body that are no parameters are the program's. A name that is assigned before the definition is that
value, any other a variable. A name that is assigned between the definition and a call could be either, and is refused;
so a body means the same wherever the function is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gradcli.errors import NameProblem, Problem, Span, SyntaxProblem, UsageProblem
from gradcli.lang.text.operators import BINARY, PREFIX
from gradcli.lang.tree.arguments import arguments, signature
from gradcli.lang.tree.names import calls_in, free_in
from gradcli.lang.tree.nodes import DERIVATIVES, Call, Definition, Program, Tree

__all__ = ["check_definitions"]

_SYNTAX = frozenset([
    *(function for _, function in BINARY.values()), *PREFIX.values(), "array", "getitem", "len", "max", "min", "prod",
    "range", "slice", "sum", "transpose", "unpack", "where",
])  # fmt: skip
"""Functions that the language itself calls, for an operator or a loop."""


def check_definitions(program: Program) -> None:
    """See that every function can be put in the place of its calls.

    Raises:
        SyntaxProblem: for recursion, for a name that is defined twice, that a variable has too, or that the language
            needs itself, and for a name in a body that is assigned anew before a call.
        NameProblem: for a call before the definition.
        UsageProblem: for a call that does not fit the parameters.

    >>> from gradcli.lang import parse
    >>> parse("f(x) = f(x - 1); f(2)")
    Traceback (most recent call last):
        ...
    gradcli.errors.SyntaxProblem: 'f' calls itself
      f(x) = f(x - 1); f(2)
             ^
    hint: a function of the language has an end: write its value without 'f'
    """
    _Check(program).all()


class _Check:
    """One program's functions."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.source = program.source
        self.functions: dict[str, Definition] = {}
        self.calls: dict[str, list[Call]] = {}
        for definition in program.definitions:
            self.check_name(definition)
            self.functions[definition.name] = definition
            self.calls[definition.name] = list(calls_in(*_trees(definition)))
        # For each function the names that are the program's in its body, those of the functions that it calls too, and
        # how many assignments stand before the definition in which they stand.
        self.outer: dict[str, set[tuple[str, int]]] = {}

    def problem(self, message: str, span: Span, hint: str) -> SyntaxProblem:
        return SyntaxProblem(message, source=self.source, span=span, hint=hint)

    def check_name(self, definition: Definition) -> None:
        name = definition.name
        if name in self.functions:
            raise self.problem(f"'{name}' is defined twice", definition.head, "give each function a name of its own")
        if name in _SYNTAX or name in DERIVATIVES:
            raise self.problem(f"'{name}' is a function of the language", definition.head, "choose another name")

    def all(self) -> None:
        for assignment in self.program.assignments:
            if assignment.name in self.functions:
                message = f"'{assignment.name}' is the name of a function and of a value"
                raise self.problem(message, assignment.span, "give one of them another name")
        for definition in self.program.definitions:
            self.check_body(definition)
        for place, tree in self.statements():
            self.check_plain_names(tree, frozenset())
            for call in calls_in(tree):
                self.check_call(call, place)

    def statements(self) -> Iterator[tuple[int, Tree]]:
        """The trees outside functions, with how many assignments stand before each."""
        for place, assignment in enumerate(self.program.assignments):
            yield place, assignment.tree
        yield len(self.program.assignments), self.program.result

    def check_body(self, definition: Definition) -> None:
        parameters = frozenset(parameter.name for parameter in definition.parameters)
        outer: set[tuple[str, int]] = set()
        for call in self.calls[definition.name]:
            callee = self.functions.get(call.function)
            if call.function in parameters:
                message = f"'{call.function}' is a parameter here, and no function"
                hint = f"write {call.function}*(...) for a product, or call a function that is defined before"
                raise self.problem(message, call.head, hint)
            if callee is None:
                continue
            if call.function not in self.outer:
                raise self.out_of_order(definition, call, callee)
            arguments(callee, call, self.source)
            outer |= self.outer[call.function]
        self.check_plain_names(definition.body, parameters)
        for tree, hidden in self.scopes(definition, parameters):
            outer |= {(name, definition.after) for name in free_in(tree) if name not in hidden}
        self.outer[definition.name] = outer

    @staticmethod
    def scopes(definition: Definition, parameters: frozenset[str]) -> Iterator[tuple[Tree, frozenset[str]]]:
        """The body and the defaults, with the names that are parameters there."""
        yield definition.body, parameters
        for parameter in definition.parameters:
            if parameter.default is not None:
                yield parameter.default, frozenset()

    def out_of_order(self, definition: Definition, call: Call, callee: Definition) -> Problem:
        """The error for a call of a function that is not complete: recursion, or one that is defined later."""
        name = definition.name
        if call.function == name:
            hint = f"a function of the language has an end: write its value without '{name}'"
            return self.problem(f"'{name}' calls itself", call.head, hint)
        reached, stack = {callee.name}, [callee.name]
        while stack:
            for inner in self.calls[stack.pop()]:
                if inner.function in self.functions and inner.function not in reached:
                    reached.add(inner.function)
                    stack.append(inner.function)
        if name in reached:
            hint = "a function of the language has an end: write one of them without the other"
            return self.problem(f"'{name}' and '{callee.name}' call each other", call.head, hint)
        return self.too_early(call, callee)

    def too_early(self, call: Call, callee: Definition) -> NameProblem:
        text = self.source[slice(*callee.span)]
        hint = f"write {text}; before it" if len(text) <= 40 and "\n" not in text else "define it before it is called"
        return NameProblem(f"'{call.function}' is defined later", source=self.source, span=call.head, hint=hint)

    def check_call(self, call: Call, place: int) -> None:
        """See that a call outside functions comes after the definition, fits it, and finds its names as they were."""
        callee = self.functions.get(call.function)
        if callee is None:
            return
        if callee.head[0] > call.head[0]:
            raise self.too_early(call, callee)
        arguments(callee, call, self.source)
        changed = {name for name, after in self.outer[call.function] if self.assigned_between(name, after, place)}
        if changed:
            name = min(changed)
            hint = f"assign '{name}' before '{call.function}' is defined, or make it a parameter"
            message = (
                f"'{name}' in '{call.function}' may be what it was at the definition, or what it is assigned since"
            )
            raise self.problem(message, call.span, hint)

    def assigned_between(self, name: str, after: int, place: int) -> bool:
        return any(a.name == name for a in self.program.assignments[after:place])

    def check_plain_names(self, tree: Tree, hidden: frozenset[str]) -> None:
        """Refuse a function's name in the place of a value."""
        found: Mapping[str, Span] = free_in(tree)
        for name, span in found.items():
            if name in self.functions and name not in hidden:
                hint = f"call it: {signature(self.functions[name])}"
                raise UsageProblem(f"'{name}' is a function, and no value", source=self.source, span=span, hint=hint)


def _trees(definition: Definition) -> list[Tree]:
    return [definition.body, *(p.default for p in definition.parameters if p.default is not None)]
