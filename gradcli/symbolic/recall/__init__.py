"""Answers from derivations that SymPy has made before, by mpmath alone: SymPy is not imported."""
