"""What the parameters of a program's own function stand for in a call."""

from __future__ import annotations

from gradcli.errors import UsageProblem, suggest
from gradcli.lang.tree.nodes import Call, Definition, Tree

__all__ = ["arguments", "signature"]


def signature(definition: Definition) -> str:
    """How a function is called.

    >>> from gradcli.lang import parse
    >>> signature(parse("f(x, k=2) = k*x; f(1)").definitions[0])
    'f(x, k=...)'
    """
    parameters = [p.name if p.default is None else f"{p.name}=..." for p in definition.parameters]
    return f"{definition.name}({', '.join(parameters)})"


def arguments(definition: Definition, call: Call, source: str) -> list[Tree]:
    """For each parameter the argument of a call, or its default.

    Raises:
        UsageProblem: for too many, unknown, repeated or missing arguments, with the place.

    >>> from gradcli.lang import parse, unparse
    >>> program = parse("f(x, k=2) = k*x; f(k=3, x=a)")
    >>> [unparse(tree) for tree in arguments(program.definitions[0], program.result, program.source)]
    ['a', '3']
    """
    hint = f"the call is {signature(definition)}"
    names = [parameter.name for parameter in definition.parameters]
    if len(call.args) > len(names):
        count = f"{len(names)} argument{'s' if len(names) != 1 else ''}"
        message = f"'{definition.name}' takes {count}, not {len(call.args)}"
        raise UsageProblem(message, source=source, span=call.args[len(names)].span, hint=hint)
    given: dict[str, Tree] = dict(zip(names, call.args, strict=False))
    for key, tree in call.keywords:
        if key not in names:
            near = suggest(key, names)
            hint = f"did you mean '{near}'? {hint}" if near else hint
            message = f"'{definition.name}' has no parameter '{key}'"
            raise UsageProblem(message, source=source, span=tree.span, hint=hint)
        if key in given:
            message = f"'{definition.name}' is given its argument '{key}' twice"
            raise UsageProblem(message, source=source, span=tree.span, hint=hint)
        given[key] = tree
    found: list[Tree] = []
    for parameter in definition.parameters:
        argument = given.get(parameter.name, parameter.default)
        if argument is None:
            message = f"'{definition.name}' is missing its argument '{parameter.name}'"
            raise UsageProblem(message, source=source, span=call.head, hint=hint)
        found.append(argument)
    return found
