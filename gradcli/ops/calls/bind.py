"""Arguments of a call bound to an operation's parameters and statics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import UsageProblem, suggest
from gradcli.ops.calls.outputs import Several
from gradcli.ops.entry.op import REQUIRED, Op

__all__ = ["arity_problem", "as_number", "bind", "static"]


def as_number(op: Op, value: Any) -> Any:
    """An operation's argument with truth values and integers as float64, where it computes with numbers.

    NumPy itself would compute arctan(True) in half precision, and refuses negative powers of integers.

    >>> import numpy as np
    >>> from gradcli.ops import lookup
    >>> as_number(lookup("atan"), np.True_)
    np.float64(1.0)
    """
    if isinstance(value, bool):
        return value if op.accepts_bool or op.kind != "elementwise" else float(value)
    dtype = getattr(value, "dtype", None)
    if dtype is None or dtype.kind not in "biu" or op.accepts_bool:
        return value
    return value.astype(float)


def bind(op: Op, args: Sequence[Any], keywords: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Split a call's values into differentiable arguments and complete static ones.

    Raises:
        UsageProblem: if the call does not fit the signature, or a static argument is not a constant of
            the right kind.

    >>> from gradcli.ops import lookup
    >>> bind(lookup("sum"), ["x", 1.0], {})
    (['x'], {'axis': 1, 'keepdims': False})
    """
    problem = arity_problem(op, len(args), tuple(keywords))
    if problem is not None:
        raise problem
    if op.name == "getitem":
        return [args[0]], {"index": _whole(tuple(static(a) for a in args[1:]))}
    if op.variadic:
        if args and isinstance(args[0], Several):
            keywords = dict(zip(op.statics, args[1:], strict=False)) | keywords
            args = args[0]
            if not args:
                raise UsageProblem(f"{op.name} needs an argument, and there is nothing in this array")
        leading = next((i for i, arg in enumerate(args) if not isinstance(arg, str)), len(args))
        keywords = dict(zip(op.statics, args[:leading], strict=False)) | keywords
        args = args[leading:]
        return list(args), {k: static(keywords.get(k, default)) for k, default in op.statics.items()}
    n = len(op.params)
    given = dict(zip(op.params, args, strict=False)) | dict(zip(op.statics, args[n:], strict=False)) | keywords
    statics = {
        k: (_positions if k == "indices" else static)(given.get(k, default)) for k, default in op.statics.items()
    }
    if statics and isinstance(statics.get("axis"), bool):  # NumPy takes it here and there
        raise UsageProblem(f"{op.name}'s axis is a whole number, not {statics['axis']}")
    return [given[p] for p in op.params], statics


def _positions(value: Any) -> Any:
    """Positions as a static argument: an array of whole numbers as it is, which is looked at number by number else."""
    array = value if getattr(value, "requires_grad", False) else getattr(value, "array", value)
    if hasattr(array, "dtype") and array.dtype.kind == "i" and array.ndim:
        return array.copy()  # the caller may write to it before backward
    return _whole(static(value))


def _whole(index: Any) -> Any:
    """An index, in which there must be no fraction: NumPy cuts it off here and there."""
    stack = [index]
    while stack:
        item = stack.pop()
        if isinstance(item, float):
            raise UsageProblem(f"an index is a whole number, not {item}")
        if isinstance(item, tuple):
            stack.extend(item)
    return index


def static(value: Any) -> Any:
    """A computed value as a static argument: whole numbers become int, arrays of them (nested) tuples.

    An array of booleans stays an array, for indexing, and so does an empty one of several axes.

    >>> static(2.0), static([0.0, 1.0]), static(None)
    (2, (0, 1), None)
    """
    if isinstance(value, float | int) and not isinstance(value, bool):
        return int(value) if float(value).is_integer() else float(value)
    if isinstance(value, list | tuple):
        return tuple(static(v) for v in value)
    if hasattr(value, "requires_grad"):
        if value.requires_grad:
            raise UsageProblem("axes, shapes and indices must be constants", hint="they may not depend on a variable")
        return static(value.array)
    if hasattr(value, "tolist") and value.dtype.kind in "fi":
        if not value.size and value.ndim > 1:  # nested tuples would not tell its shape
            return value.astype(int)
        return static(value.tolist())
    return value


def arity_problem(op: Op, count: int, keywords: tuple[str, ...]) -> UsageProblem | None:
    """What is wrong with a call of `count` positional arguments and these keywords, if anything."""
    if op.name == "getitem" or (not keywords and count == len(op.params) and not op.statics):
        return None
    hint = f"the call is {op.signature}"
    for key in keywords:
        if key not in op.statics and (key not in op.params or op.variadic):
            near = suggest(key, [*op.params, *op.statics])
            tail = f"; did you mean '{near}'?" if near else ""
            return UsageProblem(f"{op.name} takes no argument named '{key}'", hint=hint + tail)
    if op.variadic:
        needed = sum(1 for key, default in op.statics.items() if default is REQUIRED and key not in keywords)
        enough = count > needed or op.name == "stack"
        more = "another" if count else "an"
        return None if enough else UsageProblem(f"{op.name} needs {more} argument", hint=hint)
    positional = (*op.params, *op.statics)
    twice = [k for k in keywords if k in positional[:count]]
    if twice:
        return UsageProblem(f"{op.name} is given '{twice[0]}' twice", hint=hint)
    if count > len(positional):
        most, plural = len(positional), "" if len(positional) == 1 else "s"
        return UsageProblem(f"{op.name} takes {most} argument{plural}, {count} given", hint=hint)
    required = [p for p in positional if p in op.params or op.statics.get(p) is REQUIRED]
    missing = [p for p in required if p not in positional[:count] and p not in keywords]
    if missing:
        return UsageProblem(f"{op.name} is missing its argument {' and '.join(map(repr, missing))}", hint=hint)
    return None
