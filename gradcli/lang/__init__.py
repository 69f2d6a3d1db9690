"""The language: from text to syntax trees and back. It knows no operation and computes nothing.

>>> from gradcli.lang import parse, unparse, variables
>>> program = parse("a = w + x; a*(w + 1)")
>>> list(variables(program)), unparse(program)
(['w', 'x'], 'a = w + x; a*(w + 1)')
"""

from gradcli.lang.parser.parse import parse
from gradcli.lang.text.normalize import normalize
from gradcli.lang.text.unparse import unparse
from gradcli.lang.tree.conditional import is_conditional
from gradcli.lang.tree.equal import equal
from gradcli.lang.tree.fold import fold, run
from gradcli.lang.tree.names import calls, literals, variables
from gradcli.lang.tree.nodes import (
    Assignment,
    Call,
    Clause,
    Comprehension,
    Constant,
    Definition,
    Literal,
    Name,
    Program,
    Span,
    Tree,
)
from gradcli.lang.tree.unroll import unroll

__all__ = [
    "Assignment",
    "Call",
    "Clause",
    "Comprehension",
    "Constant",
    "Definition",
    "Literal",
    "Name",
    "Program",
    "Span",
    "Tree",
    "calls",
    "equal",
    "fold",
    "is_conditional",
    "literals",
    "normalize",
    "parse",
    "run",
    "unparse",
    "unroll",
    "variables",
]
