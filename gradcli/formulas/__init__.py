"""Derivatives as formulas: forward and reverse mode over programs, which give programs.

It knows the language and the derivative table, and neither the engine nor the oracle, which check it.

>>> from gradcli.lang import parse, unparse
>>> meaning = interpret(parse("x**2*sin(x)"), {"x": ()})
>>> slope = tidy(meaning.arithmetic, gradient(meaning, ["x"]))
>>> unparse(statements(meaning.graph, slope[0], meaning.names, ["x"], inline=True))
'x**2*cos(x) + 2*x*sin(x)'
"""

from gradcli.formulas.cost import FUNCTION, cost
from gradcli.formulas.derive import gradient, hessian, jacobian, jvp, nth, vjp
from gradcli.formulas.graph import Constant, Entry, Graph
from gradcli.formulas.meaning import Meaning, interpret
from gradcli.formulas.statements import Nested, shaped, statements
from gradcli.formulas.tidy import Omission, length, tidy

__all__ = [
    "FUNCTION",
    "Constant",
    "Entry",
    "Graph",
    "Meaning",
    "Nested",
    "Omission",
    "cost",
    "gradient",
    "hessian",
    "interpret",
    "jacobian",
    "jvp",
    "length",
    "nth",
    "shaped",
    "statements",
    "tidy",
    "vjp",
]
