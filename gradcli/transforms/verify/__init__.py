"""A result against the witnesses: SymPy's derivative, and one made from values alone."""
