"""From calls as users write them to entries of the table: aliases, arities, calls that mean another one.

Every interpretation of a program, the one that checks it too, reads what is made here. So nothing of the text may be
lost: each literal, name and keyword is in the resolved program, or an error is raised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gradcli.errors import UsageProblem
from gradcli.lang import Assignment, Call, Literal, Name, Program, Tree, fold, is_conditional
from gradcli.lang.tree.nodes import DERIVATIVES
from gradcli.ops.calls.bind import arity_problem
from gradcli.ops.calls.branches import array_condition
from gradcli.ops.calls.inference import kind_of, rank_of, value_of
from gradcli.ops.calls.joins import JOINS, joined
from gradcli.ops.calls.operands import NOTHING, Kind, Operand, Variable
from gradcli.ops.calls.positions import check_whole, mask, takes_whole
from gradcli.ops.entry.op import Op
from gradcli.ops.table.lookup import CONSTANTS, TABLE, lookup

__all__ = ["Resolved", "resolve", "resolve_with"]

_LOGIC = {"and": "and", "or": "or", "&": "&", "|": "|", "~": "~"}
_NUMBERS = frozenset({"real", "unknown", "whole"})
_KEYWORDS = {
    "clip": {"a_max": "upper", "a_min": "lower", "max": "upper", "min": "lower"},
    "cross_entropy": {"input": "x"},
    "one_hot": {"num_classes": "n"},
}
"""NumPy's and PyTorch's names of arguments, where an operation is written with them as often as with ours."""


class Resolved(NamedTuple):
    """A resolved program.

    Attributes:
        program: the program.
        positions: the variables that stand where a whole number must (an axis, an index, a shape), by which nothing
            can be differentiated.
        unlearned: the variables that a parameter without a derivative depends on, as the order of a Bessel function:
            for each the call, and the parameter's name.
        kind: what its value is, "truth" for truth values.
    """

    program: Program
    positions: frozenset[str]
    unlearned: dict[str, tuple[Call, str]]
    kind: str


def resolve(program: Program, variables: Mapping[str, Variable] | None = None) -> Program:
    """The same program with every call under its operation's canonical name, each known to fit its signature.

    `max(a, b)` becomes maximum(a, b), as in Python; `stack([a, b])` and `concatenate([a, b])` take the
    list's items as their arguments, as in NumPy. Arguments that may be differentiated are given by position. What
    picks one of an operation's several outputs, as in `qr(A)[0]` and `q, r = qr(A)`, becomes a call of output.

    Args:
        program: without loops.
        variables: what the variables hold, as far as that is known.

    Raises:
        NameProblem: for an unknown function, with its place.
        UsageProblem: for a call with too many, too few or unknown arguments, for several outputs in the place of one
            array, and for numbers in the place of truth values or of whole numbers, with the place.

    >>> from gradcli.lang import parse, unparse
    >>> unparse(resolve(parse("arcsin(max(x, y, 0))")))
    'asin(maximum(maximum(x, y), 0))'
    >>> unparse(resolve(parse("qr(x)[0]")))
    'output(qr(x), 0)'
    """
    return resolve_with(program, variables or {}).program


def resolve_with(program: Program, variables: Mapping[str, Variable]) -> Resolved:
    """The resolved program, and what is known of it.

    Raises:
        NameProblem, UsageProblem: as `resolve` does.
    """
    resolver = _Resolver(program.source, variables)
    assignments = []
    for assignment in program.assignments:
        found = resolver.read(assignment.tree)
        resolver.assigned[assignment.name] = found
        assignments.append(Assignment(assignment.name, found.tree, assignment.span))
    result = resolver.read(program.result)
    if result.gives:
        raise resolver.not_an_array("the result is", result)
    resolved = Program(program.source, tuple(assignments), result.tree)
    return Resolved(resolved, frozenset(resolver.positions), resolver.unlearned, result.kind)


class _Resolver:
    """One program's names, and the resolution of its calls."""

    def __init__(self, source: str, variables: Mapping[str, Variable]) -> None:
        self.source = source
        self.variables = variables
        self.assigned: dict[str, Operand] = {}
        self.positions: set[str] = set()
        self.unlearned: dict[str, tuple[Call, str]] = {}

    def read(self, tree: Tree) -> Operand:
        """A tree of any depth, resolved."""
        return fold(tree, self.literal, self.name, self.call)

    def literal(self, node: Literal) -> Operand:
        value = node.value
        if isinstance(value, bool):
            return Operand(node, "truth", 0, value)
        if isinstance(value, float):
            return Operand(node, "whole" if value.is_integer() else "real", 0, value)
        return Operand(node, "none" if value is None else "text" if isinstance(value, str) else "slice", 0)

    def name(self, node: Name) -> Operand:
        known = self.assigned.get(node.id)
        if known is not None:
            _, kind, rank, value, uses, gives, items = known
            return Operand(node, kind, rank, value, uses, gives, items if gives else None)
        variable = self.variables.get(node.id)
        if variable is not None:
            return Operand(node, variable.kind, variable.rank, None, frozenset((node.id,)))
        return Operand(node, "real", 0) if node.id in CONSTANTS else Operand(node)

    def call(self, node: Call, args: list[Operand], keywords: dict[str, Operand]) -> Operand:
        if node.function in DERIVATIVES:
            return self.derivative(node, args, keywords)
        op = lookup(node.function, self.source, node.head)
        self.note_unlearned(node, op, args, keywords)
        if op.kind == "elementwise" and not keywords and not op.statics and len(args) == len(op.params):
            found = _of_numbers(node, op, args)
            if found is not None:
                return found
        if args and args[0].gives and not keywords and op.name in ("getitem", "unpack"):
            return self.picked(node, op, args)
        self.check_arrays(node, op, args, keywords)
        if is_conditional(node):
            return self.conditional(node, args)
        if op.pairwise and len(args) > 1 and node.function in ("max", "min"):
            return self.pairwise(node, op, args, keywords)
        if op.name in JOINS and node.function != "array":
            args, keywords = joined(op, node, args, keywords, self.source)
        if op.name in _KEYWORDS:
            keywords = {_KEYWORDS[op.name].get(key, key): value for key, value in keywords.items()}
        if op.name == "clip":
            op, args, keywords = self.clip(op, args, keywords)
        self.check_arity(node, op, args, keywords)
        if op.kind == "composite":
            from gradcli.ops.calls.composites import put_together

            given = dict(zip([*op.params, *op.statics], args, strict=False)) | dict(keywords)
            for name in op.params:
                self.check_value(op, given[name])
            return put_together(node, op, given, self.made, self.call, self.source)
        return self.made(node, op, args, keywords)

    @staticmethod
    def derivative(node: Call, args: Sequence[Operand], keywords: Mapping[str, Operand]) -> Operand:
        """A derivative as it is written, for an interpretation that has no formula in its place."""
        named = tuple([(key, operand.tree) for key, operand in keywords.items()])
        tree = Call(node.function, tuple([operand.tree for operand in args]), node.span, node.head, named)
        return Operand(tree, uses=NOTHING.union(*[operand.uses for operand in args]))

    def made(self, node: Call, op: Op, args: Sequence[Operand], keywords: Mapping[str, Operand]) -> Operand:
        """A call that fits its signature: what may be differentiated by position, the rest as it was written."""
        named = dict(keywords)
        statics_first, params, statics = _split(op, args, named)
        for param in params:
            self.check_value(op, param)
        if op.name in ("logical_and", "logical_not", "logical_or"):
            self.check_logic(node, params)
        if op.kind == "elementwise" and not op.accepts_bool:
            params = [_as_number(param) for param in params]
        keys = ["index"] * len(statics) if op.name == "getitem" else list(op.statics)
        statics = [self.static(op, key, operand) for key, operand in zip(keys, statics, strict=False)]
        named = {key: self.static(op, key, operand) for key, operand in named.items()}
        positional = [*statics, *params] if statics_first else [*params, *statics]
        trees = tuple([operand.tree for operand in positional])
        tree = Call(op.name, trees, node.span, node.head, tuple([(key, given.tree) for key, given in named.items()]))
        return Operand(
            tree,
            kind_of(op, params, [*statics, *named.values()]),
            rank_of(op, positional, named),
            value_of(op, params),
            _uses(op, params),
            op.name if op.multi_output else "",
            tuple(params) if (node.function == "array" and not named) or (op.variadic and op.multi_output) else None,
        )

    def static(self, op: Op, key: str, operand: Operand) -> Operand:
        """An argument that no gradient passes."""
        if not takes_whole(op, key):
            return operand
        check_whole(op, key, operand, self.source)
        self.note_position(operand)
        return operand._replace(tree=mask(operand.tree)) if operand.kind == "truth" and key == "index" else operand

    def note_position(self, operand: Operand) -> None:
        """Remember the variables that hold whole numbers and stand in the place of one."""
        variables = self.variables
        self.positions |= {name for name in operand.uses if name in variables and variables[name].kind == "whole"}

    def note_unlearned(self, node: Call, op: Op, args: Sequence[Operand], keywords: Mapping[str, Operand]) -> None:
        """Remember the variables that a parameter without a derivative depends on."""
        if not op.unlearned:
            return
        given = {**dict(zip(op.params, args, strict=False)), **keywords}
        for param, partial in zip(op.params, op.partials, strict=True):
            if partial is None and param in given:
                for name in sorted(given[param].uses):
                    self.unlearned.setdefault(name, (node, param))

    def check_arrays(self, node: Call, op: Op, args: Sequence[Operand], keywords: Mapping[str, Operand]) -> None:
        """Refuse several outputs in the place of one array; a join takes them as its sequence."""
        joins = op.variadic and "axis" in op.statics and node.function != "array" and len(args) <= 2
        joins = joins or (op.name in JOINS and node.function != "array" and len(args) == 1)
        for i, operand in enumerate([*args, *keywords.values()]):
            if operand.gives and not (joins and i == 0):
                raise self.not_an_array(f"{node.function} takes arrays, and this is", operand)

    def not_an_array(self, where: str, found: Operand) -> UsageProblem:
        """The error for several outputs in the place of one array."""
        span = found.tree.span
        text = self.source[slice(*span)]
        pick = f"{text}[0]" if len(text) <= 30 and "\n" not in text else f"{found.gives}(...)[0]"
        message = f"{where} all outputs of {found.gives}, not one array"
        return UsageProblem(message, source=self.source, span=span, hint=f"pick one, {pick}, or name them: a, b = ...")

    def picked(self, node: Call, op: Op, args: Sequence[Operand]) -> Operand:
        """One output, or with a slice some of them."""
        outputs, *rest = args
        for operand in rest:
            if operand.gives:
                raise self.not_an_array("an index is a whole number, and this is", operand)
            self.note_position(operand)
        trees = tuple([operand.tree for operand in args])
        kind = _kind_of_output(outputs, rest[0].value)
        if op.name == "unpack":
            return Operand(Call("output", trees, node.span, node.head), kind, uses=outputs.uses)
        if len(rest) != 1:
            hint = f"pick the output first: {outputs.gives}(...)[0][i, j]"
            message = f"the outputs of {outputs.gives} have one index"
            raise UsageProblem(message, source=self.source, span=node.span, hint=hint)
        index = rest[0].tree
        some = isinstance(index, Call) and index.function == "slice"
        made = Call("output", trees, node.span, node.head)
        return Operand(made, kind, uses=outputs.uses, gives=outputs.gives if some else "")

    def conditional(self, node: Call, args: Sequence[Operand]) -> Operand:
        """`a if c else b`, of a constant condition the branch that it takes.

        Raises:
            UsageProblem: for a condition that is an array.
        """
        condition, chosen, otherwise = args
        if condition.rank:
            raise array_condition().locate(self.source, condition.tree.span)
        if condition.value is not None:
            return chosen if condition.value else otherwise
        return self.made(node, TABLE["where"], args, {})

    def pairwise(self, node: Call, op: Op, args: Sequence[Operand], keywords: Mapping[str, Operand]) -> Operand:
        """`max(a, b, c)`, as in Python.

        Raises:
            UsageProblem: for an argument with a name: those are about the axes of a single array.
        """
        for key, operand in keywords.items():
            if key in op.statics:
                message = f"{node.function} of several operands takes no {key}"
                hint = f"{node.function}([a, b], {key}=...) reduces an array, {op.pairwise}(a, b) compares two"
            else:
                message, hint = f"{node.function} takes no argument named '{key}'", f"the call is {op.signature}"
            raise UsageProblem(message, source=self.source, span=operand.tree.span, hint=hint)
        result = args[0]
        for arg in args[1:]:
            result = self.made(node, TABLE[op.pairwise], [result, arg], {})
        return result

    def clip(
        self, op: Op, args: Sequence[Operand], keywords: Mapping[str, Operand]
    ) -> tuple[Op, list[Operand], dict[str, Operand]]:
        """Kept within one bound where the other is None or not given, as in NumPy and PyTorch."""
        given = {**dict(zip(op.params, args, strict=False)), **keywords}
        if len(args) + len(keywords) != len(given) or not given.keys() <= set(op.params) or "x" not in given:
            return op, list(args), dict(keywords)
        bounds = {key: given[key] for key in ("lower", "upper") if key in given and given[key].kind != "none"}
        if len(bounds) == 2 or not bounds:
            return op, list(args), dict(keywords)
        key, bound = bounds.popitem()
        return TABLE["maximum" if key == "lower" else "minimum"], [given["x"], bound], {}

    def check_arity(self, node: Call, op: Op, args: Sequence[Operand], keywords: Mapping[str, Operand]) -> None:
        """See that a call fits its operation's signature."""
        problem = arity_problem(op, len(args), tuple(keywords))
        if problem is None and op.keyword_only and not op.variadic:
            most = len(op.params) + len(op.statics) - len(op.keyword_only)
            if len(args) > most:
                key = op.keyword_only[len(args) - most - 1]
                text = self.source[slice(*args[-1].tree.span)]
                message = f"{op.name}'s argument '{key}' is given by its name"
                problem = UsageProblem(message, hint=f"write {key}={text}; the call is {op.signature}")
        if problem is None and op.name == "arange" and "start" in keywords and "stop" not in keywords:
            problem = UsageProblem("arange is missing its argument 'stop'", hint="arange(n) begins at 0")
        if problem is None and not args and node.function != "array" and op.name in JOINS:
            problem = UsageProblem(f"{op.name} needs an argument", hint=f"the call is {op.signature}")
        if problem is not None:
            raise problem.locate(self.source, node.head)

    def check_value(self, op: Op, operand: Operand) -> None:
        """Refuse None, a string, a slice in the place of numbers."""
        if operand.kind in ("none", "text", "slice") and op.name != "output":
            what = {"none": "None", "text": "a text", "slice": "a part of an index"}[operand.kind]
            message = f"{op.name} takes numbers, not {what}"
            raise UsageProblem(message, source=self.source, span=operand.tree.span, hint=f"the call is {op.signature}")

    def check_logic(self, node: Call, operands: Sequence[Operand]) -> None:
        """Refuse numbers beside `and`, `or`, `&`, `|` and `~`: Python gives one of them, or their bits."""
        word = self.source[slice(*node.head)]
        if word not in _LOGIC:
            return
        number = next((operand for operand in operands if operand.is_number), None)
        if number is None:
            return
        if word == "~":
            hint = "'not x' is true where x is 0"
        elif word in ("and", "or"):
            hint = f"compare it, as in (x != 0) {word} (y > 1)"
        else:
            hint = f"put comparisons in parentheses, as in (x > 0) {word} (y < 1)"
        message = f"'{word}' takes truth values, and this is a number"
        raise UsageProblem(message, source=self.source, span=number.tree.span, hint=hint)


def _of_numbers(node: Call, op: Op, args: Sequence[Operand]) -> Operand | None:
    """An operation on each entry of numbers, which most calls are; None for what takes a closer look."""
    if op.accepts_bool:
        return None
    rank: int | None = 0
    constant = True
    uses = NOTHING
    for i, arg in enumerate(args):
        if arg.kind not in _NUMBERS or arg.gives:
            return None
        if rank is not None:
            rank = None if arg.rank is None else max(rank, arg.rank)
        constant = constant and arg.value is not None
        if arg.uses and arg.uses is not uses and op.partials[i] is not None:
            uses = uses | arg.uses if uses else arg.uses
    tree = Call(op.name, tuple([arg.tree for arg in args]), node.span, node.head)
    value = value_of(op, args) if constant else None
    return Operand(tree, kind_of(op, args, ()), rank, value, uses)


def _split(op: Op, args: Sequence[Operand], named: dict[str, Operand]) -> tuple[bool, list[Operand], list[Operand]]:
    """Whether the static arguments come first, the arguments that may be differentiated, and the static ones.

    The former are taken out of `named`: wherever a call is interpreted they are given by position.
    """
    if op.name == "getitem":
        return False, [args[0]], list(args[1:])
    if op.variadic:  # einsum("ij,jk->ik", a, b)
        texts = next((i for i, arg in enumerate(args) if arg.kind != "text"), len(args))
        return True, list(args[texts:]), list(args[:texts])
    count = len(op.params)
    return False, [*args[:count], *(named.pop(key) for key in op.params[len(args) :])], list(args[count:])


def _kind_of_output(outputs: Operand, index: float | None) -> Kind:
    """What one of several outputs is; of operations on several arrays each has its own."""
    items = outputs.items
    if items is None:
        return outputs.kind
    at = int(index) if index is not None else len(items)
    return items[at].kind if -len(items) <= at < len(items) else "unknown"


def _as_number(operand: Operand) -> Operand:
    """A written truth value as the number that arithmetic makes of it."""
    tree = operand.tree
    if isinstance(tree, Literal) and isinstance(tree.value, bool):
        return operand._replace(tree=Literal(float(tree.value), tree.span))
    return operand


def _uses(op: Op, params: Sequence[Operand]) -> frozenset[str]:
    """The variables that a derivative of the operation's value goes on to."""
    if not op.differentiable:
        return NOTHING
    found = NOTHING
    for i, param in enumerate(params):
        if param.uses and not (i < len(op.partials) and op.partials[i] is None and op.kind == "elementwise"):
            found = param.uses if not found or found is param.uses else found | param.uses
    return found
