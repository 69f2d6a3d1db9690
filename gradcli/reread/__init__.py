"""The program's value by another road: Python's own parser, a walk over an allowlist, NumPy's and SciPy's functions.

Everything else that computes or differentiates a program shares one way in: our parser, our resolver, our unroller. A
fault there would be agreed upon by all. Nothing of them is imported here; what a name means is written down a second
time. No text is executed: `ast.parse` makes a tree of it, and the walk knows what it may do with each node.
"""

from gradcli.reread.outside import Late, Outside
from gradcli.reread.value import Extremes, read_again, shaken

__all__ = ["Extremes", "Late", "Outside", "read_again", "shaken"]
