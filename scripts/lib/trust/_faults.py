"""The faults that `scripts/trust wayin` plants, each of a kind that a parser, an unroller or a resolver can have."""

from __future__ import annotations

import numpy as np

from gradcli.lang import Call
from gradcli.lang import Literal as Number
from gradcli.lang.tree import loops
from trust._planting import (
    LENGTH,
    RANGE,
    Fault,
    again,
    default,
    end_moved,
    first_assignment_stays,
    index_moved,
    is_call,
    is_written_as_call,
    masks_as_numbers,
    moved_range,
    names_read_as,
    of,
    on_axes,
    on_calls,
    on_conditionals,
    on_indices,
    on_numbers,
    on_programs,
    on_slices,
    patched,
    programs,
    regrouped,
    renamed,
    reversed_clauses,
    swap,
    unstepped,
    without,
)

OPERATORS = {"sub": "-", "div": "/", "pow": "**", "floor_divide": "//", "mod": "%", "matmul": "@", "less": "<",
             "less_equal": "<=", "greater": ">", "greater_equal": ">="}  # fmt: skip

DROPPED = ("axis", "keepdims", "ddof", "offset")

ALIASES = {
    "ln": "log10", "log10": "log2", "log2": "log", "std": "var", "max": "min", "floor": "ceil", "cumsum": "cumprod",
    "mean": "median", "fmod": "mod", "sum": "prod", "argmax": "argmin", "tanh": "tan", "outer": "kron", "tril": "triu",
    "hstack": "vstack", "arcsin": "asinh", "amax": "amin", "logical_or": "logical_and", "maximum": "minimum",
}  # fmt: skip

FAULTS: tuple[Fault, ...] = (
    *(on_calls(f"the parser swaps the operands of {sign}", swap(function)) for function, sign in OPERATORS.items()),
    on_calls("the parser loses a minus sign", of("neg", 1, lambda node, x: x)),
    on_calls("the parser loses `not`", of("logical_not", 1, lambda node, x: x)),
    on_calls("a sign binds more tightly than **: -x**2 is (-x)**2", of("neg", 1, lambda node, x: (
        Call("pow", (again(node, x.args[0]), x.args[1]), x.span, x.head) if is_call(x, "pow", 2) else node))),
    on_calls("** groups from the left", regrouped("pow", "pow", False, lambda node, part, a, b, c: (
        again(node, again(part, a, b), c)))),
    on_calls("- groups from the right", regrouped("sub", "sub", True, lambda node, part, a, b, c: (
        again(node, a, again(part, b, c))))),
    on_calls("/ groups from the right", regrouped("div", "div", True, lambda node, part, a, b, c: (
        again(node, a, again(part, b, c))))),
    on_calls("* binds no more tightly than +", regrouped("add", "mul", False, lambda node, part, a, b, c: (
        again(part, again(node, a, b), c)))),
    on_calls("* binds more tightly than /", regrouped("mul", "div", True, lambda node, part, a, b, c: (
        again(part, a, again(node, b, c))))),
    on_calls("** binds no more tightly than *", regrouped("mul", "pow", False, lambda node, part, a, b, c: (
        again(part, again(node, a, b), c)))),
    on_calls("not binds more tightly than ==", of("logical_not", 1, lambda node, x: (
        Call("equal", (again(node, x.args[0]), x.args[1]), x.span, x.head) if is_call(x, "equal", 2) else node))),
    on_calls("or binds no less tightly than and", regrouped("logical_or", "logical_and", False, (
        lambda node, part, a, b, c: again(part, again(node, a, b), c)))),
    on_calls("a chain of comparisons is cut after the first", of("logical_and", 2, lambda node, a, b: (
        a if isinstance(b, Call) and b.function.startswith(("less", "greater")) else node))),
    on_calls("a chain compares the last term with the first", of("logical_and", 2, lambda node, a, b: (
        again(node, a, again(b, a.args[0], b.args[1])) if is_call(a, "less", 2) else node))),
    on_calls("<= is read as <", renamed("less_equal", "less")),
    on_calls("> is read as >=", renamed("greater", "greater_equal")),
    on_calls("== is read as !=", renamed("equal", "not_equal")),
    on_calls("// is read as /", renamed("floor_divide", "div")),
    on_calls("% takes the sign of the dividend, as in C", renamed("mod", "fmod")),
    on_calls("@ is read as *", renamed("matmul", "mul")),
    on_calls("** is read as *", renamed("pow", "mul")),
    on_calls(".T is lost", of("transpose", 1, lambda node, x: node if node.keywords else x)),
    on_numbers("the exponent of a number is lost: 1e3 is 1", lambda text: float(text.lower().split("e")[0])),
    on_numbers("digits behind a _ are lost: 1_000 is 1", lambda text: float(text.split("_")[0])),
    on_numbers("decimals are lost: 0.5 is 0", lambda text: float(int(float(text)))),
    on_numbers("numbers are of single precision", lambda text: float(np.float32(text))),
    on_calls("the branches of `a if c else b` are swapped", on_conditionals(
        lambda node, c, a, b: again(node, c, b, a))),
    on_calls("the condition of `a if c else b` is lost", on_conditionals(lambda node, c, a, b: a)),
    on_calls("the items of a list are reversed", lambda node: (
        again(node, *reversed(node.args)) if node.function == "array" else node)),
    on_calls("the last item of a list is lost", lambda node: (
        again(node, *node.args[:-1]) if node.function == "array" and len(node.args) > 1 else node)),
    on_calls("a negative index counts from the front", on_indices(lambda parts: [
        p.args[0] if isinstance(p, Call) and is_call(p, "neg", 1) else p for p in parts])),
    on_calls("an index is off by one", on_indices(index_moved)),
    on_calls("the axes of an index are swapped", on_indices(lambda parts: parts[::-1])),
    on_calls("the last of several indices is lost", on_indices(lambda parts: parts[:-1] if len(parts) > 1 else parts)),
    on_calls("a slice's start is off by one", on_slices(lambda parts, node: end_moved(parts, node, 0, 1.0))),
    on_calls("a slice's end is off by one", on_slices(lambda parts, node: end_moved(parts, node, 1, 1.0))),
    on_calls("a slice's step is lost", on_slices(lambda parts, node: [*parts[:2], Number(None, node.span)])),
    on_programs("a second assignment to a name is lost", first_assignment_stays),
    on_programs("assignments come in reverse order", lambda p: p._replace(assignments=p.assignments[::-1])),
    on_programs("the last assignment is lost", lambda p: p._replace(assignments=p.assignments[:-1])),
    on_calls("names before = are in reverse order: a, b = x", lambda node: (
        again(node, node.args[0], Number(node.args[2].value - 1 - node.args[1].value, node.span), node.args[2])
        if node.function == "unpack" else node)),
    on_calls("the resolver drops the last argument of a call", lambda node: (
        again(node, *node.args[:-1]) if is_written_as_call(node) and len(node.args) > 1 else node)),
    on_calls("the resolver drops the first argument of a call", lambda node: (
        again(node, *node.args[1:]) if is_written_as_call(node) and len(node.args) > 1 else node)),
    on_calls("the resolver swaps the arguments of a call", lambda node: (
        again(node, *reversed(node.args)) if is_written_as_call(node) and len(node.args) == 2 else node)),
    on_calls("the resolver drops every keyword", lambda node: again(node, *node.args, keywords=())),
    *(on_calls(f"the resolver drops the keyword {key}", without(key)) for key in DROPPED),
    on_calls("an axis is off by one", on_axes(lambda n: n + 1 if n < 1 else n - 1)),
    on_calls("a negative axis counts from the front", on_axes(abs)),
    on_calls("an axis counts from the last", on_axes(lambda n: -1 - n)),
    on_calls("the variance divides by n - 1 without being told", default("std var", "ddof", 1.0)),
    on_calls("a reduction without an axis takes the first", default("sum mean amax prod max min", "axis", 0.0)),
    on_calls("a sort without an axis takes the first", default("sort argsort softmax", "axis", 0.0)),
    on_calls("a cumulative sum without an axis takes the last", default("cumsum cumprod", "axis", -1.0)),
    on_calls("the third operand of max and min is lost", regrouped("maximum", "maximum", True, (
        lambda node, part, a, b, c: part)), "resolved"),
    on_calls("a join loses its last array", lambda node: (
        again(node, *node.args[:-1]) if node.function in ("stack", "concatenate") and len(node.args) > 1 else node),
        "resolved"),
    on_calls("a join loses its axis", lambda node: (
        without("axis")(node) if node.function in ("stack", "concatenate") else node), "resolved"),
    on_calls("clip's bounds are swapped", of("clip", 3, lambda node, x, a, b: again(node, x, b, a)), "resolved"),
    on_calls("a mask becomes the indices 0 and 1", on_indices(masks_as_numbers), "resolved"),
    on_calls("a loop's sum goes over all axes", lambda node: (
        without("axis")(node) if node.function == "sum" else node), "resolved"),
    *(on_calls(f"the name {name} stands for {other}", renamed(name, other)) for name, other in ALIASES.items()),
    patched("the unroller loses the last iteration", (
        loops.Loops, "range", lambda self, *given: RANGE(self, *given)[:-1])),
    patched("the unroller loses the first iteration", (
        loops.Loops, "range", lambda self, *given: RANGE(self, *given)[1:])),
    patched("the unroller counts from one", (
        loops.Loops, "range", lambda self, *given: moved_range(RANGE(self, *given), 1))),
    patched("the unroller loses the step", (
        loops.Loops, "range", lambda self, *given: unstepped(RANGE(self, *given)))),
    patched("loops are nested in the other order", (loops.Loops, "scopes", reversed_clauses)),
    patched("len is off by one", (loops.Loops, "length", lambda self, *given: LENGTH(self, *given) - 1)),
    Fault("the name x is taken for y", lambda: programs("resolved", lambda p: names_read_as(p, "x", "y"))),
    Fault("the constant e is pi", lambda: programs("read", lambda p: names_read_as(p, "e", "pi"))),
)  # fmt: skip
