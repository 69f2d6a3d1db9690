"""Derivatives as formulas: forward and reverse mode over programs, which give programs.

It knows the language and the derivative table, and neither the engine nor the oracle, which check it.

>>> from gradcli.lang import parse, unparse
>>> meaning = interpret(parse("x**2*sin(x)"), {"x": ()})
>>> slope = tidy(meaning.arithmetic, gradient(meaning, ["x"]))
>>> unparse(statements(meaning.graph, slope[0], meaning.names, ["x"], inline=True))
'x*(x*cos(x) + 2*sin(x))'
"""

from gradcli.formulas.arithmetic import COMPARISONS
from gradcli.formulas.array_graph import ArrayGraph
from gradcli.formulas.array_jacobian import array_hessian, array_jacobian
from gradcli.formulas.array_meaning import ArrayMeaning, NoArrayFormula, interpret_arrays
from gradcli.formulas.array_sizes import Shape, Size
from gradcli.formulas.array_statements import array_statements
from gradcli.formulas.array_sweep import array_gradient
from gradcli.formulas.cost import FUNCTION, cost
from gradcli.formulas.derive import gradient, hessian, jacobian, jvp, nth, vjp
from gradcli.formulas.graph import Constant, Entry, Graph
from gradcli.formulas.meaning import Meaning, interpret
from gradcli.formulas.reading_length import reading_length
from gradcli.formulas.rules import Rules
from gradcli.formulas.statements import Nested, Writer, counted, shaped, statements
from gradcli.formulas.tidy import Omission, length, tidy
from gradcli.formulas.uncollected import uncollected

__all__ = [
    "COMPARISONS",
    "FUNCTION",
    "ArrayGraph",
    "ArrayMeaning",
    "Constant",
    "Entry",
    "Graph",
    "Meaning",
    "Nested",
    "NoArrayFormula",
    "Omission",
    "Rules",
    "Shape",
    "Size",
    "Writer",
    "array_gradient",
    "array_hessian",
    "array_jacobian",
    "array_statements",
    "cost",
    "counted",
    "gradient",
    "hessian",
    "interpret",
    "interpret_arrays",
    "jacobian",
    "jvp",
    "length",
    "nth",
    "reading_length",
    "shaped",
    "statements",
    "tidy",
    "uncollected",
    "vjp",
]
