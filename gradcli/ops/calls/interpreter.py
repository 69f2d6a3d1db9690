"""Running a program: what every interpretation of programs does with literals, names and calls.

An interpretation says what a number and what a bound call become. All the rest is the same for each of them, and
is here: which operation a call means, how its arguments are bound, slices, the outputs of an operation that has
several, the limit on memory, and where in the source an error belongs. No value is computed here and no rule is
looked up, so that interpretations which check each other share none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from gradcli.errors import NameProblem, Problem
from gradcli.lang import Call, Literal, Name, Program, run
from gradcli.ops.calls.bind import bind
from gradcli.ops.calls.memory import check_call
from gradcli.ops.calls.numeric_errors import NUMERIC_ERRORS
from gradcli.ops.calls.outputs import Several, pick
from gradcli.ops.entry.op import Op
from gradcli.ops.entry.record import Record
from gradcli.ops.table.lookup import CONSTANTS, TABLE

__all__ = ["Assigned", "Interpreter", "Observer"]

_OfLiteral: TypeAlias = Callable[[Literal], Any]
_OfName: TypeAlias = Callable[[Name], Any]
_OfCall: TypeAlias = Callable[[Call, list[Any], dict[str, Any]], Any]

Observer: TypeAlias = Callable[[Literal | Name | Call, list[Any], dict[str, Any], Any], None]
"""(node of the syntax tree, the values of its arguments, those of its keyword arguments, its own value)."""

Assigned: TypeAlias = Callable[[str, Any], Any]
"""(name, value) -> the value to bind to the name."""


class Interpreter(Record):
    """An interpretation of programs: two functions, and what it does otherwise than most.

    Attributes:
        number: (node, number) -> the value of a number, written as a literal or as the name of a constant.
        apply: (node, operation, arguments, complete static arguments) -> the value of a call; for an operation
            with several outputs the sequence of them.
        truth: the value of True and False.
        choose: (node, value of the condition) -> which branch of `a if c else b` is computed alone: True for the
            first, False for the second, None for both.
        arguments: (node, operation, arguments, keyword arguments) -> both of a call before they are bound.
        argument: (operation, value) -> an argument before it is bound.
        static: a static argument once it is bound.
        explain: (operation, arguments, error) -> the problem to raise for what NumPy raised; without it NumPy's
            error passes through.
        observe: told of every literal, name and call as its value is known; of one of several outputs the
            arguments are those of the operation that gave them.

    >>> from gradcli.lang import parse
    >>> from gradcli.ops.calls.resolve import resolve
    >>> def spell(node, op, params, statics):
    ...     return f"{op.name}({', '.join(params)})"
    >>> spelling = Interpreter(number=lambda node, number: f"{number:g}", apply=spell)
    >>> spelling.run(resolve(parse("2*arcsin(x)")), {"x": "x"})
    'mul(2, asin(x))'
    """

    number: Callable[[Literal | Name, float], Any]
    apply: Callable[[Call, Op, list[Any], dict[str, Any]], Any]
    truth: Callable[[bool], Any] = bool
    choose: Callable[[Call, Any], bool | None] | None = None
    arguments: Callable[[Call, Op, list[Any], dict[str, Any]], tuple[list[Any], dict[str, Any]]] | None = None
    argument: Callable[[Op, Any], Any] | None = None
    static: Callable[[Any], Any] | None = None
    explain: Callable[[Op, list[Any], Exception], Problem] | None = None
    observe: Observer | None = None

    def run(self, program: Program, inputs: Mapping[str, Any], assigned: Assigned | None = None) -> Any:
        """The value of a program.

        Args:
            program: resolved and unrolled.
            inputs: the value of each variable.
            assigned: told of every assignment, as `lang.run` does.

        Raises:
            Problem: for shapes that do not fit and the like, with the place in the source.
        """
        source, number, truth, evaluate = program.source, self.number, self.truth, self._evaluate

        def literal(node: Literal) -> Any:
            value = node.value
            if isinstance(value, float):
                return number(node, value)
            return truth(value) if isinstance(value, bool) else value

        def name(node: Name) -> Any:
            if node.id in inputs:
                return inputs[node.id]
            if node.id in CONSTANTS:
                return number(node, CONSTANTS[node.id])
            raise NameProblem(f"'{node.id}' has no value", source=source, span=node.span)

        def call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
            op = TABLE[node.function]
            try:
                return evaluate(node, op, args, keywords)
            except Problem as problem:
                raise problem.locate(source, node.span) from None
            except NUMERIC_ERRORS as error:
                if self.explain is None:
                    raise
                raise self.explain(op, args, error).locate(source, node.head) from error

        chosen = None if self.choose is None else _located(self.choose, source)
        if self.observe is None:
            return run(program, literal, name, call, assigned, chosen)
        return run(program, *_observed(self.observe, literal, name, call), assigned, chosen)

    def _evaluate(self, node: Call, op: Op, args: list[Any], keywords: dict[str, Any]) -> Any:
        if self.arguments is not None:
            args, keywords = self.arguments(node, op, args, keywords)
        argument = self.argument
        params = args if argument is None else [argument(op, arg) for arg in args]
        statics: dict[str, Any] = {}
        if op.statics or keywords or op.variadic:
            params, statics = self._bind(op, params, keywords)
            if op.name == "slice":
                return slice(*statics.values())
            if op.name == "output":
                return pick(*params, **statics)
            check_call(op, params, statics)
        elif len(params) > 1:
            check_call(op, params, statics)
        value = self.apply(node, op, params, statics)
        return Several.of(value, args) if op.multi_output else value

    def _bind(self, op: Op, args: list[Any], keywords: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        if self.argument is not None and keywords:
            keywords = {key: self.argument(op, v) if key in op.params else v for key, v in keywords.items()}
        params, statics = bind(op, args, keywords)
        if self.static is not None:
            statics = {key: self.static(value) for key, value in statics.items()}
        return params, statics


def _located(choose: Callable[[Call, Any], bool | None], source: str) -> Callable[[Call, Any], bool | None]:
    """A choice of branches whose problems are about the condition."""

    def located(node: Call, condition: Any) -> bool | None:
        try:
            return choose(node, condition)
        except Problem as problem:
            raise problem.locate(source, node.args[0].span) from None

    return located


def _observed(
    observe: Observer, literal: _OfLiteral, name: _OfName, call: _OfCall
) -> tuple[_OfLiteral, _OfName, _OfCall]:
    """The three functions of an interpretation, with an observer told of what they give."""

    def observed_literal(node: Literal) -> Any:
        value = literal(node)
        observe(node, [], {}, value)
        return value

    def observed_name(node: Name) -> Any:
        value = name(node)
        observe(node, [], {}, value)
        return value

    def observed_call(node: Call, args: list[Any], keywords: dict[str, Any]) -> Any:
        value = call(node, args, keywords)
        several = args[0] if node.function == "output" else None
        observe(node, list(several.args) if isinstance(several, Several) else args, keywords, value)
        return value

    return observed_literal, observed_name, observed_call
