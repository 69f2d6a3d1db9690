"""Symbolic derivatives of a program and their values at a point."""
