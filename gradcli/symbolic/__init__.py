"""The oracle: SymPy's independent value and derivatives, from a child process with a deadline.

Importing this package imports neither SymPy nor NumPy: only the child does.
"""

from gradcli.process.refusal import NotChecked
from gradcli.symbolic.process.oracle import BASE_MEMORY, MOST_ENTRIES, Oracle
from gradcli.symbolic.protocol.question import Answer, Question, Truth

__all__ = [
    "BASE_MEMORY",
    "MOST_ENTRIES",
    "Answer",
    "NotChecked",
    "Oracle",
    "Question",
    "Truth",
]
