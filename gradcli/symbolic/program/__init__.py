"""A program of the language as SymPy expressions, entry by entry."""
