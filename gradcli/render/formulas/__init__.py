"""Derivatives as formulas: in the language, as LaTeX, as JSON, and what the check says of them."""
