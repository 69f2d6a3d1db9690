"""The oracle: SymPy's independent value and derivatives, from a child process with a deadline.

Importing this package imports neither SymPy nor NumPy: only the child does.
"""

from gradcli.symbolic.process.oracle import MOST_ENTRIES, ROOM, Oracle
from gradcli.symbolic.protocol.address import EntryAddress, Input
from gradcli.symbolic.protocol.question import Answer, NotChecked, Question, Truth, spread

__all__ = [
    "MOST_ENTRIES",
    "ROOM",
    "Answer",
    "EntryAddress",
    "Input",
    "NotChecked",
    "Oracle",
    "Question",
    "Truth",
    "spread",
]
