"""Algebraic proof that two expressions are equal."""
