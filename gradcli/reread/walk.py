"""The walk over Python's tree: an allowlist of nodes, and what each of them gives. It does not recurse."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from gradcli.reread.budget import Budget
from gradcli.reread.calls import call, reduce
from gradcli.reread.names import CONSTANTS, is_scipys
from gradcli.reread.operators import binary, compare, unary
from gradcli.reread.outside import Outside
from gradcli.reread.values import kept_array, operand, plain, scalar_truth

__all__ = ["Change", "Walk"]

Scope: TypeAlias = dict[str, Any]
Visit: TypeAlias = Generator[tuple[ast.expr, Scope], Any, Any]
"""The value of a node in the making: it asks for the values of others, and is sent them."""

_NOTHING = ast.Constant(None)

Change: TypeAlias = Callable[[Any, bool], Any]

_MOST_ELEMENTS = 1_000_000


class Walk:
    """The evaluation of one program.

    Args:
        inputs: the values of its variables.
        budget: what it may take.
        change: what becomes of each computed value, and of one that may have fewer digits; for other roundings.
    """

    def __init__(self, inputs: Mapping[str, Any], budget: Budget, change: Change | None = None) -> None:
        self._inputs = inputs
        self._budget = budget
        self._change = change or (lambda value, coarse: value)
        self._elements = 0
        self._functions: dict[str, tuple[ast.arguments, ast.expr, Scope]] = {}

    def program(self, statements: Sequence[ast.stmt]) -> Any:
        """The value of assignments and a last expression.

        Raises:
            Outside: for anything that is not in the common part.
        """
        if not statements:
            raise Outside("there is no expression")
        scope: Scope = {}
        for statement in statements[:-1]:
            if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                raise Outside("a statement of it is no plain assignment")
            if isinstance(statement.value, ast.Lambda):
                self._define(statement.targets[0], statement.value, scope)
                continue
            self._assign(statement.targets[0], self._value(statement.value, scope), scope)
        last = statements[-1]
        if not isinstance(last, ast.Expr):
            raise Outside("its last statement is no expression")
        return self._value(last.value, scope)

    def _define(self, target: ast.expr, function: ast.Lambda, scope: Scope) -> None:
        """A function of the program: its names are those that are assigned before it, and its parameters."""
        plain_arguments = function.args
        others = (plain_arguments.vararg, plain_arguments.kwarg, *plain_arguments.kwonlyargs)
        if not isinstance(target, ast.Name) or any(others) or target.id in scope or target.id in self._functions:
            raise Outside("a function of it is no plain one")
        self._functions[target.id] = (plain_arguments, function.body, dict(scope))

    def _own(self, name: str, node: ast.Call, scope: Scope) -> Visit:
        """The value of a call of a function of the program."""
        parameters, body, inner = self._functions[name]
        inner = dict(inner)
        names = [parameter.arg for parameter in parameters.args]
        given: Scope = {}
        if len(node.args) > len(names) or any(isinstance(arg, ast.GeneratorExp) for arg in node.args):
            raise Outside(f"'{name}' is called with other arguments than it has")
        for key, arg in [*zip(names, node.args, strict=False), *((k.arg or "", k.value) for k in node.keywords)]:
            if key not in names or key in given:
                raise Outside(f"'{name}' is called with other arguments than it has")
            given[key] = yield arg, scope
        defaults = zip(names[len(names) - len(parameters.defaults) :], parameters.defaults, strict=True)
        for key, default in defaults:
            if key not in given:
                given[key] = yield default, inner
        if len(given) < len(names):
            raise Outside(f"'{name}' is called with fewer arguments than it has")
        value = yield body, {**inner, **given}
        return value

    def _assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            scope[target.id] = value
            return
        if not isinstance(target, ast.Tuple) or not all(isinstance(part, ast.Name) for part in target.elts):
            raise Outside("an assignment's target is no name")
        parts = list(value) if isinstance(value, list | tuple | np.ndarray) else []
        if len(parts) != len(target.elts):
            raise Outside("the names do not match what is assigned to them")
        for part, item in zip(target.elts, parts, strict=True):
            scope[getattr(part, "id", "")] = item if isinstance(item, list | tuple) else plain(item)

    def _value(self, node: ast.expr, scope: Scope) -> Any:
        """A node's value, by a stack of visits."""
        stack = [self._visit(node, scope)]
        value: Any = None
        while stack:
            self._budget.step()
            try:
                wanted = stack[-1].send(value)
            except StopIteration as done:
                stack.pop()
                value = done.value
            else:
                stack.append(self._visit(*wanted))
                value = None
        return value

    def _visit(self, node: ast.expr, scope: Scope) -> Visit:
        visit = _VISITS.get(type(node))
        if visit is None:
            raise Outside(f"the language has no {type(node).__name__}")
        return visit(self, node, scope)

    def _leaf(self, node: ast.Constant | ast.Name, scope: Scope) -> Visit:
        yield from ()
        if isinstance(node, ast.Constant):
            return _constant(node.value)
        for names in (scope, self._inputs, CONSTANTS):
            if node.id in names:
                return names[node.id]
        raise Outside(f"'{node.id}' has no value")

    def _each(self, nodes: Sequence[ast.expr], scope: Scope) -> Generator[tuple[ast.expr, Scope], Any, list[Any]]:
        """The values of several nodes."""
        values = []
        for node in nodes:
            values.append((yield node, scope))  # noqa: PERF401  # a comprehension cannot yield
        return values

    def _binary(self, node: ast.BinOp, scope: Scope) -> Visit:
        left = yield node.left, scope
        right = yield node.right, scope
        return self._change(binary(type(node.op), left, right), False)

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Visit:
        value = yield node.operand, scope
        return unary(type(node.op), value)

    def _logic(self, node: ast.BoolOp, scope: Scope) -> Visit:
        """Python's `and` and `or`; all operands are computed, to see that none is an array, of ambiguous truth."""
        values = yield from self._each(node.values, scope)
        truths = [scalar_truth(value) for value in values]
        decides = isinstance(node.op, ast.Or)
        return next((value for value, truth in zip(values, truths, strict=True) if truth == decides), values[-1])

    def _compare(self, node: ast.Compare, scope: Scope) -> Visit:
        left = yield node.left, scope
        truths = []
        for kind, right_node in zip(node.ops, node.comparators, strict=True):
            right = yield right_node, scope
            truths.append(compare(type(kind), left, right))
            left = right
        if len(truths) == 1:
            return truths[0]
        links = [scalar_truth(truth) for truth in truths]
        return all(links)

    def _branch(self, node: ast.IfExp, scope: Scope) -> Visit:
        condition = yield node.test, scope
        value = yield (node.body if scalar_truth(condition) else node.orelse), scope
        return value

    def _list(self, node: ast.List | ast.Tuple, scope: Scope) -> Visit:
        made = yield from self._each(node.elts, scope)
        return made if isinstance(node, ast.List) else tuple(made)

    def _loop(self, node: ast.ListComp | ast.GeneratorExp, scope: Scope) -> Visit:
        """The elements of a loop, its clauses from the outside in."""
        inner = dict(scope)
        made: list[Any] = []
        running: list[Iterator[int]] = []
        while True:
            if len(running) < len(node.generators):
                running.append((yield from self._range(node.generators[len(running)], inner)))
            else:
                made.append((yield node.elt, inner))
            while running:
                self._budget.step()
                index = next(running[-1], None)
                if index is not None:
                    inner[getattr(node.generators[len(running) - 1].target, "id", "")] = index
                    break
                running.pop()
            if not running:
                return made

    def _range(self, clause: ast.comprehension, scope: Scope) -> Generator[tuple[ast.expr, Scope], Any, Iterator[int]]:
        bounds = clause.iter
        over_range = isinstance(bounds, ast.Call) and isinstance(bounds.func, ast.Name) and bounds.func.id == "range"
        if not over_range or clause.ifs or clause.is_async or not isinstance(clause.target, ast.Name):
            raise Outside("a loop runs over a range")
        assert isinstance(bounds, ast.Call)
        numbers = yield from self._each(bounds.args, scope)
        if bounds.keywords or not all(type(number) is int for number in numbers):
            raise Outside("the bounds of a range are whole numbers")
        try:
            found = range(*numbers)
        except (TypeError, ValueError) as error:
            raise Outside(f"Python refuses a range: {error}") from None
        self._elements += len(found)
        if self._elements > _MOST_ELEMENTS:
            raise Outside(f"its loops have more than {_MOST_ELEMENTS:,} elements")
        return iter(found)

    def _call(self, node: ast.Call, scope: Scope) -> Visit:
        if not isinstance(node.func, ast.Name):
            raise Outside("what is called is no name")
        name = node.func.id
        if name in self._functions:
            value = yield from self._own(name, node, scope)
            return value
        if name in scope:
            raise Outside(f"'{name}' is a function's name that is assigned to")
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            if node.keywords:
                raise Outside("a reduction of a loop takes no further arguments")
            elements = yield from self._loop(node.args[0], scope)
            return self._change(reduce(name, elements), False)
        values = yield from self._each(node.args, scope)
        args = [self._position(arg, value) for arg, value in zip(node.args, values, strict=True)]
        keywords: dict[str, Any] = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise Outside("the language has no **")
            keywords[keyword.arg] = self._position(keyword.value, (yield keyword.value, scope))
        return self._change(call(name, args, keywords), is_scipys(name))

    def _index(self, node: ast.Subscript, scope: Scope) -> Visit:
        value = yield node.value, scope
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        index: list[Any] = []
        for part in parts:
            if isinstance(part, ast.Slice):
                ends = [end or _NOTHING for end in (part.lower, part.upper, part.step)]
                index.append(slice(*(yield from self._each(ends, scope))))
            else:
                index.append(_as_index(self._position(part, (yield part, scope))))
        return _taken(value, index if isinstance(node.slice, ast.Tuple) else index[0])

    def _position(self, node: ast.expr, value: Any) -> Any:
        """An argument or an index: an input array whose numbers are whole is one of whole numbers."""
        given = isinstance(node, ast.Name) and value is self._inputs.get(node.id)
        if not given or not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            return value
        whole = np.isfinite(value) & (value == np.floor(value)) & (np.abs(value) < 2.0**53)
        return value.astype(np.int64) if np.all(whole) else value

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Visit:
        value = yield node.value, scope
        if node.attr != "T":
            raise Outside(f"the language has no .{node.attr}")
        return plain(np.transpose(kept_array(operand(value))))


def _constant(value: Any) -> Any:
    if value is None or value is ... or isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return plain(value)
    raise Outside(f"{type(value).__name__} is no kind of number of the language")


def _as_index(value: Any) -> Any:
    if isinstance(value, list):
        return kept_array(value) if value else np.zeros(0, dtype=np.int64)
    return value


def _taken(value: Any, index: Any) -> Any:
    """What an index takes: an item of a list, or NumPy's selection."""
    if isinstance(value, list | tuple) and type(index) is int:
        if not -len(value) <= index < len(value):
            raise Outside("an index is out of range in Python")
        return value[index]
    array = kept_array(value)
    picked = index if isinstance(index, list) else [index]
    Budget.room(array.size, *(part.size for part in picked if isinstance(part, np.ndarray) and part.dtype != bool))
    try:
        return plain(array[tuple(index) if isinstance(index, list) else index])
    except (IndexError, TypeError, ValueError) as error:
        raise Outside(f"Python refuses an index: {error}") from None


_VISITS: dict[type[ast.expr], Callable[[Walk, Any, Scope], Visit]] = {
    ast.Attribute: Walk._attribute,
    ast.BinOp: Walk._binary,
    ast.BoolOp: Walk._logic,
    ast.Call: Walk._call,
    ast.Compare: Walk._compare,
    ast.Constant: Walk._leaf,
    ast.GeneratorExp: Walk._loop,
    ast.IfExp: Walk._branch,
    ast.List: Walk._list,
    ast.ListComp: Walk._loop,
    ast.Name: Walk._leaf,
    ast.Subscript: Walk._index,
    ast.Tuple: Walk._list,
    ast.UnaryOp: Walk._unary,
}
"""The nodes that have a meaning, and what finds it."""
