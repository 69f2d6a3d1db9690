"""Other forms of formulas, by SymPy's simplification, without a change of where they have a value."""
