"""Formulas as text that SymPy's parser reads as the same formulas."""

from __future__ import annotations

from collections.abc import Container

from gradcli.errors import UsageProblem
from gradcli.lang import Call, Literal, Name, Program, Tree, fold, is_conditional, parse, run, unparse
from gradcli.ops import OBJECTS, TABLE
from gradcli.ops.calls.resolve import resolve

__all__ = ["sympy_text"]

_NOWHERE = (0, 0)

_LONGEST = 20_000
"""Nodes of a formula that is written without statements, which SymPy's parser does not read."""

_FUNCTIONS = {
    "Abs", "acos", "acosh", "acot", "acoth", "acsc", "acsch", "asec", "asech", "asin", "asinh", "atan", "atan2",
    "atanh", "besseli", "besselj", "ceiling", "cos", "cosh", "cot", "coth", "csc", "csch", "digamma", "erf", "erfc",
    "erfinv", "exp", "floor", "gamma", "log", "polygamma", "sec", "sech", "sign", "sin", "sinh", "sqrt", "tan", "tanh",
}  # fmt: skip

_OWN = {
    "equal": "Eq", "greater": "Gt", "greater_equal": "Ge", "less": "Lt", "less_equal": "Le", "logical_and": "And",
    "logical_not": "Not", "logical_or": "Or", "max": "Max", "maximum": "Max", "min": "Min", "minimum": "Min",
    "not_equal": "Ne",
}  # fmt: skip

_OPERATORS = frozenset({"add", "div", "mul", "neg", "pow", "sub"})

_CONSTANTS = {"e": "E", "inf": "oo", "nan": "nan", "pi": "pi"}

_TAKEN = "CEINOQS"
"""Letters that SymPy has a meaning of its own for."""


def sympy_text(program: Program, variables: Container[str] = ()) -> str:
    """A program as one expression.

    Args:
        program: the program.
        variables: names of constants that are variables here.

    Raises:
        UsageProblem: for what SymPy has no text for: operations on whole arrays, and programs too long to be written
            without statements.

    >>> from gradcli.lang import parse
    >>> sympy_text(parse("t = sin(x); t*beta**2"))
    "sin(x)*Symbol('beta')**2"
    """
    sizes: dict[int, int] = {}

    def sized(tree: Tree, children: list[Tree]) -> Tree:
        sizes[id(tree)] = 1 + sum(sizes[id(child)] for child in children)
        if sizes[id(tree)] > _LONGEST:
            raise UsageProblem("the formula is too long for SymPy's parser", hint="--format text has its statements")
        kept.append(tree)
        return tree

    kept: list[Tree] = []  # so that no two trees have one id

    def literal(node: Literal) -> Tree:
        return sized(node, [])

    def name(node: Name) -> Tree:
        constant = node.id not in variables
        if node.id == "tau" and constant:
            return sized(Call("mul", (Literal(2.0, _NOWHERE), Name("pi", _NOWHERE)), _NOWHERE, _NOWHERE), [])
        if node.id in _CONSTANTS and constant:
            return sized(Name(_CONSTANTS[node.id], _NOWHERE), [])
        if len(node.id) == 1 and node.id.isascii() and node.id not in _TAKEN:
            return sized(node, [])
        return sized(_call("Symbol", Literal(node.id, _NOWHERE)), [])

    def call(node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Tree:
        made = _called(node, args, keywords)
        return sized(made, [] if node.function == "getitem" else args)

    return unparse(run(resolve(program), literal, name, call))


def _called(node: Call, args: list[Tree], keywords: dict[str, Tree]) -> Tree:
    function = node.function
    if function in _OPERATORS:
        return _call(function, *args)
    if is_conditional(node) or function == "where":
        condition, chosen, other = args
        otherwise = _call("Tuple", other, Name("True", _NOWHERE))
        return _call("Piecewise", _call("Tuple", chosen, condition), otherwise)
    if function == "getitem" and isinstance(node.args[0], Name):
        return _call("getitem", _call("IndexedBase", Literal(node.args[0].id, _NOWHERE)), *args[1:])
    if function in ("array", "stack") and all(key == "axis" for key in keywords):
        return _array(args)
    if function in ("max", "min") and len(args) == 1 and isinstance(args[0], Call) and args[0].function == "Array":
        inner = args[0].args[0]
        return _call(_OWN[function], *(inner.args if isinstance(inner, Call) else args))
    op = TABLE[function]
    if keywords or op.kind not in ("elementwise", "predicate") or op.sympy == OBJECTS:
        raise UsageProblem(
            f"{function} is no formula that SymPy's parser reads",
            hint="with numbers in --shape, and --jacobian, formulas are written entry by entry",
        )
    if function in _OWN:
        return _call(_OWN[function], *args)
    if op.sympy in _FUNCTIONS:
        return _call(op.sympy, *args)
    if op.sympy.isidentifier():
        raise UsageProblem(f"SymPy has no function like {function}")
    return _written(op.sympy, dict(zip(op.params, args, strict=True)))


def _written(text: str, values: dict[str, Tree]) -> Tree:
    """A counterpart that the table writes out in the language."""

    def name(node: Name) -> Tree:
        return values[node.id] if node.id in values else Name(_CONSTANTS.get(node.id, node.id), _NOWHERE)

    return fold(resolve(parse(text)).result, lambda node: node, name, _called)


def _array(args: list[Tree]) -> Tree:
    """Nested lists, as SymPy's Array of them."""
    inner = [arg.args[0] if isinstance(arg, Call) and arg.function == "Array" else arg for arg in args]
    return _call("Array", _call("array", *inner))


def _call(function: str, *args: Tree) -> Call:
    return Call(function, args, _NOWHERE, _NOWHERE)
