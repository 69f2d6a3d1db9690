"""Python's own reading of a text, as a tree of ours."""

from __future__ import annotations

import ast
import warnings

from gradcli.lang import Call, Clause, Comprehension, Literal, Name, Tree

NOWHERE = (0, 0)

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floor_divide",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.BitAnd: "logical_and",
    ast.BitOr: "logical_or",
    ast.And: "logical_and",
    ast.Or: "logical_or",
    ast.Not: "logical_not",
    ast.Invert: "logical_not",
    ast.USub: "neg",
    ast.UAdd: "pos",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}


def read_as_python(text: str) -> Tree:
    """The tree that Python's parser sees; SyntaxError where it sees none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return convert(ast.parse(text, mode="eval").body)


def call(function: str, *args: Tree, keywords: tuple[tuple[str, Tree], ...] = ()) -> Call:
    return Call(function, args, NOWHERE, NOWHERE, keywords)


def convert(node: ast.expr | None) -> Tree:
    tree = leaf(node) or operation(node) or structure(node)
    if tree is None:
        raise NotImplementedError(node and ast.dump(node))
    return tree


def leaf(node: ast.expr | None) -> Tree | None:
    match node:
        case None:
            return Literal(None, NOWHERE)
        case ast.Constant(value=bool() | str() | None as value):
            return Literal(value, NOWHERE)
        case ast.Constant(value=int() | float() as number):
            return Literal(float(number), NOWHERE)
        case ast.Constant():
            return Literal(..., NOWHERE)
        case ast.Name(id=name):
            return Name(name, NOWHERE)
    return None


def operation(node: ast.expr | None) -> Tree | None:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return call(OPERATORS[type(op)], convert(left), convert(right))
        case ast.UnaryOp(op=op, operand=operand):
            return call(OPERATORS[type(op)], convert(operand))
        case ast.BoolOp(op=op, values=[first, *rest]):
            tree = convert(first)
            for value in rest:
                tree = call(OPERATORS[type(op)], tree, convert(value))
            return tree
        case ast.Compare():
            return compare(node)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return call("where", convert(test), convert(body), convert(orelse))
    return None


def structure(node: ast.expr | None) -> Tree | None:
    match node:
        case ast.Call(func=ast.Name(id=function), args=args, keywords=keywords):
            pairs = tuple((keyword.arg or "", convert(keyword.value)) for keyword in keywords)
            return call(function, *map(convert, args), keywords=pairs)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return call("array", *map(convert, items))
        case ast.Subscript(value=value, slice=ast.Tuple(elts=indices)):
            return call("getitem", convert(value), *map(convert, indices))
        case ast.Subscript(value=value, slice=index):
            return call("getitem", convert(value), convert(index))
        case ast.Slice(lower=lower, upper=upper, step=step):
            return call("slice", convert(lower), convert(upper), convert(step))
        case ast.Attribute(value=value, attr="T"):
            return call("transpose", convert(value))
        case ast.ListComp(elt=element, generators=generators):
            return call("array", loop(element, generators))
        case ast.GeneratorExp(elt=element, generators=generators):
            return loop(element, generators)
    return None


def compare(node: ast.Compare) -> Tree:
    terms = [convert(term) for term in [node.left, *node.comparators]]
    links = [call(OPERATORS[type(op)], *terms[k : k + 2]) for k, op in enumerate(node.ops)]
    tree = links[0]
    for link in links[1:]:
        tree = call("logical_and", tree, link)
    return tree


def loop(element: ast.expr, generators: list[ast.comprehension]) -> Comprehension:
    clauses = []
    for generator in generators:
        assert isinstance(generator.target, ast.Name)
        assert isinstance(generator.iter, ast.Call)
        clauses.append(Clause(generator.target.id, tuple(map(convert, generator.iter.args))))
    return Comprehension(convert(element), tuple(clauses), NOWHERE)
