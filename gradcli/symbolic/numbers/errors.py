"""What is raised where an expression cannot be made or has no number."""

from __future__ import annotations

from gradcli.process.refusal import Unanswerable

__all__ = ["Inexpressible"]


class Inexpressible(Unanswerable):
    """SymPy, or the numbers for its expressions, cannot go on; the text says why."""
